"""The compressor's static curve and ballistics against their formulas."""

import numpy as np
import pytest

from dsp.core.compiled import njit_kernel
from dsp.core.fastmath import DB_PER_OCTAVE
from dsp.core.smoothing import smoothing_coefficient
from dsp.dynamics.compressor_curve import (
    follow,
    gain_log2,
    knee_scale,
    log2_of_db,
    slope_of_ratio,
)


@njit_kernel
def _curve(level_db, out_db, threshold_db, ratio, knee_db):
    threshold, slope = np.float32(log2_of_db(threshold_db)), np.float32(slope_of_ratio(ratio))
    knee = np.float32(log2_of_db(knee_db))
    scale = np.float32(knee_scale(log2_of_db(knee_db)))
    for n in range(level_db.shape[0]):
        level = np.float32(log2_of_db(level_db[n]))
        out_db[n] = gain_log2(level, threshold, slope, knee, scale) * DB_PER_OCTAVE


@njit_kernel
def _step(target, out, attack_ms, release_ms, rate):
    attack = np.float32(smoothing_coefficient(attack_ms, rate))
    release = np.float32(smoothing_coefficient(release_ms, rate))
    envelope = np.float32(0)
    for n in range(target.shape[0]):
        envelope = follow(target[n], envelope, attack, release)
        out[n] = envelope


def _gain_db(level_db, threshold_db=-20.0, ratio=4.0, knee_db=6.0):
    level_db = np.asarray(level_db, np.float64)
    out = np.empty_like(level_db)
    _curve(level_db, out, threshold_db, ratio, knee_db)
    return out


def _reference_db(level, threshold, ratio, knee):
    """Giannoulis et al. equation 4, as output minus input."""
    over = level - threshold
    soft = (1 / ratio - 1) * (over + knee / 2) ** 2 / (2 * max(knee, 1e-9))
    return np.where(2 * over < -knee, 0.0, np.where(2 * np.abs(over) <= knee, soft, (1 / ratio - 1) * over))


@pytest.mark.parametrize("ratio", [1.0, 2.0, 4.0, 20.0])
@pytest.mark.parametrize("knee_db", [0.0, 6.0, 24.0])
def test_curve_follows_the_paper(ratio, knee_db):
    level = np.linspace(-80, 20, 2_001)
    expected = _reference_db(level, -20.0, ratio, knee_db)
    assert np.abs(_gain_db(level, ratio=ratio, knee_db=knee_db) - expected).max() < 1e-4


def test_nothing_happens_below_the_knee():
    assert np.array_equal(_gain_db(np.linspace(-120, -23.01, 500)), np.zeros(500))


def test_curve_never_rises_with_level():
    assert np.diff(_gain_db(np.linspace(-60, 20, 5_000), knee_db=12.0)).max() <= 1e-5


@pytest.mark.parametrize("rate", [44_100.0, 48_000.0, 96_000.0])
@pytest.mark.parametrize(("attack_ms", "release_ms"), [(1.0, 50.0), (10.0, 250.0)])
def test_attack_and_release_take_their_time(attack_ms, release_ms, rate):
    frames = int(rate)
    target = np.zeros(2 * frames, np.float32)
    target[:frames] = 1
    out = np.empty_like(target)
    _step(target, out, attack_ms, release_ms, rate)
    rise = np.argmax(out >= 1 - np.exp(-1)) + 1
    fall = np.argmax(out[frames:] <= np.exp(-1)) + 1
    assert rise == pytest.approx(attack_ms * rate / 1_000, rel=2e-3, abs=1.01)
    assert fall == pytest.approx(release_ms * rate / 1_000, rel=2e-3, abs=1.01)


def test_no_time_follows_at_once():
    out = np.empty(2, np.float32)
    _step(np.array([1, 0], np.float32), out, 0.0, 0.0, 48_000.0)
    assert out.tolist() == [1, 0]
