"""A preview sounds like its original, in a fraction of its size."""

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from sync.blobs.errors import DamagedBlobError
from sync.blobs.preview import write_preview


def _level_db(samples: np.ndarray, rate: int, hz: float) -> float:
    at = np.arange(len(samples)) / rate
    return 20 * np.log10(2 * abs(np.mean(samples * np.exp(-2j * np.pi * hz * at))))


@pytest.mark.parametrize(("rate", "channels", "heard"), [(44_100, 2, 2), (96_000, 1, 1), (48_000, 6, 1)])
def test_a_preview_sounds_like_its_original(tmp_path: Path, rate: int, channels: int, heard: int) -> None:
    at = np.arange(rate * 3)[:, None] / rate
    source, target = tmp_path / "a.wav", tmp_path / "a.opus"
    sf.write(source, np.repeat(0.25 * np.sin(2 * np.pi * 1_000 * at), channels, axis=1), rate, "PCM_24")
    write_preview(source, target)
    found, found_rate = sf.read(target, always_2d=True)
    assert (found_rate, found.shape[1]) == (48_000, heard)
    assert len(found) == pytest.approx(3 * 48_000, abs=48)
    middle = found[48_000 : 2 * 48_000]
    for channel in range(heard):
        assert _level_db(middle[:, channel], 48_000, 1_000) == pytest.approx(-12.04, abs=0.2)
    assert target.stat().st_size < 0.15 * source.stat().st_size


def test_what_no_codec_takes_does_no_harm(tmp_path: Path) -> None:
    source, target = tmp_path / "a.wav", tmp_path / "a.opus"
    sf.write(source, np.tile(np.array([np.nan, np.inf, -7.0, 0.0], np.float32), 10_000), 48_000, "FLOAT")
    write_preview(source, target)
    found, _ = sf.read(target)
    assert np.isfinite(found).all()
    sf.write(source, np.zeros((0, 2)), 48_000)
    write_preview(source, target)
    source.write_bytes(b"no sound")
    with pytest.raises(DamagedBlobError, match=r"a\.wav cannot be read"):
        write_preview(source, target)
    assert not target.exists()
