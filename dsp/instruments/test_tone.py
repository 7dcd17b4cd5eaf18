"""Test tone: a sine per note, at exactly its pitch and, with the default touch, exactly its velocity's level.

A note rises and falls on a straight line (`attack_ms`, `release_ms`); bending moves its frequency at the next block,
its phase goes on. 32 voices.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inner_kernel
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE, Device, Parameter, State
from dsp.core.intrinsics import f64_at
from dsp.instruments.notes import EVENTS_WAITING, NOTES_SIZE
from dsp.instruments.voices import (
    V_BEND,
    V_IS_HELD,
    V_KEY,
    V_LEVEL,
    V_PITCH,
    V_VELOCITY,
    VOICE_FIELDS,
    hertz_of,
    next_frame,
    obey,
    take_in,
)

VOICES = 32
_PHASE = VOICE_FIELDS
_FIELDS = VOICE_FIELDS + 1
_GAIN_DB, _ATTACK_MS, _RELEASE_MS = range(1, 4)
_NOTES = 4
_VOICES_AT = _NOTES + NOTES_SIZE


def _private_size(_sample_rate: int) -> int:
    return NOTES_SIZE + VOICES * _FIELDS


DEVICE = Device(
    id="instruments.test_tone",
    title="Test tone",
    version=1,
    parameters=(
        Parameter(1, "gain_db", "Gain", -12.0, -60.0, 0.0, "dB", "db"),
        Parameter(2, "attack_ms", "Attack", 2.0, 0.1, 1000.0, "ms", "log"),
        Parameter(3, "release_ms", "Release", 5.0, 1.0, 1000.0, "ms", "log"),
    ),
    private_size=_private_size,
    is_instrument=True,
)


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    return DEVICE.new_state(sample_rate, values)


def reset(state: State) -> None:
    """Forget every note."""
    state[DEVICE.private_start :] = 0.0


@inner_kernel
def _add_voice(  # noqa: PLR0917 - one voice and how it sounds
    voice: Any, samples: Any, first: int, stop: int, rate: float, gain: float, rise: float, fall: float
) -> None:
    """Add frames [first, stop) of one voice."""
    step = hertz_of(voice[V_PITCH] + voice[V_BEND]) / rate
    level, phase = voice[V_LEVEL], voice[_PHASE]
    loudness = gain * voice[V_VELOCITY]
    for n in range(first, stop):
        level = min(1.0, level + rise) if voice[V_IS_HELD] != 0.0 else max(0.0, level - fall)
        sample = np.float32(loudness * level * math.sin(2.0 * math.pi * phase))
        samples[n] += sample
        samples[CHANNEL_STRIDE + n] += sample
        phase += step
        phase -= math.floor(phase)
    voice[V_LEVEL], voice[_PHASE] = level, phase
    if voice[V_IS_HELD] == 0.0 and level == 0.0:
        voice[V_KEY] = voice[_PHASE] = 0.0


def _process(address: int, block: Any, frames: int) -> None:
    """Add the voices to one block, every note on its frame."""
    state = carray(f64_at(address), (_VOICES_AT,))
    area = carray(f64_at(address + 8 * _NOTES), (NOTES_SIZE,))
    voices = carray(f64_at(address + 8 * _VOICES_AT), (VOICES, _FIELDS))
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    take_in(samples, frames)
    rate, gain = state[0], 10.0 ** (state[_GAIN_DB] / 20.0)
    rise, fall = 1000.0 / (state[_ATTACK_MS] * rate), 1000.0 / (state[_RELEASE_MS] * rate)
    first, event = 0, 0
    while first < frames:
        while event < int(area[EVENTS_WAITING]) and next_frame(area, event, frames) <= first:
            obey(area, event, voices)
            event += 1
        stop = next_frame(area, event, frames)
        for v in range(VOICES):
            if voices[v, V_KEY] != 0.0:
                _add_voice(voices[v], samples, first, stop, rate, gain, rise, fall)
        first = stop
    area[EVENTS_WAITING] = 0.0


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
