"""Saturator: the wave is bent at four times the rate, so that what that adds above half the rate can be removed.

    wet = f(drive x + bias) - f(bias), freed of its mean by a high-pass of `_MEAN_HZ`, then level

Curves f: tanh; a hard limit at 1; sin, which folds back; x / (1 + |x|), the softest. A new curve fades in. The dry
sound waits for the way up and down (`dsp.distortion.oversampling`).
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inlined
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE, Device, Parameter, State, choice
from dsp.core.finite import LOUDEST_SAMPLE
from dsp.core.intrinsics import f64_at
from dsp.core.smoothing import smoothing_coefficient
from dsp.distortion.oversampling import (
    IN_FLOATS,
    IN_FRAMES,
    LATENCY,
    TIMES,
    UP_FLOATS,
    keep_bent,
    lowered,
    raised,
    take_in,
)
from dsp.mixing.pan import gain_of_db

_GLIDE_MS, _MEAN_HZ = 10.0, 5.0
_QUIETEST = 1e-15


def _private_size(_sample_rate: int) -> int:
    return _SIZE - DEVICE.private_start


def _latency(_sample_rate: int, _values: Mapping[str, float]) -> int:
    return LATENCY


DEVICE = Device(
    id="distortion.saturator",
    title="Saturator",
    version=1,
    parameters=(
        choice(1, "curve", "Curve", ("Tanh", "Hard", "Fold", "Soft")),
        Parameter(2, "drive_db", "Drive", 6.0, -12.0, 36.0, "dB", "db", _GLIDE_MS),
        Parameter(3, "bias_percent", "Bias", 0.0, -100.0, 100.0, "%", smoothing_ms=_GLIDE_MS),
        Parameter(4, "level_db", "Level", -3.0, -36.0, 12.0, "dB", "db", _GLIDE_MS),
        Parameter(5, "mix_percent", "Mix", 100.0, 0.0, 100.0, "%", smoothing_ms=_GLIDE_MS),
    ),
    private_size=_private_size,
    latency=_latency,
)
_CURVE, _DRIVE, _BIAS, _LEVEL, _MIX = range(1, 6)
_STARTED, _PLACE, _DRIVE_NOW, _BIAS_NOW, _LEVEL_NOW, _MIX_NOW, _FLOOR, _MEAN, _WEIGHTS = range(6, 15)
_MEANS = _WEIGHTS + 4
_IN_LINES = _MEANS + 2
_UP_LINES = _IN_LINES + 2 * IN_FLOATS
_SIZE = _UP_LINES + 2 * UP_FLOATS


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    return DEVICE.new_state(sample_rate, values)


def reset(state: State) -> None:
    """Forget the sound; the parameters stay and take effect at once."""
    state[DEVICE.private_start :] = 0.0


@inlined
def _bent(state: Any, x: float) -> float:
    """Return the curves' value, each by its weight."""
    found = 0.0
    if state[_WEIGHTS] > 0.0:
        found += state[_WEIGHTS] * math.tanh(x)
    if state[_WEIGHTS + 1] > 0.0:
        found += state[_WEIGHTS + 1] * min(1.0, max(-1.0, x))
    if state[_WEIGHTS + 2] > 0.0:
        found += state[_WEIGHTS + 2] * math.sin(x)
    if state[_WEIGHTS + 3] > 0.0:
        found += state[_WEIGHTS + 3] * x / (1.0 + abs(x))
    return found


@inlined
def _weigh(state: Any, keep: float) -> None:
    """Let the wanted curve's weight go to 1 and the others' to 0."""
    for curve in range(4):
        target = 1.0 if curve == int(state[_CURVE] + 0.5) else 0.0
        moved = target + keep * (state[_WEIGHTS + curve] - target)
        state[_WEIGHTS + curve] = moved if abs(moved - target) > 1e-6 else target


@inlined
def _wet(state: Any, side: int, place: int) -> float:
    """Return what becomes of the newest sample of a side's line: up, through the curve, and down."""
    first, above = _IN_LINES + side * IN_FLOATS, _UP_LINES + side * UP_FLOATS
    for phase in range(TIMES):
        x = raised(state, first, place, phase)
        y = _bent(state, state[_DRIVE_NOW] * x + state[_BIAS_NOW]) - state[_FLOOR]
        keep_bent(state, above, place, phase, y)
    found = lowered(state, above, place)
    moved = state[_MEANS + side] + state[_MEAN] * (found - state[_MEANS + side])
    state[_MEANS + side] = moved if abs(moved) > _QUIETEST else 0.0
    return found - state[_MEANS + side]


def _process(address: int, block: Any, frames: int) -> None:
    """Saturate one block in place."""
    state = carray(f64_at(address), (_SIZE,))
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    to_drive, to_bias = gain_of_db(state[_DRIVE], -200.0), state[_BIAS] * 0.01
    to_level, to_mix = gain_of_db(state[_LEVEL], -200.0), state[_MIX] * 0.01
    keep = smoothing_coefficient(_GLIDE_MS, state[0]) if state[_STARTED] > 0.5 else 0.0
    state[_MEAN] = 1.0 - math.exp(-2.0 * math.pi * _MEAN_HZ / state[0])
    place, level, mix = int(state[_PLACE]), state[_LEVEL_NOW], state[_MIX_NOW]
    for n in range(frames):
        state[_DRIVE_NOW] = to_drive + keep * (state[_DRIVE_NOW] - to_drive)
        state[_BIAS_NOW] = to_bias + keep * (state[_BIAS_NOW] - to_bias)
        level, mix = to_level + keep * (level - to_level), to_mix + keep * (mix - to_mix)
        _weigh(state, keep)
        keep = smoothing_coefficient(_GLIDE_MS, state[0])
        state[_FLOOR] = _bent(state, state[_BIAS_NOW])
        for side in range(2):
            sample = samples[side * CHANNEL_STRIDE + n]
            sample = sample if abs(sample) < LOUDEST_SAMPLE else np.float32(0.0)
            dry = take_in(state, _IN_LINES + side * IN_FLOATS, place, sample)
            wet = level * _wet(state, side, place)
            samples[side * CHANNEL_STRIDE + n] = np.float32(dry + mix * (wet - dry))
        place = place + 1 if place + 1 < IN_FRAMES else 0
    state[_STARTED], state[_PLACE], state[_LEVEL_NOW], state[_MIX_NOW] = 1.0, place, level, mix


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
