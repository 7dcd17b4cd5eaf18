"""What moves: parameters reach their goals in cells, automation is followed, nothing ever jumps.

A *unit* is what ramps as one: stage s of channel c is unit c * STAGES + s, edge e is unit channels * STAGES + e.
At the start of a cell finished units get their exact goal, dirty ones start, and automation sets the goal for the
cell's end. Within a cell only steps are added.
"""

import math

import numpy as np
from numba import types
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inner_kernel
from dsp.core.intrinsics import f64_at, i64_at
from dsp.mixing.pan import balance, gain_of_db
from dsp.strips.goals import (
    GOALS,
    STAGES,
    finish_ramp,
    stage_goal,
    stage_is_at_goal,
    stage_is_neutral,
    start_ramp,
)
from dsp.strips.layout import CELL, ROWS
from dsp.strips.parameters import OPEN, PARAMETERS, SILENT_DB
from maxbooster_desktop.engine.realtime.access import (
    active_of,
    automation_of,
    cells_of,
    channels_of,
    dirty_of,
    edges_of,
    goals_of,
    groups_of,
    left_of,
    levels_of,
    matrix_of,
    points_of,
    rows_of,
    values_of,
    wanted_of,
    weights_of,
)
from maxbooster_desktop.engine.realtime.layout import (
    A_COUNT,
    A_DEVICE,
    A_IS_SHARED,
    A_POINTS,
    A_UNIT,
    A_VALUE,
    C_GROUP,
    C_SLOT,
    E_CHANNEL,
    E_IS_GATED,
    E_LEFT,
    E_LEFT_STEP,
    E_MATRIX,
    E_RIGHT,
    E_RIGHT_STEP,
    EDGE_GAIN_DB,
    EDGE_ON,
    EDGE_PAN,
    EDGE_VALUES,
    G_FLAGS,
    G_LANES,
    G_RAMPS,
    G_ROWS,
    IS_PLAYING,
    LOOP_END,
    LOOP_ON,
    LOOP_START,
    M_LIVE,
    M_RAMPS,
    P_CURVE,
    P_SAMPLE,
    P_VALUE,
    POSITION,
    RATE,
)

_ONE_CELL = np.int64(1)


@inner_kernel
def group_rows(program, group):
    """Return the rows array of a group."""
    groups = groups_of(program)
    first = groups[group, G_ROWS]
    return rows_of(program)[first : first + ROWS * groups[group, G_LANES]]


@inner_kernel
def _edge_goal(program, edge):
    values = values_of(program)
    channels = channels_of(program).shape[0]
    at = channels * PARAMETERS + edge * EDGE_VALUES
    gain = gain_of_db(float(values[at + EDGE_GAIN_DB]), SILENT_DB) * values[at + EDGE_ON]
    row = edges_of(program)[edge]
    if row[E_IS_GATED] != 0:
        gain *= values[row[E_CHANNEL] * PARAMETERS + OPEN]
    left, right = balance(float(values[at + EDGE_PAN]))
    return gain * left, gain * right


@inner_kernel
def start_unit(program, unit, cells, rate):
    """Compute a unit's goal and let it move there in `cells` cells (0: at once)."""
    active = active_of(program)
    edges = edges_of(program)
    goals = goals_of(program)
    groups = groups_of(program)
    matrix = matrix_of(program)
    values = values_of(program)
    weights = weights_of(program)
    channels = channels_of(program).shape[0]
    if unit < channels * STAGES:
        channel, stage = unit // STAGES, unit % STAGES
        group, slot = channels_of(program)[channel, C_GROUP], channels_of(program)[channel, C_SLOT]
        stage_goal(values, channel * PARAMETERS, stage, rate, goals, channel * GOALS)
        groups[group, G_FLAGS] |= 1 << stage
        if cells > 0:
            lanes = groups[group, G_LANES]
            start_ramp(group_rows(program, group), lanes, slot, stage, goals, channel * GOALS, cells)
    else:
        edge = unit - channels * STAGES
        left, right = _edge_goal(program, edge)
        base = channels * GOALS + 2 * edge
        goals[base], goals[base + 1] = left, right
        row = edges[edge]
        if row[E_MATRIX] >= 0:
            matrix[row[E_MATRIX], M_LIVE] = 1
        if cells > 0:
            frames = 1.0 / (cells * CELL)
            weights[row[E_LEFT_STEP]] = (left - weights[row[E_LEFT]]) * frames
            weights[row[E_RIGHT_STEP]] = (right - weights[row[E_RIGHT]]) * frames
    if cells <= 0:
        finish_unit(program, unit)
        return
    if left_of(program)[unit] == 0:
        active[0] += 1
        active[active[0]] = unit
    left_of(program)[unit] = cells


@inner_kernel
def finish_unit(program, unit):
    """Write a unit's goal itself and stop its steps."""
    goals = goals_of(program)
    groups = groups_of(program)
    weights = weights_of(program)
    channels = channels_of(program).shape[0]
    left_of(program)[unit] = 0
    if unit < channels * STAGES:
        channel, stage = unit // STAGES, unit % STAGES
        group, slot = channels_of(program)[channel, C_GROUP], channels_of(program)[channel, C_SLOT]
        lanes = groups[group, G_LANES]
        finish_ramp(group_rows(program, group), lanes, slot, stage, goals, channel * GOALS)
        return
    edge = unit - channels * STAGES
    row, base = edges_of(program)[edge], channels * GOALS + 2 * edge
    weights[row[E_LEFT]], weights[row[E_RIGHT]] = (
        goals[base],
        goals[base + 1],
    )
    weights[row[E_LEFT_STEP]], weights[row[E_RIGHT_STEP]] = 0.0, 0.0


@inner_kernel
def prime_units(program, rate):
    """Put every unit at its goal at once and note which stages and matrix rows are needed at all."""
    channels, groups, goals = channels_of(program), groups_of(program), goals_of(program)
    count = channels.shape[0]
    for unit in range(count * STAGES + edges_of(program).shape[0]):
        if unit < count * STAGES:
            channel, stage = unit // STAGES, unit % STAGES
            stage_goal(values_of(program), channel * PARAMETERS, stage, rate, goals, channel * GOALS)
            finish_unit(program, unit)
            if not stage_is_neutral(stage, goals, channel * GOALS):
                groups[channels[channel, C_GROUP], G_FLAGS] |= 1 << stage
        else:
            edge = unit - count * STAGES
            left, right = _edge_goal(program, edge)
            goals[count * GOALS + 2 * edge], goals[count * GOALS + 2 * edge + 1] = left, right
            finish_unit(program, unit)
            matrix = edges_of(program)[edge, E_MATRIX]
            if matrix >= 0 and (left != 0.0 or right != 0.0):
                matrix_of(program)[matrix, M_LIVE] = 1


@inner_kernel
def unit_is_at_goal(program, unit):
    """Return whether a unit already holds what it should reach."""
    channels, goals = channels_of(program), goals_of(program)
    count = channels.shape[0]
    if unit < count * STAGES:
        channel, stage = unit // STAGES, unit % STAGES
        group = channels[channel, C_GROUP]
        lanes, slot = groups_of(program)[group, G_LANES], channels[channel, C_SLOT]
        return stage_is_at_goal(group_rows(program, group), lanes, slot, stage, goals, channel * GOALS)
    edge = unit - count * STAGES
    weights, row = weights_of(program), edges_of(program)[edge]
    base = count * GOALS + 2 * edge
    return weights[row[E_LEFT]] == goals[base] and weights[row[E_RIGHT]] == goals[base + 1]


@inner_kernel
def mark_dirty(program, unit, cells):
    """Let a unit start at the next cell's begin and arrive `cells` cells later (0: at once)."""
    dirty, wanted = dirty_of(program), wanted_of(program)
    if wanted[unit] < 0:
        dirty[0] += 1
        dirty[dirty[0]] = unit
    wanted[unit] = cells


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
def _follow_automation(program, cells, rate):
    """Take every automated parameter to its value at the end of the cell that begins."""
    sample = cells[POSITION] + CELL
    if cells[LOOP_ON] and cells[POSITION] < cells[LOOP_END] < sample:
        sample = cells[LOOP_START] + sample - cells[LOOP_END]
    automation, is_moved = automation_of(program), False
    for a in range(automation.shape[0]):
        is_moved = _is_moved(program, a, sample, is_moved)
        if is_moved:
            start_unit(program, automation[a, A_UNIT], _ONE_CELL, rate)


@inner_kernel
def _note_ramps(program):
    active = active_of(program)
    edges = edges_of(program)
    groups = groups_of(program)
    channels = channels_of(program).shape[0]
    for group in range(groups.shape[0]):
        groups[group, G_RAMPS] = 0
    for m in range(matrix_of(program).shape[0]):
        matrix_of(program)[m, M_RAMPS] = 0
    for k in range(1, active[0] + 1):
        unit = active[k]
        if unit < channels * STAGES:
            groups[channels_of(program)[unit // STAGES, C_GROUP], G_RAMPS] |= 1 << (unit % STAGES)
        else:
            matrix = edges[unit - channels * STAGES, E_MATRIX]
            if matrix >= 0:
                matrix_of(program)[matrix, M_RAMPS] = 1


@cfunc_kernel(types.void(types.int64, types.int64))
def begin_cell(program_at, runtime_at):
    """Finish, start and follow, then note which stages and matrix rows move during this cell."""
    program, runtime = i64_at(program_at), i64_at(runtime_at)
    active, left = active_of(program), left_of(program)
    cells, dirty, wanted = cells_of(runtime), dirty_of(program), wanted_of(program)
    rate = levels_of(runtime)[RATE]
    at = 1
    while at <= active[0]:
        unit = active[at]
        left[unit] -= 1
        if left[unit] <= 0:
            finish_unit(program, unit)
            active[at] = active[active[0]]
            active[0] -= 1
        else:
            at += 1
    for k in range(1, dirty[0] + 1):
        start_unit(program, dirty[k], wanted[dirty[k]], rate)
        wanted[dirty[k]] = -1
    dirty[0] = 0
    if cells[IS_PLAYING]:
        _follow_automation(program, cells, rate)
    _note_ramps(program)
