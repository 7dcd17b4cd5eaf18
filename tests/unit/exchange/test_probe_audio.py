"""What a file is: facts for good ones, one sentence for every damaged one, never a guess."""

import os
import re
import threading
import time
from pathlib import Path

import blake3
import numpy as np
import pytest
import soundfile

from maxbooster_desktop.project.exchange.containers import sound_bytes
from maxbooster_desktop.project.exchange.probe import examine_audio, probe_audio
from maxbooster_desktop.project.exchange.refusals import AudioRefusedError, ImportCancelledError
from maxbooster_desktop.project.exchange.sound_file import SoundFile
from maxbooster_desktop.project.store.audio_files import hash_file
from tests.factories.audio_files import FORMATS, cut_files, damaged_files, noise, quantised, wav_bytes, write_audio

DAMAGE = {
    "truncated.flac": "damaged or cut short",
    "header_only.wav": "not a sound file that can be read, or its start is damaged",
    "header_only.aiff": "not a sound file",
    "header_only.flac": "not a sound file",
    "header_only.ogg": "not a sound file",
    "header_only.opus": "not a sound file",
    "header_only.mp3": "not a sound file",
    "empty.wav": r"is empty \(0 bytes\)",
    "text.wav": "import WAV, AIFF, FLAC, OGG, Opus or MP3",
    "text.mp3": "not a sound file",
    "text.au": "not a sound file",
    "text.gsm": "not a sound file",
    "picture.wav": "not a sound file",
    "random.wav": "not a sound file",
    "zeros.wav": "not a sound file",
    "headerless.raw": "raw audio without a header; save it as WAV",
    "no_frames.wav": "has a header but holds no sound",
    "no_channels.wav": "not a sound file",
    "rate_0.wav": "not a sound file",
    "rate_1.wav": "has 1 samples per second, outside 1,000 to 768,000",
    "rate_huge.wav": "has 3,000,000 samples per second",
    "channels_65.wav": "has 65 channels and at most 64",
    "all_nan.wav": "only values that are not numbers",
}


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return damaged_files(tmp_path_factory.mktemp("damaged"))


def test_every_kind_of_damage_has_its_sentence(damaged: dict[str, Path]) -> None:
    assert set(damaged) == set(DAMAGE)


@pytest.mark.parametrize("kind", DAMAGE)
def test_damaged_files_are_refused_by_name_with_a_way_out(damaged: dict[str, Path], kind: str) -> None:
    with pytest.raises(AudioRefusedError, match=DAMAGE[kind]) as refusal:
        examine_audio(damaged[kind])
    sentence = str(refusal.value)
    assert sentence.startswith(f"'bad_{kind}' ")
    assert "\n" not in sentence
    assert ";" in sentence


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioRefusedError, match=r"'gone\.wav' is not there any more"):
        probe_audio(tmp_path / "gone.wav")
    with pytest.raises(AudioRefusedError, match="is a folder; choose the sound files in it"):
        probe_audio(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.wav")
        with pytest.raises(AudioRefusedError, match="not an ordinary file"):
            probe_audio(tmp_path / "pipe.wav")
    with pytest.raises(AudioRefusedError, match="cannot be read"):
        probe_audio(tmp_path / "nul\0.wav")


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(("rate", "channels"), [(48_000, 1), (16_000, 2), (24_000, 2)])
def test_good_files_are_what_they_say(tmp_path: Path, suffix: str, rate: int, channels: int) -> None:
    path = write_audio(tmp_path / f"a{suffix}", noise(rate, channels), rate)
    facts = examine_audio(path).facts
    assert (facts.frames, facts.sample_rate, facts.channels) == (rate, rate, channels)
    assert (facts.format, facts.subtype) == FORMATS[suffix]
    assert facts.duration_s == 1.0
    assert facts.notes == ()
    assert probe_audio(path) == facts


@pytest.mark.parametrize(
    ("suffix", "subtype"),
    [
        (".wav", "PCM_U8"),
        (".wav", "PCM_32"),
        (".wav", "FLOAT"),
        (".wav", "DOUBLE"),
        (".wav", "ULAW"),
        (".wav", "IMA_ADPCM"),
        (".aiff", "PCM_S8"),
        (".aiff", "FLOAT"),
        (".flac", "PCM_16"),
        (".flac", "PCM_S8"),
    ],
)
def test_every_encoding_is_read(tmp_path: Path, suffix: str, subtype: str) -> None:
    path = write_audio(tmp_path / f"a{suffix}", noise(30_000), subtype=subtype)
    facts = examine_audio(path).facts
    assert facts.subtype == subtype
    assert facts.frames >= 30_000


def test_the_asset_id_is_of_the_samples_and_the_file_hash_of_the_bytes(tmp_path: Path) -> None:
    samples = quantised(noise(10_000), 16)
    one = examine_audio(write_audio(tmp_path / "a.wav", samples, subtype="PCM_16"))
    other = examine_audio(write_audio(tmp_path / "b.flac", samples, subtype="PCM_16"))
    assert one.asset_id == other.asset_id
    assert one.file_hash != other.file_hash
    assert (
        one.file_hash == blake3.blake3((tmp_path / "a.wav").read_bytes()).hexdigest() == hash_file(tmp_path / "a.wav")
    )
    faster = examine_audio(write_audio(tmp_path / "c.wav", samples, 44_100, "PCM_16"))
    mono = examine_audio(write_audio(tmp_path / "d.wav", samples.reshape(-1, 1), subtype="PCM_16"))
    changed = samples.copy()
    changed[9_999, 1] += 1 / 32_768
    another = examine_audio(write_audio(tmp_path / "e.wav", changed, subtype="PCM_16"))
    assert len({one.asset_id, faster.asset_id, mono.asset_id, another.asset_id}) == 4


def test_a_wrong_ending_is_reported_and_the_content_decides(tmp_path: Path) -> None:
    write_audio(tmp_path / "a.flac", noise(1_000)).rename(tmp_path / "a.wav")
    facts = probe_audio(tmp_path / "a.wav")
    assert facts.format == "FLAC"
    assert facts.notes == ("named .wav but holds FLAC; read as FLAC",)
    write_audio(tmp_path / "b.wav", noise(1_000)).rename(tmp_path / "b.mp3")
    assert probe_audio(tmp_path / "b.mp3").format == "WAV"
    write_audio(tmp_path / "c.mp3", noise(9_000)).rename(tmp_path / "c.wav")
    assert examine_audio(tmp_path / "c.wav").facts.frames == 9_000


def test_values_that_are_no_numbers_become_silence_and_are_counted(tmp_path: Path) -> None:
    samples = noise(1_000)
    samples[10, 0], samples[11, 1], samples[12, 0] = np.nan, np.inf, -np.inf
    path = write_audio(tmp_path / "a.wav", samples, subtype="FLOAT")
    assert examine_audio(path).non_finite_samples == 3
    with SoundFile(path) as sound:
        block = next(sound.blocks())
    assert block[10:13, :].tolist()[0][0] == 0.0
    samples[~np.isfinite(samples)] = 0.0
    assert np.array_equal(block, samples)


def test_a_size_that_a_pipe_left_open_is_no_promise(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(wav_bytes(bytes(4_000), data_size=0xFFFFFFFF))
    assert examine_audio(tmp_path / "a.wav").facts.frames == 2_000


def test_a_file_that_was_cut_is_read_as_far_as_it_goes_and_says_so(tmp_path: Path) -> None:
    for kind, path in cut_files(tmp_path).items():
        [note] = examine_audio(path).facts.notes
        found = re.match(
            r"is cut short: it announces ([\d,]+) frames and holds ([\d,]+); copy or download it again", note
        )
        if kind in {"a.ogg", "a.opus"}:  # where the last page is missing, nothing tells how long the sound was
            assert re.match(r"is cut short: [\d,]+ frames of it can be read; copy", note), kind
            continue
        assert found, (kind, note)
        announced, held = (int(number.replace(",", "")) for number in found.groups())
        assert announced == pytest.approx(48_000, abs=0 if kind != "adpcm.wav" else 2_100), kind
        assert held == examine_audio(path).facts.frames, kind
        assert 20_000 < held < 26_000, kind


def test_what_is_left_of_a_cut_file_is_its_beginning(tmp_path: Path) -> None:
    samples = quantised(noise(48_000), 24)
    data = write_audio(tmp_path / "a.wav", samples).read_bytes()
    (tmp_path / "b.wav").write_bytes(data[: 44 + 6 * 30_000 + 5])
    with SoundFile(tmp_path / "b.wav") as sound:
        assert np.array_equal(np.concatenate([block.copy() for block in sound.blocks()]), samples[:30_000])


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_one_byte_less_is_noticed(tmp_path: Path, suffix: str) -> None:
    data = write_audio(tmp_path / f"a{suffix}", noise(20_000)).read_bytes()
    assert examine_audio(tmp_path / f"a{suffix}").facts.notes == ()
    path = tmp_path / f"b{suffix}"
    path.write_bytes(data[:-1])
    if suffix == ".flac":
        with pytest.raises(AudioRefusedError, match="damaged or cut short"):
            examine_audio(path)
    elif suffix != ".mp3":  # its last frame ends in padding
        assert "is cut short" in examine_audio(path).facts.notes[0]


def test_a_whole_file_of_every_large_kind_has_no_note(tmp_path: Path) -> None:
    for name, container in (("a.wav", "RF64"), ("b.w64", "W64"), ("c.au", "AU"), ("d.caf", "CAF"), ("e.wav", "WAVEX")):
        soundfile.write(tmp_path / name, noise(5_001, 1), 48_000, "PCM_24", format=container)
        assert examine_audio(tmp_path / name).facts.notes == (), container


def test_an_ogg_without_its_last_page_is_taken_with_a_note(tmp_path: Path) -> None:
    data = write_audio(tmp_path / "a.ogg", noise(200_000)).read_bytes()
    (tmp_path / "b.ogg").write_bytes(data[: data.rindex(b"OggS")])
    assert examine_audio(tmp_path / "b.ogg").facts.notes == (
        "has no end mark and may have been cut short where it was recorded",
    )


@pytest.mark.parametrize("suffix", [".ogg", ".opus"])
@pytest.mark.parametrize("damage", ["bit", "burst", "hole"])
def test_pages_that_are_lost_are_counted(tmp_path: Path, suffix: str, damage: str) -> None:
    data = bytearray(write_audio(tmp_path / f"a{suffix}", noise(300_000)).read_bytes())
    starts = [at for at in range(len(data)) if data.startswith(b"OggS", at)]
    middle = starts[len(starts) // 2]
    if damage == "bit":
        data[middle + 500] ^= 1
    elif damage == "burst":
        data[middle : middle + 3_000] = np.random.default_rng(1).bytes(3_000)
    else:
        del data[middle : starts[len(starts) // 2 + 2]]
    path = tmp_path / f"b{suffix}"
    path.write_bytes(data)
    [note] = examine_audio(path).facts.notes
    lost = "2 pages are" if damage == "hole" else "1 page is"
    assert re.match(f"is damaged: {lost} lost, it announces 300,000 frames and holds [\\d,]+; copy", note), note


def test_streams_behind_the_first_are_named_and_tags_behind_the_end_are_not(tmp_path: Path) -> None:
    one = write_audio(tmp_path / "a.ogg", noise(20_000, seed=1)).read_bytes()
    other = write_audio(tmp_path / "b.ogg", noise(20_000, seed=2)).read_bytes()
    (tmp_path / "chain.ogg").write_bytes(one + other)
    heard = examine_audio(tmp_path / "chain.ogg").facts
    assert heard.notes == ("holds 2 streams one behind the other, of which the first is read; split it first",)
    (tmp_path / "tagged.ogg").write_bytes(one + b"TAG" + bytes(125))
    assert examine_audio(tmp_path / "tagged.ogg").facts.notes == ()


def test_a_header_of_nothing_but_empty_chunks_is_not_walked_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "zeros.wav"
    path.write_bytes(b"RIFF\xff\xff\xff\x7fWAVE")
    os.truncate(path, 2_000_000_000)
    started = time.process_time()
    assert sound_bytes(path) == (0, 0)
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE"])
def test_an_mp3_read_in_blocks_is_what_one_plain_read_gives(tmp_path: Path, mode: str) -> None:
    """A decoder that is sought after each block loses its bit reservoir, which is deep where the bit rate varies."""
    path = tmp_path / "a.mp3"
    time_s = np.arange(48_000 * 4)[:, None] / 48_000
    samples = 0.3 * np.sin(2 * np.pi * 440 * time_s) + noise(48_000 * 4, 1) * (np.sin(9 * time_s) > 0)
    soundfile.write(path, samples, 48_000, format="MP3", bitrate_mode=mode, compression_level=0.5)
    whole = soundfile.read(path, dtype="float32", always_2d=True)[0]
    for frames in (1_000, 65_536):
        with SoundFile(path) as sound:
            blocks = np.concatenate([block.copy() for block in sound.blocks(frames)])
        assert np.array_equal(blocks, whole)


def test_an_mp3_without_a_length_is_read_to_its_end(tmp_path: Path) -> None:
    # Loud, then quiet: a variable bit rate, whose length libsndfile guesses from the first frame alone.
    samples = np.concatenate([noise(48_000 * 4), noise(48_000 * 4, level=0.0005)])
    path = tmp_path / "a.mp3"
    soundfile.write(path, samples, 48_000, format="MP3", bitrate_mode="VARIABLE", compression_level=0.3)
    data = path.read_bytes()
    assert b"Xing" in data[:400]
    second = data.index(data[:2], 4)
    (tmp_path / "b.mp3").write_bytes(data[second:])
    guessed = soundfile.info(tmp_path / "b.mp3").frames
    frames = examine_audio(tmp_path / "b.mp3").facts.frames
    assert abs(guessed - 48_000 * 8) > 48_000
    assert 48_000 * 8 <= frames <= 48_000 * 8 + 4 * 1_152
    assert examine_audio(path).facts.frames == 48_000 * 8


@pytest.mark.parametrize("name", ["日本語 ドラム.wav", "Übung 1 (№ 2).wav", "a'b\"c;d.wav", "🎹.wav", "e\u0301.wav"])
def test_any_name_is_read(tmp_path: Path, name: str) -> None:
    assert probe_audio(write_audio(tmp_path / name, noise(100))).frames == 100


def test_a_name_that_is_no_text_is_read_and_shown(tmp_path: Path) -> None:
    if os.name != "posix":
        pytest.skip("only POSIX file names are bytes")
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.wav"))
    write_audio(tmp_path / "a.wav", noise(100)).rename(path)
    assert probe_audio(path).frames == 100
    path.write_bytes(b"")
    with pytest.raises(AudioRefusedError, match=r"caf\N{REPLACEMENT CHARACTER}[.]wav' is empty"):
        probe_audio(path)


def test_progress_rises_and_cancelling_stops(tmp_path: Path) -> None:
    path = write_audio(tmp_path / "a.wav", noise(500_000))
    seen: list[float] = []
    examine_audio(path, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(ImportCancelledError, match="as it was"):
        examine_audio(path, cancel=cancel)


def test_a_file_that_shrinks_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = write_audio(tmp_path / "a.wav", noise(500_000))

    def shrink(_: float) -> None:
        os.truncate(path, 1_000_000)

    with pytest.raises(AudioRefusedError, match=re.escape("'a.wav' changed while it was read; import it again")):
        examine_audio(path, progress=shrink)


def test_a_long_file_is_read_in_the_memory_of_a_block(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    # A sparse file: half an hour of 24-bit stereo, 518 MB that take no room on the disk, 691 MB once decoded.
    frames = 1_800 * 48_000
    path = tmp_path / "long.wav"
    path.write_bytes(wav_bytes(b"", channels=2, bits=24, data_size=frames * 6))
    os.truncate(path, 44 + frames * 6)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert examine_audio(path).facts.frames == frames
    grown_bytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown_bytes < 40e6
