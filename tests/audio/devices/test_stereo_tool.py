"""Stereo tool: levels of mid and side, mono below a frequency, swapped sides, and that untouched is untouched."""

import numpy as np
import pytest

from dsp.mixing import stereo_tool
from tests.factories.device_render import run_kernel

RATE = 48_000
NOISE = (np.random.default_rng(7).standard_normal((2, RATE // 4)) * 0.2).astype(np.float32)


def _run(sound, **values):
    state = stereo_tool.prepare(RATE, stereo_tool.DEVICE.values(values))
    return run_kernel(stereo_tool.KERNEL, state, np.asarray(sound, np.float32))


def _mid_side(sound):
    return 0.5 * (sound[0] + sound[1]), 0.5 * (sound[0] - sound[1])


def test_untouched_changes_no_bit_and_swapped_sides_are_exact():
    assert np.array_equal(_run(NOISE), NOISE)
    assert np.allclose(_run(NOISE, is_swapped=1), NOISE[::-1], atol=1e-7)


@pytest.mark.parametrize(
    ("values", "mid_gain", "side_gain"),
    [
        ({"width_percent": 0.0}, 1.0, 0.0),
        ({"width_percent": 160.0}, 1.0, 1.6),
        ({"mid_side": -1.0}, 1.0, 0.0),
        ({"mid_side": 1.0}, 0.0, 1.0),
        ({"mid_side": 0.5}, np.sqrt(2) * np.cos(1.5 * np.pi / 4), 1.0),
        ({"mid_side": -0.5, "width_percent": 50.0}, 1.0, 0.5 * np.sqrt(2) * np.cos(1.5 * np.pi / 4)),
    ],
)
def test_mid_and_side_have_the_levels_that_were_set(values, mid_gain, side_gain):
    (mid, side), (mid_out, side_out) = _mid_side(NOISE), _mid_side(_run(NOISE, **values))
    assert np.allclose(mid_out, mid_gain * mid, atol=1e-6)
    assert np.allclose(side_out, side_gain * side, atol=1e-6)


@pytest.mark.parametrize("hz", [60, 150, 400, 1_000])
def test_the_side_loses_what_lies_below_and_the_mid_nothing(hz):
    impulse = np.zeros((2, RATE))
    impulse[:, 0] = 1.0, -1.0
    response = 20 * np.log10(np.abs(np.fft.rfft(_run(impulse, mono_below_hz=hz)[0])) + 1e-9)
    assert response[[hz, 10 * hz]] == pytest.approx([-6.02, 0.0], abs=0.05)
    assert response[hz // 2] - response[hz // 4] == pytest.approx(24.0, abs=0.6)
    mono = np.tile(NOISE[:1], (2, 1))
    assert np.array_equal(_run(mono, mono_below_hz=hz), mono)
    mid, mid_out = _mid_side(NOISE)[0], _mid_side(_run(NOISE, mono_below_hz=hz))[0]
    assert np.allclose(mid_out, mid, atol=1e-6)


def test_width_holds_above_the_frequency():
    tone = 0.3 * np.sin(2 * np.pi * 5_000 * np.arange(RATE // 2) / RATE)
    out = _mid_side(_run(np.stack([tone, -tone]), width_percent=150.0, mono_below_hz=200.0))[1]
    assert out[RATE // 4 :].std() / tone[RATE // 4 :].std() == pytest.approx(1.5, abs=0.005)
