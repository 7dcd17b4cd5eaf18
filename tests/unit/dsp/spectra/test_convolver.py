"""Convolution in partitions: equal to the sum it stands for, without latency, fading from one to the next."""

import numpy as np
import pytest

from dsp.core.compiled import njit_kernel
from dsp.core.intrinsics import f32_at
from dsp.spectra.convolver import CELL, convolver_floats
from dsp.spectra.responses import (
    ALL_UNITS,
    FADING,
    PLACE,
    READY,
    RESTING,
    SLOTS,
    STAGE,
    WRITING,
    begin_first,
    begin_writing,
    cell_input,
    connect,
    convolve,
    hear_first,
    taps_are_written,
    transform_on,
    wanted_rows,
    wanted_tap,
)

RATE = 48_000
FRONT = 4 * CELL


@njit_kernel
def _write(address, state, memory_address, sizes, responses, units):
    memory = f32_at(memory_address)
    while units > 0 and state[1 + STAGE] == WRITING:
        first = wanted_tap(state, 1)
        if first < 0:
            units -= transform_on(address, state, 1, memory_address, FRONT, sizes, units)
            continue
        left, right, path = wanted_rows(state, 1, FRONT)
        for n in range(CELL):
            is_inside = first + n < responses.shape[1]
            memory[left + n] = responses[path, first + n] if is_inside else np.float32(0.0)
            memory[right + n] = responses[path + 1, first + n] if is_inside else np.float32(0.0)
        taps_are_written(state, 1)
        units -= 40


@njit_kernel
def _begin(address, state, memory_address, sizes, responses):
    begin_first(state, 1, f32_at(memory_address), FRONT, responses.shape[1])
    _write(address, state, memory_address, sizes, responses, ALL_UNITS)
    hear_first(state, 1)


@njit_kernel
def _run(address, state, memory_address, sizes, sound, out, responses, block, units):
    memory, done = f32_at(memory_address), 0
    while done < sound.shape[1]:
        place = int(state[1 + PLACE])
        step = min(CELL - place, sound.shape[1] - done, block)
        for side in range(2):
            for n in range(step):
                memory[cell_input(state, 1, FRONT, side) + n] = sound[side, done + n]
        if convolve(address, state, 1, memory_address, FRONT, sizes, step):
            _write(address, state, memory_address, sizes, responses, units)
        for side in range(2):
            for n in range(step):
                out[side, done + n] = memory[side * CELL + place + n]
        done += step


@njit_kernel
def _start_writing(state, frames):
    begin_writing(state, 1, frames)


class Convolver:
    """One convolver with its memory between guards."""

    def __init__(self, responses, longest=None):
        self.responses = np.asarray(responses, np.float32)
        self.sizes = (longest or self.responses.shape[1], self.responses.shape[0])
        self.state = np.zeros(1 + SLOTS)
        self.state[0] = RATE
        connect(self.state, 1)
        self.memory = np.full(FRONT + convolver_floats(*self.sizes) + 128, 77.0, np.float32)
        self.memory[64:-64] = 0.0
        self.places = (self.state.ctypes.data, self.state, self.memory.ctypes.data + 4 * 64, self.sizes)
        _begin(*self.places, self.responses)

    def run(self, sound, block=CELL, units=100):
        out = np.zeros_like(sound, np.float32)
        _run(*self.places, np.asarray(sound, np.float32), out, self.responses, block, units)
        assert (self.memory[:64] == 77.0).all()
        assert (self.memory[-64:] == 77.0).all()
        return out

    def change(self, responses):
        self.responses = np.asarray(responses, np.float32)
        _start_writing(self.state, self.responses.shape[1])


def _responses(paths, frames, seed=0):
    fall = np.exp(-3.0 * np.arange(frames) / frames)
    return (np.random.default_rng(seed).standard_normal((paths, frames)) * fall / np.sqrt(frames)).astype(np.float32)


def _noise(frames, seed=9):
    return np.random.default_rng(seed).standard_normal((2, frames)).astype(np.float32)


def _expected(sound, responses):
    """Return the sum itself, by one transform of the whole."""
    frames = sound.shape[1]
    size = 1 << (frames + responses.shape[1]).bit_length()
    x, h = np.fft.rfft(sound.astype(np.float64), size), np.fft.rfft(responses.astype(np.float64), size)
    pairs = [x[0] * h[0], x[1] * h[1]] if len(h) == 2 else [x[0] * h[0] + x[1] * h[2], x[0] * h[1] + x[1] * h[3]]
    return np.fft.irfft(np.stack(pairs), size)[:, :frames]


@pytest.mark.parametrize("paths", [2, 4])
@pytest.mark.parametrize("frames", [1, 64, 65, 1_000, 1_024, 1_025, 5_000, 8_192, 8_193, 30_000])
def test_it_is_the_sum(paths, frames):
    sound, responses = _noise(40_000), _responses(paths, frames)
    expected = _expected(sound, responses)
    assert np.abs(Convolver(responses).run(sound) - expected).max() < 3e-6 * np.abs(expected).max()


def test_room_for_longer_responses_changes_nothing():
    sound, responses = _noise(40_000), _responses(4, 3_000)
    expected = _expected(sound, responses)
    assert np.abs(Convolver(responses, 60_000).run(sound) - expected).max() < 3e-6 * np.abs(expected).max()


@pytest.mark.parametrize("block", [1, 5, 48, 63])
def test_any_cut_gives_the_same_bits(block):
    sound, responses = _noise(20_000), _responses(4, 12_000)
    assert np.array_equal(Convolver(responses).run(sound, block), Convolver(responses).run(sound))


def test_each_tap_is_where_it_belongs():
    """An impulse at an odd place gives the response back, its first tap in the same frame."""
    responses = _responses(4, 20_000)
    for side in range(2):
        impulse = np.zeros((2, 25_000), np.float32)
        impulse[side, 77] = 1.0
        out = Convolver(responses).run(impulse)
        assert not out[:, :77].any()
        assert np.abs(out[:, 77 : 77 + 20_000] - responses[2 * side : 2 * side + 2]).max() < 1e-6
        assert np.abs(out[:, 77 + 20_000 :]).max() < 1e-6


def test_a_new_response_fades_in_and_is_then_the_sum():
    """Written while it plays: unchanged until the fade, between both during it, the new one alone after it."""
    old, new, sound = _responses(4, 20_000, 1), _responses(4, 9_000, 2), _noise(90_000)
    convolver = Convolver(old, 20_000)
    first = convolver.run(sound[:, :10_000])
    convolver.change(new)
    rest, stages = [], []
    for start in range(10_000, 90_000, CELL):
        rest.append(convolver.run(sound[:, start : start + CELL]))
        stages.append(int(convolver.state[1 + STAGE]))
    out = np.concatenate([first, *rest], axis=1)
    by_old, by_new = _expected(sound, old), _expected(sound, new)
    fading = 10_000 + CELL * np.flatnonzero(np.array(stages) == FADING)[[0, -1]]
    assert np.abs(out - by_old)[:, : fading[0]].max() < 1e-5
    assert np.abs(out - by_new)[:, fading[1] + CELL :].max() < 1e-5
    middle = slice(fading[0] + 900, fading[0] + 1_000)
    assert np.abs(out - by_old)[:, middle].max() > 0.01
    assert np.abs(out - by_new)[:, middle].max() > 0.01
    assert stages[-1] == RESTING
    assert READY in stages


def test_silence_stays_silence_and_a_tail_ends_at_the_last_tap():
    convolver = Convolver(_responses(2, 10_000))
    assert not convolver.run(np.zeros((2, 20_000), np.float32)).any()
    convolver.run(_noise(5_000))
    assert not convolver.run(np.zeros((2, 30_000), np.float32))[:, 20_000:].any()
