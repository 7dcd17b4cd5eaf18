"""Echo: a stereo or ping-pong delay whose repeats pass a high-pass and a low-pass of one pole each.

    repeat = filtered(line read `time` ago)      line <- input + feedback * repeat      out = input + level * repeat

Ping-pong feeds the sum of both sides into the left line, and each line into the other. A new time fades in over
`_FADE_MS` at the place where it is read (two taps), so it neither clicks nor bends the pitch. Feedback stays below 1
and both filters attenuate, so the tail always ends. Filters: y += (1 - exp(-2 pi f / rate)) (x - y); the high-pass is
x - y. No latency: the untouched sound leaves at once.
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
from dsp.mixing.pan import gain_of_db

_LONGEST_MS = 4_000.0
_FADE_MS, _GLIDE_MS = 50.0, 10.0
_SILENT_DB = -60.0
_QUIETEST = 1e-12


@inlined
def _line_frames(rate: float) -> int:
    return int(_LONGEST_MS * 0.001 * rate) + 2


def _private_size(sample_rate: int) -> int:
    return int(_LINES - _STARTED + 2 * _line_frames.py_func(float(sample_rate)))


DEVICE = Device(
    id="delays.echo",
    title="Echo",
    version=1,
    parameters=(
        choice(1, "mode", "Mode", ("Stereo", "Ping-pong")),
        Parameter(2, "time_ms", "Time", 375.0, 1.0, 2_000.0, "ms", "log"),
        Parameter(3, "right_percent", "Right time", 100.0, 50.0, 200.0, "%", "log"),
        Parameter(4, "feedback_percent", "Feedback", 35.0, 0.0, 95.0, "%", smoothing_ms=_GLIDE_MS),
        Parameter(5, "low_cut_hz", "Low cut", 80.0, 20.0, 2_000.0, "Hz", "log"),
        Parameter(6, "high_cut_hz", "High cut", 8_000.0, 500.0, 20_000.0, "Hz", "log"),
        Parameter(7, "level_db", "Level", -9.0, _SILENT_DB, 6.0, "dB", "db", _GLIDE_MS),
    ),
    private_size=_private_size,
)
_MODE, _TIME, _RIGHT, _FEEDBACK, _LOW_CUT, _HIGH_CUT, _LEVEL = range(1, 8)
_STARTED, _PLACE, _FADE, _LEVEL_NOW, _FEEDBACK_NOW, _PONG_NOW, _LOW_NOW, _HIGH_NOW = range(8, 16)
_TAPS, _FILTERS, _LINES = 16, 20, 24


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    return DEVICE.new_state(sample_rate, values)


def reset(state: State) -> None:
    """Forget the repeats; the parameters stay and take effect at once."""
    state[DEVICE.private_start :] = 0.0


@inlined
def _wanted_frames(state: Any, side: int) -> float:
    milliseconds = state[_TIME] * (state[_RIGHT] * 0.01 if side == 1 else 1.0)
    return max(1.0, math.floor(min(milliseconds, _LONGEST_MS) * 0.001 * state[0] + 0.5))


@inlined
def _at(state: Any, side: int, length: int, place: int, delay: int) -> float:
    """Return what entered a line `delay` frames ago."""
    index = place - delay
    found: float = state[_LINES + side * length + (index + length if index < 0 else index)]
    return found


@inlined
def _repeat(state: Any, side: int, length: int, place: int, fade: float) -> float:
    """Return a line's repeat behind its filters; while a new time fades in, of both times."""
    tap = _TAPS + 2 * side
    heard = _at(state, side, length, place, int(state[tap]))
    if fade > 0.0:
        heard = fade * _at(state, side, length, place, int(state[tap + 1])) + (1.0 - fade) * heard
    low_place, high_place = _FILTERS + side, _FILTERS + 2 + side
    state[high_place] += state[_HIGH_NOW] * (heard - state[high_place])
    state[low_place] += state[_LOW_NOW] * (state[high_place] - state[low_place])
    repeat: float = state[high_place] - state[low_place]
    return repeat if abs(repeat) > _QUIETEST else 0.0


@inlined
def _start(state: Any) -> None:
    """Let the times take effect at once."""
    for side in range(2):
        state[_TAPS + 2 * side] = _wanted_frames(state, side)
    state[_STARTED] = 1.0


@inlined
def _next_fade(state: Any, fade: float, step: float) -> float:
    """Step the fade from one pair of times to another; begin one when other times are wanted."""
    if fade > 0.0:
        fade += step
        if fade < 1.0:
            return fade
        state[_TAPS], state[_TAPS + 2] = state[_TAPS + 1], state[_TAPS + 3]
        return 0.0
    left, right = _wanted_frames(state, 0), _wanted_frames(state, 1)
    if left == state[_TAPS] and right == state[_TAPS + 2]:
        return 0.0
    state[_TAPS + 1], state[_TAPS + 3] = left, right
    return step


def _process(address: int, block: Any, frames: int) -> None:
    """Add the repeats to one block in place."""
    rate = carray(f64_at(address), (1,))[0]
    length = _line_frames(rate)
    state = carray(f64_at(address), (_LINES + 2 * length,))
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    to_level, to_feedback = gain_of_db(state[_LEVEL], _SILENT_DB), state[_FEEDBACK] * 0.01
    to_pong = 1.0 if state[_MODE] > 0.5 else 0.0
    to_low = 1.0 - math.exp(-2.0 * math.pi * state[_LOW_CUT] / rate)
    to_high = 1.0 - math.exp(-2.0 * math.pi * state[_HIGH_CUT] / rate)
    if state[_STARTED] < 0.5:
        _start(state)
        state[_LEVEL_NOW], state[_FEEDBACK_NOW], state[_PONG_NOW] = to_level, to_feedback, to_pong
        state[_LOW_NOW], state[_HIGH_NOW] = to_low, to_high
    keep, step = smoothing_coefficient(_GLIDE_MS, rate), 1.0 / (_FADE_MS * 0.001 * rate)
    level, feedback, pong = state[_LEVEL_NOW], state[_FEEDBACK_NOW], state[_PONG_NOW]
    place, fade = int(state[_PLACE]), state[_FADE]
    for n in range(frames):
        left, right = samples[n], samples[CHANNEL_STRIDE + n]
        a = left if abs(left) < LOUDEST_SAMPLE else np.float32(0.0)
        b = right if abs(right) < LOUDEST_SAMPLE else np.float32(0.0)
        level = to_level + keep * (level - to_level)
        feedback = to_feedback + keep * (feedback - to_feedback)
        pong = to_pong + keep * (pong - to_pong)
        state[_LOW_NOW] = to_low + keep * (state[_LOW_NOW] - to_low)
        state[_HIGH_NOW] = to_high + keep * (state[_HIGH_NOW] - to_high)
        fade = _next_fade(state, fade, step)
        x = _repeat(state, 0, length, place, fade)
        y = _repeat(state, 1, length, place, fade)
        into_left, into_right = a + pong * (0.5 * (a + b) - a), b * (1.0 - pong)
        state[_LINES + place] = into_left + feedback * (x + pong * (y - x))
        # The right line hears the left one even without feedback, or ping-pong would have no pong.
        state[_LINES + length + place] = into_right + feedback * y * (1.0 - pong) + pong * x
        samples[n] = np.float32(a + level * x)
        samples[CHANNEL_STRIDE + n] = np.float32(b + level * y)
        place = place + 1 if place + 1 < length else 0
    state[_LEVEL_NOW], state[_FEEDBACK_NOW], state[_PONG_NOW] = level, feedback, pong
    state[_PLACE], state[_FADE] = place, fade


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
