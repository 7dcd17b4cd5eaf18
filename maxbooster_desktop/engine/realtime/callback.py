"""The compiled entry points: PortAudio's callback, and the same block for whoever calls it directly.

Nothing below here takes the GIL, allocates, locks or touches a Python object. One block: flush denormals, adopt a
pending program, obey the commands, then run pieces until the block is full.
"""

import sys

import numpy as np
from numba import types
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, njit_kernel
from dsp.core.denormals import flush_denormals
from dsp.core.intrinsics import I64_POINTER, call_with_words, f32_at, i64_at, load_acquire, store_release
from dsp.strips.goals import STAGES
from dsp.strips.layout import CELL, MAX_LANES, ROWS
from maxbooster_desktop.engine.realtime.access import (
    buses_of,
    cells_of,
    channels_of,
    edges_of,
    groups_of,
    info_of,
    levels_of,
    scratch_of,
    weights_of,
)
from maxbooster_desktop.engine.realtime.groups import run_group
from maxbooster_desktop.engine.realtime.layout import (
    ACTIVE,
    BLOCKS,
    C_GROUP,
    C_OLD,
    C_SLOT,
    CELL_FRAME,
    DECLICK,
    E_LEFT,
    E_OLD,
    G_LANES,
    IS_LIVE,
    IS_PLAYING,
    LATE,
    N_SERIAL,
    PENDING,
    PFL_COUNT,
    PREVIEW_LEFT,
    QUIET_AFTER_FRAMES,
    QUIET_FRAMES,
    RATE,
    SERIAL,
    STEADY,
)
from maxbooster_desktop.engine.realtime.meters import publish_meters, publish_tap
from maxbooster_desktop.engine.realtime.monitor import monitor
from maxbooster_desktop.engine.realtime.ramps import begin_cell, group_rows, prime_units, start_unit, unit_is_at_goal
from maxbooster_desktop.engine.realtime.transport import advance, drain_commands, find_beat, piece_frames

# Constants are given their type: numba compiles a function again for every literal it is called with.
_SWAP_CELLS = np.int64(8)
_SILENCE = np.float32(1e-7)
_STEREO = 2 * CELL


@njit_kernel
def _inherit(old, new, rate):
    """Carry filter memory, envelopes and gains of every surviving channel into the new program, then glide."""
    for channel in range(channels_of(new).shape[0]):
        before = channels_of(new)[channel, C_OLD]
        if before < 0:
            continue
        group, old_group = channels_of(new)[channel, C_GROUP], channels_of(old)[before, C_GROUP]
        rows, old_rows = group_rows(new, group), group_rows(old, old_group)
        lanes, old_lanes = groups_of(new)[group, G_LANES], groups_of(old)[old_group, G_LANES]
        for side in range(2):
            lane = channels_of(new)[channel, C_SLOT] + side * lanes // 2
            old_lane = channels_of(old)[before, C_SLOT] + side * old_lanes // 2
            for row in range(ROWS):
                rows[row * lanes + lane] = old_rows[row * old_lanes + old_lane]
        for stage in range(STAGES):
            if not unit_is_at_goal(new, channel * STAGES + stage):
                start_unit(new, channel * STAGES + stage, _SWAP_CELLS, rate)
    for edge in range(edges_of(new).shape[0]):
        before = edges_of(new)[edge, E_OLD]
        if before < 0:
            continue
        for side in range(2):
            weights_of(new)[edges_of(new)[edge, E_LEFT + side]] = weights_of(old)[edges_of(old)[before, E_LEFT + side]]
        unit = channels_of(new).shape[0] * STAGES + edge
        if not unit_is_at_goal(new, unit):
            start_unit(new, unit, _SWAP_CELLS, rate)


@njit_kernel
def _adopt(runtime):
    """Take over a pending program at the start of a cell; returns the address of the one to run (0: none)."""
    cells = cells_of(runtime)
    levels = levels_of(runtime)
    pointer = i64_at(cells.ctypes.data)
    pending = load_acquire(pointer, PENDING)
    active = cells[ACTIVE]
    if pending in (0, active) or (active != 0 and cells[CELL_FRAME] != 0):
        return active
    program = i64_at(pending)
    if active != 0:
        _inherit(i64_at(active), program, levels[RATE])
    cells[SERIAL] = info_of(program)[N_SERIAL]
    find_beat(program, runtime)
    cells[QUIET_FRAMES] = 0
    store_release(pointer, ACTIVE, pending)
    return pending


@njit_kernel
def _is_idle(runtime):
    """Return whether nothing can be heard: stopped, rung out, nothing auditioned."""
    cells = cells_of(runtime)
    is_still = cells[IS_PLAYING] == 0 and cells[DECLICK] == STEADY and cells[PREVIEW_LEFT] == 0
    return is_still and cells[IS_LIVE] and cells[PFL_COUNT] == 0 and cells[QUIET_FRAMES] > QUIET_AFTER_FRAMES


@njit_kernel
def _note_quiet(runtime, main, frames):
    cells = cells_of(runtime)
    for i in range(frames):
        if abs(main[i]) > _SILENCE or abs(main[CELL + i]) > _SILENCE:
            cells[QUIET_FRAMES] = 0
            return
    cells[QUIET_FRAMES] += frames


@njit_kernel
def _run_piece(program, runtime, out, at, frames):
    """Run every group for `frames` frames that lie in one cell, and hand the master on."""
    buses = buses_of(program)
    cells = cells_of(runtime)
    scratch = scratch_of(program)
    if cells[CELL_FRAME] == 0:
        begin_cell(program, runtime)
    buses[:] = 0.0
    x = scratch[: CELL * MAX_LANES]
    planar = scratch[CELL * MAX_LANES : CELL * MAX_LANES + _STEREO]
    for group in range(groups_of(program).shape[0]):
        run_group(program, runtime, group, x, planar, frames)
    main = buses[:_STEREO]
    if cells[IS_LIVE]:
        publish_tap(runtime, main, frames)
        _note_quiet(runtime, main, frames)
        monitor(program, runtime, main, out, at, frames)
    else:
        for i in range(frames):
            out[at + i, 0], out[at + i, 1] = main[i], main[CELL + i]


@njit_kernel
def run_block(runtime, out, frames):
    """Fill out[frame, channel] with the next `frames` frames."""
    out[:] = 0.0
    address = _adopt(runtime)
    if address == 0:
        return
    done = np.int64(0)
    while done < frames:
        program = i64_at(address)
        drain_commands(program, runtime)
        if _is_idle(runtime):
            return
        n = piece_frames(runtime, frames - done)
        _run_piece(program, runtime, out, done, n)
        advance(program, runtime, n)
        if cells_of(runtime)[CELL_FRAME] == 0:
            if cells_of(runtime)[IS_LIVE]:
                publish_meters(program, runtime)
            address = _adopt(runtime)
        done += n


@cfunc_kernel(types.void(types.int64, types.int64, types.int64, types.int64))
def block(header, out, channels, frames):
    """Run one block into `out`, float32 [frames, channels]; `header` is a runtime's header."""
    flush_denormals()
    run_block(i64_at(header), carray(f32_at(out), (frames, channels)), frames)


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
