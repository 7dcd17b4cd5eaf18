"""Reverb: a room by a feedback delay network of eight lines, in stereo.

    line_i <- (H d)_i 10^(-3 length_i / (time rate)) + input,   d_i = one-pole low-pass of line_i read at its length

H is a Householder matrix, I - 2/8 (lossless): J.-M. Jot, A. Chaigne, "Digital delay networks for designing artificial
reverberators", AES 90 (1991). Three all-pass filters a side thicken what enters (M. Schroeder, 1962). Lengths are
primes of 48 kHz, scaled by the size. Lengths and pre-delay move to new values at a limited speed, read between
samples meanwhile, so that nothing clicks. Feedback is below 1 and the low-pass attenuates: the tail ends.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inlined
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE, Device, Parameter, State
from dsp.core.finite import LOUDEST_SAMPLE
from dsp.core.intrinsics import f64_at
from dsp.core.smoothing import smoothing_coefficient

_COUNT, _STAGES = 8, 3
_LENGTHS = np.array([1433, 1601, 1867, 2053, 2251, 2399, 2617, 2797], np.int64)
_ALLPASSES = np.array([[142, 379, 671], [151, 397, 653]], np.int64)
_LARGEST, _LONGEST_PRE_MS = 2.0, 250.0
_DIFFUSION, _WET = 0.62, 0.35
_GLIDE_MS = 20.0
#: Feedback is worked out anew after so many frames.
_STEP_FRAMES = 32
#: Frames by which a length may change in one frame: a twentieth of a semitone and a bit.
_LINE_SPEED, _PRE_SPEED = 0.02, 0.25
_QUIETEST = 1e-15


@inlined
def _line_frames(rate: float) -> int:
    return int(2_797 * _LARGEST * rate / 48_000.0) + 4


@inlined
def _allpass_frames(rate: float) -> int:
    return int(671 * rate / 48_000.0) + 2


@inlined
def _pre_frames(rate: float) -> int:
    return int(_LONGEST_PRE_MS * 0.001 * rate) + 4


def _private_size(sample_rate: int) -> int:
    rate = float(sample_rate)
    lines, pre = _COUNT * _line_frames.py_func(rate), 2 * _pre_frames.py_func(rate)
    return int(_MEMORY - _STARTED + lines + pre + 2 * _STAGES * _allpass_frames.py_func(rate))


DEVICE = Device(
    id="reverbs.reverb",
    title="Reverb",
    version=1,
    parameters=(
        Parameter(1, "time_s", "Time", 1.8, 0.1, 20.0, "s", "log"),
        Parameter(2, "size_percent", "Size", 80.0, 20.0, 200.0, "%", "log"),
        Parameter(3, "pre_delay_ms", "Pre-delay", 12.0, 0.0, _LONGEST_PRE_MS, "ms"),
        Parameter(4, "damping_hz", "Damping", 6_000.0, 500.0, 20_000.0, "Hz", "log", _GLIDE_MS),
        Parameter(5, "low_cut_hz", "Low cut", 120.0, 20.0, 1_000.0, "Hz", "log", _GLIDE_MS),
        Parameter(6, "width_percent", "Width", 100.0, 0.0, 100.0, "%", smoothing_ms=_GLIDE_MS),
        Parameter(7, "mix_percent", "Mix", 25.0, 0.0, 100.0, "%", smoothing_ms=_GLIDE_MS),
    ),
    private_size=_private_size,
)
_TIME, _SIZE_PERCENT, _PRE, _DAMPING, _LOW_CUT, _WIDTH, _MIX = range(1, 8)
_STARTED, _PLACE, _PRE_PLACE, _AGE, _PRE_NOW, _DAMP_NOW, _CUT_NOW, _WIDTH_NOW, _MIX_NOW, _KEEP, _CUTS = range(8, 19)
_ALL_PLACES = _CUTS + 2
_LENGTH_NOW = _ALL_PLACES + 2 * _STAGES
_GOAL, _FEEDBACK, _DAMPED, _MEMORY = (_LENGTH_NOW + _COUNT * part for part in (1, 2, 3, 4))


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    return DEVICE.new_state(sample_rate, values)


def reset(state: State) -> None:
    """Forget the room's sound; the parameters stay and take effect at once."""
    state[DEVICE.private_start :] = 0.0


@inlined
def _wanted_length(state: Any, line: int, rate: float) -> float:
    scale = min(max(state[_SIZE_PERCENT] * 0.01, 0.01), _LARGEST) * rate / 48_000.0
    return math.floor(_LENGTHS[line] * scale + 0.5)


@inlined
def _towards(value: float, target: float, most: float) -> float:
    return target if abs(target - value) <= most else value + (most if target > value else -most)


@inlined
def _read(state: Any, first: int, size: int, place: int, delay: float) -> float:
    """Return a line's sample `delay` frames before `place`, between two samples where it must."""
    whole = int(delay)
    part, index = delay - whole, place - whole
    index = index + size if index < 0 else index
    found = state[first + index]
    if part > 0.0:
        older = index - 1 if index > 0 else size - 1
        found += part * (state[first + older] - found)
    return found


@inlined
def _diffused(state: Any, first: int, size: int, side: int, sample: float) -> float:
    """Return what the all-pass filters of a side make of a sample."""
    for stage in range(_STAGES):
        number = side * _STAGES + stage
        length = int(_ALLPASSES[side, stage] * state[0] / 48_000.0)
        place = int(state[_ALL_PLACES + number])
        at = first + number * size + place
        held = state[at]
        into = sample - _DIFFUSION * held
        state[at] = into if abs(into) > _QUIETEST else 0.0
        sample = held + _DIFFUSION * into
        state[_ALL_PLACES + number] = place + 1 if place + 1 < length else 0
    return sample


@inlined
def _renew(state: Any, rate: float) -> None:
    """Work out what each line is to keep, by its length now."""
    for line in range(_COUNT):
        state[_GOAL + line] = 10.0 ** (-3.0 * state[_LENGTH_NOW + line] / (max(state[_TIME], 0.01) * rate))


@inlined
def _network(state: Any, size: int, place: int, into_left: float, into_right: float) -> tuple[float, float]:
    """Let the lines go round once; returns what both sides hear."""
    total = left = right = 0.0
    for line in range(_COUNT):
        length = _towards(state[_LENGTH_NOW + line], _wanted_length(state, line, state[0]), _LINE_SPEED)
        state[_LENGTH_NOW + line] = length
        read = _read(state, _MEMORY + line * size, size, place, length)
        damped = state[_DAMPED + line] + state[_DAMP_NOW] * (read - state[_DAMPED + line])
        damped = damped if abs(damped) > _QUIETEST else 0.0
        state[_DAMPED + line] = damped
        total += damped
        sign = 1.0 if (line >> 1) & 1 else -1.0
        left, right = (left, right + sign * damped) if line & 1 else (left + sign * damped, right)
    total *= 2.0 / _COUNT
    keep = state[_KEEP]
    for line in range(_COUNT):
        into = into_right if line & 1 else into_left
        state[_FEEDBACK + line] = state[_GOAL + line] + keep * (state[_FEEDBACK + line] - state[_GOAL + line])
        state[_MEMORY + line * size + place] = (state[_DAMPED + line] - total) * state[_FEEDBACK + line] + into
    return left, right


@inlined
def _begin(state: Any, rate: float) -> None:
    """Let lengths and pre-delay take effect at once."""
    for line in range(_COUNT):
        state[_LENGTH_NOW + line] = _wanted_length(state, line, rate)
    _renew(state, rate)
    for line in range(_COUNT):
        state[_FEEDBACK + line] = state[_GOAL + line]
    state[_PRE_NOW] = math.floor(state[_PRE] * 0.001 * rate + 0.5)
    state[_STARTED] = 1.0


def _process(address: int, block: Any, frames: int) -> None:
    """Add the room to one block in place."""
    rate = carray(f64_at(address), (1,))[0]
    size, pre_size, all_size = _line_frames(rate), _pre_frames(rate), _allpass_frames(rate)
    first_pre = _MEMORY + _COUNT * size
    first_all = first_pre + 2 * pre_size
    state = carray(f64_at(address), (first_all + 2 * _STAGES * all_size,))
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    to_damp = 1.0 - math.exp(-2.0 * math.pi * state[_DAMPING] / rate)
    to_cut = 1.0 - math.exp(-2.0 * math.pi * state[_LOW_CUT] / rate)
    to_width, to_mix = state[_WIDTH] * 0.01, state[_MIX] * 0.01
    to_pre = math.floor(state[_PRE] * 0.001 * rate + 0.5)
    keep = state[_KEEP] = smoothing_coefficient(_GLIDE_MS, rate)
    if state[_STARTED] < 0.5:
        _begin(state, rate)
        state[_DAMP_NOW], state[_CUT_NOW], state[_WIDTH_NOW], state[_MIX_NOW] = to_damp, to_cut, to_width, to_mix
    place, pre_place, age = int(state[_PLACE]), int(state[_PRE_PLACE]), int(state[_AGE])
    for n in range(frames):
        left, right = samples[n], samples[CHANNEL_STRIDE + n]
        left = left if abs(left) < LOUDEST_SAMPLE else np.float32(0.0)
        right = right if abs(right) < LOUDEST_SAMPLE else np.float32(0.0)
        if age == 0:
            _renew(state, rate)
        age = age + 1 if age + 1 < _STEP_FRAMES else 0
        state[_DAMP_NOW] = to_damp + keep * (state[_DAMP_NOW] - to_damp)
        state[_CUT_NOW] = to_cut + keep * (state[_CUT_NOW] - to_cut)
        state[_WIDTH_NOW] = to_width + keep * (state[_WIDTH_NOW] - to_width)
        mix = state[_MIX_NOW] = to_mix + keep * (state[_MIX_NOW] - to_mix)
        state[_CUTS] += state[_CUT_NOW] * (left - state[_CUTS])
        state[_CUTS + 1] += state[_CUT_NOW] * (right - state[_CUTS + 1])
        state[first_pre + pre_place], state[first_pre + pre_size + pre_place] = (
            left - state[_CUTS],
            right - state[_CUTS + 1],
        )
        pre = state[_PRE_NOW] = _towards(state[_PRE_NOW], to_pre, _PRE_SPEED)
        into_left = _read(state, first_pre, pre_size, pre_place, pre)
        into_right = _read(state, first_pre + pre_size, pre_size, pre_place, pre)
        into_left = _diffused(state, first_all, all_size, 0, into_left)
        into_right = _diffused(state, first_all, all_size, 1, into_right)
        a, b = _network(state, size, place, into_left, into_right)
        mid, half = 0.5 * (a + b), 0.5 * state[_WIDTH_NOW] * (a - b)
        samples[n] = np.float32(left + mix * (_WET * (mid + half) - left))
        samples[CHANNEL_STRIDE + n] = np.float32(right + mix * (_WET * (mid - half) - right))
        place = place + 1 if place + 1 < size else 0
        pre_place = pre_place + 1 if pre_place + 1 < pre_size else 0
    state[_PLACE], state[_PRE_PLACE], state[_AGE] = place, pre_place, age


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
