"""Convolution reverb: what enters is convolved with the response of a space, true stereo, without latency.

The responses (`dsp.reverbs.spaces`) are written by the kernel itself: at once when it begins, and in small shares a
cell when space, decay or size move; then the sound fades to the new one (`dsp.spectra.responses`). Pre-delay comes
before the space and fades between two taps; both cuts are Butterworth filters of second order behind it.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inner_kernel, sized
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE, Device, Parameter, State
from dsp.core.finite import LOUDEST_SAMPLE
from dsp.core.intrinsics import f32_at, f64_at
from dsp.core.smoothing import smoothing_coefficient, towards
from dsp.filters.crossover import butterworth, tangent
from dsp.reverbs import spaces
from dsp.spectra.convolver import CELL, convolver_floats
from dsp.spectra.responses import (
    ALL_UNITS,
    PLACE,
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

_LONGEST_PRE_MS, _PRE_FADE_MS = 250.0, 50.0
_GLIDE_MS = 20.0
#: Typed, like all numbers that kernels are called with: numba would compile them for each literal.
_PATHS: Any = np.int64(4)
#: Work a cell on a new space.
_UNITS: Any = np.int64(300)
_QUIETEST = np.float32(1e-12)


@sized
def _longest(rate: float) -> int:
    return spaces.response_frames(spaces.LONGEST_DECAY_S, rate)


@sized
def _pre_frames(rate: float) -> int:
    return int(_LONGEST_PRE_MS * 0.001 * rate) + 2


@sized
def _floats(rate: float) -> int:
    return 4 * CELL + 2 * _pre_frames(rate) + convolver_floats(_longest(rate), _PATHS)


def _private_size(sample_rate: int) -> int:
    return _MEMORY - DEVICE.private_start + (_floats(float(sample_rate)) + 1) // 2


DEVICE = Device(
    id="reverbs.convolution",
    title="Convolution reverb",
    version=1,
    parameters=(
        Parameter(1, "space", "Space", 2.0, 0.0, len(spaces.SPACES) - 1.0, "", choices=spaces.SPACES),
        Parameter(2, "decay_s", "Decay", 1.8, 0.2, spaces.LONGEST_DECAY_S, "s", "log"),
        Parameter(3, "size_percent", "Size", 100.0, 50.0, 200.0, "%", "log"),
        Parameter(4, "pre_delay_ms", "Pre-delay", 10.0, 0.0, _LONGEST_PRE_MS, "ms"),
        Parameter(5, "low_cut_hz", "Low cut", 100.0, 20.0, 1_000.0, "Hz", "log", _GLIDE_MS),
        Parameter(6, "high_cut_hz", "High cut", 12_000.0, 1_000.0, 20_000.0, "Hz", "log", _GLIDE_MS),
        Parameter(7, "width_percent", "Width", 100.0, 0.0, 150.0, "%", smoothing_ms=_GLIDE_MS),
        Parameter(8, "mix_percent", "Mix", 25.0, 0.0, 100.0, "%", smoothing_ms=_GLIDE_MS),
    ),
    private_size=_private_size,
)
_SPACE, _DECAY, _SIZE_PERCENT, _PRE, _LOW_CUT, _HIGH_CUT, _WIDTH, _MIX = range(1, 9)
_STARTED, _PRE_PLACE, _PRE_NOW, _PRE_NEXT, _PRE_SHARE, _LOW_NOW, _HIGH_NOW, _WIDTH_NOW, _MIX_NOW, _WRITTEN = range(
    9, 19
)
_CUTS: Any = np.int64(_WRITTEN + 3)
_NOISES = _CUTS + 8
_RESPONSES = _NOISES + spaces.SLOTS
_MEMORY = _RESPONSES + SLOTS


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name, its space written."""
    state = DEVICE.new_state(sample_rate, values)
    reset(state)
    return state


def reset(state: State) -> None:
    """Forget the sound; parameters take effect at once. Every page is written: no callback meets a new one."""
    state[DEVICE.private_start :] = 0.0
    _begin_fresh(state)


def _begin_fresh(state: State) -> None:
    """Let the kernel write the space now: it does so before its first frame, were there none."""
    connect(state, int(_RESPONSES))
    KERNEL.ctypes(state.ctypes.data, None, 0)


@inner_kernel
def _write(address: int, state: Any, at: int, sizes: Any, units: int) -> None:
    """Write about so many units of the space that `_WRITTEN` names."""
    own = address + 8 * _MEMORY
    memory = f32_at(own)
    while units > 0 and state[_RESPONSES + STAGE] == WRITING:
        first = wanted_tap(state, _RESPONSES)
        if first < 0:
            units -= transform_on(address, state, _RESPONSES, own, at, sizes, units)
            continue
        left, right, path = wanted_rows(state, _RESPONSES, at)
        if first == 0:
            for number in range(8):
                state[_NOISES + 4 * path + number] = 0.0
        values = (state[_WRITTEN], state[_WRITTEN + 1], state[_WRITTEN + 2])
        spaces.write_space(state, _NOISES, memory, left, right, path, first, CELL, values)
        taps_are_written(state, _RESPONSES)
        units -= spaces.writing_units(state[_WRITTEN], first / state[0], state[_WRITTEN + 2])


@inner_kernel
def _note_wanted(state: Any) -> None:
    """Note what is written from now on."""
    state[_WRITTEN], state[_WRITTEN + 1] = math.floor(state[_SPACE] + 0.5), state[_DECAY]
    state[_WRITTEN + 2] = state[_SIZE_PERCENT] * 0.01


@inner_kernel
def _is_written(state: Any) -> bool:
    return (
        state[_WRITTEN] == math.floor(state[_SPACE] + 0.5)
        and state[_WRITTEN + 1] == state[_DECAY]
        and state[_WRITTEN + 2] == state[_SIZE_PERCENT] * 0.01
    )


@inner_kernel
def _high_tangent(hz: float, rate: float) -> float:
    return tangent(min(hz, 0.45 * rate), rate)


@inner_kernel
def _begin(address: int, state: Any, at: int, sizes: Any) -> None:
    """Let everything take effect at once."""
    rate = state[0]
    _note_wanted(state)
    frames = spaces.response_frames(state[_DECAY], rate)
    begin_first(state, _RESPONSES, f32_at(address + 8 * _MEMORY), at, frames)
    _write(address, state, at, sizes, ALL_UNITS)
    hear_first(state, _RESPONSES)
    state[_PRE_NOW] = state[_PRE_NEXT] = math.floor(state[_PRE] * 0.001 * rate + 0.5)
    state[_LOW_NOW], state[_HIGH_NOW] = tangent(state[_LOW_CUT], rate), _high_tangent(state[_HIGH_CUT], rate)
    state[_WIDTH_NOW], state[_MIX_NOW] = state[_WIDTH] * 0.01, state[_MIX] * 0.01
    state[_STARTED] = 1.0


@inner_kernel
def _delay(state: Any, samples: Any, memory: Any, at: int, size: int, first: int, frames: int) -> None:
    """Put what enters, a pre-delay later, into the cell."""
    rate = state[0]
    wanted, step = math.floor(state[_PRE] * 0.001 * rate + 0.5), 1.0 / (_PRE_FADE_MS * 0.001 * rate)
    now, then, share = int(state[_PRE_NOW]), int(state[_PRE_NEXT]), state[_PRE_SHARE]
    place, row = int(state[_PRE_PLACE]), 4 * CELL
    for n in range(frames):
        if then == now and wanted != now:
            then, share = int(wanted), 0.0
        old, new = place - now, place - then
        old, new = old + size if old < 0 else old, new + size if new < 0 else new
        for side in range(2):
            sample = samples[side * CHANNEL_STRIDE + first + n]
            sample = sample if abs(sample) < LOUDEST_SAMPLE else np.float32(0.0)
            line = row + side * size
            memory[line + place] = sample if abs(sample) > _QUIETEST else np.float32(0.0)
            found = memory[line + old]
            if then != now:
                found += np.float32(share) * (memory[line + new] - found)
            memory[cell_input(state, _RESPONSES, at, side) + n] = found
        if then != now:
            share += step
            now = then if share >= 1.0 else now
        place = place + 1 if place + 1 < size else 0
    state[_PRE_NOW], state[_PRE_NEXT], state[_PRE_SHARE], state[_PRE_PLACE] = now, then, share, place


@inner_kernel
def _cut(state: Any, m: int, sample: float, low: float, high: float) -> float:
    """Return a sample of a side behind both cuts, whose four numbers begin at `m`."""
    found, _, state[m], state[m + 1] = butterworth(sample, state[m], state[m + 1], low)
    above, turned, state[m + 2], state[m + 3] = butterworth(found, state[m + 2], state[m + 3], high)
    return 0.5 * (found + turned) - above


@inner_kernel
def _mix_in(state: Any, samples: Any, memory: Any, place: int, first: int, frames: int, keep: float) -> None:
    """Cut what the space gives, widen it, and mix it with what entered."""
    rate = state[0]
    to_low, to_high = tangent(state[_LOW_CUT], rate), _high_tangent(state[_HIGH_CUT], rate)
    to_width, to_mix = state[_WIDTH] * 0.01, state[_MIX] * 0.01
    low, high, width, mix = state[_LOW_NOW], state[_HIGH_NOW], state[_WIDTH_NOW], state[_MIX_NOW]
    for n in range(frames):
        low, high = towards(to_low, low, keep), towards(to_high, high, keep)
        width, mix = towards(to_width, width, keep), towards(to_mix, mix, keep)
        a = _cut(state, _CUTS, memory[place + n], low, high)
        b = _cut(state, _CUTS + 4, memory[place + CELL + n], low, high)
        mid, half = 0.5 * (a + b), 0.5 * width * (a - b)
        left, right = samples[first + n], samples[CHANNEL_STRIDE + first + n]
        left = left if abs(left) < LOUDEST_SAMPLE else np.float32(0.0)
        right = right if abs(right) < LOUDEST_SAMPLE else np.float32(0.0)
        samples[first + n] = np.float32(left + mix * (mid + half - left))
        samples[CHANNEL_STRIDE + first + n] = np.float32(right + mix * (mid - half - right))
    state[_LOW_NOW], state[_HIGH_NOW], state[_WIDTH_NOW], state[_MIX_NOW] = low, high, width, mix
    for number in range(_CUTS, _CUTS + 8):
        state[number] = state[number] if abs(state[number]) > 1e-15 else 0.0


def _process(address: int, block: Any, frames: int) -> None:
    """Add the space to one block in place; a fresh state is made ready first, even for no frames at all."""
    rate = carray(f64_at(address), (1,))[0]
    state = carray(f64_at(address), (_MEMORY,))
    memory = f32_at(address + 8 * _MEMORY)
    sizes, size = (_longest(rate), _PATHS), _pre_frames(rate)
    at = 4 * CELL + 2 * size
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    if state[_STARTED] < 0.5:
        _begin(address, state, at, sizes)
    keep = smoothing_coefficient(_GLIDE_MS, rate)
    done: Any = np.int64(0)
    while done < frames:
        place = int(state[_RESPONSES + PLACE])
        step = min(frames - done, CELL - place)
        if state[_RESPONSES + STAGE] == RESTING and not _is_written(state):
            _note_wanted(state)
            begin_writing(state, _RESPONSES, spaces.response_frames(state[_WRITTEN + 1], rate))
        _delay(state, samples, memory, at, size, done, step)
        if convolve(address, state, _RESPONSES, address + 8 * _MEMORY, at, sizes, step):
            _write(address, state, at, sizes, _UNITS)
        _mix_in(state, samples, memory, place, done, step, keep)
        done += step


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
