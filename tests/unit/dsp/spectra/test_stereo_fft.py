"""The transform of two signals at once: against numpy's, there and back, and in pieces."""

import numpy as np
import pytest

from dsp.core.compiled import njit_kernel
from dsp.core.intrinsics import f32_at
from dsp.spectra.stereo_fft import PAD, fft_part, fft_units, result_rows, sides_apart, sides_together, write_roots

TABLE = 8_192
LENGTHS = [64, 128, 256, 512, 1_024, 4_096, 8_192]


@njit_kernel
def _spectra(address, length, cut):
    """Roots at 0, work area behind them, then both sides' spectra; in `cut` units at a time."""
    memory, area = f32_at(address), np.int64(2 * 8_192)
    write_roots(memory, np.int64(0), np.int64(8_192))
    rows = (area, area + length, area + 2 * length, area + 3 * length)
    for first in range(0, fft_units(length), cut):
        fft_part(memory, np.int64(0), np.int64(8_192), length, rows, first, min(first + cut, fft_units(length)))
    left = area + 4 * length
    right = left + 2 * (length // 2 + PAD)
    sides_apart(memory, length, result_rows(length, rows), left, right, np.int64(0), length // 2 + 1)
    return result_rows(length, rows)


@njit_kernel
def _back(address, length):
    memory, area = f32_at(address), np.int64(2 * 8_192)
    rows = (area, area + length, area + 2 * length, area + 3 * length)
    left = area + 4 * length
    right = left + 2 * (length // 2 + PAD)
    sides_together(memory, length, left, right, (rows[0], rows[1]), np.int64(0), length // 2 + 1)
    back = (rows[1], rows[0], rows[3], rows[2])
    fft_part(memory, np.int64(0), np.int64(8_192), length, back, np.int64(0), fft_units(length))
    return result_rows(length, back)


def _memory(sound):
    length = sound.shape[1]
    memory = np.zeros(2 * TABLE + 4 * length + 4 * (length // 2 + PAD), np.float32)
    memory[2 * TABLE : 2 * TABLE + 2 * length] = sound.ravel()
    return memory


def _sides(memory, length):
    bins, row = length // 2 + 1, length // 2 + PAD
    rows = memory[2 * TABLE + 4 * length :].reshape(4, row)
    assert not rows[:, bins:].any()
    return rows[[0, 2], :bins] + 1j * rows[[1, 3], :bins]


@pytest.mark.parametrize("length", LENGTHS)
def test_both_spectra_are_numpys(length):
    sound = np.random.default_rng(length).standard_normal((2, length)).astype(np.float32)
    memory = _memory(sound)
    re, im = _spectra(memory.ctypes.data, length, 10_000)
    whole = np.fft.fft(sound[0] + 1j * sound[1].astype(np.float64))
    assert np.abs(memory[re : re + length] + 1j * memory[im : im + length] - whole).max() < 5e-7 * np.abs(whole).max()
    expected = np.fft.rfft(sound.astype(np.float64))
    assert np.abs(_sides(memory, length) - expected).max() < 5e-7 * np.abs(expected).max()


@pytest.mark.parametrize("length", LENGTHS)
def test_there_and_back_is_the_same_sound(length):
    sound = np.random.default_rng(1).standard_normal((2, length)).astype(np.float32)
    memory = _memory(sound)
    _spectra(memory.ctypes.data, length, 10_000)
    right, left = _back(memory.ctypes.data, length)
    again = np.stack([memory[left : left + length], memory[right : right + length]])
    assert np.abs(again - sound).max() < 2e-6


@pytest.mark.parametrize("cut", [1, 3, 7])
def test_any_cut_of_the_work_gives_the_same_bits(cut):
    sound = np.random.default_rng(2).standard_normal((2, 1_024)).astype(np.float32)
    whole, pieces = _memory(sound), _memory(sound)
    _spectra(whole.ctypes.data, 1_024, 10_000)
    _spectra(pieces.ctypes.data, 1_024, cut)
    assert np.array_equal(_sides(whole, 1_024), _sides(pieces, 1_024))


def test_a_side_alone_leaves_the_other_silent():
    sound = np.zeros((2, 256), np.float32)
    sound[0] = np.sin(2 * np.pi * 5 * np.arange(256) / 256)
    memory = _memory(sound)
    _spectra(memory.ctypes.data, 256, 10_000)
    left, right = _sides(memory, 256)
    assert abs(left[5]) == pytest.approx(128.0, rel=1e-5)
    assert np.abs(right).max() < 1e-4
