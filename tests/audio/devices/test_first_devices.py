"""Utility, compressor, echo and tremolo, measured against their formulas."""

import numpy as np
import pytest

from dsp.delays import echo
from dsp.dynamics import compressor
from dsp.mixing import utility
from dsp.modulation import tremolo
from tests.factories.device_render import run_kernel

RATE = 48_000


def _run(module, sound, **values):
    state = module.prepare(RATE, module.DEVICE.values(values))
    return run_kernel(module.KERNEL, state, np.asarray(sound, np.float32))


def _tone(hz, seconds, peak=1.0):
    wave = peak * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, wave])


def _noise(seconds=0.5):
    return (np.random.default_rng(1).standard_normal((2, round(seconds * RATE))) * 0.2).astype(np.float32)


def _db(ratio):
    return 20 * np.log10(abs(ratio) + 1e-12)


def test_utility_untouched_changes_no_bit():
    assert np.array_equal(_run(utility, _noise()), _noise())


def test_utility_gain_width_mono_and_polarity():
    sound = _noise()
    mid, side = (sound[0] + sound[1]) / 2, (sound[0] - sound[1]) / 2
    assert np.allclose(_run(utility, sound, gain_db=-6.0206), sound / 2, atol=1e-6)
    wide = _run(utility, sound, width_percent=150)
    assert np.allclose(wide, np.stack([mid + 1.5 * side, mid - 1.5 * side]), atol=1e-6)
    assert np.allclose(_run(utility, sound, is_mono=1), np.stack([mid, mid]), atol=1e-6)
    assert np.array_equal(_run(utility, sound, is_left_inverted=1), sound * [[-1], [1]])
    assert np.abs(_run(utility, sound, balance=1)[0]).max() < 1e-12
    assert not _run(utility, sound, gain_db=-72).any()


@pytest.mark.parametrize("over_db", [-12.0, -3.0, 0.0, 3.0, 12.0])
def test_compressor_follows_its_curve(over_db):
    """A steady level (the key is a constant, so that its peak is its level): reduction by the curve's formula."""
    level_db, knee_db, ratio = -20.0 + over_db, 6.0, 4.0
    inside = min(max(over_db + knee_db / 2, 0.0), knee_db)
    expected = -(1 - 1 / ratio) * (inside**2 / (2 * knee_db) + max(over_db - knee_db / 2, 0.0))
    square = np.sign(_tone(1_000.0, 1.0) + 1e-9) * 10 ** (level_db / 20)
    out = _run(compressor, square, threshold_db=-20, ratio=ratio, knee_db=knee_db, attack_ms=1, release_ms=2_000)
    assert _db(out[0, -1] / square[0, -1]) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("time_ms", [5.0, 50.0])
def test_compressor_takes_its_times(time_ms):
    """63.2 % of the reduction after the attack, 36.8 % left after the release."""
    levels = np.repeat([0.05, 1.0, 0.05], RATE // 2)
    square = np.sign(_tone(2_000.0, 1.5) + 1e-9) * levels
    out = _run(compressor, square, threshold_db=-20, knee_db=0, attack_ms=time_ms, release_ms=time_ms)
    reduction = np.array([-_db(a / b) for a, b in zip(out[0, ::12], square[0, ::12], strict=True)])
    full, frames = reduction[RATE // 12 - 1], round(time_ms * RATE / 1_000 / 12)
    assert full == pytest.approx(15.0, abs=0.2)
    assert reduction[RATE // 24 + frames] / full == pytest.approx(0.632, abs=0.04)
    assert reduction[RATE // 12 + frames] / full == pytest.approx(0.368, abs=0.04)


def test_compressor_links_its_sides_looks_ahead_and_mixes():
    loud_left = _tone(1_000.0, 0.5) * [[1.0], [0.01]]
    out = _run(compressor, loud_left, threshold_db=-20)
    ratio = np.abs(out[1, -4_800:]).max() / np.abs(out[0, -4_800:]).max()
    assert ratio == pytest.approx(0.01, rel=1e-3)
    burst = _tone(3_000.0, 0.1) * (np.arange(4_800) > 2_400)
    peaks = [
        np.abs(_run(compressor, burst, threshold_db=-20, ratio=20, attack_ms=1, look_ahead_ms=ms)).max()
        for ms in (0, 5)
    ]
    assert _db(peaks[1] / peaks[0]) < -6.0
    assert np.allclose(_run(compressor, loud_left, mix_percent=0), loud_left, atol=1e-6)
    below = _run(compressor, _tone(1_000.0, 0.2, 0.001), is_makeup_auto=1, threshold_db=-20, ratio=4, knee_db=0)
    assert _db(np.abs(below).max() / 0.001) == pytest.approx(7.5, abs=0.1)


def _impulse(seconds=1.2):
    sound = np.zeros((2, round(seconds * RATE)))
    sound[0, 0] = 1.0
    return sound


def test_echo_repeats_in_time_and_level():
    out = _run(echo, _impulse(), time_ms=100, feedback_percent=50, low_cut_hz=20, high_cut_hz=20_000, level_db=0)
    first, second = (abs(np.fft.rfft(out[0, n : n + 4_800])[100]) for n in (4_800, 9_600))
    assert np.argmax(np.abs(out[0, 1:])) + 1 == 4_800
    assert not out[0, 1:4_800].any()
    assert not out[1].any()
    assert second / first == pytest.approx(0.5, abs=0.01)


def test_echo_ping_pong_crosses():
    out = _run(echo, _impulse(), mode=1, time_ms=100, feedback_percent=50, high_cut_hz=20_000, level_db=0)
    energy = [[np.sum(side[n : n + 4_800] ** 2) for n in (4_800, 9_600, 14_400)] for side in out]
    assert energy[0][0] > 100 * energy[1][0]
    assert energy[1][1] > 100 * energy[0][1]
    assert energy[0][2] > 100 * energy[1][2]


@pytest.mark.parametrize(("corner", "low", "high"), [(1_000.0, 1_000.0, 20_000.0), (2_000.0, 20.0, 2_000.0)])
def test_echo_filters_have_their_corners(corner, low, high):
    values = {"time_ms": 100, "feedback_percent": 0, "level_db": 0, "low_cut_hz": low, "high_cut_hz": high}
    out = _run(echo, _impulse(0.5), **values)[0, 4_800:]
    response = np.abs(np.fft.rfft(out, RATE))
    assert _db(response[round(corner)] / response[100 if high == corner else 10_000]) == pytest.approx(-3.0, abs=1.0)


def test_tremolo_moves_as_its_formula_says():
    still = np.ones((2, RATE))
    out = _run(tremolo, still, rate_hz=2, depth_percent=60)
    assert np.allclose(out[0], out[1])
    assert out.max() == pytest.approx(1.0, abs=2e-3)
    assert out.min() == pytest.approx(0.4, abs=2e-3)
    spectrum = np.abs(np.fft.rfft(out[0] - out[0].mean()))
    assert np.argmax(spectrum) == 2
    apart = _run(tremolo, still, rate_hz=2, depth_percent=60, phase_degrees=180)
    assert np.allclose(apart[0, 500:] + apart[1, 500:], 1.4, atol=5e-3)
    square = _run(tremolo, still, rate_hz=2, depth_percent=100, shape=2)
    assert np.mean((square < 0.01) | (square > 0.99)) > 0.9
