"""Gate and expander: what stays below a threshold is turned down, both sides as one.

It opens when the key's peak reaches the threshold and closes when the peak has stayed below the threshold minus the
hysteresis for the hold time. Its gain runs through two one-pole filters of the attack or the release time each, so
that it begins and ends without a corner. Key: input minus a one-pole low-pass; its peak decays over `_DECAY_MS`.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE, Device, Parameter, State
from dsp.core.finite import LOUDEST_SAMPLE
from dsp.core.intrinsics import f64_at
from dsp.core.smoothing import smoothing_coefficient
from dsp.mixing.pan import gain_of_db

_DECAY_MS, _GLIDE_MS = 10.0, 10.0
_DEEPEST_DB = -80.0
_LOWEST_CUT_HZ = 20.0
_NEAR = 1e-7


def _private_size(_sample_rate: int) -> int:
    return _SIZE - DEVICE.private_start


DEVICE = Device(
    id="dynamics.gate",
    title="Gate",
    version=1,
    parameters=(
        Parameter(1, "threshold_db", "Threshold", -40.0, -80.0, 0.0, "dB", "db"),
        Parameter(2, "hysteresis_db", "Hysteresis", 4.0, 0.0, 24.0, "dB"),
        Parameter(3, "attack_ms", "Attack", 0.5, 0.05, 50.0, "ms", "log"),
        Parameter(4, "hold_ms", "Hold", 40.0, 0.0, 500.0, "ms"),
        Parameter(5, "release_ms", "Release", 80.0, 1.0, 2_000.0, "ms", "log"),
        Parameter(6, "range_db", "Range", _DEEPEST_DB, _DEEPEST_DB, 0.0, "dB", "db", _GLIDE_MS),
        Parameter(7, "key_low_cut_hz", "Key low cut", _LOWEST_CUT_HZ, _LOWEST_CUT_HZ, 4_000.0, "Hz", "log"),
    ),
    private_size=_private_size,
)
_THRESHOLD, _HYSTERESIS, _ATTACK, _HOLD, _RELEASE, _RANGE, _KEY_CUT = range(1, 8)
_STARTED, _PEAK, _IS_OPEN, _LEFT_TO_HOLD, _FIRST, _GAIN, _LOW_LEFT, _LOW_RIGHT, _SIZE = range(8, 17)


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    return DEVICE.new_state(sample_rate, values)


def reset(state: State) -> None:
    """Begin open, so that a sound which is there at once keeps its beginning."""
    state[DEVICE.private_start :] = 0.0


def _process(address: int, block: Any, frames: int) -> None:
    """Turn one block down in place where it is quiet."""
    state = carray(f64_at(address), (_SIZE,))
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    rate, silent = state[0], _DEEPEST_DB
    opens, closes = gain_of_db(state[_THRESHOLD], -200.0), gain_of_db(state[_THRESHOLD] - state[_HYSTERESIS], -200.0)
    floor, hold = gain_of_db(state[_RANGE], silent), state[_HOLD] * 0.001 * rate
    attack, release = smoothing_coefficient(state[_ATTACK] * 0.5, rate), smoothing_coefficient(state[_RELEASE], rate)
    decay = smoothing_coefficient(_DECAY_MS, rate)
    key = 1.0 - math.exp(-2.0 * math.pi * state[_KEY_CUT] / rate) if state[_KEY_CUT] > _LOWEST_CUT_HZ else 0.0
    peak, is_open, held = state[_PEAK], state[_IS_OPEN], state[_LEFT_TO_HOLD]
    first, gain, low_left, low_right = state[_FIRST], state[_GAIN], state[_LOW_LEFT], state[_LOW_RIGHT]
    if state[_STARTED] < 0.5:
        first, gain, is_open, held = 1.0, 1.0, 1.0, hold
    for n in range(frames):
        left, right = samples[n], samples[CHANNEL_STRIDE + n]
        left = left if abs(left) < LOUDEST_SAMPLE else np.float32(0.0)
        right = right if abs(right) < LOUDEST_SAMPLE else np.float32(0.0)
        low_left, low_right = low_left + key * (left - low_left), low_right + key * (right - low_right)
        peak = max(abs(left - low_left), abs(right - low_right), peak * decay)
        if peak >= opens or (is_open > 0.5 and peak >= closes):
            is_open, held = 1.0, hold
        elif held > 0.0:
            held -= 1.0
        else:
            is_open = 0.0
        target = 1.0 if is_open > 0.5 else floor
        keep = attack if target > gain else release
        first = target + keep * (first - target)
        first = target if abs(first - target) < _NEAR else first
        gain = first + keep * (gain - first)
        gain = target if abs(gain - target) < _NEAR else gain
        samples[n], samples[CHANNEL_STRIDE + n] = np.float32(left * gain), np.float32(right * gain)
    state[_STARTED], state[_PEAK], state[_IS_OPEN], state[_LEFT_TO_HOLD] = 1.0, peak, is_open, held
    state[_FIRST], state[_GAIN], state[_LOW_LEFT], state[_LOW_RIGHT] = first, gain, low_left, low_right


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
