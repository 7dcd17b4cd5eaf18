"""Convolution of both sides with impulse responses of seconds: no latency, the same work in every cell of 64 frames.

W. Gardner, "Efficient Convolution without Input-Output Delay", JAES 43(3), 1995, with partitions of three lengths as in
E. Battenberg, R. Avizienis, "Implementing Real-Time Partitioned Convolution Algorithms", DAFx 2011:

    taps     0 .. 63      directly, frame by frame
    taps    64 .. 1023    partitions of 64, transformed when a cell is full
    taps  1024 .. 8191    partitions of 512, whose work is spread over the next 8 cells
    taps  8192 ..         partitions of 4,096, over 64 cells

Partitions of N that begin at tap 2 N leave N frames for their work: that is what the borders are chosen for. Each is an
overlap-save of 2 N: spectra of the input in a line, times the spectra of the partitions, summed, and back once.

A convolver holds two sets of responses. One is heard; the other is written meanwhile, a few units of work a cell, and
both run while the sound fades from one to the other. A response has one path a side (left to left, right to right) or
four (true stereo: left to left and right, right to left and right).

All indices count float32 from the start of a memory that the caller owns; `at` is the convolver's first.
"""

from typing import Any

import numpy as np

from dsp.core.compiled import inner_kernel, sized
from dsp.core.lanes import WIDTH, all_lanes, load_lanes, multiply_add, store_lanes
from dsp.spectra.stereo_fft import (
    PAD,
    fft_part,
    fft_units,
    result_rows,
    sides_apart,
    sides_together,
    write_roots,
)

CELL = 64
LEVELS = 3
TABLE = 8_192
"""The longest transform."""
_COPIED = 256
_BINS = 64
#: Frames on both sides of a cell's history: what registers read beyond it.
_HISTORY = 2 * CELL + 16


@sized
def part_frames(level: int) -> int:
    """Return the length of a level's partitions in frames."""
    return CELL << (3 * level)


@sized
def first_tap(level: int) -> int:
    """Return the tap at which a level's partitions begin."""
    return CELL if level == 0 else 2 * part_frames(level)


@sized
def partitions(level: int, frames: int) -> int:
    """Return how many partitions of a level a response of `frames` needs."""
    end = min(frames, first_tap(level + 1)) if level + 1 < LEVELS else frames
    length = part_frames(level)
    return max(0, end - first_tap(level) + length - 1) // length


@sized
def _row(level: int) -> int:
    return part_frames(level) + PAD


@sized
def _level_floats(level: int, frames: int, paths: int) -> int:
    """Line of spectra, two sets of responses, two sums, two work areas, ring, and what two sets give."""
    length, count, row = part_frames(level), partitions(level, frames), _row(level)
    if count == 0:
        return 0
    return count * row * 4 * (1 + paths) + 8 * row + 16 * length + 8 * length + 8 * length


@sized
def convolver_floats(frames: int, paths: int) -> int:
    """Return how many float32 a convolver needs whose responses are no longer than `frames`."""
    found = 2 * TABLE + 4 * TABLE + 2 * _HISTORY + 2 * paths * CELL
    for level in range(LEVELS):
        found += _level_floats(level, frames, paths)
    return found


@inner_kernel
def _built_rows(at: int, length: int) -> Any:
    """The work area in which a new response is transformed."""
    area = at + 2 * TABLE
    return area, area + length, area + 2 * length, area + 3 * length


@inner_kernel
def _history(at: int, side: int) -> int:
    return at + 6 * TABLE + side * _HISTORY


@inner_kernel
def _head(at: int, paths: int, response: int, path: int) -> int:
    return at + 6 * TABLE + 2 * _HISTORY + (response * paths + path) * CELL


@inner_kernel
def _level_start(at: int, level: int, frames: int, paths: int) -> int:
    found = at + 6 * TABLE + 2 * _HISTORY + 2 * paths * CELL
    for lower in range(level):
        found += _level_floats(lower, frames, paths)
    return found


@inner_kernel
def _line(start: int, level: int, slot: int) -> int:
    return start + slot * 4 * _row(level)


@inner_kernel
def _response(start: int, level: int, count: int, paths: int, which: int, part: int) -> int:
    return start + (2 * count + (which * count + part) * paths) * 2 * _row(level)


@inner_kernel
def _sum(start: int, level: int, count: int, paths: int, which: int) -> int:
    return start + (count * (1 + paths) + which) * 4 * _row(level)


@inner_kernel
def _work(start: int, level: int, count: int, paths: int, which: int) -> Any:
    length = 2 * part_frames(level)
    area = start + (count * 4 * (1 + paths) + 8) * _row(level) + which * 4 * length
    return area, area + length, area + 2 * length, area + 3 * length


@inner_kernel
def _ring(start: int, level: int, count: int, paths: int, side: int) -> int:
    """Four blocks a side: one is filled, the one before is worked on with its predecessor."""
    length = part_frames(level)
    return start + (count * 4 * (1 + paths) + 8) * _row(level) + 16 * length + side * 4 * length


@inner_kernel
def _given(start: int, level: int, count: int, paths: int, which: int, parity: int, side: int) -> int:
    length = part_frames(level)
    first = start + (count * 4 * (1 + paths) + 8) * _row(level) + 24 * length
    return first + ((which * 2 + parity) * 2 + side) * length


@inner_kernel
def _copy_units(length: int) -> int:
    return max(1, length // _COPIED)


@inner_kernel
def _copy(memory: Any, source: int, target: int, frames: int) -> None:
    for n in range(0, frames, WIDTH):
        store_lanes(memory, target + n, load_lanes(memory, source + n))


@inner_kernel
def _take_in(memory: Any, at: int, level: int, frames: int, paths: int, block: int, first: int, last: int) -> None:
    """Do units of what comes in: the last two blocks into the work area, transform, spectra into the line."""
    length, count = part_frames(level), partitions(level, frames)
    start, double = _level_start(at, level, frames, paths), 2 * part_frames(level)
    rows = _work(start, level, count, paths, np.int64(0))
    units, size = _copy_units(length), min(length, _COPIED)
    before, now = ((block - 1) & 3) * length, (block & 3) * length
    for unit in range(first, min(last, units)):
        for side in range(2):
            ring = _ring(start, level, count, paths, side) + unit * size
            _copy(memory, ring + before, rows[side] + unit * size, size)
            _copy(memory, ring + now, rows[side] + length + unit * size, size)
    first, last = first - units, last - units
    units = fft_units(double)
    if first < units and last > 0:
        fft_part(memory, at, np.int64(TABLE), double, rows, max(first, 0), min(last, units))
    first, last = first - units, last - units
    if last > 0:
        left = _line(start, level, block % count)
        right = left + 2 * _row(level)
        bins = length + 1
        sides_apart(
            memory,
            double,
            result_rows(double, rows),
            left,
            right,
            max(first, 0) * _BINS,
            min(last * _BINS, bins),
        )


@inner_kernel
def _taking_units(length: int) -> int:
    return _copy_units(length) + fft_units(2 * length) + length // _BINS + 1


@inner_kernel
def _giving_units(length: int, parts: int) -> int:
    return parts * (length // _BINS) + length // _BINS + 1 + fft_units(2 * length) + _copy_units(length)


@inner_kernel
def _multiply(memory: Any, x: int, h: int, y: int, row: int, first: int, last: int, has_sum: int) -> None:
    """Add x h to y over bins `first` .. `last` - 1, or begin the sum."""
    for k in range(first, last, WIDTH):
        xr, xi = load_lanes(memory, x + k), load_lanes(memory, x + row + k)
        hr, hi = load_lanes(memory, h + k), load_lanes(memory, h + row + k)
        real, imaginary = xr * hr - xi * hi, xr * hi + xi * hr
        if has_sum != 0:
            real, imaginary = load_lanes(memory, y + k) + real, load_lanes(memory, y + row + k) + imaginary
        store_lanes(memory, y + k, real)
        store_lanes(memory, y + row + k, imaginary)


@inner_kernel
def _multiply_crossed(memory: Any, x: int, h: int, y: int, row: int, first: int, last: int, has_sum: int) -> None:
    """Do the same for four paths: x, h and y are the first of neighbours."""
    side = 2 * row
    for k in range(first, last, WIDTH):
        lr, li = load_lanes(memory, x + k), load_lanes(memory, x + row + k)
        rr, ri = load_lanes(memory, x + side + k), load_lanes(memory, x + side + row + k)
        for out in range(2):
            a = h + out * side + k
            hr, hi = load_lanes(memory, a), load_lanes(memory, a + row)
            real, imaginary = lr * hr - li * hi, lr * hi + li * hr
            a += 2 * side
            hr, hi = load_lanes(memory, a), load_lanes(memory, a + row)
            real, imaginary = real + (rr * hr - ri * hi), imaginary + (rr * hi + ri * hr)
            a = y + out * side + k
            if has_sum != 0:
                real, imaginary = load_lanes(memory, a) + real, load_lanes(memory, a + row) + imaginary
            store_lanes(memory, a, real)
            store_lanes(memory, a + row, imaginary)


@inner_kernel
def _give(
    memory: Any, at: int, level: int, sizes: Any, which: int, parts: int, block: int, first: int, last: int
) -> None:
    """Do units of what goes out: products with `parts` partitions, sides together, back, the second half out."""
    frames, paths = sizes
    length, count, row = part_frames(level), partitions(level, frames), _row(level)
    start, double, pieces = _level_start(at, level, frames, paths), 2 * length, length // _BINS
    left = _sum(start, level, count, paths, which)
    right = left + 2 * row
    for unit in range(first, min(last, parts * pieces)):
        part = unit // pieces
        begin = (unit - part * pieces) * _BINS
        end = begin + _BINS + (PAD if begin + _BINS == length else 0)
        x = _line(start, level, (block - part) % count)
        h = _response(start, level, count, paths, which, part)
        if paths == 4:
            _multiply_crossed(memory, x, h, left, row, begin, end, part)
        else:
            _multiply(memory, x, h, left, row, begin, end, part)
            _multiply(memory, x + 2 * row, h + 2 * row, right, row, begin, end, part)
    first, last = first - parts * pieces, last - parts * pieces
    re, im, to_re, to_im = _work(start, level, count, paths, which)
    if first <= pieces and last > 0:
        sides_together(memory, double, left, right, (re, im), max(first, 0) * _BINS, min(last * _BINS, length + 1))
    first, last = first - pieces - 1, last - pieces - 1
    units, back = fft_units(double), (im, re, to_im, to_re)
    if first < units and last > 0:
        fft_part(memory, at, np.int64(TABLE), double, back, max(first, 0), min(last, units))
    first, last = first - units, last - units
    size = min(length, _COPIED)
    right_row, left_row = result_rows(double, back)
    for unit in range(max(first, 0), min(last, _copy_units(length))):
        for side in range(2):
            source = left_row if side == 0 else right_row
            target = _given(start, level, count, paths, which, block & 1, side)
            _copy(memory, source + length + unit * size, target + unit * size, size)


@inner_kernel
def end_cell(memory: Any, at: int, sizes: Any, heard: Any, cell: int) -> None:
    """Take the cell that is full into every level, and do the share of its work that is due.

    Args:
        memory: the convolver's memory.
        at: its first index there.
        sizes: frames of the longest response, paths.
        heard: partitions in use, per set of responses and level, 0 where a set is not heard; they change only at a cell
            that begins a block of the longest partitions.
        cell: number of the cell, from 0.
    """
    frames, paths = sizes
    for level in range(LEVELS):
        count, length = partitions(level, frames), part_frames(level)
        if count == 0:
            continue
        start, cells = _level_start(at, level, frames, paths), length // CELL
        step = cell % cells
        for side in range(2):
            ring = _ring(start, level, count, paths, side) + ((cell // cells) & 3) * length + step * CELL
            _copy(memory, _history(at, side) + CELL, ring, np.int64(CELL))
        # The shortest partitions are due at once, the others by the end of the next block.
        block, taking = cell // cells - (1 if level > 0 else 0), _taking_units(length)
        whole = taking + _giving_units(length, max(heard[level], heard[LEVELS + level]))
        first, last = whole * step // cells, whole * (step + 1) // cells
        if first < taking:
            _take_in(memory, at, level, frames, paths, block, first, min(last, taking))
        for which in range(2):
            used = heard[which * LEVELS + level]
            if used > 0 and last > taking:
                _give(memory, at, level, sizes, which, used, block, max(first - taking, 0), last - taking)
    for side in range(2):
        _copy(memory, _history(at, side) + CELL, _history(at, side), np.int64(CELL))


@inner_kernel
def listen(memory: Any, at: int, sizes: Any, which: int, target: int, cell: int, place: int, frames: int) -> None:
    """Write what a set of responses gives for frames `place` .. of a cell: two rows of CELL at `target`.

    The input of these frames must stand in `input_row`; only they are written, each as it would be alone.
    """
    longest, paths = sizes
    begin = place - place % WIDTH
    for first in range(begin, place + frames, WIDTH):
        for out in range(2):
            found = all_lanes(np.float32(0.0))
            for side in range(2):
                if paths == 2 and side != out:
                    continue
                taps = _head(at, paths, which, 2 * side + out if paths == 4 else out)
                history = _history(at, side) + CELL + first
                for tap in range(CELL):
                    found = multiply_add(all_lanes(memory[taps + tap]), load_lanes(memory, history - tap), found)
            for level in range(LEVELS):
                count = partitions(level, longest)
                if count == 0:
                    continue
                cells = part_frames(level) // CELL
                # The first level's block was worked on at once: it is the one before, of whatever parity.
                parity = (cell - 1) & 1 if level == 0 else (cell // cells) & 1
                given = _given(_level_start(at, level, longest, paths), level, count, paths, which, parity, out)
                found += load_lanes(memory, given + (cell % cells) * CELL + first)
            store_lanes(memory, target + out * CELL + first, found)


@inner_kernel
def input_row(at: int, side: int) -> int:
    """Return where the frames of the cell that is being filled stand, one side."""
    return _history(at, side) + CELL


@inner_kernel
def begin_convolver(memory: Any, at: int) -> None:
    """Write what every transform needs, once."""
    write_roots(memory, at, np.int64(TABLE))


@inner_kernel
def response_rows(at: int, level: int) -> Any:
    """Return the two rows into which a caller writes a pair of paths' partition, for `response_part`; -1: the head."""
    rows = _built_rows(at, 2 * part_frames(max(level, np.int64(0))))
    return rows[0], rows[1]


@inner_kernel
def response_units(level: int) -> int:
    """Return how many units of work follow when a partition's taps are written; -1: the head."""
    if level < 0:
        return 1
    length = part_frames(level)
    return 1 + fft_units(2 * length) + length // _BINS + 1


@inner_kernel
def response_part(
    memory: Any, at: int, level: int, sizes: Any, which: int, part: int, path: int, first: int, last: int
) -> None:
    """Do units of turning a partition of `path` and the next path into spectra of a set that is not heard."""
    frames, paths = sizes
    length = part_frames(max(level, np.int64(0)))
    rows = _built_rows(at, 2 * length)
    if level < 0:
        for side in range(2):
            _copy(memory, rows[side], _head(at, paths, which, path + side), np.int64(CELL))
        return
    count, start = partitions(level, frames), _level_start(at, level, frames, paths)
    if first == 0:
        for n in range(length, 2 * length):
            memory[rows[0] + n] = memory[rows[1] + n] = np.float32(0.0)
    first, last, units = first - 1, last - 1, fft_units(2 * length)
    if first < units and last > 0:
        fft_part(memory, at, np.int64(TABLE), 2 * length, rows, max(first, 0), min(last, units))
    first, last = first - units, last - units
    if last > 0:
        one = _response(start, level, count, paths, which, part) + path * 2 * _row(level)
        two = one + 2 * _row(level)
        result = result_rows(2 * length, rows)
        sides_apart(memory, 2 * length, result, one, two, max(first, 0) * _BINS, min(last * _BINS, length + 1))
