"""Squares of eight lanes by eight frames: turned as numpy turns them, summed as numpy sums them."""

import numpy as np
import pytest

from dsp.core.compiled import njit_kernel
from dsp.core.intrinsics import f32_at
from dsp.core.lane_squares import SQUARE, add_sums, turn_square
from dsp.core.lanes import WIDTH, load_lanes

_SPREAD = 20


@njit_kernel
def _turn(target, source):
    turn_square(f32_at(target.ctypes.data), target.shape[1], f32_at(source.ctypes.data), source.shape[1])


@njit_kernel
def _sum(out, rows, width):
    p = f32_at(rows.ctypes.data)
    registers = (
        load_lanes(p, 0),
        load_lanes(p, width),
        load_lanes(p, 2 * width),
        load_lanes(p, 3 * width),
        load_lanes(p, 4 * width),
        load_lanes(p, 5 * width),
        load_lanes(p, 6 * width),
        load_lanes(p, 7 * width),
    )
    add_sums(f32_at(out.ctypes.data), 1, registers)


def test_a_square_is_turned_and_nothing_beside_it_changes():
    source = np.random.default_rng(1).random((SQUARE, _SPREAD)).astype(np.float32)
    target = np.full((SQUARE, _SPREAD), 7.0, np.float32)
    _turn(target, source)
    assert np.array_equal(target[:, :SQUARE], source[:, :SQUARE].T)
    assert (target[:, SQUARE:] == 7.0).all()


def test_each_register_is_summed_into_its_own_frame():
    rows = np.random.default_rng(2).random((SQUARE, WIDTH)).astype(np.float32)
    out = np.full(SQUARE + 2, 3.0, np.float32)
    _sum(out, rows, np.int64(WIDTH))
    assert out[1:-1] == pytest.approx(3.0 + rows.sum(axis=1), rel=1e-6)
    assert out[0] == 3.0
    assert out[-1] == 3.0


def test_what_is_no_number_stays_in_its_frame():
    rows = np.ones((SQUARE, WIDTH), np.float32)
    rows[3, 2] = np.nan
    out = np.zeros(SQUARE + 2, np.float32)
    _sum(out, rows, np.int64(WIDTH))
    assert np.isnan(out[4])
    assert (np.delete(out, 4)[1:-1] == WIDTH).all()
