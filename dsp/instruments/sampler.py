"""Sampler: recorded sounds over keys and velocities, each at its own pitch, level, place and envelope.

What plays is a map of zones (`sample_zones`) whose address stands in the state; the engine writes another one when the
zones change. A note begins a voice for every zone of its key and velocity whose turn it is, 64 in all. A voice reads
its sound through `sample_reading`, then a filter (`voice_filter`) when one is chosen. Its delay, attack, hold, decay,
sustain and release are its zone's, or the knobs'. Without a map it plays a tone of twelve harmonics. Bending moves the
pitch, timbre opens the filter by up to two octaves, pressure raises the level by up to 6 dB.
"""

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inner_kernel
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE, Device, Parameter, State, choice
from dsp.core.intrinsics import f32_at, f64_at, i64_at, load_acquire
from dsp.instruments.notes import EVENTS_WAITING, NOTES_SIZE
from dsp.instruments.sample_reading import (
    filter_bank,
)
from dsp.instruments.sample_voice import GLIDE_MS, S_CHOKED, S_MAP, S_ZONE, VOICE_SIZE, add_voice, begin_zone
from dsp.instruments.sample_zones import (
    KEYS,
    M_KEYS,
    M_NUMBER,
    Z_CHOKE,
    Z_COUNTED,
    Z_HIGH_VELOCITY,
    Z_LOW_VELOCITY,
    Z_TURN,
    Z_TURNS,
    PlayedZone,
    ZoneMap,
    zone_map,
    zone_row,
)
from dsp.instruments.voice_filter import FILTERS
from dsp.instruments.voices import (
    NO_VOICE,
    V_KEY,
    V_LEVEL,
    V_PITCH,
    V_VELOCITY,
    begin,
    next_frame,
    obey,
    take_in,
)

VOICES = 64
_CYCLE_FRAMES, _HARMONICS, _TONE_LEVEL = 256, 12, 0.25


def _private_size(_sample_rate: int) -> int:
    return NOTES_SIZE + _CELLS + VOICES * VOICE_SIZE


def _time(number: int, name: str, title: str, default: float, low: float = 0.5) -> Parameter:
    return Parameter(number, name, title, default, low, 20_000.0, "ms", "log" if low else "lin")


DEVICE = Device(
    id="instruments.sampler",
    title="Sampler",
    version=1,
    parameters=(
        Parameter(1, "gain_db", "Gain", 0.0, -60.0, 12.0, "dB", "db", smoothing_ms=GLIDE_MS),
        Parameter(2, "transpose_semitones", "Transpose", 0.0, -48.0, 48.0, "semitones"),
        Parameter(3, "tune_cents", "Tune", 0.0, -100.0, 100.0, "cents"),
        Parameter(4, "velocity_percent", "Velocity to level", 100.0, 0.0, 100.0, "%"),
        choice(5, "filter_kind", "Filter", ("Off", *FILTERS)),
        Parameter(6, "cutoff_hz", "Cutoff", 4_000.0, 20.0, 20_000.0, "Hz", "log", smoothing_ms=GLIDE_MS),
        Parameter(7, "resonance_percent", "Resonance", 10.0, 0.0, 100.0, "%"),
        Parameter(8, "key_track_percent", "Key tracking", 0.0, 0.0, 100.0, "%"),
        Parameter(9, "velocity_cutoff_semitones", "Velocity to cutoff", 0.0, 0.0, 48.0, "semitones"),
        choice(10, "envelope", "Envelope", ("Of the samples", "Own")),
        _time(11, "attack_ms", "Attack", 3.0),
        Parameter(12, "hold_ms", "Hold", 0.0, 0.0, 5_000.0, "ms"),
        _time(13, "decay_ms", "Decay", 600.0),
        Parameter(14, "sustain_percent", "Sustain", 80.0, 0.0, 100.0, "%"),
        _time(15, "release_ms", "Release", 250.0),
    ),
    private_size=_private_size,
    is_instrument=True,
)
_NOTES_AT = 16
#: Cells of the state: two addresses as int64, the lowest number of a map that some voice plays of.
_BANK_AT = _NOTES_AT + NOTES_SIZE
MAP_AT, OLDEST_MAP_AT = _BANK_AT + 1, _BANK_AT + 2
_CELLS = 3
_VOICES_AT = _BANK_AT + _CELLS


@cache
def own_tone(sample_rate: int) -> ZoneMap:
    """Return the map that plays while none is given: twelve harmonics of a saw in a loop."""
    phase = np.arange(_CYCLE_FRAMES) / _CYCLE_FRAMES
    cycle = sum(np.sin(2 * np.pi * n * phase) / n for n in range(1, _HARMONICS + 1))
    samples = (_TONE_LEVEL * np.asarray(cycle)).astype(np.float32)[np.newaxis, :]
    root = 69.0 + 12.0 * math.log2(sample_rate / _CYCLE_FRAMES / 440.0)
    zone = PlayedZone(
        samples,
        np.array([_CYCLE_FRAMES], np.int64),
        root=root,
        loop_mode="forward",
        loop_end=float(_CYCLE_FRAMES),
        envelope=(0.0, 2.0, 0.0, 1.0, 1.0, 150.0),
    )
    return zone_map([zone_row(zone)], 0)


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    state = DEVICE.new_state(sample_rate, values)
    addresses = state.view(np.int64)
    addresses[_BANK_AT], addresses[MAP_AT] = filter_bank().ctypes.data, own_tone(sample_rate).address
    return state


def reset(state: State) -> None:
    """Forget every note; the zones stay."""
    kept = state[_BANK_AT : MAP_AT + 1].view(np.int64).copy()
    state[DEVICE.private_start :] = 0.0
    state.view(np.int64)[_BANK_AT : MAP_AT + 1] = kept


@inner_kernel
def _is_its_turn(zones: Any, row: int, velocity: float) -> Any:
    """Return whether a zone answers to this velocity now; every note of its velocities moves its turn on."""
    struck = math.floor(velocity * 127.0 + 0.5)
    if struck < zones[row + Z_LOW_VELOCITY] or struck > zones[row + Z_HIGH_VELOCITY]:
        return False
    turns, counted = int(zones[row + Z_TURNS]), int(zones[row + Z_COUNTED])
    zones[row + Z_COUNTED] = float((counted + 1) % turns)
    return counted == int(zones[row + Z_TURN]) - 1


@inner_kernel
def _choke(voices: Any, group: float, key: float) -> None:
    """End within 5 ms what other notes of a choke group still sound."""
    for v in range(voices.shape[0]):
        if voices[v, V_KEY] != 0.0 and voices[v, V_KEY] != key and voices[v, S_ZONE + Z_CHOKE] == group:
            voices[v, S_CHOKED] = 1.0


@inner_kernel
def _strike(voices: Any, began: int, zones: Any, state: Any) -> None:
    """Begin every zone that answers to a note; `began` is the voice that the note has taken."""
    key, pitch, velocity = voices[began, V_KEY], voices[began, V_PITCH], voices[began, V_VELOCITY]
    place = int(min(max(math.floor(pitch + 0.5), 0.0), KEYS - 1.0))
    voice: Any = began
    for listed in range(int(zones[M_KEYS + place]), int(zones[M_KEYS + place + 1])):
        row = int(zones[listed])
        if not _is_its_turn(zones, row, velocity):
            continue
        if zones[row + Z_CHOKE] != 0.0:
            _choke(voices, zones[row + Z_CHOKE], key)
        if voice == NO_VOICE:
            voice = np.int64(begin(voices, key, pitch, velocity))
        begin_zone(voices[voice], zones, row, state)
        voice = NO_VOICE
    if voice != NO_VOICE:
        voices[voice, V_KEY] = voices[voice, V_LEVEL] = 0.0


@inner_kernel
def _note_oldest(state: Any, voices: Any, number: float) -> None:
    """Say which map is the oldest that some voice still plays of."""
    for v in range(VOICES):
        if voices[v, V_KEY] != 0.0:
            number = min(number, voices[v, S_MAP])
    state[OLDEST_MAP_AT] = number


def _process(address: int, block: Any, frames: int) -> None:
    """Add the voices to one block, every note on its frame."""
    state = carray(f64_at(address), (_VOICES_AT,))
    area = carray(f64_at(address + 8 * _NOTES_AT), (NOTES_SIZE,))
    voices = carray(f64_at(address + 8 * _VOICES_AT), (VOICES, VOICE_SIZE))
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    bank = f32_at(load_acquire(i64_at(address), _BANK_AT))
    zones = f64_at(load_acquire(i64_at(address), MAP_AT))
    take_in(samples, frames)
    first, event = 0, 0
    while first < frames:
        while event < int(area[EVENTS_WAITING]) and next_frame(area, event, frames) <= first:
            began = obey(area, event, voices)
            if began != NO_VOICE:
                _strike(voices, began, zones, state)
            event += 1
        stop = next_frame(area, event, frames)
        for v in range(VOICES):
            if voices[v, V_KEY] != 0.0:
                add_voice(voices[v], state, bank, samples, first, stop)
        first = stop
    area[EVENTS_WAITING] = 0.0
    _note_oldest(state, voices, zones[M_NUMBER])


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
