"""Parametric equaliser: eight bands of any shape, each on both sides, on the middle or on the sides of the sound.

A band is up to four filters of `dsp.filters.matched` in a row, transposed direct form II in float64: one for all but
the cuts, which are Butterworth of order n (6 n dB per octave) with Q_k = 1 / (2 sin(pi (2k - 1) / (2n))); the band's Q
multiplies the highest of them, which is its own at 0.71. Frequency, gain and Q glide (`_GLIDE_MS`) in steps of `_TICK`
frames; between two steps the coefficients go straight, which keeps them stable, as the stability triangle of (a1, a2)
is convex. Another shape or place comes while the band is faded out.

A band adds what its filters change: out = in + fade (filtered - in). Bands that are off or flat change no bit.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inner_kernel
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE, Device, Parameter, State, choice
from dsp.core.finite import LOUDEST_SAMPLE
from dsp.core.intrinsics import f64_at
from dsp.filters.biquad import BUTTERWORTH_Q
from dsp.filters.matched import HIGH_PASS, HIGH_POLE, LOW_PASS, LOW_POLE, matched

BANDS = 8
_GLIDE_MS, _FADE_MS = 15.0, 10.0
_TICK = 16
_NEAR = 1e-6
_QUIETEST = 1e-15
_SLOPES = (6, 12, 18, 24, 36, 48)
SHAPES = (
    *("Off", "Bell", "Low shelf", "High shelf", "Tilt", "Band-pass", "Notch"),
    *(f"{side}, {slope} dB/oct" for side in ("Low cut", "High cut") for slope in _SLOPES),
)
_OFF, _LAST_WITH_GAIN, _FIRST_LOW_CUT, _FIRST_HIGH_CUT = 0, 4, 7, 13
_ORDERS = tuple(slope // 6 for slope in _SLOPES)
_DEFAULT_HZ = (40.0, 90.0, 200.0, 450.0, 1_000.0, 2_500.0, 6_000.0, 12_000.0)


def _band(number: int) -> tuple[Parameter, ...]:
    """Return the five parameters of band 1 .. 8."""
    first, name, title, hz = (number - 1) * 5 + 1, f"band{number}", f"Band {number}", _DEFAULT_HZ[number - 1]
    return (
        Parameter(first, f"{name}_shape", f"{title} shape", 1.0, 0.0, len(SHAPES) - 1.0, "", choices=SHAPES),
        choice(first + 1, f"{name}_place", f"{title} place", ("Stereo", "Mid", "Side")),
        Parameter(first + 2, f"{name}_hz", f"{title} frequency", hz, 20.0, 20_000.0, "Hz", "log", _GLIDE_MS),
        Parameter(first + 3, f"{name}_gain_db", f"{title} gain", 0.0, -24.0, 24.0, "dB", "db", _GLIDE_MS),
        Parameter(first + 4, f"{name}_q", f"{title} Q", BUTTERWORTH_Q, 0.1, 30.0, "", "log", _GLIDE_MS),
    )


def _private_size(_sample_rate: int) -> int:
    return _SIZE - DEVICE.private_start


DEVICE = Device(
    id="filters.parametric_equaliser",
    title="Parametric EQ",
    version=1,
    parameters=(
        *(parameter for number in range(1, BANDS + 1) for parameter in _band(number)),
        Parameter(41, "output_db", "Output", 0.0, -24.0, 24.0, "dB", "db", _GLIDE_MS),
    ),
    private_size=_private_size,
)
_KNOBS, _OUTPUT = 5, 41
_STARTED, _POSITION, _OUTPUT_DB, _OUTPUT_FROM, _OUTPUT_TO, _LANES, _FIRST = 42, 43, 44, 45, 46, 47, 47 + 2 * _TICK
# Within a band: its knobs as it saw them last, what it is now and whether that stays, its fade, its gliding values,
# and its sections: coefficients from and to, then the filter memory of both lanes.
_SEEN, _IS_STILL, _SHAPE, _PLACE, _FADE, _FADE_STEP, _LOG_HZ, _GAIN, _LOG_Q, _COUNT = 0, 5, 6, 7, 8, 9, 10, 11, 12, 13
_SECTIONS, _TO, _MEMORY, _SECTION = 14, 5, 10, 14
_BAND = _SECTIONS + 4 * _SECTION
_SIZE = _FIRST + BANDS * _BAND


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    return DEVICE.new_state(sample_rate, values)


def reset(state: State) -> None:
    """Forget the sound; the parameters take effect at once."""
    state[DEVICE.private_start :] = 0.0


@inner_kernel
def _towards(target: float, value: float, keep: float) -> float:
    """Step a value to its target, which it reaches exactly."""
    left = keep * (value - target)
    return target + left if abs(left) > _NEAR else target


@inner_kernel
def _is_flat(state: Any, knobs: int, at: int) -> bool:
    """Return whether a band is off, or has a gain that is and stays 0."""
    is_without_gain = state[at + _GAIN] == 0.0 and state[knobs + 3] == 0.0
    return state[at + _SHAPE] == _OFF or (is_without_gain and state[at + _SHAPE] <= _LAST_WITH_GAIN)


@inner_kernel
def _silence(state: Any, at: int) -> None:
    """Empty a band's filters."""
    for section in range(4):
        for place in range(4):
            state[at + _SECTIONS + section * _SECTION + _MEMORY + place] = 0.0


@inner_kernel
def _design(state: Any, at: int) -> None:
    """Set the coefficients that a band's filters go to."""
    shape, hz, q = int(state[at + _SHAPE]), math.exp(state[at + _LOG_HZ]), math.exp(state[at + _LOG_Q])
    if shape == _OFF:
        return
    is_cut, is_low = shape >= _FIRST_LOW_CUT, shape < _FIRST_HIGH_CUT
    order = _ORDERS[(shape - _FIRST_LOW_CUT) % len(_ORDERS)] if is_cut else 2
    state[at + _COUNT] = (order + 1) // 2
    for number in range((order + 1) // 2):
        kind, own_q = shape - 1, q
        if is_cut and 2 * number + 1 == order:
            kind = HIGH_POLE if is_low else LOW_POLE
        elif is_cut:
            kind = HIGH_PASS if is_low else LOW_PASS
            own_q = 0.5 / math.sin(math.pi * (2 * number + 1) / (2 * order))
            own_q *= q / BUTTERWORTH_Q if number == 0 else 1.0
        b0, b1, b2, a1, a2 = matched(kind, hz, state[at + _GAIN], own_q, state[0])
        to = at + _SECTIONS + number * _SECTION + _TO
        state[to], state[to + 1], state[to + 2], state[to + 3], state[to + 4] = b0, b1, b2, a1, a2


@inner_kernel
def _arrive(state: Any, at: int) -> None:
    """Let a band's filters be where they went to."""
    for section in range(4):
        first = at + _SECTIONS + section * _SECTION
        for place in range(5):
            state[first + place] = state[first + _TO + place]


@inner_kernel
def _begin(state: Any, knobs: int, at: int) -> None:
    """Let a band be what its knobs say, from silence."""
    state[at + _SHAPE], state[at + _PLACE] = state[knobs], state[knobs + 1]
    state[at + _LOG_HZ], state[at + _LOG_Q] = math.log(state[knobs + 2]), math.log(state[knobs + 4])
    state[at + _GAIN] = state[knobs + 3]
    _silence(state, at)
    _design(state, at)
    _arrive(state, at)


@inner_kernel
def _glide(state: Any, knobs: int, at: int, keep: float) -> bool:
    """Take frequency, gain and Q one tick on; return whether one of them moved."""
    hz, gain, q = state[at + _LOG_HZ], state[at + _GAIN], state[at + _LOG_Q]
    state[at + _LOG_HZ] = _towards(math.log(state[knobs + 2]), hz, keep)
    state[at + _GAIN] = _towards(state[knobs + 3], gain, keep)
    state[at + _LOG_Q] = _towards(math.log(state[knobs + 4]), q, keep)
    return hz != state[at + _LOG_HZ] or gain != state[at + _GAIN] or q != state[at + _LOG_Q]


@inner_kernel
def _advance(state: Any, knobs: int, at: int, keep: float) -> None:
    """Take a band one tick on: its fade, its values, and the coefficients it goes to."""
    is_seen = True
    for place in range(_KNOBS):
        is_seen = is_seen and state[at + _SEEN + place] == state[knobs + place]
        state[at + _SEEN + place] = state[knobs + place]
    if is_seen and state[at + _IS_STILL] > 0.5:
        return
    _arrive(state, at)
    fade = state[at + _FADE]
    fade = 1.0 if fade > 1.0 - _NEAR else 0.0 if fade < _NEAR else fade
    is_other = state[at + _SHAPE] != state[knobs] or state[at + _PLACE] != state[knobs + 1]
    if is_other and fade == 0.0:
        _begin(state, knobs, at)
        is_other = False
    most = _TICK * 1_000.0 / (_FADE_MS * state[0])
    state[at + _FADE] = fade
    state[at + _FADE_STEP] = min(max((0.0 if is_other else 1.0) - fade, -most), most) / _TICK
    is_moved = _glide(state, knobs, at, keep)
    if is_moved:
        _design(state, at)
    state[at + _IS_STILL] = 0.0 if is_moved or is_other or fade < 1.0 else 1.0


@inner_kernel
def _tick(state: Any) -> None:
    """Take every band and the output one tick on."""
    keep = math.exp(-_TICK * 1_000.0 / (_GLIDE_MS * state[0]))
    for band in range(BANDS):
        knobs, at = 1 + _KNOBS * band, _FIRST + _BAND * band
        if state[_STARTED] < 0.5:
            _begin(state, knobs, at)
            state[at + _FADE] = 1.0
        state[at + _FADE] += _TICK * state[at + _FADE_STEP]
        state[at + _FADE_STEP] = 0.0
        _advance(state, knobs, at, keep)
    is_first = state[_STARTED] < 0.5
    state[_OUTPUT_DB] = _towards(state[_OUTPUT], state[_OUTPUT_DB], 0.0 if is_first else keep)
    goal = 10.0 ** (state[_OUTPUT_DB] / 20.0)
    state[_OUTPUT_FROM], state[_OUTPUT_TO] = goal if is_first else state[_OUTPUT_TO], goal
    state[_STARTED] = 1.0


@inner_kernel
def _run_section(state: Any, at: int, frames: int) -> None:
    """Run one filter over `frames` frames of both lanes, which lie within one tick."""
    part, step = state[_POSITION] / _TICK, 1.0 / _TICK
    d0, d1, d2 = state[at + _TO] - state[at], state[at + 6] - state[at + 1], state[at + 7] - state[at + 2]
    d3, d4 = state[at + 8] - state[at + 3], state[at + 9] - state[at + 4]
    b0, b1, b2 = state[at] + part * d0, state[at + 1] + part * d1, state[at + 2] + part * d2
    a1, a2 = state[at + 3] + part * d3, state[at + 4] + part * d4
    m = at + _MEMORY
    u1, u2, v1, v2 = state[m], state[m + 1], state[m + 2], state[m + 3]
    for n in range(frames):
        u, v = state[_LANES + n], state[_LANES + _TICK + n]
        y, z = b0 * u + u1, b0 * v + v1
        u1, u2 = b1 * u - a1 * y + u2, b2 * u - a2 * y
        v1, v2 = b1 * v - a1 * z + v2, b2 * v - a2 * z
        state[_LANES + n], state[_LANES + _TICK + n] = y, z
        b0, b1, b2, a1, a2 = b0 + step * d0, b1 + step * d1, b2 + step * d2, a1 + step * d3, a2 + step * d4
    state[m], state[m + 1] = u1 if abs(u1) > _QUIETEST else 0.0, u2 if abs(u2) > _QUIETEST else 0.0
    state[m + 2], state[m + 3] = v1 if abs(v1) > _QUIETEST else 0.0, v2 if abs(v2) > _QUIETEST else 0.0


@inner_kernel
def _run_band(state: Any, at: int, samples: Any, first: int, frames: int) -> None:
    """Run one band on two lanes, L and R or M and S, and add what it changes in those that it is for."""
    place = state[at + _PLACE]
    own, other, last = (1.0, 0.0, 1.0) if place < 0.5 else (0.5, 0.5, -0.5)
    for n in range(frames):
        left, right = np.float64(samples[first + n]), np.float64(samples[CHANNEL_STRIDE + first + n])
        state[_LANES + n], state[_LANES + _TICK + n] = own * left + other * right, other * left + last * right
    for section in range(int(state[at + _COUNT])):
        _run_section(state, at + _SECTIONS + section * _SECTION, frames)
    to_u, to_v = 0.0 if place > 1.5 else 1.0, 0.0 if 0.5 < place < 1.5 else 1.0
    back, fade = (1.0 if place < 0.5 else 2.0), state[at + _FADE] + state[_POSITION] * state[at + _FADE_STEP]
    for n in range(frames):
        left, right = np.float64(samples[first + n]), np.float64(samples[CHANNEL_STRIDE + first + n])
        u = to_u * back * fade * (state[_LANES + n] - (own * left + other * right))
        v = to_v * back * fade * (state[_LANES + _TICK + n] - (other * left + last * right))
        samples[first + n] = np.float32(left + own * u + other * v)
        samples[CHANNEL_STRIDE + first + n] = np.float32(right + other * u + last * v)
        fade += state[at + _FADE_STEP]


@inner_kernel
def _output(state: Any, samples: Any, first: int, frames: int) -> None:
    """Apply the output gain, which goes straight within a tick; unity changes no bit."""
    step = (state[_OUTPUT_TO] - state[_OUTPUT_FROM]) / _TICK
    gain = state[_OUTPUT_FROM] + state[_POSITION] * step
    for n in range(first, first + frames):
        samples[n] = np.float32(gain * samples[n])
        samples[CHANNEL_STRIDE + n] = np.float32(gain * samples[CHANNEL_STRIDE + n])
        gain += step


def _process(address: int, block: Any, frames: int) -> None:
    """Equalise one block in place, tick by tick."""
    state = carray(f64_at(address), (_SIZE,))
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    for side in range(2):
        for n in range(side * CHANNEL_STRIDE, side * CHANNEL_STRIDE + frames):
            samples[n] = samples[n] if abs(samples[n]) < LOUDEST_SAMPLE else np.float32(0.0)
    first = 0
    while first < frames:
        if state[_POSITION] == 0.0:
            _tick(state)
        count = min(frames - first, _TICK - int(state[_POSITION]))
        for band in range(BANDS):
            at = _FIRST + _BAND * band
            if _is_flat(state, 1 + _KNOBS * band, at):
                _silence(state, at)
            else:
                _run_band(state, at, samples, first, count)
        _output(state, samples, first, count)
        state[_POSITION] = (state[_POSITION] + count) % _TICK
        first += count


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
