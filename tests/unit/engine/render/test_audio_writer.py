"""Rendered files: exact, the same every time, whole or not there at all."""

import os
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from maxbooster_desktop.engine.render.settings import RenderError, check_format
from maxbooster_desktop.engine.render.stem_names import stem_names
from maxbooster_desktop.engine.render.wav_file import WavFile
from maxbooster_desktop.engine.render.writer import AudioWriter
from maxbooster_desktop.project.exchange.ogg_stream import page_crc
from tests.factories.audio_files import noise, quantised, sine

WRITABLE = [("wav", 16), ("wav", 24), ("wav", 32), ("flac", 16), ("flac", 24), ("mp3", 24), ("ogg", 24)]


def _write(path: Path, samples: np.ndarray, file_format: str, bits: int, **options: object) -> AudioWriter:
    with AudioWriter(path, 48_000, samples.shape[1], file_format, bits, **options) as writer:
        for start in range(0, len(samples), 10_000):
            writer.write(samples[start : start + 10_000])
    return writer


@pytest.mark.parametrize(("file_format", "bits"), [("wav", 16), ("wav", 24), ("wav", 32), ("flac", 16), ("flac", 24)])
def test_samples_on_the_grid_come_back_bit_for_bit(tmp_path: Path, file_format: str, bits: int) -> None:
    samples = quantised(noise(50_001), min(bits, 24))
    _write(tmp_path / "a", samples, file_format, bits, dither=False)
    read, rate = soundfile.read(tmp_path / "a", dtype="float32")
    assert rate == 48_000
    assert np.array_equal(read, samples)
    info = soundfile.info(tmp_path / "a")
    assert info.format == file_format.upper()
    assert info.subtype == ("FLOAT" if bits == 32 else f"PCM_{bits}")


def test_a_mono_file_of_odd_length_is_padded_and_read(tmp_path: Path) -> None:
    samples = quantised(noise(3, 1), 24)
    _write(tmp_path / "a.wav", samples, "wav", 24, dither=False)
    assert os.path.getsize(tmp_path / "a.wav") % 2 == 0
    assert np.array_equal(soundfile.read(tmp_path / "a.wav", dtype="float32", always_2d=True)[0], samples)


def test_float_keeps_what_is_beyond_full_scale(tmp_path: Path) -> None:
    samples = np.array([[1.5, -2.0], [1e-9, 0.3]], np.float32)
    writer = _write(tmp_path / "a.wav", samples, "wav", 32)
    assert np.array_equal(soundfile.read(tmp_path / "a.wav", dtype="float32")[0], samples)
    assert writer.clipped_samples == 0
    assert writer.peak == 2.0


@pytest.mark.parametrize(("file_format", "bits"), WRITABLE)
def test_two_files_of_the_same_sound_are_the_same_bytes(tmp_path: Path, file_format: str, bits: int) -> None:
    samples = noise(100_000)
    _write(tmp_path / "a", samples, file_format, bits)
    time.sleep(1.1)
    _write(tmp_path / "b", samples, file_format, bits)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(("file_format", "quality"), [("mp3", None), ("mp3", 0.3), ("ogg", None), ("ogg", 0.2)])
def test_lossy_files_have_the_length_and_the_sound(tmp_path: Path, file_format: str, quality: float | None) -> None:
    tone = sine(96_000, 48_000, 1_000.0, channels=2)
    _write(tmp_path / "a", tone, file_format, 24, quality=quality)
    read, _ = soundfile.read(tmp_path / "a", dtype="float32")
    assert len(read) == 96_000
    assert np.sqrt(np.mean((read - tone)[4_800:-4_800] ** 2)) < 0.02


@pytest.mark.parametrize("file_format", ["mp3", "ogg"])
def test_less_quality_makes_a_smaller_file(tmp_path: Path, file_format: str) -> None:
    for name, quality in (("low", 0.0), ("high", 1.0)):
        _write(tmp_path / name, noise(96_000), file_format, 24, quality=quality)
    assert os.path.getsize(tmp_path / "low") < 0.7 * os.path.getsize(tmp_path / "high")


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000])
@pytest.mark.parametrize("quality", [0.0, 1.0])
def test_every_mp3_rate_and_quality_keeps_rate_and_length(tmp_path: Path, rate: int, quality: float) -> None:
    with AudioWriter(tmp_path / "a.mp3", rate, 2, "mp3", quality=quality) as writer:
        writer.write(noise(rate))
    info = soundfile.info(tmp_path / "a.mp3")
    assert (info.samplerate, info.frames) == (rate, rate)


def test_every_ogg_page_has_a_right_checksum_after_its_serial_number_was_fixed(tmp_path: Path) -> None:
    _write(tmp_path / "a.ogg", noise(200_000), "ogg", 24)
    data, at, pages = (tmp_path / "a.ogg").read_bytes(), 0, 0
    while at < len(data):
        table = data[at + 27 : at + 27 + data[at + 26]]
        page = bytearray(data[at : at + 27 + len(table) + sum(table)])
        crc = int.from_bytes(page[22:26], "little")
        page[22:26] = bytes(4)
        assert page_crc(bytes(page)) == crc
        assert int.from_bytes(page[14:18], "little") == 0x4D42
        at, pages = at + len(page), pages + 1
    assert pages > 3


def test_a_file_beyond_32_bits_becomes_rf64(tmp_path: Path) -> None:
    samples = quantised(noise(5_000), 24)
    for name, largest in (("riff.wav", 2**32 - 1), ("rf64.wav", 20_000)):
        with open(tmp_path / name, "wb") as file:
            wav = WavFile(file, 48_000, 2, 24, largest_riff=largest)
            wav.write_integers((samples.astype(np.float64) * 2**23).astype(np.int32))
            wav.finish()
    assert (tmp_path / "riff.wav").read_bytes()[:4] == b"RIFF"
    assert soundfile.info(tmp_path / "rf64.wav").format == "RF64"
    assert np.array_equal(soundfile.read(tmp_path / "rf64.wav", dtype="float32")[0], samples)
    assert np.array_equal(soundfile.read(tmp_path / "riff.wav", dtype="float32")[0], samples)


def test_clipping_and_values_that_are_no_numbers_are_counted(tmp_path: Path) -> None:
    samples = np.zeros((100, 2), np.float32)
    samples[3, 0], samples[4, 1], samples[5, 0] = 1.2, np.nan, -np.inf
    writer = _write(tmp_path / "a.wav", samples, "wav", 16, dither=False)
    assert (writer.clipped_samples, writer.non_finite_samples) == (1, 2)
    assert writer.peak == pytest.approx(1.2)
    assert np.isfinite(soundfile.read(tmp_path / "a.wav")[0]).all()


@pytest.mark.parametrize(("file_format", "bits"), WRITABLE)
def test_an_error_on_the_way_leaves_the_old_file_and_nothing_else(tmp_path: Path, file_format: str, bits: int) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"what was there")

    def interrupted() -> None:
        with AudioWriter(target, 48_000, 2, file_format, bits) as writer:
            writer.write(noise(20_000))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert target.read_bytes() == b"what was there"


@pytest.mark.parametrize(("file_format", "bits"), WRITABLE)
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, file_format: str, bits: int) -> None:
    resource = pytest.importorskip("resource")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, usual[1]))
    try:
        with (
            pytest.raises(RenderError, match=r"a\.out.*free some space"),
            AudioWriter(tmp_path / "a.out", 48_000, 2, file_format, bits) as writer,
        ):
            writer.write(noise(200_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert list(tmp_path.iterdir()) == []


def test_places_that_take_no_file_are_named(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"")
    cases = {
        tmp_path / "folder": "is a folder; name a file in it",
        tmp_path / "gone" / "a.wav": "gone does not exist; make it",
        tmp_path / "file" / "a.wav": "file is a file, not a folder",
    }
    if os.path.isdir("/proc/self"):
        cases[Path("/proc/self/a.wav")] = "/proc/self"
    for target, sentence in cases.items():
        with pytest.raises(RenderError, match=sentence):
            AudioWriter(target, 48_000)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("flac", 32, 48_000), "choose 24, or wav for 32-bit float"),
        (("wav", 20, 48_000), "20 bits cannot be written; choose 16, 24, 32"),
        (("mp3", 24, 96_000), "MP3 cannot have 96,000 Hz"),
        (("ogg", 24, 384_000), "OGG cannot have 384,000 Hz"),
        (("wav", 24, 10), "WAV cannot have 10 Hz"),
        (("aac", 24, 48_000), "'aac' cannot be written"),
        (("mp3", 24, 48_000, 3.0), "quality of 3"),
    ],
)
def test_impossible_combinations_are_refused_with_a_way_out(arguments: tuple, sentence: str) -> None:
    with pytest.raises(RenderError, match=sentence):
        check_format(*arguments)


def test_stem_names_are_safe_and_unique() -> None:
    names = stem_names(["Drums", "Drums", 'a/b\\c:d*e?"<>|', "dots. . ", "", "CON", "Ünïcode 鼓", "x" * 500], "wav")
    assert names[:4] == ["01 Drums.wav", "02 Drums.wav", "03 a_b_c_d_e_____.wav", "04 dots.wav"]
    assert names[4:7] == ["05 Track.wav", "06 CON.wav", "07 Ünïcode 鼓.wav"]
    assert len(names[7].encode()) < 200
    assert stem_names(["a"] * 120, "wav")[0] == "001 a.wav"
