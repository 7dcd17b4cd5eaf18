"""Drum pads: eight drums of a sine that falls in pitch and noise through a band, with groups that cut each other off.

A pad answers to its key of the General MIDI percussion map and plays to its end, however long the note is held. A hit
fades out, within 5 ms, whatever of its choke group still sounds. What a pad is made of stands in `_MADE_OF`; tune,
decay, tone (the sine's share), level, pan and choke group are each pad's own. 24 voices.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inner_kernel
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE, Device, Parameter, State
from dsp.core.intrinsics import f64_at
from dsp.instruments.envelopes import SILENT, keep_of
from dsp.instruments.notes import EVENTS_WAITING, NOTES_SIZE
from dsp.instruments.voices import (
    NO_VOICE,
    V_KEY,
    V_LEVEL,
    V_ORDER,
    V_PITCH,
    V_VELOCITY,
    VOICE_FIELDS,
    next_frame,
    obey,
    take_in,
)

VOICES = 24
_CHOKE_MS = 5.0
#: Name, title, key, share of the sine in percent, choke group.
_PADS = (
    ("kick", "Kick", 36, 92.0, 0),
    ("rim", "Rim", 37, 75.0, 0),
    ("snare", "Snare", 38, 45.0, 0),
    ("clap", "Clap", 39, 0.0, 0),
    ("closed_hat", "Closed hat", 42, 4.0, 1),
    ("low_tom", "Low tom", 45, 90.0, 0),
    ("open_hat", "Open hat", 46, 4.0, 1),
    ("high_tom", "High tom", 50, 90.0, 0),
)
#: Of each pad: the sine's lowest pitch in Hz, octaves it falls, over how many ms, its decay in ms; the noise's band in
#: Hz, its decay in ms, and how many bursts 11 ms apart it begins with.
_MADE_OF = np.array([
    (48.0, 2.6, 60.0, 420.0, 3_000.0, 12.0, 1.0),
    (480.0, 0.4, 15.0, 60.0, 2_600.0, 30.0, 1.0),
    (178.0, 0.6, 30.0, 190.0, 2_900.0, 260.0, 1.0),
    (900.0, 0.0, 10.0, 20.0, 1_250.0, 280.0, 3.0),
    (5_300.0, 0.0, 10.0, 45.0, 9_500.0, 70.0, 1.0),
    (88.0, 0.9, 120.0, 520.0, 900.0, 40.0, 1.0),
    (5_300.0, 0.0, 10.0, 300.0, 9_000.0, 650.0, 1.0),
    (150.0, 0.9, 100.0, 400.0, 1_300.0, 40.0, 1.0),
])  # fmt: skip
_KEYS = np.array([float(pad[2]) for pad in _PADS])
_BURST_MS = 11.0
_TUNE, _DECAY, _TONE, _LEVEL, _PAN, _GROUP, _PER_PAD = range(7)


def _private_size(_sample_rate: int) -> int:
    return NOTES_SIZE + VOICES * _FIELDS


def _parameters() -> Iterator[Parameter]:
    for place, (name, title, _key, tone, group) in enumerate(_PADS):
        first = 1 + place * _PER_PAD
        yield Parameter(first, f"{name}_tune_semitones", f"{title} tune", 0.0, -24.0, 24.0, "semitones")
        yield Parameter(first + 1, f"{name}_decay_percent", f"{title} decay", 100.0, 10.0, 400.0, "%", "log")
        yield Parameter(first + 2, f"{name}_tone_percent", f"{title} tone", tone, 0.0, 100.0, "%")
        yield Parameter(first + 3, f"{name}_level_db", f"{title} level", -6.0, -60.0, 6.0, "dB", "db")
        yield Parameter(first + 4, f"{name}_pan", f"{title} pan", 0.0, -1.0, 1.0, "")
        words = ("None", "1", "2", "3")
        yield Parameter(first + 5, f"{name}_choke", f"{title} choke group", float(group), 0.0, 3.0, "", choices=words)


DEVICE = Device(
    id="instruments.drum_pads",
    title="Drum pads",
    version=1,
    parameters=tuple(_parameters()),
    private_size=_private_size,
    is_instrument=True,
)
_NOTES_AT = DEVICE.private_start
_VOICES_AT = _NOTES_AT + NOTES_SIZE
(_S_PAD, _S_PHASE, _S_SWEEP, _S_TONE, _S_NOISE, _S_SEED, _S_FIRST, _S_SECOND, _S_FRAME, _S_CHOKE) = range(
    VOICE_FIELDS, VOICE_FIELDS + 10
)
_FIELDS = VOICE_FIELDS + 10


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    return DEVICE.new_state(sample_rate, values)


def reset(state: State) -> None:
    """Forget every hit."""
    state[DEVICE.private_start :] = 0.0


@inner_kernel
def _pad_of(pitch: float) -> Any:
    """Return the pad that a pitch plays, or NO_VOICE."""
    for pad in range(_KEYS.shape[0]):
        if abs(pitch - _KEYS[pad]) < 0.5:
            return np.int64(pad)
    return NO_VOICE


@inner_kernel
def _hit(voices: Any, began: int, state: Any) -> None:
    """Let a hit begin, and what it chokes end."""
    voice, pad = voices[began], _pad_of(voices[began, V_PITCH])
    if pad == NO_VOICE:
        voice[V_KEY] = 0.0
        return
    group = state[1 + pad * _PER_PAD + _GROUP]
    for v in range(voices.shape[0]):
        other = 1 + int(voices[v, _S_PAD]) * _PER_PAD + _GROUP
        if v != began and voices[v, V_KEY] != 0.0 and group > 0.5 and state[other] == group:
            voices[v, _S_CHOKE] = 1.0
    for field in range(VOICE_FIELDS, _FIELDS):
        voice[field] = 0.0
    voice[_S_PAD], voice[_S_SEED] = pad, float(int(voice[V_ORDER]) % 65_536 + 1)
    voice[_S_SWEEP] = voice[_S_TONE] = voice[_S_NOISE] = voice[V_LEVEL] = 1.0


@inner_kernel
def _noise(voice: Any, g: float) -> Any:
    """Return the next sample of a voice's noise, through its band (a state-variable filter of quality 1)."""
    # Park and Miller's generator.
    seed = (int(voice[_S_SEED]) * 48_271) % 2_147_483_647
    voice[_S_SEED] = float(seed)
    first, second = voice[_S_FIRST], voice[_S_SECOND]
    v1 = (first + g * (seed / 1_073_741_823.5 - 1.0 - second)) / (1.0 + g * (g + 1.0))
    v2 = second + g * v1
    voice[_S_FIRST], voice[_S_SECOND] = 2.0 * v1 - first, 2.0 * v2 - second
    return v1


@inner_kernel
def _add_voice(voice: Any, state: Any, samples: Any, first: int, stop: int) -> None:
    """Add frames [first, stop) of one hit."""
    rate, pad = state[0], int(voice[_S_PAD])
    at, made_of = 1 + pad * _PER_PAD, _MADE_OF[pad]
    tune, longer = 2.0 ** (state[at + _TUNE] / 12.0), state[at + _DECAY] * 0.01
    step, share = made_of[0] * tune / rate, state[at + _TONE] * 0.01
    sweep, tone, hiss = (
        keep_of(made_of[2], rate),
        keep_of(made_of[3] * longer, rate),
        keep_of(made_of[5] * longer, rate),
    )
    choke = keep_of(_CHOKE_MS, rate)
    g = math.tan(math.pi * min(made_of[4] * tune, 0.45 * rate) / rate)
    gain = 10.0 ** (state[at + _LEVEL] / 20.0) * voice[V_VELOCITY]
    left, right = gain * math.sqrt(1.0 - state[at + _PAN]), gain * math.sqrt(1.0 + state[at + _PAN])
    burst, bursts = int(_BURST_MS * rate / 1_000.0), made_of[6]
    for n in range(first, stop):
        sample = share * voice[_S_TONE] * math.sin(2.0 * math.pi * voice[_S_PHASE])
        sample += 2.0 * (1.0 - share) * voice[_S_NOISE] * _noise(voice, g)
        samples[n] += np.float32(left * voice[V_LEVEL] * sample)
        samples[CHANNEL_STRIDE + n] += np.float32(right * voice[V_LEVEL] * sample)
        phase = voice[_S_PHASE] + min(step * 2.0 ** (made_of[1] * voice[_S_SWEEP]), 0.45)
        voice[_S_PHASE] = phase - math.floor(phase)
        voice[_S_FRAME] += 1.0
        is_bursting = voice[_S_FRAME] < (bursts - 1.0) * burst
        voice[_S_SWEEP] *= sweep
        voice[_S_TONE] *= tone
        # While it bursts, noise falls fast and is struck again.
        voice[_S_NOISE] *= choke if is_bursting else hiss
        if voice[_S_FRAME] <= (bursts - 1.0) * burst and int(voice[_S_FRAME]) % burst == 0:
            voice[_S_NOISE] = 1.0
        voice[V_LEVEL] *= choke if voice[_S_CHOKE] != 0.0 else 1.0
        if max(voice[_S_TONE], voice[_S_NOISE]) * voice[V_LEVEL] < SILENT and not is_bursting:
            voice[V_KEY] = voice[V_LEVEL] = 0.0
            return


def _process(address: int, block: Any, frames: int) -> None:
    """Add the hits to one block, each on its frame."""
    state = carray(f64_at(address), (_NOTES_AT,))
    area = carray(f64_at(address + 8 * _NOTES_AT), (NOTES_SIZE,))
    voices = carray(f64_at(address + 8 * _VOICES_AT), (VOICES, _FIELDS))
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    take_in(samples, frames)
    first, event = 0, 0
    while first < frames:
        while event < int(area[EVENTS_WAITING]) and next_frame(area, event, frames) <= first:
            began = obey(area, event, voices)
            if began != NO_VOICE:
                _hit(voices, began, state)
            event += 1
        stop = next_frame(area, event, frames)
        for v in range(VOICES):
            if voices[v, V_KEY] != 0.0:
                _add_voice(voices[v], state, samples, first, stop)
        first = stop
    area[EVENTS_WAITING] = 0.0


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
