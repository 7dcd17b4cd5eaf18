"""A short delay that an oscillator moves, one a side: chorus and flanger, each with ranges of its own.

    delay(t) = delay + depth (1 - cos phase) / 2
    line <- input + feedback * tap      out = input + mix (tap - input)

The line is read between its samples by a cubic through four of them (Catmull-Rom), so that the movement bends pitch
and adds no noise. Delay and depth glide. A device that uses the kernel is made by `declared`.
"""

import math
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inlined
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE, Device, Parameter
from dsp.core.finite import LOUDEST_SAMPLE
from dsp.core.intrinsics import f64_at
from dsp.core.smoothing import smoothing_coefficient

ORDER = ("rate_hz", "delay_ms", "depth_ms", "feedback_percent", "phase_degrees", "mix_percent")
LONGEST_MS = 80.0
GLIDE_MS = 60.0
_MARGIN = 4
#: The cubic needs a sample on the near side.
_LEAST_FRAMES = 2.0
_QUIETEST = 1e-15
_RATE_HZ, _DELAY, _DEPTH, _FEEDBACK, _APART, _MIX = range(1, 7)
_STARTED, _TURNS, _PLACE, _DELAY_NOW, _DEPTH_NOW, _FEEDBACK_NOW, _APART_NOW, _MIX_NOW, _LINES = range(7, 16)


@inlined
def _line_frames(rate: float) -> int:
    return int(LONGEST_MS * 0.001 * rate) + _MARGIN


def _private_size(sample_rate: int) -> int:
    return int(_LINES - _STARTED + 2 * _line_frames.py_func(float(sample_rate)))


def declared(device_id: str, title: str, parameters: tuple[Parameter, ...]) -> Device:
    """Return the declaration of a device that uses the kernel; raises ValueError when they are not those of `ORDER`."""
    if tuple(parameter.name for parameter in parameters) != ORDER:
        raise ValueError(f"{device_id} must declare {', '.join(ORDER)}")
    return Device(id=device_id, title=title, version=1, parameters=parameters, private_size=_private_size)


@inlined
def _sample(state: Any, first: int, length: int, index: int) -> float:
    """Return the sample at a place in a line that may lie beyond either end of it."""
    index = index + length if index < 0 else index
    found: float = state[first + (index - length if index >= length else index)]
    return found


@inlined
def _tap(state: Any, first: int, length: int, place: int, delay: float) -> float:
    """Return a line `delay` frames before its newest sample, which lies at `place`."""
    whole = int(delay)
    part, at = delay - whole, place - whole
    y0, y1 = _sample(state, first, length, at + 1), _sample(state, first, length, at)
    y2, y3 = _sample(state, first, length, at - 1), _sample(state, first, length, at - 2)
    c1, c2 = 0.5 * (y2 - y0), y0 - 2.5 * y1 + 2.0 * y2 - 0.5 * y3
    c3 = 0.5 * (y3 - y0) + 1.5 * (y1 - y2)
    return y1 + part * (c1 + part * (c2 + part * c3))


def _process(address: int, block: Any, frames: int) -> None:
    """Add what moves to one block in place."""
    rate = carray(f64_at(address), (1,))[0]
    length = _line_frames(rate)
    state = carray(f64_at(address), (_LINES + 2 * length,))
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    to_delay, to_depth = state[_DELAY] * 0.001 * rate, state[_DEPTH] * 0.001 * rate
    to_feedback, to_apart, to_mix = state[_FEEDBACK] * 0.01, state[_APART] / 360.0, state[_MIX] * 0.01
    keep = smoothing_coefficient(GLIDE_MS, rate) if state[_STARTED] > 0.5 else 0.0
    step, most = state[_RATE_HZ] / rate, float(length - _MARGIN)
    turns, place = state[_TURNS], int(state[_PLACE])
    delay, depth, feedback = state[_DELAY_NOW], state[_DEPTH_NOW], state[_FEEDBACK_NOW]
    apart, mix = state[_APART_NOW], state[_MIX_NOW]
    for n in range(frames):
        left, right = samples[n], samples[CHANNEL_STRIDE + n]
        left = left if abs(left) < LOUDEST_SAMPLE else np.float32(0.0)
        right = right if abs(right) < LOUDEST_SAMPLE else np.float32(0.0)
        delay, depth = to_delay + keep * (delay - to_delay), to_depth + keep * (depth - to_depth)
        feedback, apart = to_feedback + keep * (feedback - to_feedback), to_apart + keep * (apart - to_apart)
        mix = to_mix + keep * (mix - to_mix)
        here = delay + depth * (0.5 - 0.5 * math.cos(2.0 * math.pi * turns))
        there = delay + depth * (0.5 - 0.5 * math.cos(2.0 * math.pi * (turns + apart)))
        wet_left = _tap(state, _LINES, length, place, min(max(here, _LEAST_FRAMES), most) - 1.0)
        wet_right = _tap(state, _LINES + length, length, place, min(max(there, _LEAST_FRAMES), most) - 1.0)
        place = place + 1 if place + 1 < length else 0
        into_left, into_right = left + feedback * wet_left, right + feedback * wet_right
        state[_LINES + place] = into_left if abs(into_left) > _QUIETEST else 0.0
        state[_LINES + length + place] = into_right if abs(into_right) > _QUIETEST else 0.0
        samples[n] = np.float32(left + mix * (wet_left - left))
        samples[CHANNEL_STRIDE + n] = np.float32(right + mix * (wet_right - right))
        turns += step
        turns = turns - 1.0 if turns >= 1.0 else turns
    state[_STARTED], state[_TURNS], state[_PLACE], state[_APART_NOW] = 1.0, turns, place, apart
    state[_DELAY_NOW], state[_DEPTH_NOW], state[_FEEDBACK_NOW], state[_MIX_NOW] = delay, depth, feedback, mix


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
