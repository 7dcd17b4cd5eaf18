"""The compiled entry points: PortAudio's callback, and the same block for whoever calls it directly.

Nothing below here takes the GIL, allocates, locks or touches a Python object. One block: flush denormals, adopt a
pending program, obey the commands, then run pieces until the block is full.
"""

import sys

import numpy as np
from numba import types
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inner_kernel
from dsp.core.denormals import flush_denormals, restore_denormals
from dsp.core.intrinsics import I64_POINTER, call_with_words, f32_at, i64_at, load_acquire, store_release
from dsp.strips.goals import STAGES
from dsp.strips.layout import CELL, IS_CARRIED, ROWS
from maxbooster_desktop.engine.realtime.access import (
    buses_of,
    cells_of,
    channels_of,
    delayed_of,
    edges_of,
    groups_of,
    info_of,
    places_of,
    weights_of,
)
from maxbooster_desktop.engine.realtime.layout import (
    ACTIVE,
    BLOCKS,
    C_GROUP,
    C_NAME,
    C_SLOT,
    C_TIMING,
    CELL_FRAME,
    D_LINE,
    D_WRITE,
    DECLICK,
    E_DELAY,
    E_DELAYED,
    E_LEFT,
    E_NAME,
    G_LANES,
    IS_LIVE,
    IS_PLAYING,
    LATE,
    N_BEGIN_CELL,
    N_RUN_GROUP,
    N_SERIAL,
    N_SETTLE,
    NO_SWAP,
    PENDING,
    PFL_COUNT,
    POSITION,
    PREVIEW_LEFT,
    QUIET_AFTER_FRAMES,
    QUIET_FRAMES,
    SERIAL,
    STEADY,
    SWAP_FRAMES,
    SWAP_HELD,
    SWAP_HOLD,
    SWAP_IN,
    SWAP_LEVEL,
    SWAP_OUT,
    SWAP_PHASE,
)
from maxbooster_desktop.engine.realtime.meters import publish_meters, publish_tap
from maxbooster_desktop.engine.realtime.monitor import monitor
from maxbooster_desktop.engine.realtime.ramps import (
    chase_automation,
    group_rows,
    mark_dirty,
    prime_units,
    unit_is_at_goal,
)
from maxbooster_desktop.engine.realtime.transport import advance, drain_commands, find_beat, piece_frames

# Constants are given their type: numba compiles a function again for every literal it is called with.
_SWAP_CELLS, _AT_ONCE = np.int64(8), np.int64(0)
_SILENCE = np.float32(1e-7)
_STEREO = 2 * CELL


@inner_kernel
def _is_idle(runtime):
    """Return whether nothing can be heard: stopped, rung out, nothing auditioned."""
    cells = cells_of(runtime)
    is_still = cells[IS_PLAYING] == 0 and cells[DECLICK] == STEADY and cells[PREVIEW_LEFT] == 0
    return is_still and cells[IS_LIVE] and cells[PFL_COUNT] == 0 and cells[QUIET_FRAMES] > QUIET_AFTER_FRAMES


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
    """Carry the weights of every surviving edge on, and the place in a delay line that both programs use."""
    places, edges, old_edges = places_of(new), edges_of(new), edges_of(old)
    delayed, old_delayed = delayed_of(new), delayed_of(old)
    _note_places(places, old_edges, E_NAME)
    for edge in range(edges.shape[0]):
        before = places[edges[edge, E_NAME]]
        if before < 0:
            continue
        for side in range(2):
            weights_of(new)[edges[edge, E_LEFT + side]] = weights_of(old)[old_edges[before, E_LEFT + side]]
        line, old_line = edges[edge, E_DELAYED], old_edges[before, E_DELAYED]
        if line >= 0 and old_line >= 0 and delayed[line, D_LINE] == old_delayed[old_line, D_LINE]:
            delayed[line, D_WRITE] = old_delayed[old_line, D_WRITE]
        unit = channels_of(new).shape[0] * STAGES + edge
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
def _may_adopt(runtime, old, new):
    """Fade the master out before a program whose paths take another time; True when the new one may start."""
    cells = cells_of(runtime)
    if cells[SWAP_PHASE] == SWAP_OUT:
        if cells[SWAP_LEVEL] > 0:
            return False
        cells[SWAP_PHASE], cells[SWAP_HOLD] = SWAP_HELD, info_of(new)[N_SETTLE]
        return True
    if _is_idle(runtime) or _is_in_step(old, new):
        return True
    cells[SWAP_PHASE] = SWAP_OUT
    return False


@inner_kernel
def _adopt(runtime):
    """Take over a pending program at the start of a cell; returns the address of the one to run (0: none)."""
    cells = cells_of(runtime)
    pointer = i64_at(cells.ctypes.data)
    pending = load_acquire(pointer, PENDING)
    active = cells[ACTIVE]
    if pending in (0, active) or (active != 0 and cells[CELL_FRAME] != 0):
        return active
    program = i64_at(pending)
    if active != 0:
        if not _may_adopt(runtime, i64_at(active), program):
            return active
        _inherit_channels(i64_at(active), program)
        _inherit_edges(i64_at(active), program)
    chase_automation(program, cells[POSITION], _SWAP_CELLS if active != 0 else _AT_ONCE)
    cells[SERIAL] = info_of(program)[N_SERIAL]
    find_beat(program, runtime)
    cells[QUIET_FRAMES] = 0
    store_release(pointer, ACTIVE, pending)
    return pending


@inner_kernel
def _fade_swap(runtime, main, frames):
    """Fade the master out, hold it until delay lines are full, fade it in again."""
    cells = cells_of(runtime)
    for i in range(frames):
        if cells[SWAP_PHASE] == SWAP_IN:
            cells[SWAP_LEVEL] = min(SWAP_FRAMES, cells[SWAP_LEVEL] + 1)
        else:
            cells[SWAP_LEVEL] = max(0, cells[SWAP_LEVEL] - 1)
        if cells[SWAP_PHASE] == SWAP_HELD:
            cells[SWAP_HOLD] -= 1
            if cells[SWAP_HOLD] <= 0:
                cells[SWAP_PHASE] = SWAP_IN
        gain = np.float32(cells[SWAP_LEVEL] / SWAP_FRAMES)
        main[i] *= gain
        main[CELL + i] *= gain
    if cells[SWAP_PHASE] == SWAP_IN and cells[SWAP_LEVEL] == SWAP_FRAMES:
        cells[SWAP_PHASE] = NO_SWAP


@inner_kernel
def _note_quiet(runtime, main, frames):
    cells = cells_of(runtime)
    for i in range(frames):
        if abs(main[i]) > _SILENCE or abs(main[CELL + i]) > _SILENCE:
            cells[QUIET_FRAMES] = 0
            return
    cells[QUIET_FRAMES] += frames


@inner_kernel
def _run_piece(program_at, runtime_at, out, at, frames):
    """Run every group for `frames` frames that lie in one cell, and hand the master on."""
    program, runtime = i64_at(program_at), i64_at(runtime_at)
    buses, cells, info = buses_of(program), cells_of(runtime), info_of(program)
    if cells[CELL_FRAME] == 0:
        call_with_words(info[N_BEGIN_CELL], (program_at, runtime_at))
    buses[:] = 0.0
    for group in range(groups_of(program).shape[0]):
        call_with_words(info[N_RUN_GROUP], (program_at, runtime_at, group, frames))
    main = buses[:_STEREO]
    if not cells[IS_LIVE]:
        for i in range(frames):
            out[at + i, 0], out[at + i, 1] = main[i], main[CELL + i]
        return
    if cells[SWAP_PHASE] != NO_SWAP:
        _fade_swap(runtime, main, frames)
    publish_tap(runtime, main, frames)
    _note_quiet(runtime, main, frames)
    monitor(program, runtime, main, out, at, frames)


@inner_kernel
def _run_block(runtime_at, out, frames):
    """Fill out[frame, channel] with the next `frames` frames."""
    runtime = i64_at(runtime_at)
    out[:] = 0.0
    done, program_at, cells = np.int64(0), np.int64(0), cells_of(runtime)
    while done < frames:
        # One place in the loop: a program may change wherever a cell begins.
        if done == 0 or cells[CELL_FRAME] == 0:
            program_at = _adopt(runtime)
            if program_at == 0:
                return
        drain_commands(i64_at(program_at), runtime)
        if _is_idle(runtime):
            return
        n = piece_frames(runtime, frames - done)
        _run_piece(program_at, runtime_at, out, done, n)
        advance(i64_at(program_at), runtime, n)
        if cells[CELL_FRAME] == 0 and cells[IS_LIVE]:
            publish_meters(i64_at(program_at), runtime)
        done += n


@cfunc_kernel(types.void(types.int64, types.int64, types.int64, types.int64))
def block(header, out, channels, frames):
    """Run one block into `out`, float32 [frames, channels]; `header` is a runtime's header."""
    before = flush_denormals()
    _run_block(header, carray(f32_at(out), (frames, channels)), frames)
    restore_denormals(before)


@cfunc_kernel(types.void(types.int64, types.float64))
def prime(header, rate):
    """Make a new program ready to be adopted; `header` is the program's header, `rate` in Hz."""
    prime_units(i64_at(header), rate)


# C `unsigned long` is 32 bits wide on Windows, 64 elsewhere.
_ULONG = types.uint32 if sys.platform == "win32" else types.uint64


@cfunc_kernel(types.intc(types.voidptr, types.int64, _ULONG, types.voidptr, _ULONG, I64_POINTER))
def stream_callback(_input, output, frames, _time, flags, user):
    """PaStreamCallback; `user` points at [runtime header, output channels, address of `block`]."""
    call_with_words(user[2], (user[0], output, user[1], np.int64(frames)))
    cells = i64_at(i64_at(user[0])[0])
    store_release(cells, BLOCKS, load_acquire(cells, BLOCKS) + 1)
    if flags & np.uint64(0x6):
        store_release(cells, LATE, load_acquire(cells, LATE) + 1)
    return 0
