"""Automation: at a cell's begin every automated value sets out for what its lane says at the cell's end.

Points lie on samples; between two of them a value goes straight, bends, or holds. After a jump values are chased.
"""

import math

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import inner_kernel
from dsp.core.intrinsics import f64_at
from dsp.strips.layout import CELL
from maxbooster_desktop.engine.realtime.access import automation_of, points_of, values_of
from maxbooster_desktop.engine.realtime.layout import (
    A_COUNT,
    A_DEVICE,
    A_IS_SHARED,
    A_POINTS,
    A_UNIT,
    A_VALUE,
    LOOP_END,
    LOOP_ON,
    LOOP_START,
    P_CURVE,
    P_SAMPLE,
    P_VALUE,
    POSITION,
)
from maxbooster_desktop.engine.realtime.ramps import mark_dirty, start_unit

_ONE_CELL = np.int64(1)


@inner_kernel
def _value_at(points, first, count, sample):
    """Return an automation lane's value at `sample`: held before the first and behind the last point."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if points[first + middle, P_SAMPLE] <= sample:
            low = middle + 1
        else:
            high = middle
    if low == 0:
        return points[first, P_VALUE]
    here = first + low - 1
    if low == count or math.isnan(points[here, P_CURVE]):
        return points[here, P_VALUE]
    span = points[here + 1, P_SAMPLE] - points[here, P_SAMPLE]
    t = (sample - points[here, P_SAMPLE]) / span
    # A curve of -1..1 bends the straight line: t / (t + (1 - t) a), a = 4^-curve.
    bend = 4.0 ** -points[here, P_CURVE]
    t = t / (t + (1.0 - t) * bend)
    return points[here, P_VALUE] + (points[here + 1, P_VALUE] - points[here, P_VALUE]) * t


@inner_kernel
def _is_moved(program, a, sample, was_moved):
    """Set what automation row `a` moves to its value at `sample`; returns whether its unit has to move.

    `was_moved` is the answer for the row before, which may move the same value for another unit.
    """
    row = automation_of(program)[a]
    if row[A_IS_SHARED] != 0:
        return was_moved
    value = _value_at(points_of(program), row[A_POINTS], row[A_COUNT], float(sample))
    if row[A_DEVICE] != 0:
        carray(f64_at(row[A_DEVICE]), (1,))[0] = value
        return False
    values, value32 = values_of(program), np.float32(value)
    is_new = values[row[A_VALUE]] != value32
    values[row[A_VALUE]] = value32
    return is_new


@inner_kernel
def chase_automation(program, sample, cells):
    """Let every automated parameter start for its value at `sample`, reached in `cells` cells (0: at once)."""
    automation, is_moved = automation_of(program), False
    for a in range(automation.shape[0]):
        is_moved = _is_moved(program, a, sample, is_moved)
        if is_moved:
            mark_dirty(program, automation[a, A_UNIT], cells)


@inner_kernel
def follow_automation(program, cells, rate):
    """Take every automated parameter to its value at the end of the cell that begins."""
    sample = cells[POSITION] + CELL
    if cells[LOOP_ON] and cells[POSITION] < cells[LOOP_END] < sample:
        sample = cells[LOOP_START] + sample - cells[LOOP_END]
    automation, is_moved = automation_of(program), False
    for a in range(automation.shape[0]):
        is_moved = _is_moved(program, a, sample, is_moved)
        if is_moved:
            start_unit(program, automation[a, A_UNIT], _ONE_CELL, rate)
