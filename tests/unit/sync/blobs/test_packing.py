"""Sounds travel smaller and come out bit for bit, whatever is in them; damaged ones are refused."""

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
import zstandard
from blake3 import blake3

from sync.blobs.errors import DamagedBlobError
from sync.blobs.packing import MAGIC, hash_unpacked, pack, unpack

_SUBTYPES = ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")


def _tone(frames: int, channels: int) -> np.ndarray:
    at = np.arange(frames)[:, None] / 48_000
    noise = np.random.default_rng(1).normal(0, 0.01, (frames, channels))
    tone = 0.5 * np.sin(2 * np.pi * (220 + 30 * np.arange(channels)) * at) + noise
    return np.round(tone * (1 << 23)) / (1 << 23)  # as converters give it: no format holds more than 24 bits of it


def _comes_out(source: Path) -> tuple[bool, str]:
    """Pack a file and check that it comes out as it was; return whether it was packed, and how."""
    packed, again = source.with_suffix(".packed"), source.with_suffix(".again")
    is_packed = pack(source, packed)
    if is_packed:
        assert unpack(packed, again) == hash_unpacked(packed) == blake3(source.read_bytes()).hexdigest()
        assert again.read_bytes() == source.read_bytes()
        assert packed.stat().st_size < source.stat().st_size
    assert sorted(path.name for path in source.parent.iterdir() if "payload" in path.name) == []
    codec = packed.read_bytes()[8:40].split(b'"')[3].decode() if is_packed else ""
    return is_packed, codec


@pytest.mark.parametrize("subtype", _SUBTYPES)
@pytest.mark.parametrize("container", ["WAV", "RF64", "WAVEX"])
def test_every_sample_format_comes_out_as_it_was(tmp_path: Path, subtype: str, container: str) -> None:
    for channels in (1, 2, 8):
        path = tmp_path / f"{channels}.wav"
        sf.write(path, _tone(9_001, channels), 44_100, subtype, format=container)
        assert _comes_out(path) == (True, "flac" if subtype in ("PCM_16", "PCM_24") else "zstd")


def test_integers_are_never_one_bit_off(tmp_path: Path) -> None:
    for bits in (16, 24):
        edge = 1 << (bits - 1)
        every = np.array([-edge, -edge + 1, -1, 0, 1, edge - 2, edge - 1] * 4_000, np.int32)
        path = tmp_path / f"{bits}.wav"
        samples = (every << (32 - bits)) if bits == 24 else every.astype(np.int16)
        sf.write(path, samples, 48_000, f"PCM_{bits}")
        assert _comes_out(path) == (True, "flac")


def test_floats_keep_what_no_integer_holds(tmp_path: Path) -> None:
    odd = np.array([np.nan, np.inf, -np.inf, 1.5, -1.5, 1e-40, -0.0, 0.9999999], np.float32)
    path = tmp_path / "odd.wav"
    sf.write(path, np.tile(odd, 2_000), 96_000, "FLOAT")
    assert _comes_out(path) == (True, "zstd")


@pytest.mark.parametrize("channels", [1, 2, 9, 32])
def test_silence_many_channels_and_blocks_that_do_not_fit(tmp_path: Path, channels: int) -> None:
    path = tmp_path / "long.wav"
    sf.write(path, np.zeros((700_001 // channels, channels), np.int32), 48_000, "PCM_24")
    assert _comes_out(path) == (True, "flac" if channels <= 8 else "zstd")


def test_what_stands_around_the_samples_stays(tmp_path: Path) -> None:
    path = tmp_path / "bext.wav"
    sf.write(path, _tone(5_000, 1), 48_000, "PCM_24")  # 15,000 bytes of samples
    whole = path.read_bytes()
    at = whole.index(b"data")
    before = whole[:at] + b"bext" + struct.pack("<I", 601) + bytes(range(200)) * 3 + b"!\0"
    path.write_bytes(before + whole[at:] + b"LIST" + struct.pack("<I", 4) + b"\xff\xfe\0\1")
    assert _comes_out(path) == (True, "flac")
    path.write_bytes(whole[:-1])  # the last sample is cut: two odd bytes are left
    assert _comes_out(path) == (True, "flac")
    path.write_bytes(whole[:at] + b"data" + struct.pack("<I", 0xFFFFFFFF) + whole[at + 8 :])
    assert _comes_out(path) == (True, "flac")


def test_what_gains_nothing_or_is_no_wave_travels_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "sound"
    sf.write(path, _tone(0, 2), 48_000, "PCM_16", format="WAV")
    assert _comes_out(path) == (False, "")
    sf.write(path, np.random.default_rng(1).integers(-32_768, 32_767, (3_000, 2), np.int16), 48_000, format="WAV")
    assert _comes_out(path) == (False, "")
    for container in ("AIFF", "FLAC"):
        sf.write(path, _tone(1_000, 2), 48_000, "PCM_16", format=container)
        assert _comes_out(path) == (False, "")
    for text in (b"", b"RIFF", b"RIFF\0\0\0\0WAVE", b"RIFF\0\0\0\0WAVEdata\4\0\0\0abcd", b"x" * 100):
        path.write_bytes(text)
        assert _comes_out(path) == (False, "")


@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT"])
def test_damaged_ones_are_refused_or_come_out_as_something_else(tmp_path: Path, subtype: str) -> None:
    source, packed, bad = tmp_path / "a.wav", tmp_path / "packed", tmp_path / "bad"
    sf.write(source, _tone(3_000, 2), 48_000, subtype)
    assert pack(source, packed)
    whole, right = packed.read_bytes(), blake3(source.read_bytes()).hexdigest()
    for cut in (0, 3, 8, 20, len(whole) // 2, len(whole) - 1):
        bad.write_bytes(whole[:cut])
        with pytest.raises(DamagedBlobError):
            hash_unpacked(bad)
    told, places = 0, range(0, len(whole), len(whole) // 97)
    for at in places:
        bad.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            told += hash_unpacked(bad) != right
        except DamagedBlobError:
            told += 1
    assert told > 0.9 * len(places)  # the others lie in fields that nobody reads, and the sound is right


@pytest.mark.parametrize(
    "header",
    [
        "[]",
        "{}",
        '{"codec":"flac"}',
        '{"codec":"x","before":0,"behind":0,"data":9,"channels":1,"rate":1,"bits":16}',
        '{"codec":"zstd","before":0,"behind":0,"data":99999999999999,"channels":1,"rate":1,"bits":16}',
        '{"codec":"flac","before":0,"behind":0,"data":9,"channels":0,"rate":1,"bits":16}',
        '{"codec":"flac","before":-1,"behind":0,"data":9,"channels":1,"rate":1,"bits":16}',
        '{"codec":"flac","before":0,"behind":0,"data":9,"channels":1,"rate":1,"bits":8}',
    ],
)
def test_headers_of_others_are_not_trusted(tmp_path: Path, header: str) -> None:
    bad = tmp_path / "bad"
    bad.write_bytes(MAGIC + struct.pack("<I", len(header)) + header.encode() + b"fLaC" + bytes(100))
    with pytest.raises(DamagedBlobError):
        hash_unpacked(bad)


def test_a_header_nested_without_end_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "deep.packed"
    path.write_bytes(MAGIC + struct.pack("<I", 4_096) + b"[" * 4_096)
    with pytest.raises(DamagedBlobError, match="fetch it again"):
        hash_unpacked(path)


def test_a_packed_sound_that_wants_much_memory_is_damaged(tmp_path: Path) -> None:
    header = b'{"codec":"zstd","before":0,"behind":0,"data":65536,"channels":1,"rate":1,"bits":8}'
    greedy = zstandard.ZstdCompressionParameters.from_level(19, window_log=27)
    packed = tmp_path / "packed"
    payload = zstandard.ZstdCompressor(compression_params=greedy).compressobj()
    packed.write_bytes(
        MAGIC + struct.pack("<I", len(header)) + header + payload.compress(bytes(1 << 16)) + payload.flush()
    )
    with pytest.raises(DamagedBlobError, match="cannot be read"):
        hash_unpacked(packed)


def test_nothing_is_left_of_a_form_that_found_no_room(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    source, target = tmp_path / "noise.wav", tmp_path / "1.packed"
    sf.write(source, np.random.default_rng(1).normal(0, 0.2, (2_000_000, 1)), 48_000, "FLOAT")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, usual[1]))
    try:
        with pytest.raises(OSError, match="large"):
            pack(source, target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert [path.name for path in tmp_path.iterdir()] == ["noise.wav"]
