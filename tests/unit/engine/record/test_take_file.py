"""Files of takes: whole whenever they are cut off, in the form that was asked for."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from maxbooster_desktop.engine.record.take_file import BITS, TakeFile, mend

NOISE = (np.random.default_rng(1).standard_normal((4_000, 2)) * 0.2).astype(np.float32)


@pytest.mark.parametrize(("sample_format", "subtype", "step"), [("FLOAT", "FLOAT", 0), ("PCM_24", "PCM_24", 2**-23)])
def test_what_was_given_is_in_the_file(tmp_path: Path, sample_format, subtype: str, step: float) -> None:
    take = TakeFile(tmp_path / "a.wav", 44_100, 2, sample_format)
    for first in range(0, 4_000, 700):
        take.write(NOISE[first : first + 700])
    take.close()
    assert soundfile.info(take.path).subtype == subtype
    samples, rate = soundfile.read(take.path, dtype="float32")
    assert rate == 44_100
    assert np.abs(samples - NOISE).max() <= step / 2


@pytest.mark.parametrize("sample_format", ["FLOAT", "PCM_24", "PCM_16"])
@pytest.mark.parametrize("cut_bytes", [0, 1, 5])
def test_a_file_cut_off_anywhere_is_mended(tmp_path: Path, sample_format, cut_bytes: int) -> None:
    take = TakeFile(tmp_path / "a.wav", 48_000, 2, sample_format)
    take.write(NOISE)
    # As a kill leaves it: what was given to the system, with a header from the beginning.
    torn = tmp_path / "torn.wav"
    torn.write_bytes(take.path.read_bytes()[: -cut_bytes or None])
    take.close()
    frame_bytes = 2 * BITS[sample_format] // 8
    assert mend(torn) == 4_000 - -(-cut_bytes // frame_bytes)
    whole, mended = (soundfile.read(path, dtype="float32")[0] for path in (take.path, torn))
    assert np.array_equal(mended, whole[: len(mended)])
    assert mend(torn) == len(mended)


def test_no_file_of_ours_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.wav"
    path.write_bytes(b"Dear all, " * 50)
    with pytest.raises(ValueError, match="no header"):
        mend(path)
    assert path.read_bytes() == b"Dear all, " * 50


def test_a_header_that_ends_within_itself_is_none(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    path.write_bytes(b"RIFF\0\0\0\0WAVEdata\0\0\0\0fmt \x10\0\0\0\1\0")
    with pytest.raises(ValueError, match="no header"):
        mend(path)


def test_a_link_to_somebody_elses_sound_is_not_mended(tmp_path: Path) -> None:
    take = TakeFile(tmp_path / "theirs.wav", 48_000, 1, "FLOAT")
    take.write(NOISE[:, :1])
    take.close()
    before = take.path.read_bytes()
    (tmp_path / "link.wav").symlink_to(take.path)
    with pytest.raises(ValueError, match="link"):
        mend(tmp_path / "link.wav")
    assert take.path.read_bytes() == before


def test_what_is_no_number_becomes_silence(tmp_path: Path) -> None:
    take = TakeFile(tmp_path / "a.wav", 48_000, 1, "FLOAT")
    take.write(np.array([[np.nan], [np.inf], [0.5]], np.float32))
    take.close()
    assert soundfile.read(take.path)[0].tolist() == [0.0, 0.0, 0.5]


def test_a_disk_that_refuses_leaves_a_whole_file_of_what_it_took(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    take, usual = TakeFile(tmp_path / "a.wav", 48_000, 2, "FLOAT"), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_001, usual[1]))
    try:
        for first in range(0, 2_400, 100):
            take.write(NOISE[first : first + 100])
        with pytest.raises(OSError, match="too large"):
            take.write(NOISE[2_400:2_500])
        take.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert take.frames == (20_001 - 94) // 8
    assert np.array_equal(soundfile.read(take.path, dtype="float32")[0], NOISE[: take.frames])
    assert mend(take.path) == take.frames
