"""Fourier transform of two real signals at once, left as the real and right as the imaginary part, in equal pieces.

Stockham's self-sorting transform, radix 4 with one pass of radix 2 where the length asks for it (C. Van Loan,
*Computational Frameworks for the Fast Fourier Transform*, 1992, section 1.7). The spectra of both sides come apart by
symmetry: X_left(k) = (Z(k) + conj Z(F - k)) / 2, X_right(k) = (Z(k) - conj Z(F - k)) / 2i (the same book, 4.3).

All lies in one float32 memory and is named by its first index there. A complex array is two rows, real parts and
imaginary parts. The transform goes from rows A to rows B and back, pass by pass; where it ends depends on the length.
The way back is the same transform with real and imaginary rows exchanged, F times too loud.

Work is counted in units of 16 butterflies, so that a caller can spread a long transform over many blocks: any cut of
the units gives the same bits. Lengths are powers of two from 64 on; `roots` is a table for the longest one.
"""

import math
from typing import Any

import numpy as np

from dsp.core.compiled import inner_kernel
from dsp.core.lanes import WIDTH, all_lanes, load_lanes, store_lanes

UNIT = 16
"""Butterflies of a unit, and the shortest row that registers are used for."""
PAD = 16
"""Floats by which a row of bins 0 .. F / 2 is longer than F / 2; beyond the last bin they stay 0."""


@inner_kernel
def passes(length: int) -> int:
    """Return how many passes a transform of `length` takes."""
    found, left = 0, np.int64(length)
    while left > 1:
        left //= 4 if left > 2 else 2
        found += 1
    return found


@inner_kernel
def fft_units(length: int) -> int:
    """Return how many units of work a transform has."""
    return passes(length) * (length // (4 * UNIT))


@inner_kernel
def write_roots(memory: Any, roots: int, table: int) -> None:
    """Write cos and -sin of 2 pi k / table for k = 0 .. table - 1: two rows of `table` floats at `roots`."""
    for k in range(table):
        memory[roots + k] = np.float32(math.cos(2.0 * math.pi * k / table))
        memory[roots + table + k] = np.float32(-math.sin(2.0 * math.pi * k / table))


@inner_kernel
def _quad(a: Any, b: Any, c: Any, d: Any, e: Any, f: Any, g: Any, h: Any) -> Any:
    """Return the sums of a butterfly before its roots; a, c, e, g are the real parts of the four values."""
    return (
        (a + e) + (c + g),
        (b + f) + (d + h),
        (a - e) + (d - h),
        (b - f) - (c - g),
        ((a + e) - (c + g)),
        (b + f) - (d + h),
        (a - e) - (d - h),
        (b - f) + (c - g),
    )


@inner_kernel
def _narrow(memory: Any, roots: int, table: int, sizes: Any, rows: Any, first: int, last: int) -> None:
    """Do butterflies first .. last - 1 of a pass of radix 4, one by one; sizes: length of a part, stride."""
    n, s = sizes
    re, im, to_re, to_im = rows
    quarter = s * (n // 4)
    step = table // n
    for butterfly in range(first, last):
        p = butterfly // s
        at, to = butterfly, butterfly + 3 * s * p
        ar, ai, br, bi, cr, ci, dr, di = _quad(
            memory[re + at], memory[im + at], memory[re + at + quarter], memory[im + at + quarter],
            memory[re + at + 2 * quarter], memory[im + at + 2 * quarter],
            memory[re + at + 3 * quarter], memory[im + at + 3 * quarter],
        )  # fmt: skip
        k = roots + p * step
        w, v = memory[k], memory[k + table]
        w2, v2 = memory[k + p * step], memory[k + p * step + table]
        w3, v3 = memory[k + 2 * p * step], memory[k + 2 * p * step + table]
        memory[to_re + to], memory[to_im + to] = ar, ai
        memory[to_re + to + s], memory[to_im + to + s] = br * w - bi * v, br * v + bi * w
        memory[to_re + to + 2 * s], memory[to_im + to + 2 * s] = cr * w2 - ci * v2, cr * v2 + ci * w2
        memory[to_re + to + 3 * s], memory[to_im + to + 3 * s] = dr * w3 - di * v3, dr * v3 + di * w3


@inner_kernel
def _wide(memory: Any, roots: int, table: int, sizes: Any, rows: Any, first: int, last: int) -> None:
    """Do the same in registers, where neighbours share their roots."""
    n, s = sizes
    re, im, to_re, to_im = rows
    quarter = s * (n // 4)
    step = table // n
    for at in range(first, last, WIDTH):
        p = at // s
        to = at + 3 * s * p
        ar, ai, br, bi, cr, ci, dr, di = _quad(
            load_lanes(memory, re + at), load_lanes(memory, im + at),
            load_lanes(memory, re + at + quarter), load_lanes(memory, im + at + quarter),
            load_lanes(memory, re + at + 2 * quarter), load_lanes(memory, im + at + 2 * quarter),
            load_lanes(memory, re + at + 3 * quarter), load_lanes(memory, im + at + 3 * quarter),
        )  # fmt: skip
        k = roots + p * step
        w, v = all_lanes(memory[k]), all_lanes(memory[k + table])
        w2, v2 = all_lanes(memory[k + p * step]), all_lanes(memory[k + p * step + table])
        w3, v3 = all_lanes(memory[k + 2 * p * step]), all_lanes(memory[k + 2 * p * step + table])
        store_lanes(memory, to_re + to, ar)
        store_lanes(memory, to_im + to, ai)
        store_lanes(memory, to_re + to + s, br * w - bi * v)
        store_lanes(memory, to_im + to + s, br * v + bi * w)
        store_lanes(memory, to_re + to + 2 * s, cr * w2 - ci * v2)
        store_lanes(memory, to_im + to + 2 * s, cr * v2 + ci * w2)
        store_lanes(memory, to_re + to + 3 * s, dr * w3 - di * v3)
        store_lanes(memory, to_im + to + 3 * s, dr * v3 + di * w3)


@inner_kernel
def _halves(memory: Any, half: int, rows: Any, first: int, last: int) -> None:
    """Do the sums of the last pass, of radix 2, for `first` .. `last` - 1 of its first half."""
    re, im, to_re, to_im = rows
    for at in range(first, last, WIDTH):
        a, b = load_lanes(memory, re + at), load_lanes(memory, re + at + half)
        store_lanes(memory, to_re + at, a + b)
        store_lanes(memory, to_re + at + half, a - b)
        a, b = load_lanes(memory, im + at), load_lanes(memory, im + at + half)
        store_lanes(memory, to_im + at, a + b)
        store_lanes(memory, to_im + at + half, a - b)


@inner_kernel
def fft_part(memory: Any, roots: int, table: int, length: int, rows: Any, first: int, last: int) -> None:
    """Do units `first` .. `last` - 1 of a transform.

    Args:
        memory: float32 pointer that all indices count from.
        roots: where `write_roots` has put the roots.
        table: how many these are.
        length: F, a power of two from 64 to `table`.
        rows: the first indices of A's real and imaginary row and of B's; A holds the signal.
        first: unit, of `fft_units(length)`.
        last: the unit behind the last.
    """
    here_re, here_im, there_re, there_im = rows
    per_pass = length // (4 * UNIT)
    # Typed at once: numba would compile what is called for the literal 1 as well.
    n: Any = np.int64(length)
    s: Any = np.int64(1)
    start: Any = np.int64(0)
    while n > 1:
        begin, end = max(first, start) - start, min(last, start + per_pass) - start
        if begin < end:
            now = (here_re, here_im, there_re, there_im)
            if n == 2:
                _halves(memory, s, now, 2 * UNIT * begin, 2 * UNIT * end)
            elif s < UNIT:
                _narrow(memory, roots, table, (n, s), now, UNIT * begin, UNIT * end)
            else:
                _wide(memory, roots, table, (n, s), now, UNIT * begin, UNIT * end)
        here_re, here_im, there_re, there_im = there_re, there_im, here_re, here_im
        start += per_pass
        s, n = (s * 4, n // 4) if n > 2 else (s * 2, np.int64(1))


@inner_kernel
def result_rows(length: int, rows: Any) -> Any:
    """Return the real and imaginary row in which a transform ends."""
    return (rows[0], rows[1]) if passes(length) % 2 == 0 else (rows[2], rows[3])


@inner_kernel
def sides_apart(memory: Any, length: int, source: Any, left: int, right: int, first: int, last: int) -> None:
    """Write bins `first` .. `last` - 1 (of F / 2 + 1) of both sides; a side is two rows of F / 2 + PAD floats."""
    re, im = source
    row = length // 2 + PAD
    half = np.float32(0.5)
    for k in range(first, last):
        mirror = (length - k) & (length - 1)
        a, b, c, d = memory[re + k], memory[im + k], memory[re + mirror], memory[im + mirror]
        memory[left + k], memory[left + row + k] = half * (a + c), half * (b - d)
        memory[right + k], memory[right + row + k] = half * (b + d), half * (c - a)


@inner_kernel
def sides_together(memory: Any, length: int, left: int, right: int, target: Any, first: int, last: int) -> None:
    """Write Z of both sides' bins `first` .. `last` - 1, divided by F, ready for the way back."""
    re, im = target
    row = length // 2 + PAD
    scale = np.float32(1.0 / length)
    for k in range(first, last):
        mirror = (length - k) & (length - 1)
        a, b = scale * memory[left + k], scale * memory[left + row + k]
        c, d = scale * memory[right + k], scale * memory[right + row + k]
        memory[re + mirror], memory[im + mirror] = a + d, c - b
        memory[re + k], memory[im + k] = a - d, b + c
