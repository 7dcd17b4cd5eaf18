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
from dsp.strips.layout import CELL
from maxbooster_desktop.engine.realtime.access import buses_of, cells_of, groups_of, info_of
from maxbooster_desktop.engine.realtime.adoption import adopt, is_idle
from maxbooster_desktop.engine.realtime.capture import capture
from maxbooster_desktop.engine.realtime.layout import (
    BLOCKS,
    CELL_FRAME,
    FRAMES,
    INPUT,
    INPUT_CHANNELS,
    INPUT_FRAME,
    IS_LIVE,
    LATE,
    LIVE_READ,
    LIVE_WRITTEN,
    N_BEGIN_CELL,
    N_PLAY_LIVE,
    N_RUN_GROUP,
    NO_SWAP,
    QUIET_FRAMES,
    SWAP_FRAMES,
    SWAP_HELD,
    SWAP_HOLD,
    SWAP_IN,
    SWAP_LEVEL,
    SWAP_PHASE,
)
from maxbooster_desktop.engine.realtime.meters import publish_meters, publish_tap
from maxbooster_desktop.engine.realtime.monitor import monitor
from maxbooster_desktop.engine.realtime.ramps import prime_units
from maxbooster_desktop.engine.realtime.sent_notes import send_time
from maxbooster_desktop.engine.realtime.transport import advance, drain_commands, piece_frames, roll_when_counted

#: What PortAudio says of a block that came too late: paInputOverflow, paOutputUnderflow.
LATE_FLAGS = np.uint64(0x2 | 0x4)
_SILENCE = np.float32(1e-7)
_STEREO = 2 * CELL


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
    if cells[IS_LIVE]:
        send_time(runtime)
    if load_acquire(i64_at(cells.ctypes.data), LIVE_WRITTEN) != cells[LIVE_READ]:
        call_with_words(info[N_PLAY_LIVE], (program_at, runtime_at, frames))
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
            program_at = adopt(runtime)
            if program_at == 0:
                capture(runtime, done, frames - done)
                return
        drain_commands(i64_at(program_at), runtime)
        if is_idle(runtime):
            capture(runtime, done, frames - done)
            return
        n = piece_frames(runtime, frames - done)
        cells[INPUT_FRAME] = done
        capture(runtime, done, n)
        _run_piece(program_at, runtime_at, out, done, n)
        advance(i64_at(program_at), runtime, n)
        roll_when_counted(i64_at(program_at), runtime)
        if cells[CELL_FRAME] == 0 and cells[IS_LIVE]:
            publish_meters(i64_at(program_at), runtime)
        done += n


@cfunc_kernel(types.void(types.int64, types.int64, types.int64, types.int64))
def block(header, out, channels, frames):
    """Run one block into `out`, float32 [frames, channels]; `header` is a runtime's header."""
    before = flush_denormals()
    _run_block(header, carray(f32_at(out), (frames, channels)), frames)
    pointer = i64_at(i64_at(header)[0])
    store_release(pointer, FRAMES, load_acquire(pointer, FRAMES) + frames)
    restore_denormals(before)


@cfunc_kernel(types.void(types.int64, types.float64))
def prime(header, rate):
    """Make a new program ready to be adopted; `header` is the program's header, `rate` in Hz."""
    prime_units(i64_at(header), rate)


_COMPLETE = 1
# C `unsigned long` is 32 bits wide on Windows, 64 elsewhere.
_ULONG = types.uint32 if sys.platform == "win32" else types.uint64


@cfunc_kernel(types.intc(types.int64, types.int64, _ULONG, types.voidptr, _ULONG, I64_POINTER))
def stream_callback(source, output, frames, _time, flags, user):
    """PaStreamCallback: one block of the engine, with the device's input where there is one.

    `user` points at [runtime header, output channels, address of `block`, input channels, calls without header];
    without a runtime it ends the stream in silence.
    """
    if user[0] == 0:
        user[4] += 1
        carray(f32_at(output), (np.int64(frames) * user[1],))[:] = 0.0
        return _COMPLETE
    cells = i64_at(i64_at(user[0])[0])
    cells[INPUT], cells[INPUT_CHANNELS] = source, user[3] if source != 0 else 0
    call_with_words(user[2], (user[0], output, user[1], np.int64(frames)))
    # What runs the block without a device has no input.
    cells[INPUT_CHANNELS] = 0
    store_release(cells, BLOCKS, load_acquire(cells, BLOCKS) + 1)
    if flags & LATE_FLAGS:
        store_release(cells, LATE, load_acquire(cells, LATE) + 1)
    return 0
