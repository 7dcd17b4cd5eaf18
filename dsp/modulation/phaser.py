"""Phaser: a chain of all-pass filters whose corner an oscillator moves; beside the dry sound it gives notches.

    all-pass: y = a x + s, s = x - a y, a = (tan(pi f / rate) - 1) / (tan(pi f / rate) + 1)
    f(t) = low (high / low)^((1 - cos phase) / 2)

A chain of n stages beside an equal dry sound has n / 2 notches (J. O. Smith, *Physical Audio Signal Processing*,
"Phasing with first-order allpass filters"). Another number of stages comes while the wet sound is faded out.
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

_GLIDE_MS, _FADE_MS = 20.0, 10.0
_MOST_STAGES = 12
_HIGHEST_OF_RATE = 0.45
_QUIETEST = 1e-15


def _private_size(_sample_rate: int) -> int:
    return _SIZE - DEVICE.private_start


DEVICE = Device(
    id="modulation.phaser",
    title="Phaser",
    version=1,
    parameters=(
        choice(1, "stages", "Stages", ("4", "6", "8", "12")),
        Parameter(2, "rate_hz", "Rate", 0.4, 0.02, 10.0, "Hz", "log"),
        Parameter(3, "low_hz", "Low", 250.0, 50.0, 2_000.0, "Hz", "log", _GLIDE_MS),
        Parameter(4, "high_hz", "High", 3_000.0, 500.0, 12_000.0, "Hz", "log", _GLIDE_MS),
        Parameter(5, "feedback_percent", "Feedback", 20.0, -90.0, 90.0, "%", smoothing_ms=_GLIDE_MS),
        Parameter(6, "phase_degrees", "Phase", 60.0, 0.0, 180.0, "°", smoothing_ms=_GLIDE_MS),
        Parameter(7, "mix_percent", "Mix", 50.0, 0.0, 100.0, "%", smoothing_ms=_GLIDE_MS),
    ),
    private_size=_private_size,
)
_STAGES, _RATE_HZ, _LOW, _HIGH, _FEEDBACK, _APART, _MIX = range(1, 8)
_STARTED, _TURNS, _STAGES_NOW, _FADE, _LOW_NOW, _SPAN_NOW, _FEEDBACK_NOW, _APART_NOW, _MIX_NOW = range(8, 17)
_LAST, _FILTERS = 17, 19
_SIZE = _FILTERS + 2 * _MOST_STAGES


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    return DEVICE.new_state(sample_rate, values)


def reset(state: State) -> None:
    """Forget the sound; the oscillator begins at its lowest frequency."""
    state[DEVICE.private_start :] = 0.0


@inlined
def _coefficient(low: float, span: float, turns: float, rate: float) -> float:
    """Return the all-pass coefficient at `turns` of the oscillator; `low` and `span` are natural logarithms."""
    hz = math.exp(low + span * (0.5 - 0.5 * math.cos(2.0 * math.pi * turns)))
    tangent = math.tan(math.pi * min(hz, _HIGHEST_OF_RATE * rate) / rate)
    return (tangent - 1.0) / (tangent + 1.0)


@inlined
def _through(state: Any, side: int, sample: float, stages: int, a: float) -> float:
    """Return what a chain makes of a sample."""
    first = _FILTERS + side * _MOST_STAGES
    for stage in range(first, first + stages):
        passed = a * sample + state[stage]
        held = sample - a * passed
        state[stage] = held if abs(held) > _QUIETEST else 0.0
        sample = passed
    return sample


def _process(address: int, block: Any, frames: int) -> None:
    """Phase one block in place."""
    state = carray(f64_at(address), (_SIZE,))
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    rate, place = state[0], int(state[_STAGES] + 0.5)
    wanted = 12 if place == 3 else 4 + 2 * place
    to_low, to_span = math.log(state[_LOW]), math.log(max(state[_HIGH], state[_LOW]) / state[_LOW])
    to_feedback, to_apart, to_mix = state[_FEEDBACK] * 0.01, state[_APART] / 360.0, state[_MIX] * 0.01
    keep = smoothing_coefficient(_GLIDE_MS, rate) if state[_STARTED] > 0.5 else 0.0
    step, fade_step = state[_RATE_HZ] / rate, 1.0 / (_FADE_MS * 0.001 * rate)
    turns, stages, fade = state[_TURNS], int(state[_STAGES_NOW]), state[_FADE]
    if state[_STARTED] < 0.5:
        stages, fade = wanted, 1.0
    low, span, apart = state[_LOW_NOW], state[_SPAN_NOW], state[_APART_NOW]
    feedback, mix = state[_FEEDBACK_NOW], state[_MIX_NOW]
    for n in range(frames):
        left, right = samples[n], samples[CHANNEL_STRIDE + n]
        left = left if abs(left) < LOUDEST_SAMPLE else np.float32(0.0)
        right = right if abs(right) < LOUDEST_SAMPLE else np.float32(0.0)
        low, span = to_low + keep * (low - to_low), to_span + keep * (span - to_span)
        feedback, apart = to_feedback + keep * (feedback - to_feedback), to_apart + keep * (apart - to_apart)
        mix = to_mix + keep * (mix - to_mix)
        fade = min(1.0, fade + fade_step) if stages == wanted else fade - fade_step
        if fade <= 0.0:
            stages, fade = wanted, 0.0
            state[_LAST:_SIZE] = 0.0
        a = _coefficient(low, span, turns, rate)
        b = _coefficient(low, span, turns + apart, rate)
        wet_left = _through(state, 0, left + feedback * state[_LAST], stages, a)
        wet_right = _through(state, 1, right + feedback * state[_LAST + 1], stages, b)
        state[_LAST], state[_LAST + 1] = wet_left, wet_right
        samples[n] = np.float32(left + mix * fade * (wet_left - left))
        samples[CHANNEL_STRIDE + n] = np.float32(right + mix * fade * (wet_right - right))
        turns += step
        turns = turns - 1.0 if turns >= 1.0 else turns
    state[_STARTED], state[_TURNS], state[_STAGES_NOW], state[_FADE] = 1.0, turns, stages, fade
    state[_LOW_NOW], state[_SPAN_NOW], state[_APART_NOW] = low, span, apart
    state[_FEEDBACK_NOW], state[_MIX_NOW] = feedback, mix


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
