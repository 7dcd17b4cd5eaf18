"""From one program to the next at a cell's border, so that nothing that goes on is interrupted and nothing clicks.

Filter memory, envelopes and gains of what both programs have are carried on; what the new one lacks fades out first,
what is new opens from silence, clips that changed fade over, and where paths take another time the master fades out
and in again.
"""

import numpy as np

from dsp.core.compiled import inner_kernel
from dsp.core.intrinsics import i64_at, load_acquire, store_release
from dsp.strips.goals import STAGES
from dsp.strips.layout import IS_CARRIED, ROWS
from dsp.strips.parameters import PARAMETERS
from maxbooster_desktop.engine.realtime.access import (
    cells_of,
    channels_of,
    delayed_of,
    edges_of,
    groups_of,
    info_of,
    places_of,
    values_of,
    weights_of,
)
from maxbooster_desktop.engine.realtime.automation import chase_automation
from maxbooster_desktop.engine.realtime.layout import (
    ACTIVE,
    C_BEFORE,
    C_GROUP,
    C_NAME,
    C_SLOT,
    C_TABLE,
    C_TIMING,
    CELL_FRAME,
    D_LINE,
    D_WRITE,
    DECLICK,
    E_DELAY,
    E_DELAYED,
    E_LEFT,
    E_NAME,
    E_RIGHT,
    EDGE_ON,
    EDGE_VALUES,
    FADING_FRAME,
    FADING_PROGRAM,
    G_LANES,
    IS_LIVE,
    IS_PLAYING,
    LEAVING_CELLS,
    LEAVING_FOR,
    LIVE_READ,
    LIVE_WRITTEN,
    N_SERIAL,
    N_SETTLE,
    PENDING,
    PFL_COUNT,
    POSITION,
    PREVIEW_LEFT,
    QUIET_AFTER_FRAMES,
    QUIET_FRAMES,
    SERIAL,
    STEADY,
    SWAP_HELD,
    SWAP_HOLD,
    SWAP_LEVEL,
    SWAP_OUT,
    SWAP_PHASE,
)
from maxbooster_desktop.engine.realtime.listening import listens_to_input
from maxbooster_desktop.engine.realtime.ramps import group_rows, mark_dirty, unit_is_at_goal
from maxbooster_desktop.engine.realtime.transport import find_beat

# Constants are given their type: numba compiles a function again for every literal it is called with.
_SWAP_CELLS, _LEAVING_CELLS, _AT_ONCE = np.int64(8), np.int64(4), np.int64(0)


@inner_kernel
def is_idle(runtime):
    """Return whether nothing can be heard: stopped, rung out, nothing auditioned or listened to."""
    cells = cells_of(runtime)
    is_still = cells[IS_PLAYING] == 0 and cells[DECLICK] == STEADY and cells[PREVIEW_LEFT] == 0
    is_alone = cells[PFL_COUNT] == 0 and not listens_to_input(runtime)
    is_alone &= load_acquire(i64_at(cells.ctypes.data), LIVE_WRITTEN) == cells[LIVE_READ]
    return is_still and cells[IS_LIVE] and is_alone and cells[QUIET_FRAMES] > QUIET_AFTER_FRAMES


@inner_kernel
def _note_places(places, table, name):
    """Write where each named row of the old program's `table` is."""
    places[:] = -1
    for row in range(table.shape[0]):
        if table[row, name] < places.shape[0]:
            places[table[row, name]] = row


@inner_kernel
def _inherit_channels(old, new):
    """Carry filter memory, envelopes and gains of every surviving channel on, and let what differs glide."""
    places, channels, old_channels = places_of(new), channels_of(new), channels_of(old)
    _note_places(places, old_channels, C_NAME)
    for channel in range(channels.shape[0]):
        before = places[channels[channel, C_NAME]]
        if before < 0:
            continue
        group, old_group = channels[channel, C_GROUP], old_channels[before, C_GROUP]
        rows, old_rows = group_rows(new, group), group_rows(old, old_group)
        lanes, old_lanes = groups_of(new)[group, G_LANES], groups_of(old)[old_group, G_LANES]
        for side in range(2):
            lane = channels[channel, C_SLOT] + side * lanes // 2
            old_lane = old_channels[before, C_SLOT] + side * old_lanes // 2
            for row in range(ROWS):
                if IS_CARRIED[row]:
                    rows[row * lanes + lane] = old_rows[row * old_lanes + old_lane]
        for stage in range(STAGES):
            if not unit_is_at_goal(new, channel * STAGES + stage):
                mark_dirty(new, channel * STAGES + stage, _SWAP_CELLS)


@inner_kernel
def _inherit_edges(old, new):
    """Carry the weights of every surviving edge on, and the place in a delay line that both programs use.

    A new edge opens from silence.
    """
    places, edges, old_edges = places_of(new), edges_of(new), edges_of(old)
    delayed, old_delayed = delayed_of(new), delayed_of(old)
    _note_places(places, old_edges, E_NAME)
    for edge in range(edges.shape[0]):
        before = places[edges[edge, E_NAME]]
        unit = channels_of(new).shape[0] * STAGES + edge
        if before < 0:
            weights_of(new)[edges[edge, E_LEFT]] = weights_of(new)[edges[edge, E_RIGHT]] = 0.0
            mark_dirty(new, unit, _SWAP_CELLS)
            continue
        for side in range(2):
            weights_of(new)[edges[edge, E_LEFT + side]] = weights_of(old)[old_edges[before, E_LEFT + side]]
        line, old_line = edges[edge, E_DELAYED], old_edges[before, E_DELAYED]
        if line >= 0 and old_line >= 0 and delayed[line, D_LINE] == old_delayed[old_line, D_LINE]:
            delayed[line, D_WRITE] = old_delayed[old_line, D_WRITE]
        if not unit_is_at_goal(new, unit):
            mark_dirty(new, unit, _SWAP_CELLS)


@inner_kernel
def _is_in_step(old, new):
    """Return whether every channel and edge that both programs have takes the same time in both."""
    places, channels, old_channels = places_of(new), channels_of(new), channels_of(old)
    _note_places(places, old_channels, C_NAME)
    for channel in range(channels.shape[0]):
        before = places[channels[channel, C_NAME]]
        if before >= 0 and channels[channel, C_TIMING] != old_channels[before, C_TIMING]:
            return False
    edges, old_edges = edges_of(new), edges_of(old)
    _note_places(places, old_edges, E_NAME)
    for edge in range(edges.shape[0]):
        before = places[edges[edge, E_NAME]]
        if before >= 0 and edges[edge, E_DELAY] != old_edges[before, E_DELAY]:
            return False
    return True


@inner_kernel
def _close_what_goes(old, new):
    """Let every edge that `new` lacks fade out in `old`; returns over how many cells (0: none goes)."""
    places, edges, kept = places_of(new), edges_of(old), edges_of(new)
    _note_places(places, kept, E_NAME)
    channels, cells = channels_of(old).shape[0], _AT_ONCE
    for edge in range(edges.shape[0]):
        if places[edges[edge, E_NAME]] < 0:
            values_of(old)[channels * PARAMETERS + edge * EDGE_VALUES + EDGE_ON] = 0.0
            mark_dirty(old, channels * STAGES + edge, _LEAVING_CELLS)
            cells = _LEAVING_CELLS
    return cells


@inner_kernel
def _has_left(runtime, old, new, address):
    """Fade out what the program at `address` lacks; True when that is done."""
    cells = cells_of(runtime)
    if cells[LEAVING_FOR] != address:
        cells[LEAVING_FOR], cells[LEAVING_CELLS] = address, _close_what_goes(old, new)
    if cells[LEAVING_CELLS] > 0:
        cells[LEAVING_CELLS] -= 1
        return False
    return True


@inner_kernel
def _fade_clips_over(runtime, active, new):
    """Let clips that came, went or moved fade over from the program at `active`, which runs until now."""
    cells = cells_of(runtime)
    if cells[IS_PLAYING] == 0:
        return
    places, channels, old_channels = places_of(new), channels_of(new), channels_of(i64_at(active))
    _note_places(places, old_channels, C_NAME)
    for channel in range(channels.shape[0]):
        before = places[channels[channel, C_NAME]]
        if before >= 0 and channels[channel, C_TABLE] != old_channels[before, C_TABLE]:
            channels[channel, C_BEFORE] = before
            cells[FADING_PROGRAM], cells[FADING_FRAME] = active, 0


@inner_kernel
def _may_adopt(runtime, old, new, address):
    """Fade out what goes, the master before a program whose paths take another time; True when `new` may start."""
    cells = cells_of(runtime)
    if cells[FADING_PROGRAM] != 0:
        return False
    if not is_idle(runtime) and not _has_left(runtime, old, new, address):
        return False
    if cells[SWAP_PHASE] == SWAP_OUT:
        if cells[SWAP_LEVEL] > 0:
            return False
        cells[SWAP_PHASE], cells[SWAP_HOLD] = SWAP_HELD, info_of(new)[N_SETTLE]
        return True
    if is_idle(runtime) or _is_in_step(old, new):
        return True
    cells[SWAP_PHASE] = SWAP_OUT
    return False


@inner_kernel
def adopt(runtime):
    """Take over a pending program at the start of a cell; returns the address of the one to run (0: none)."""
    cells = cells_of(runtime)
    pointer = i64_at(cells.ctypes.data)
    pending = load_acquire(pointer, PENDING)
    active = cells[ACTIVE]
    if pending in (0, active) or (active != 0 and cells[CELL_FRAME] != 0):
        return active
    program = i64_at(pending)
    if active != 0:
        if not _may_adopt(runtime, i64_at(active), program, pending):
            return active
        _inherit_channels(i64_at(active), program)
        _inherit_edges(i64_at(active), program)
        _fade_clips_over(runtime, active, program)
    chase_automation(program, cells[POSITION], _SWAP_CELLS if active != 0 else _AT_ONCE)
    cells[SERIAL] = info_of(program)[N_SERIAL]
    find_beat(program, runtime)
    cells[QUIET_FRAMES] = 0
    store_release(pointer, ACTIVE, pending)
    return pending
