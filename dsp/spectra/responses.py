"""How a convolver comes to a new impulse response while it plays: written beside the old one, filled, faded to.

    resting   one set of responses is heard
    writing   the other is written in equal shares, one a cell
    filling   from the next cell of 4,096 frames on both run, until the new one has heard all that it needs
    fading    the sound goes over within `_FADE_MS`; at the next such cell the old set rests

Everything happens at the end of a cell, so it is the same however the stream is cut. The numbers lie in SLOTS float64
of the device's state from `base`. While the stage is WRITING the device asks `wanted_tap`, writes CELL taps of two
paths where `wanted_rows` says, in order of time for each pair, and calls `taps_are_written`, or else `transform_on`.
"""

from typing import Any

import numpy as np
from numba import types
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inner_kernel
from dsp.core.device import State
from dsp.core.intrinsics import call_with_words, f32_at, f64_at
from dsp.spectra.convolver import (
    CELL,
    LEVELS,
    begin_convolver,
    end_cell,
    first_tap,
    input_row,
    listen,
    part_frames,
    partitions,
    response_part,
    response_rows,
    response_units,
)

CELL_NOW, PLACE, SET, STAGE, FADE, SINCE, FRAMES, _LEVEL, _PART, _PATH, _UNIT, _HEARD, _CALLS, _SPENT = (
    0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 18, 20
)  # fmt: skip
SLOTS = 21
RESTING, WRITING, READY, FILLING, FADING = range(5)
_FADE_MS = 40.0
#: Cells of a partition of the last level: sets begin and end to be heard together with one.
_LONGEST = part_frames(LEVELS - 1) // CELL
#: More than any response takes.
ALL_UNITS = np.int64(1 << 40)


@inner_kernel
def begin_writing(state: Any, base: int, frames: int) -> None:
    """Begin to write responses of `frames` into the set that is not heard."""
    other = 1 - int(state[base + SET])
    state[base + FRAMES + other] = frames
    state[base + _LEVEL], state[base + _PART], state[base + _PATH], state[base + _UNIT] = -1.0, 0.0, 0.0, 0.0
    state[base + STAGE] = WRITING


@inner_kernel
def wanted_tap(state: Any, base: int) -> int:
    """Return the first of the CELL taps that must be written next, or -1 where a partition waits for its transform."""
    level, unit = int(state[base + _LEVEL]), int(state[base + _UNIT])
    length = CELL if level < 0 else part_frames(level)
    if unit >= length // CELL:
        return -1
    return (0 if level < 0 else first_tap(level) + int(state[base + _PART]) * length) + unit * CELL


@inner_kernel
def wanted_rows(state: Any, base: int, at: int) -> Any:
    """Return where these taps belong: memory index of a path's, of the next path's, and the path."""
    left, right = response_rows(at, int(state[base + _LEVEL]))
    done = int(state[base + _UNIT]) * CELL
    return left + done, right + done, int(state[base + _PATH])


@inner_kernel
def taps_are_written(state: Any, base: int) -> None:
    """Note it."""
    state[base + _UNIT] += 1.0


def _transform(
    state_address: int, base: int, memory_address: int, at: int, longest: int, paths: int, units: int
) -> None:
    state, memory, sizes = carray(f64_at(state_address), (base + SLOTS,)), f32_at(memory_address), (longest, paths)
    other = 1 - int(state[base + SET])
    level, part, path = int(state[base + _LEVEL]), int(state[base + _PART]), int(state[base + _PATH])
    pieces = 1 if level < 0 else part_frames(level) // CELL
    done, whole = int(state[base + _UNIT]) - pieces, response_units(level)
    step = min(whole - done, units)
    response_part(memory, at, level, sizes, other, part, path, done, done + step)
    state[base + _UNIT] += step
    state[base + _SPENT] += step
    if done + step == whole:
        _next_partition(state, base, int(state[base + FRAMES + other]), paths)


@inner_kernel
def _next_partition(state: Any, base: int, frames: int, paths: int) -> None:
    level, part, path = int(state[base + _LEVEL]), int(state[base + _PART]), int(state[base + _PATH]) + 2
    if path >= paths:
        path, part = 0, part + 1
    if path == 0 and (level < 0 or part >= partitions(level, frames)):
        level, part = level + 1, 0
        while level < LEVELS and partitions(level, frames) == 0:
            level += 1
    state[base + _LEVEL], state[base + _PART], state[base + _PATH], state[base + _UNIT] = level, part, path, 0.0
    if level >= LEVELS:
        state[base + STAGE] = READY


@inner_kernel
def begin_first(state: Any, base: int, memory: Any, at: int, frames: int) -> None:
    """Begin a convolver; its first responses are to be written with ALL_UNITS and heard by `hear_first`."""
    begin_convolver(memory, at)
    state[base + SET] = 1.0
    begin_writing(state, base, frames)


@inner_kernel
def hear_first(state: Any, base: int) -> None:
    """Let the first responses be heard from the first frame."""
    state[base + SET], state[base + STAGE] = 0.0, RESTING


@inner_kernel
def _heard(state: Any, base: int, level: int, which: int) -> int:
    """Return how many partitions of a set are in use."""
    is_heard = which == int(state[base + SET]) or state[base + STAGE] >= FILLING
    return partitions(level, int(state[base + FRAMES + which])) if is_heard else 0


@inner_kernel
def _next_stage(state: Any, base: int, cell: int) -> None:
    """Go on from stage to stage before `cell` begins."""
    stage, is_first = int(state[base + STAGE]), cell % _LONGEST == 0
    if stage == READY and is_first:
        state[base + STAGE], state[base + SINCE] = FILLING, cell
    elif stage == FILLING and cell - int(state[base + SINCE]) >= _LONGEST:
        state[base + STAGE] = FADING
    elif stage == FADING and is_first and state[base + FADE] >= 1.0:
        state[base + SET], state[base + FADE] = 1.0 - state[base + SET], 0.0
        state[base + STAGE] = RESTING


def _convolve(
    state_address: int, base: int, memory_address: int, at: int, longest: int, paths: int, frames: int
) -> None:
    state, memory, sizes = carray(f64_at(state_address), (base + SLOTS,)), f32_at(memory_address), (longest, paths)
    target: Any = np.int64(0)
    which, cell, place = int(state[base + SET]), int(state[base + CELL_NOW]), int(state[base + PLACE])
    listen(memory, at, sizes, which, target, cell, place, frames)
    if state[base + STAGE] == FADING:
        listen(memory, at, sizes, 1 - which, target + 2 * CELL, cell, place, frames)
        share, step = state[base + FADE], 1.0 / (_FADE_MS * 0.001 * state[0])
        for n in range(place, place + frames):
            share = min(1.0, share + step)
            for side in range(0, 2 * CELL, CELL):
                old, new = memory[target + side + n], memory[target + 2 * CELL + side + n]
                memory[target + side + n] = np.float32(old + share * (new - old))
        state[base + FADE] = share
    state[base + PLACE] = place + frames
    if place + frames < CELL:
        return
    for which_set in range(2):
        for level in range(LEVELS):
            state[base + _HEARD + which_set * LEVELS + level] = _heard(state, base, level, which_set)
    h = base + _HEARD
    one = (int(state[h]), int(state[h + 1]), int(state[h + 2]))
    heard = (*one, int(state[h + 3]), int(state[h + 4]), int(state[h + 5]))
    end_cell(memory, at, sizes, heard, cell)
    state[base + CELL_NOW], state[base + PLACE] = cell + 1, 0.0
    _next_stage(state, base, cell + 1)


_CONVOLVE = cfunc_kernel(types.void(*[types.int64] * 7))(_convolve)
_TRANSFORM = cfunc_kernel(types.void(*[types.int64] * 7))(_transform)


def connect(state: State, base: int) -> None:
    """Tell a fresh state where the compiled convolver is: devices call it by address and do not contain it."""
    state[base + _CALLS], state[base + _CALLS + 1] = _CONVOLVE.address, _TRANSFORM.address


@inner_kernel
def convolve(address: int, state: Any, base: int, memory_address: int, at: int, sizes: Any, frames: int) -> bool:
    """Convolve frames that stand at the place of the present cell; they must not reach beyond its end.

    Args:
        address: of the device's state.
        state: that state.
        base: the first of its SLOTS numbers here.
        memory_address: of the convolver's memory, which begins with four rows of CELL floats; the first two get what is
            heard, at the frames' place.
        at: the convolver's first index there.
        sizes: frames of the longest response, paths.
        frames: how many.

    Returns whether the cell is full: then a share of what is to be written is due.
    """
    words = (address, base, memory_address, at, sizes[0], sizes[1], frames)
    call_with_words(int(state[base + _CALLS]), words)
    return state[base + PLACE] == 0.0


@inner_kernel
def transform_on(address: int, state: Any, base: int, memory_address: int, at: int, sizes: Any, units: int) -> int:
    """Transform what waits, by `units` at most; returns how many. The stage becomes READY behind the last partition."""
    before = state[base + _SPENT]
    call_with_words(int(state[base + _CALLS + 1]), (address, base, memory_address, at, sizes[0], sizes[1], units))
    return int(state[base + _SPENT] - before)


@inner_kernel
def cell_input(state: Any, base: int, at: int, side: int) -> int:
    """Return where the next frame that comes in belongs, one side."""
    return input_row(at, side) + int(state[base + PLACE])
