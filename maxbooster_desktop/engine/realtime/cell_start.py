"""What happens when a cell begins: ramps that are over end exactly, others start, automation is followed."""

from numba import types

from dsp.core.compiled import cfunc_kernel, inner_kernel
from dsp.core.intrinsics import i64_at
from dsp.strips.goals import STAGES
from maxbooster_desktop.engine.realtime.access import (
    active_of,
    cells_of,
    channels_of,
    dirty_of,
    edges_of,
    groups_of,
    left_of,
    levels_of,
    matrix_of,
    wanted_of,
)
from maxbooster_desktop.engine.realtime.automation import follow_automation
from maxbooster_desktop.engine.realtime.layout import C_GROUP, E_MATRIX, G_RAMPS, IS_PLAYING, M_RAMPS, RATE
from maxbooster_desktop.engine.realtime.ramps import finish_unit, start_unit


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
        follow_automation(program, cells, rate)
    _note_ramps(program)
