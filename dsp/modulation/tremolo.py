"""Tremolo and auto-pan: a slow oscillator moves the level of both sides, which lie `phase_degrees` apart.

    gain(t) = 1 - depth * (1 - shape(phase)) / 2,   shape in -1..1 and 1 at phase 0

At 0 degrees both sides move as one (tremolo), at 180 against each other (auto-pan). The gain passes a one-pole filter
of `_GLIDE_MS`, so a square and a move of any parameter do not click. It runs freely from the first block on.
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

_GLIDE_MS = 3.0
_TRIANGLE, _SQUARE = 1, 2


def _private_size(_sample_rate: int) -> int:
    return 4


DEVICE = Device(
    id="modulation.tremolo",
    title="Tremolo / auto-pan",
    version=1,
    parameters=(
        Parameter(1, "rate_hz", "Rate", 4.0, 0.05, 20.0, "Hz", "log"),
        Parameter(2, "depth_percent", "Depth", 50.0, 0.0, 100.0, "%", smoothing_ms=_GLIDE_MS),
        Parameter(3, "phase_degrees", "Phase", 0.0, 0.0, 180.0, "°", smoothing_ms=_GLIDE_MS),
        choice(4, "shape", "Shape", ("Sine", "Triangle", "Square")),
    ),
    private_size=_private_size,
)
_RATE_HZ, _DEPTH, _PHASE_DEGREES, _SHAPE = range(1, 5)
_STARTED, _PHASE, _LEFT, _RIGHT = range(5, 9)
_SIZE = 9


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    return DEVICE.new_state(sample_rate, values)


def reset(state: State) -> None:
    """Begin at the oscillator's crest."""
    state[DEVICE.private_start :] = 0.0


@inlined
def _shape(kind: int, turns: float) -> float:
    """Return the oscillator at `turns` (0 <= turns < 2) of its period: 1 at 0, -1 at a half."""
    turns = turns - 1.0 if turns >= 1.0 else turns
    if kind == _SQUARE:
        return 1.0 if turns < 0.25 or turns >= 0.75 else -1.0
    if kind == _TRIANGLE:
        return abs(4.0 * turns - 2.0) - 1.0
    return math.cos(2.0 * math.pi * turns)


def _process(address: int, block: Any, frames: int) -> None:
    """Move the level of one block in place."""
    state = carray(f64_at(address), (_SIZE,))
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    kind, depth, apart = int(state[_SHAPE] + 0.5), state[_DEPTH] * 0.005, state[_PHASE_DEGREES] / 360.0
    step = state[_RATE_HZ] / state[0]
    keep = smoothing_coefficient(_GLIDE_MS, state[0])
    phase, left, right = state[_PHASE], state[_LEFT], state[_RIGHT]
    if state[_STARTED] < 0.5:
        left, right = 1.0, 1.0 - depth * (1.0 - _shape(kind, apart))
    for n in range(frames):
        to_left = 1.0 - depth * (1.0 - _shape(kind, phase))
        to_right = 1.0 - depth * (1.0 - _shape(kind, phase + apart))
        left, right = to_left + keep * (left - to_left), to_right + keep * (right - to_right)
        a, b = samples[n], samples[CHANNEL_STRIDE + n]
        samples[n] = np.float32(left * a) if abs(a) < LOUDEST_SAMPLE else np.float32(0.0)
        samples[CHANNEL_STRIDE + n] = np.float32(right * b) if abs(b) < LOUDEST_SAMPLE else np.float32(0.0)
        phase += step
        phase = phase - 1.0 if phase >= 1.0 else phase
    state[_STARTED] = 1.0
    state[_PHASE], state[_LEFT], state[_RIGHT] = phase, left, right


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
