"""The polynomial log2 and exp2 stay inside their stated error over the stated range."""

import numpy as np
import pytest

from dsp.core.compiled import njit_kernel
from dsp.core.fastmath import exp2_poly, log2_poly


@njit_kernel
def _log2_all(x, y):
    for n in range(x.shape[0]):
        y[n] = log2_poly(x[n])


@njit_kernel
def _exp2_all(x, y):
    for n in range(x.shape[0]):
        y[n] = exp2_poly(x[n])


def _log2(x):
    out = np.empty_like(x)
    _log2_all(x, out)
    return out


def _exp2(x):
    out = np.empty_like(x)
    _exp2_all(x, out)
    return out


def test_log2_error_over_all_positive_normals():
    x = np.exp2(np.random.default_rng(1).uniform(-126, 127.99, 400_000)).astype(np.float32)
    assert np.abs(_log2(x) - np.log2(x.astype(np.float64))).max() < 1e-5


def test_log2_error_over_audio_levels_is_smaller():
    x = np.exp2(np.random.default_rng(2).uniform(-20, 4, 400_000)).astype(np.float32)
    assert np.abs(_log2(x) - np.log2(x.astype(np.float64))).max() < 4e-6


def test_log2_and_exp2_are_exact_at_powers_of_two():
    powers = np.arange(-126, 127, dtype=np.float32)
    assert np.array_equal(_log2(np.exp2(powers)), powers)
    assert np.array_equal(_exp2(powers), np.exp2(powers))


def test_log2_of_zero_is_a_finite_floor():
    assert _log2(np.zeros(1, np.float32))[0] == pytest.approx(-127, abs=1)


def test_exp2_relative_error_over_its_range():
    x = np.random.default_rng(3).uniform(-126, 126, 400_000).astype(np.float32)
    exact = np.exp2(x.astype(np.float64))
    assert np.abs(_exp2(x) / exact - 1).max() < 1e-6


def test_exp2_clamps_what_lies_outside_and_nan():
    x = np.array([-1e9, 1e9, np.nan, -np.inf, np.inf], np.float32)
    assert _exp2(x).tolist() == [2.0**-126, 2.0**126, 2.0**-126, 2.0**-126, 2.0**126]


def test_both_undo_each_other():
    x = np.exp2(np.random.default_rng(4).uniform(-16, 8, 10_000)).astype(np.float32)
    assert np.abs(_exp2(_log2(x)) / x.astype(np.float64) - 1).max() < 5e-6
