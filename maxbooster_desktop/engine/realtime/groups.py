"""One lane group for one piece of a cell: read, inserts, strips, sends, faders, meters, outputs.

Groups run in the order of the graph's depth, so whatever feeds a bus has been summed before the bus is read. The
planar scratch holds eight channels (left in [0, 64), right in [64, 128) of each); `x` holds the group in lanes.
"""

import numpy as np
from numba import types
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inner_kernel
from dsp.core.intrinsics import call_kernel, call_with_words, f32_at, i64_at
from dsp.core.lane_squares import SQUARE, turn_square
from dsp.strips.goals import FADER_STAGE
from dsp.strips.layout import CELL
from maxbooster_desktop.engine.realtime.access import (
    buses_of,
    cells_of,
    channels_of,
    delayed_of,
    edges_of,
    groups_of,
    info_of,
    inserts_of,
    matrix_of,
    scratch_of,
    weights_of,
)
from maxbooster_desktop.engine.realtime.clips import read_clips
from maxbooster_desktop.engine.realtime.layout import (
    C_BEFORE,
    C_BUS,
    C_CLIP_COUNT,
    C_NAME,
    C_POST,
    C_POST_COUNT,
    C_PRE,
    C_PRE_COUNT,
    C_SLOT,
    CELL_FRAME,
    CLIP_FADE_FRAMES,
    D_BUS,
    D_CHANNEL,
    D_EDGE,
    D_FRAMES,
    D_LINE,
    D_MASK,
    D_TAP,
    D_WRITE,
    DECLICK,
    DECLICK_FRAME,
    DECLICK_FRAMES,
    E_LEFT,
    E_LEFT_STEP,
    FADING_FRAME,
    FADING_IN,
    FADING_PROGRAM,
    G_COUNT,
    G_DELAYED,
    G_DELAYED_COUNT,
    G_FADE,
    G_FIRST,
    G_FLAGS,
    G_IS_PLAYED,
    G_LANES,
    G_MATRIX,
    G_MATRIX_COUNT,
    G_METER,
    G_MIX,
    G_ORDER,
    G_PROCESS,
    G_RAMPS,
    I_KERNEL,
    I_STATE,
    IS_PLAYING,
    LISTENERS,
    M_BUS,
    M_LIVE,
    M_RAMPS,
    M_TAP,
    M_WEIGHTS,
    N_PLAY_NOTES,
    NO_CHANNEL,
    POSITION,
    SCRATCH,
    SCRATCH_FADING,
    SCRATCH_PLANAR,
    STARVED,
    STEADY,
    TAP_POST,
)
from maxbooster_desktop.engine.realtime.listening import hear_input, listener_of
from maxbooster_desktop.engine.realtime.ramps import group_rows

_f4 = np.float32
_STEREO = 2 * CELL


@inner_kernel
def _declick(planar, frames, runtime):
    """Fade what is read from clips when the transport starts, stops or jumps."""
    cells = cells_of(runtime)
    state, done = cells[DECLICK], cells[DECLICK_FRAME]
    for i in range(frames):
        t = _f4((done + i + 1) / DECLICK_FRAMES)
        gain = t if state == FADING_IN else _f4(1.0) - t
        planar[i] *= gain
        planar[CELL + i] *= gain


@inner_kernel
def _fade_over(program, runtime, before, planar, frames):
    """Let what channel `before` of the fading program read fade out while what was read here fades in."""
    cells = cells_of(runtime)
    old = scratch_of(program)[SCRATCH_FADING:SCRATCH]
    old[:] = 0.0
    starved = cells[STARVED]
    read_clips(i64_at(cells[FADING_PROGRAM]), runtime, before, old, frames, cells[POSITION])
    # What is on its way out is missed by nobody.
    cells[STARVED] = starved
    for i in range(frames):
        t = _f4(min(1.0, (cells[FADING_FRAME] + i + 1) / CLIP_FADE_FRAMES))
        planar[i] = t * planar[i] + (_f4(1.0) - t) * old[i]
        planar[CELL + i] = t * planar[CELL + i] + (_f4(1.0) - t) * old[CELL + i]


@inner_kernel
def _run_inserts(program, first, count, planar, frames):
    inserts = inserts_of(program)
    pointer = f32_at(planar.ctypes.data)
    for i in range(first, first + count):
        call_kernel(inserts[i, I_KERNEL], inserts[i, I_STATE], pointer, frames)


@inner_kernel
def _bring(program, runtime, channel, planar, frames):
    """Gather what a channel's strip gets to hear: clips or input, the bus that feeds it, the devices before it."""
    cells, row = cells_of(runtime), channels_of(program)[channel]
    is_fading = cells[FADING_PROGRAM] != 0 and row[C_BEFORE] != NO_CHANNEL
    if cells[IS_PLAYING] and (row[C_CLIP_COUNT] or is_fading):
        read_clips(program, runtime, channel, planar, frames, cells[POSITION])
        if is_fading:
            _fade_over(program, runtime, row[C_BEFORE], planar, frames)
        if cells[DECLICK] != STEADY:
            _declick(planar, frames, runtime)
    if cells[LISTENERS]:
        listener = listener_of(runtime, row[C_NAME])
        if listener >= 0:
            hear_input(runtime, listener, planar, frames)
    if row[C_BUS] >= 0:
        source = f32_at(buses_of(program).ctypes.data + 4 * row[C_BUS] * _STEREO)
        target = f32_at(planar.ctypes.data)
        for i in range(_STEREO):
            target[i] += source[i]
    if row[C_PRE_COUNT]:
        _run_inserts(program, row[C_PRE], row[C_PRE_COUNT], planar, frames)


@inner_kernel
def _fill(program, runtime, group, x, planar, frames):
    """Bring every channel of the group into its lanes, eight channels at a time."""
    g = groups_of(program)[group]
    lanes, half = g[G_LANES], g[G_LANES] // 2
    for slot in range(0, half, SQUARE):
        planar[:] = 0.0
        for k in range(min(SQUARE, g[G_COUNT] - slot)):
            _bring(program, runtime, g[G_FIRST] + slot + k, planar[k * _STEREO : (k + 1) * _STEREO], frames)
        for side in range(2):
            for i in range(0, frames, SQUARE):
                into = f32_at(x.ctypes.data + 4 * (i * lanes + side * half + slot))
                turn_square(into, lanes, f32_at(planar.ctypes.data + 4 * (side * CELL + i)), _STEREO)


@inner_kernel
def _run_post_inserts(program, group, x, planar, frames):
    """Run the devices behind the faders, one channel at a time."""
    channels = channels_of(program)
    groups = groups_of(program)
    lanes, half = groups[group, G_LANES], groups[group, G_LANES] // 2
    first = groups[group, G_FIRST]
    for channel in range(first, first + groups[group, G_COUNT]):
        count = channels[channel, C_POST_COUNT]
        if count == 0:
            continue
        slot = channels[channel, C_SLOT]
        for i in range(frames):
            planar[i], planar[CELL + i] = x[i * lanes + slot], x[i * lanes + half + slot]
        _run_inserts(program, channels[channel, C_POST], count, planar, frames)
        for i in range(frames):
            x[i * lanes + slot], x[i * lanes + half + slot] = planar[i], planar[CELL + i]


@inner_kernel
def _mix(program, group, x, tap, frames):
    buses = buses_of(program)
    groups = groups_of(program)
    matrix = matrix_of(program)
    first = groups[group, G_MATRIX]
    for m in range(first, first + groups[group, G_MATRIX_COUNT]):
        row = matrix[m]
        if row[M_TAP] != tap or row[M_LIVE] == 0:
            continue
        weights = weights_of(program)[row[M_WEIGHTS] :].ctypes.data
        out = buses[row[M_BUS] * _STEREO :].ctypes.data
        words = (x.ctypes.data, weights, groups[group, G_LANES], out, frames, row[M_RAMPS])
        call_with_words(groups[group, G_MIX], words)


@inner_kernel
def _mix_delayed(program, group, x, tap, frames):
    """Feed the edges that wait for slower ones through their delay lines."""
    buses = buses_of(program)
    channels = channels_of(program)
    delayed = delayed_of(program)
    edges = edges_of(program)
    groups = groups_of(program)
    weights = weights_of(program)
    lanes, half = groups[group, G_LANES], groups[group, G_LANES] // 2
    first = groups[group, G_DELAYED]
    for d in range(first, first + groups[group, G_DELAYED_COUNT]):
        row = delayed[d]
        if row[D_TAP] != tap:
            continue
        edge, slot = edges[row[D_EDGE]], channels[row[D_CHANNEL], C_SLOT]
        size, mask = row[D_MASK] + 1, row[D_MASK]
        for side in range(2):
            line = carray(f32_at(row[D_LINE] + side * size * 4), (size,))
            weight, step = weights[edge[E_LEFT + side]], weights[edge[E_LEFT_STEP + side]]
            bus, write = row[D_BUS] * _STEREO + side * CELL, row[D_WRITE]
            for i in range(frames):
                weight += step
                line[(write + i) & mask] = weight * x[i * lanes + side * half + slot]
                buses[bus + i] += line[(write + i - row[D_FRAMES]) & mask]
            weights[edge[E_LEFT + side]] = weight
        delayed[d, D_WRITE] = (row[D_WRITE] + frames) & mask


@cfunc_kernel(types.void(types.int64, types.int64, types.int64, types.int64))
def run_group(program_at, runtime_at, group, frames):
    """Run one group for `frames` frames (at most to the end of the cell); addresses are those of the headers."""
    program, runtime = i64_at(program_at), i64_at(runtime_at)
    g, scratch = groups_of(program)[group], scratch_of(program)
    x, planar = scratch[:SCRATCH_PLANAR], scratch[SCRATCH_PLANAR:SCRATCH_FADING]
    lane_data, rows, lanes = x.ctypes.data, group_rows(program, group).ctypes.data, g[G_LANES]
    flags, ramps, start = g[G_FLAGS], g[G_RAMPS], cells_of(runtime)[CELL_FRAME]
    if g[G_IS_PLAYED]:
        call_with_words(info_of(program)[N_PLAY_NOTES], (program_at, runtime_at, group, frames))
    _fill(program, runtime, group, x, planar, frames)
    call_with_words(g[G_PROCESS], (lane_data, rows, lanes, start, frames, flags, ramps, g[G_ORDER]))
    # One place for the sums in the loop: before the faders and behind them.
    for tap in range(2):
        if tap == TAP_POST:
            if (flags >> FADER_STAGE) & 1:
                call_with_words(g[G_FADE], (lane_data, rows, lanes, frames, (ramps >> FADER_STAGE) & 1))
            _run_post_inserts(program, group, x, planar, frames)
            call_with_words(g[G_METER], (lane_data, rows, lanes, frames))
        _mix(program, group, x, tap, frames)
        if g[G_DELAYED_COUNT]:
            _mix_delayed(program, group, x, tap, frames)
