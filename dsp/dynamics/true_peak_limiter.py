"""True-peak limiter: look-ahead, stereo-linked, two-stage release; its output stays under a ceiling in dBTP.

Per sample, in 64-bit floats (see docs/dsp.md for the derivation of the lengths):
  1 drive, smoothed over 20 ms.
  2 detector: the 4x points between two samples (dsp.measure.interpolation) and the vertex of the parabola through
    each highest one, which reads within 0.1 dB of the continuous signal where 4x alone may miss 0.7 dB.
  3 gain this peak needs, min(1, ceiling / peak), held as a running minimum over `hold` samples.
  4 release of the reduction d = 1 - gain: a fast stage decays with `release_ms`; a slow stage charges over eight
    times that and decays over ten times that (3 s at most): a lone hit recovers fast, dense music does not pump.
  5 two box averages of `box` samples each: the gain reaches a peak's value smoothly, exactly when the peak leaves
    the delay line. Gains are integers in units of 2**-34, so the running sums are exact and never drift.

Where nothing exceeds the ceiling the gain is exactly 1: the output is the input, `latency` samples later.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inlined
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE, Device, Parameter, State
from dsp.core.finite import LOUDEST_SAMPLE
from dsp.core.intrinsics import f64_at
from dsp.core.smoothing import smoothing_coefficient
from dsp.measure.interpolation import TAPS, interpolator_phases

_AROUND = 4
"""Samples on both sides of a peak over which the gain stays level, so that the peak keeps its shape."""
_BOX_MS = 1.0
_GUARD_DB = 0.02
_CHARGE_RATIO = 8.0
_SLOW_RATIO = 10.0
_SLOWEST_MS = 3_000.0
_DRIVE_MS = 20.0
_UNIT = float(1 << 34)
_LEAST_REDUCTION = 1e-9
# Below this no point between samples can reach the lowest ceiling (-12 dB): the filters' largest gain is 2.6.
_HARMLESS = 0.09
_P1, _P2, _P3 = interpolator_phases(4)

# Slots of the state.
_CEILING_DB, _DRIVE_DB, _RELEASE_MS = 1, 2, 3
_DRIVE, _COUNT, _HEAD, _QUEUED, _FAST, _SLOW, _SUM_1, _SUM_2, _BUSY, _BEFORE = 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
_HISTORY = 15
_RINGS = _HISTORY + 4 * TAPS


@inlined
def _box_frames(sample_rate: float) -> int:
    return max(int(sample_rate * (_BOX_MS * 0.001) + 0.5), 1)


@inlined
def _latency_frames(box: int) -> int:
    """Both boxes, half the interpolator, and the margin around a peak."""
    return (2 * box - 1) + (TAPS // 2 - 1) + _AROUND


@inlined
def _hold_frames(box: int) -> int:
    return (2 * box - 1) + 1 + 2 * _AROUND


def _private_size(sample_rate: int) -> int:
    box = _box_frames.py_func(float(sample_rate))
    rings = 2 * box + 2 * _latency_frames.py_func(box) + 2 * (_hold_frames.py_func(box) + 1)
    return int(_RINGS - _DRIVE + rings)


def _latency(sample_rate: int, _values: Mapping[str, float]) -> int:
    return int(_latency_frames.py_func(_box_frames.py_func(float(sample_rate))))


DEVICE = Device(
    id="dynamics.true_peak_limiter",
    title="True-peak limiter",
    version=1,
    parameters=(
        Parameter(1, "ceiling_dbtp", "Ceiling", default=-1.0, low=-12.0, high=0.0, unit="dBTP", scale="db"),
        Parameter(
            2, "drive_db", "Drive", default=0.0, low=0.0, high=24.0, unit="dB", scale="db", smoothing_ms=_DRIVE_MS
        ),
        Parameter(3, "release_ms", "Release", default=60.0, low=10.0, high=1_000.0, unit="ms", scale="log"),
    ),
    private_size=_private_size,
    latency=_latency,
)


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    state = DEVICE.new_state(sample_rate, values)
    reset(state)
    return state


def reset(state: State) -> None:
    """Forget the sound and the reduction; the parameters stay and take effect at once."""
    box = _box_frames.py_func(state[0])
    state[DEVICE.private_start :] = 0.0
    state[_DRIVE] = 10.0 ** (state[_DRIVE_DB] / 20.0)
    state[_RINGS : _RINGS + box] = _UNIT
    state[_RINGS + box : _RINGS + 2 * box] = box * _UNIT
    state[_SUM_1] = box * _UNIT
    state[_SUM_2] = box * box * _UNIT


@inlined
def _vertex(before: float, here: float, after: float) -> float:
    """Height of the parabola through three points if the middle one is the highest, else the middle one."""
    sign = 1.0 if here >= 0.0 else -1.0
    a, b, c = before * sign, here * sign, after * sign
    bend = 2.0 * b - a - c
    return b + (a - c) * (a - c) / (8.0 * bend) if b >= a and b >= c and bend > 0.0 else b


@inlined
def _peak_of_interval(window: Any, state: Any, channel: int) -> float:
    """Highest point between the window's middle samples; keeps the last point for the next interval's parabola."""
    one, two, three = 0.0, 0.0, 0.0
    for k in range(TAPS):
        sample = window[k]
        one += _P1[k] * sample
        two += _P2[k] * sample
        three += _P3[k] * sample
    here, after = window[TAPS // 2 - 1], window[TAPS // 2]
    left = max(_vertex(state[_BEFORE + channel], here, one), _vertex(here, one, two))
    right = max(_vertex(one, two, three), _vertex(two, three, after))
    state[_BEFORE + channel] = three
    highest: float = max(left, right, abs(after))
    return highest


@inlined
def _held(state: Any, queue: int, hold: int, count: int, needed: float) -> float:
    """Running minimum of the last `hold` gains: a queue of rising values, each with the count it came at."""
    capacity = hold + 1
    head, queued = int(state[_HEAD]), int(state[_QUEUED])
    tail = head + queued
    tail = tail - capacity if tail >= capacity else tail
    while queued > 0:
        last = tail - 1 if tail > 0 else capacity - 1
        if state[queue + last] < needed:
            break
        tail = last
        queued -= 1
    state[queue + tail] = needed
    state[queue + capacity + tail] = count
    queued += 1
    if state[queue + capacity + head] <= count - hold:
        head = head + 1 if head + 1 < capacity else 0
        queued -= 1
    state[_HEAD], state[_QUEUED] = head, queued
    least: float = state[queue + head]
    return least


@inlined
def _released(state: Any, reduction: float, fast: float, charge: float, slow: float) -> float:
    """Reduction after both stages of release; never less than what is needed now."""
    quick = max(reduction, state[_FAST] * fast)
    lasting = state[_SLOW]
    lasting = quick + (lasting - quick) * charge if quick > lasting else lasting * slow
    state[_FAST] = quick if quick > _LEAST_REDUCTION else 0.0
    state[_SLOW] = lasting if lasting > _LEAST_REDUCTION else 0.0
    total: float = max(state[_FAST], state[_SLOW])
    return total


@inlined
def _smoothed(state: Any, box: int, place: int, gain: float) -> float:
    """Mean of two box averages in a row, as exact integer sums in units of 2**-34."""
    first, second = _RINGS + place, _RINGS + box + place
    units = np.floor(gain * _UNIT)
    state[_SUM_1] += units - state[first]
    state[first] = units
    state[_SUM_2] += state[_SUM_1] - state[second]
    state[second] = state[_SUM_1]
    mean: float = state[_SUM_2] / (box * box * _UNIT)
    return mean


def _process(address: int, block: Any, frames: int) -> None:
    """Limit one block in place."""
    rate = carray(f64_at(address), (1,))[0]
    box = _box_frames(rate)
    latency, hold = _latency_frames(box), _hold_frames(box)
    line = _RINGS + 2 * box
    queue = line + 2 * latency
    state = carray(f64_at(address), (queue + 2 * (hold + 1),))
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    ceiling = 10.0 ** ((state[_CEILING_DB] - _GUARD_DB) / 20.0)
    drive_target = 10.0 ** (state[_DRIVE_DB] / 20.0)
    glide = smoothing_coefficient(_DRIVE_MS, rate)
    fast = smoothing_coefficient(state[_RELEASE_MS], rate)
    slow = smoothing_coefficient(min(state[_RELEASE_MS] * _SLOW_RATIO, _SLOWEST_MS), rate)
    charge = smoothing_coefficient(state[_RELEASE_MS] * _CHARGE_RATIO, rate)
    drive, count, busy = state[_DRIVE], int(state[_COUNT]), int(state[_BUSY])
    place, delayed, newest = count % box, count % latency, count % TAPS
    for n in range(frames):
        drive = drive_target + glide * (drive - drive_target)
        drive = drive_target if abs(drive - drive_target) < 1e-6 else drive
        left, right = samples[n], samples[CHANNEL_STRIDE + n]
        a = drive * left if abs(left) < LOUDEST_SAMPLE else 0.0
        b = drive * right if abs(right) < LOUDEST_SAMPLE else 0.0
        # Each history is written twice, TAPS apart, so that its last TAPS samples always lie in a row.
        state[_HISTORY + newest], state[_HISTORY + TAPS + newest] = a, a
        state[_HISTORY + 2 * TAPS + newest], state[_HISTORY + 3 * TAPS + newest] = b, b
        newest = newest + 1 if newest + 1 < TAPS else 0
        busy = TAPS if max(abs(a), abs(b)) > _HARMLESS else busy - 1
        peak = 0.0
        if busy > 0:
            oldest = address + 8 * (_HISTORY + newest)
            peak = _peak_of_interval(carray(f64_at(oldest), (TAPS,)), state, 0)
            peak = max(peak, _peak_of_interval(carray(f64_at(oldest + 16 * TAPS), (TAPS,)), state, 1))
        needed = ceiling / peak if peak > ceiling else 1.0
        reduction = 1.0 - _held(state, queue, hold, count, needed)
        gain = _smoothed(state, box, place, 1.0 - _released(state, reduction, fast, charge, slow))
        samples[n] = np.float32(state[line + delayed] * gain)
        samples[CHANNEL_STRIDE + n] = np.float32(state[line + latency + delayed] * gain)
        state[line + delayed], state[line + latency + delayed] = a, b
        place = place + 1 if place + 1 < box else 0
        delayed = delayed + 1 if delayed + 1 < latency else 0
        count += 1
    state[_DRIVE], state[_COUNT], state[_BUSY] = drive, count, max(busy, 0)


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
