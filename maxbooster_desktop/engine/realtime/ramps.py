"""What moves: parameters reach their goals in cells, nothing ever jumps.

A *unit* is what ramps as one: stage s of channel c is unit c * STAGES + s, edge e is unit channels * STAGES + e.
Units start and end where cells begin (`cell_start`), with their exact goal at the end; within a cell only steps are
added.
"""

from dsp.core.compiled import inner_kernel
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
    channels_of,
    dirty_of,
    edges_of,
    goals_of,
    groups_of,
    left_of,
    matrix_of,
    rows_of,
    values_of,
    wanted_of,
    weights_of,
)
from maxbooster_desktop.engine.realtime.layout import (
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
    G_ROWS,
    M_LIVE,
)


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
    weights[row[E_LEFT]], weights[row[E_RIGHT]] = goals[base], goals[base + 1]
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
