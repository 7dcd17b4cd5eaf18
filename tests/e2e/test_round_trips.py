"""new -> import -> render -> analyze with the real program: nothing is lost, the same project makes the same bytes."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from maxbooster_desktop.cli.analyze import lines
from tests.e2e.conftest import RATE, Song
from tests.e2e.program import maxbooster, succeeded
from tests.factories.audio_files import noise, sine, write_audio


def test_an_imported_file_leaves_bit_exact_at_the_rate_it_brought(song: Song, tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    report = succeeded(maxbooster("render", song.folder, "-o", out, "--no-dither", "--json")).report
    [file] = report["files"]
    assert (file["path"], file["sample_rate"], file["frames"]) == (str(out), RATE, len(song.samples))
    assert soundfile.info(out).subtype == "PCM_24"
    assert np.array_equal(soundfile.read(out, dtype="float32")[0], song.samples)
    assert [path.name for path in tmp_path.iterdir()] == ["out.wav"]


def test_two_renders_are_byte_identical_and_block_sizes_agree(song: Song, tmp_path: Path) -> None:
    first, second, small = (tmp_path / f"{name}.wav" for name in ("first", "second", "small"))
    for target, words in ((first, ()), (second, ()), (small, ("--block", 100))):
        succeeded(maxbooster("render", song.folder, "-o", target, "--bits", 24, *words))
    assert first.read_bytes() == second.read_bytes()
    difference = np.abs(soundfile.read(first)[0] - soundfile.read(small)[0]).max()
    assert difference <= 10 ** (-120 / 20)


def test_a_range_with_stems_in_another_format_and_rate(song: Song, tmp_path: Path) -> None:
    out, stems = tmp_path / "part.flac", tmp_path / "stems"
    words = ("--stems", stems, "--from", "2.1.1", "--to", "0:03.5", "--rate", 48_000, "--bits", 16)
    report = succeeded(maxbooster("render", song.folder, "-o", out, *words, "--json")).report
    assert [file["track"] for file in report["files"]] == [None, "Take 1"]
    assert [path.name for path in stems.iterdir()] == ["01 Take 1.flac"]
    # 120 bpm: bar 2 starts after two seconds.
    for path in (out, stems / "01 Take 1.flac"):
        info = soundfile.info(path)
        assert (info.samplerate, info.frames, info.subtype) == (48_000, 72_000, "PCM_16")


def test_analyze_reads_what_was_rendered(tmp_path: Path) -> None:
    tone = write_audio(tmp_path / "tone.wav", sine(48_000 * 4, 48_000, 997.0, channels=2, level=10 ** (-23 / 20)))
    report = succeeded(maxbooster("analyze", tone, "--json")).report
    assert report["integrated_lufs"] == pytest.approx(-23.0, abs=0.1)
    assert report["true_peak_dbtp"] == pytest.approx(-23.0, abs=0.2)
    assert (report["duration_s"], report["sample_rate"], report["channels"]) == (4.0, 48_000, 2)
    assert "-23.0 LUFS" in "\n".join(lines(report))


def test_every_format_comes_in_and_is_told_apart(tmp_path: Path) -> None:
    files = [
        write_audio(tmp_path / f"x{suffix}", noise(9_600)) for suffix in (".wav", ".flac", ".ogg", ".mp3", ".aiff")
    ]
    mislabelled = tmp_path / "really wav.mp3"
    mislabelled.write_bytes(files[0].read_bytes())
    mono = write_audio(tmp_path / "mono.opus", noise(9_600, 1))
    created = succeeded(maxbooster("new", tmp_path / "Song", "--rate", 96_000, "--name", "My song", "--json")).report
    assert (created["name"], created["sample_rate"]) == ("My song", 96_000)
    report = succeeded(maxbooster("import", tmp_path / "Song", *files, mislabelled, mono, "--json")).report
    assert report["sample_rate"] == 96_000
    assert [file["outcome"] for file in report["files"]] == ["imported"] * 7
    assert [file["track"] for file in report["files"]] == ["x"] * 5 + ["really wav", "mono"]
    notes = [" ".join(file["notes"]) for file in report["files"]]
    assert "holds WAV" in notes[5] or "read as wav" in notes[5]
    assert "mono" in notes[6]
    assert all("48 -> 96 kHz" in note for note in notes)


def test_a_project_may_move_with_its_sounds(song: Song, tmp_path: Path) -> None:
    file = write_audio(tmp_path / "a.wav", noise(4_800))
    succeeded(maxbooster("new", tmp_path / "before"))
    succeeded(maxbooster("import", tmp_path / "before", file))
    file.unlink()
    (tmp_path / "before").rename(tmp_path / "after")
    succeeded(maxbooster("render", tmp_path / "after", "-o", tmp_path / "out.wav"))
    assert soundfile.info(tmp_path / "out.wav").frames == 4_800


def test_doctor_names_what_works() -> None:
    done = maxbooster("doctor", "--json")
    assert (done.code, done.err) == (0, "")
    findings = {finding["what"]: finding for finding in done.report["findings"]}
    assert {"Python", "Packages", "Kernels", "PortAudio", "Sound files", "Cache folder", "Display"} <= set(findings)
    assert all(finding["way_out"] for finding in findings.values() if not finding["is_ok"])
    assert done.report["is_ok"] == all(finding["is_ok"] for finding in findings.values())
