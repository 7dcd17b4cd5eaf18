"""Amplifier and cabinet: stages that bend the wave, a tone stack, and a loudspeaker under a microphone.

    stage      y = f(g x + bias) - f(bias), f(x) = x / sqrt(1 + x^2), behind a high-pass; one to three of them
    tone       the passive network of `dsp.distortion.tone_stack`, raised again by `_STACK_GAIN`
    presence   what lies above `_PRESENCE_HZ` (a one-pole filter), raised
    cabinet    a response of 40 ms (`dsp.distortion.cabinets`) by the convolver, without latency

Stages run at four times the rate, and between two samples each takes the mean of f, (F(x) - F(x')) / (x - x') with
F(x) = sqrt(1 + x^2): that is (x + x') / (F(x) + F(x')), and hard edges alias by 20 dB less (J. Parker, V. Zavalishin,
E. Le Bivic, "Reducing the Aliasing of Nonlinear Waveshaping Using Continuous-Time Convolution", DAFx 2016). Bias makes
a stage bend one half of the wave earlier, so that even harmonics come; the high-pass before the next one takes its mean
away. A voice says how many stages there are, how loud each is driven and how low they reach; a new one glides in.
Cabinet and microphone are written beside what is heard and faded to (`dsp.spectra.responses`). Both ways of the
oversampling take `LATENCY` frames, exactly; the dry sound waits for them.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inlined, inner_kernel, sized
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE, Device, Parameter, State
from dsp.core.finite import LOUDEST_SAMPLE
from dsp.core.intrinsics import f32_at, f64_at
from dsp.core.smoothing import smoothing_coefficient, towards
from dsp.distortion import cabinets
from dsp.distortion.oversampling import (
    IN_FLOATS,
    IN_FRAMES,
    LATENCY,
    TIMES,
    UP_FLOATS,
    keep_bent,
    lowered,
    raised,
    take_in,
)
from dsp.distortion.tone_stack import COEFFICIENTS, through_stack, write_stack
from dsp.mixing.pan import gain_of_db
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

_VOICES = ("Clean", "Crunch", "Lead", "Bass")
#: Per voice: gain of the first stage and of each one after it in dB (kept as factors), how much the second and third
#: count, bias, high-pass before each stage in Hz, level behind them in dB (a factor too).
_TABLE = np.array(
    [
        [-6.0, 0.0, 0.0, 0.0, 0.10, 30.0, 4.0],
        [8.0, 9.0, 1.0, 0.0, 0.25, 90.0, -4.0],
        [16.0, 14.0, 1.0, 1.0, 0.30, 130.0, -8.0],
        [4.0, 5.0, 1.0, 0.0, 0.20, 18.0, -2.0],
    ]
)
_TABLE[:, [0, 1, 6]] = 10.0 ** (_TABLE[:, [0, 1, 6]] / 20.0)
_VOICED, _STAGES = 7, 3
_STACK_GAIN, _PRESENCE_HZ = 3.5, 2_500.0
_GLIDE_MS, _QUIETEST = 20.0, 1e-15
#: The tone stack is worked out anew after so many frames.
_STEP_FRAMES = 16
#: Typed, like all numbers that kernels are called with: numba would compile them for each literal.
_PATHS: Any = np.int64(2)
#: Work a cell on a new cabinet.
_UNITS: Any = np.int64(100)
_WRITING_UNITS = 150


@sized
def _floats(rate: float) -> int:
    return 4 * CELL + convolver_floats(cabinets.response_frames(rate), 2)


def _private_size(sample_rate: int) -> int:
    return int(_MEMORY) - DEVICE.private_start + (_floats(float(sample_rate)) + 1) // 2


def _latency(_sample_rate: int, _values: Mapping[str, float]) -> int:
    return LATENCY


DEVICE = Device(
    id="distortion.amp",
    title="Amp and cabinet",
    version=1,
    parameters=(
        Parameter(1, "voice", "Amp", 1.0, 0.0, len(_VOICES) - 1.0, "", smoothing_ms=_GLIDE_MS, choices=_VOICES),
        Parameter(2, "drive_db", "Drive", 12.0, -12.0, 36.0, "dB", "db", _GLIDE_MS),
        Parameter(3, "bass_percent", "Bass", 50.0, 0.0, 100.0, "%", smoothing_ms=_GLIDE_MS),
        Parameter(4, "middle_percent", "Middle", 50.0, 0.0, 100.0, "%", smoothing_ms=_GLIDE_MS),
        Parameter(5, "treble_percent", "Treble", 50.0, 0.0, 100.0, "%", smoothing_ms=_GLIDE_MS),
        Parameter(6, "presence_db", "Presence", 3.0, 0.0, 12.0, "dB", "db", _GLIDE_MS),
        Parameter(7, "cabinet", "Cabinet", 4.0, 0.0, len(cabinets.CABINETS) - 1.0, "", choices=cabinets.CABINETS),
        Parameter(8, "edge_percent", "Microphone to edge", 30.0, 0.0, 100.0, "%"),
        Parameter(9, "level_db", "Level", -6.0, -36.0, 12.0, "dB", "db", _GLIDE_MS),
        Parameter(10, "mix_percent", "Mix", 100.0, 0.0, 100.0, "%", smoothing_ms=_GLIDE_MS),
    ),
    private_size=_private_size,
    latency=_latency,
)
_VOICE, _DRIVE, _BASS, _MIDDLE, _TREBLE, _PRESENCE, _CABINET, _EDGE, _LEVEL, _MIX = range(1, 11)
_STARTED, _IN_PLACE, _AGE, _DRIVE_NOW, _PRESENCE_NOW, _LEVEL_NOW, _MIX_NOW, _MEAN_SHARE, _WRITTEN = range(11, 20)
_KNOBS = _WRITTEN + 2
_VOICE_NOW = _KNOBS + 3
_STACK = _VOICE_NOW + _VOICED
#: Per side: a mean and the last value of each stage, the stack's memory, the presence's.
_SIDES: Any = np.int64(_STACK + COEFFICIENTS)
_PER_SIDE = 2 * _STAGES + 3 + 1
_IN_LINES: Any = np.int64(_SIDES + 2 * _PER_SIDE)
_UP_LINES: Any = np.int64(_IN_LINES + 2 * IN_FLOATS)
_SECTIONS: Any = np.int64(_UP_LINES + 2 * UP_FLOATS)
_RESPONSES: Any = np.int64(_SECTIONS + cabinets.SLOTS)
_MEMORY: Any = np.int64(_RESPONSES + SLOTS)


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name, its cabinet written."""
    state = DEVICE.new_state(sample_rate, values)
    reset(state)
    return state


def reset(state: State) -> None:
    """Forget the sound; parameters take effect at once. Every page is written: no callback meets a new one."""
    state[DEVICE.private_start :] = 0.0
    _begin_fresh(state)


def _begin_fresh(state: State) -> None:
    """Let the kernel write the cabinet now: it does so before its first frame, were there none."""
    connect(state, int(_RESPONSES))
    KERNEL.ctypes(state.ctypes.data, None, 0)


@inner_kernel
def _write(address: int, state: Any, at: int, sizes: Any, units: int) -> None:
    """Write about so many units of the cabinet that `_WRITTEN` names."""
    own = address + 8 * _MEMORY
    memory = f32_at(own)
    while units > 0 and state[_RESPONSES + STAGE] == WRITING:
        first = wanted_tap(state, _RESPONSES)
        if first < 0:
            units -= transform_on(address, state, _RESPONSES, own, at, sizes, units)
            continue
        left, right, _ = wanted_rows(state, _RESPONSES, at)
        cabinet, edge = int(state[_WRITTEN]), state[_WRITTEN + 1]
        cabinets.write_cabinet(state, _SECTIONS, memory, left, right, first, np.int64(CELL), cabinet, edge)
        taps_are_written(state, _RESPONSES)
        units -= _WRITING_UNITS


@inner_kernel
def _is_written(state: Any) -> bool:
    """Return whether the cabinet that is wanted is what was written last; note what is wanted."""
    cabinet, edge = math.floor(state[_CABINET] + 0.5), state[_EDGE] * 0.01
    found = state[_WRITTEN] == cabinet and state[_WRITTEN + 1] == edge
    state[_WRITTEN], state[_WRITTEN + 1] = cabinet, edge
    return found


@inner_kernel
def _glide(state: Any, keep: float) -> None:
    """Let voice, knobs and the tone stack come nearer to where they should be, every `_STEP_FRAMES` frames."""
    voice = int(state[_VOICE] + 0.5)
    for number in range(_VOICED):
        state[_VOICE_NOW + number] = towards(_TABLE[voice, number], state[_VOICE_NOW + number], keep)
    state[_KNOBS] = towards(state[_TREBLE] * 0.01, state[_KNOBS], keep)
    state[_KNOBS + 1] = towards(state[_MIDDLE] * 0.01, state[_KNOBS + 1], keep)
    state[_KNOBS + 2] = towards(state[_BASS] * 0.01, state[_KNOBS + 2], keep)
    # What a one-pole filter of so many Hz takes of a step at the fourfold rate.
    state[_MEAN_SHARE] = 1.0 - math.exp(-2.0 * math.pi * state[_VOICE_NOW + 5] / (TIMES * state[0]))
    write_stack(state, _STACK, state[_KNOBS], state[_KNOBS + 1], state[_KNOBS + 2], state[0])


@inlined
def _bent(state: Any, side: int, x: float) -> float:
    """Return a value of the fourfold rate behind all stages."""
    v, means, last = _VOICE_NOW, _SIDES + side * _PER_SIDE, _SIDES + side * _PER_SIDE + _STAGES
    bias, keep = state[v + 4], state[_MEAN_SHARE]
    floor = bias / math.sqrt(1.0 + bias * bias)
    x *= state[_DRIVE_NOW] * state[v]
    for stage in range(_STAGES):
        share, gain = 1.0 if stage == 0 else state[v + 1 + stage], 1.0 if stage == 0 else state[v + 1]
        moved = state[means + stage] + keep * (x - state[means + stage])
        state[means + stage] = moved if abs(moved) > _QUIETEST else 0.0
        now, before = gain * (x - moved) + bias, state[last + stage] + bias
        state[last + stage] = now - bias if abs(now - bias) > _QUIETEST else 0.0
        bent = (now + before) / (math.sqrt(1.0 + now * now) + math.sqrt(1.0 + before * before))
        x += share * (bent - floor - x)
    return state[v + 6] * x


@inner_kernel
def _amplified(state: Any, side: int, place: int, presence: float, shelf: float) -> float:
    """Return what stages, tone stack and presence make of the newest sample of a side."""
    first, above = _IN_LINES + side * IN_FLOATS, _UP_LINES + side * UP_FLOATS
    for phase in range(TIMES):
        keep_bent(state, above, place, phase, _bent(state, side, raised(state, first, place, phase)))
    own = _SIDES + side * _PER_SIDE + 2 * _STAGES
    found = _STACK_GAIN * through_stack(state, _STACK, own, lowered(state, above, place))
    state[own + 3] += shelf * (found - state[own + 3])
    return found + presence * (found - state[own + 3])


@inner_kernel
def _begin(address: int, state: Any, at: int, sizes: Any) -> None:
    """Let everything take effect at once."""
    _is_written(state)
    begin_first(state, _RESPONSES, f32_at(address + 8 * _MEMORY), at, sizes[0])
    _write(address, state, at, sizes, ALL_UNITS)
    hear_first(state, _RESPONSES)
    _glide(state, 0.0)
    state[_DRIVE_NOW], state[_LEVEL_NOW] = gain_of_db(state[_DRIVE], -200.0), gain_of_db(state[_LEVEL], -200.0)
    state[_PRESENCE_NOW], state[_MIX_NOW] = gain_of_db(state[_PRESENCE], -200.0) - 1.0, state[_MIX] * 0.01
    state[_STARTED] = 1.0


@inner_kernel
def _drive(state: Any, samples: Any, memory: Any, at: int, first: int, frames: int, keep: float) -> None:
    """Put what the amplifier makes of the frames into the cell, and leave the dry sound, as late, in their place."""
    rate, age, place = state[0], int(state[_AGE]), int(state[_IN_PLACE])
    to_drive, to_presence = gain_of_db(state[_DRIVE], -200.0), gain_of_db(state[_PRESENCE], -200.0) - 1.0
    shelf, slow = (
        1.0 - math.exp(-2.0 * math.pi * _PRESENCE_HZ / rate),
        smoothing_coefficient(_GLIDE_MS, rate / _STEP_FRAMES),
    )
    for n in range(frames):
        if age == 0:
            _glide(state, slow)
        age = age + 1 if age + 1 < _STEP_FRAMES else 0
        state[_DRIVE_NOW] = towards(to_drive, state[_DRIVE_NOW], keep)
        state[_PRESENCE_NOW] = towards(to_presence, state[_PRESENCE_NOW], keep)
        for side in range(2):
            sample = samples[side * CHANNEL_STRIDE + first + n]
            sample = sample if abs(sample) < LOUDEST_SAMPLE else np.float32(0.0)
            dry = take_in(state, _IN_LINES + side * IN_FLOATS, place, sample)
            wet = np.float32(_amplified(state, side, place, state[_PRESENCE_NOW], shelf))
            samples[side * CHANNEL_STRIDE + first + n] = np.float32(dry)
            loud = wet if abs(wet) > np.float32(1e-12) else np.float32(0.0)
            memory[cell_input(state, _RESPONSES, at, side) + n] = loud
        place = place + 1 if place + 1 < IN_FRAMES else 0
    state[_AGE], state[_IN_PLACE] = age, place
    for number in range(_SIDES, _SIDES + 2 * _PER_SIDE):
        state[number] = state[number] if abs(state[number]) > _QUIETEST else 0.0


def _process(address: int, block: Any, frames: int) -> None:
    """Amplify one block in place; a fresh state is made ready first, even for no frames at all."""
    rate = carray(f64_at(address), (1,))[0]
    state = carray(f64_at(address), (_MEMORY,))
    memory = f32_at(address + 8 * _MEMORY)
    sizes, at = (cabinets.response_frames(rate), _PATHS), np.int64(4 * CELL)
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    if state[_STARTED] < 0.5:
        _begin(address, state, at, sizes)
    keep = smoothing_coefficient(_GLIDE_MS, rate)
    to_level, to_mix = gain_of_db(state[_LEVEL], -200.0), state[_MIX] * 0.01
    done: Any = np.int64(0)
    while done < frames:
        place = int(state[_RESPONSES + PLACE])
        step = min(frames - done, CELL - place)
        if state[_RESPONSES + STAGE] == RESTING and not _is_written(state):
            begin_writing(state, _RESPONSES, sizes[0])
        _drive(state, samples, memory, at, done, step, keep)
        if convolve(address, state, _RESPONSES, address + 8 * _MEMORY, at, sizes, step):
            _write(address, state, at, sizes, _UNITS)
        for n in range(step):
            state[_LEVEL_NOW] = towards(to_level, state[_LEVEL_NOW], keep)
            mix = state[_MIX_NOW] = towards(to_mix, state[_MIX_NOW], keep)
            for side in range(2):
                dry = samples[side * CHANNEL_STRIDE + done + n]
                wet = state[_LEVEL_NOW] * memory[side * CELL + place + n]
                samples[side * CHANNEL_STRIDE + done + n] = np.float32(dry + mix * (wet - dry))
        done += step


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
