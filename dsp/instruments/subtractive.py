"""Subtractive synthesiser: two oscillators in unison and noise, a filter, two envelopes and an oscillator of its own.

Sixteen voices. Each runs its waves (`waves`) up to seven times, detuned and spread over the sides, through the filter
of `voice_filter`. What bends pitch and cutoff is looked at every 16 frames of a voice's own time and
glides in between, so the sound is the same for every block size. Of a note's own expression, bending moves the
pitch, timbre opens the filter by up to two octaves, pressure raises the level by up to 6 dB, modulation lets the
slow oscillator move the pitch by up to half a semitone more.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inner_kernel
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE, Device, Parameter, State, choice
from dsp.core.intrinsics import f64_at
from dsp.instruments.envelopes import SILENT, keep_of, next_level, rise_of
from dsp.instruments.notes import EVENTS_WAITING, NOTES_SIZE
from dsp.instruments.voice_filter import FILTERS, damping_of, filtered
from dsp.instruments.voices import (
    NO_VOICE,
    V_BEND,
    V_IS_HELD,
    V_KEY,
    V_LEVEL,
    V_MODULATION,
    V_ORDER,
    V_PITCH,
    V_PRESSURE,
    V_TIMBRE,
    V_VELOCITY,
    VOICE_FIELDS,
    hertz_of,
    next_frame,
    obey,
    take_in,
)
from dsp.instruments.waves import SHAPES, wave

VOICES, _MOST_UNISON, _CONTROL_FRAMES = 16, 7, 16
_TIMBRE_SEMITONES, _PRESSURE_SHARE, _MODULATION_SEMITONES = 24.0, 1.0, 0.5
_GLIDE = 0.1


def _private_size(_sample_rate: int) -> int:
    return NOTES_SIZE + _DERIVED_FIELDS + VOICES * _FIELDS


def _percent(number: int, name: str, title: str, default: float) -> Parameter:
    return Parameter(number, name, title, default, 0.0, 100.0, "%")


def _time(number: int, name: str, title: str, default: float) -> Parameter:
    return Parameter(number, name, title, default, 0.5, 20_000.0, "ms", "log")


DEVICE = Device(
    id="instruments.subtractive",
    title="Subtractive synth",
    version=1,
    parameters=(
        choice(1, "osc1_shape", "Oscillator 1", SHAPES),
        choice(2, "osc2_shape", "Oscillator 2", SHAPES),
        Parameter(3, "osc2_semitones", "Oscillator 2 pitch", 0.0, -24.0, 24.0, "semitones"),
        Parameter(4, "osc2_cents", "Oscillator 2 detune", 7.0, -50.0, 50.0, "cents"),
        _percent(5, "mix_percent", "Oscillator 2 share", 0.0),
        Parameter(6, "width_percent", "Pulse width", 50.0, 5.0, 95.0, "%"),
        _percent(7, "noise_percent", "Noise", 0.0),
        choice(8, "unison", "Unison", ("1", "3", "5", "7")),
        Parameter(9, "unison_cents", "Unison detune", 15.0, 0.0, 100.0, "cents"),
        _percent(10, "spread_percent", "Unison spread", 80.0),
        choice(11, "filter_kind", "Filter", FILTERS),
        Parameter(12, "cutoff_hz", "Cutoff", 8_000.0, 20.0, 20_000.0, "Hz", "log", smoothing_ms=3.0),
        _percent(13, "resonance_percent", "Resonance", 10.0),
        Parameter(14, "filter_env_semitones", "Filter envelope", 0.0, -84.0, 84.0, "semitones"),
        _percent(15, "key_track_percent", "Key tracking", 30.0),
        _time(16, "attack_ms", "Attack", 3.0),
        _time(17, "decay_ms", "Decay", 600.0),
        _percent(18, "sustain_percent", "Sustain", 80.0),
        _time(19, "release_ms", "Release", 250.0),
        _time(20, "filter_attack_ms", "Filter attack", 3.0),
        _time(21, "filter_decay_ms", "Filter decay", 600.0),
        _percent(22, "filter_sustain_percent", "Filter sustain", 0.0),
        _time(23, "filter_release_ms", "Filter release", 250.0),
        Parameter(24, "lfo_rate_hz", "LFO rate", 5.0, 0.05, 20.0, "Hz", "log"),
        Parameter(25, "lfo_pitch_cents", "LFO to pitch", 0.0, 0.0, 200.0, "cents"),
        Parameter(26, "lfo_cutoff_semitones", "LFO to cutoff", 0.0, 0.0, 48.0, "semitones"),
        _percent(27, "velocity_percent", "Velocity to level", 60.0),
        Parameter(28, "velocity_cutoff_semitones", "Velocity to cutoff", 0.0, 0.0, 48.0, "semitones"),
        Parameter(29, "gain_db", "Gain", -12.0, -60.0, 6.0, "dB", "db", smoothing_ms=3.0),
    ),
    private_size=_private_size,
    is_instrument=True,
)
(_OSC1, _OSC2, _SEMITONES, _CENTS, _MIX, _WIDTH, _NOISE, _UNISON, _UNISON_CENTS, _SPREAD) = range(1, 11)
(_KIND, _CUTOFF, _RESONANCE, _ENV, _TRACK) = range(11, 16)
(_ATTACK, _DECAY, _SUSTAIN, _RELEASE, _F_ATTACK, _F_DECAY, _F_SUSTAIN, _F_RELEASE) = range(16, 24)
(_LFO_RATE, _LFO_PITCH, _LFO_CUTOFF, _VELOCITY, _VELOCITY_CUTOFF, _GAIN) = range(24, 30)
_NOTES_AT = 30
_DERIVED_AT = _NOTES_AT + NOTES_SIZE
# What a block's parameters come to: of the two envelopes (rise, decay, sustain, release) each, then of the unison
# (ratio, left, right) each, then the rest.
_D_AMP, _D_FILTER, _D_UNISON = 0, 4, 8
_D_SECOND = _D_UNISON + 3 * _MOST_UNISON
_D_DAMPING, _D_GAIN, _D_CUTOFF, _D_COUNT, _DERIVED_FIELDS = range(_D_SECOND + 1, _D_SECOND + 6)
_VOICES_AT = _DERIVED_AT + _DERIVED_FIELDS
# A voice's own memory.
(_S_RISING, _S_FILTER, _S_FILTER_RISING, _S_AGE, _S_STEP, _S_G, _S_G_STEP, _S_LOUDNESS, _S_CUTOFF, _S_LFO, _S_NOISE) = (
    range(VOICE_FIELDS, VOICE_FIELDS + 11)
)  # fmt: skip
_S_MEMORY = VOICE_FIELDS + 11
_S_PHASES = _S_MEMORY + 8
_FIELDS = _S_PHASES + 2 * _MOST_UNISON


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    return DEVICE.new_state(sample_rate, values)


def reset(state: State) -> None:
    """Forget every note."""
    state[DEVICE.private_start :] = 0.0


@inner_kernel
def _derive_unison(state: Any, derived: Any) -> None:
    """Spread the unison over pitch and sides; together they are as loud as one."""
    count = 1 + 2 * int(state[_UNISON] + 0.5)
    level = 1.0 / math.sqrt(count)
    for u in range(count):
        place = 2.0 * u / (count - 1) - 1.0 if count > 1 else 0.0
        # Neighbours in pitch stand on opposite sides, so that neither side is sharp.
        side = place * state[_SPREAD] * 0.01 * (1.0 if u % 2 == 0 else -1.0)
        at = _D_UNISON + 3 * u
        derived[at] = 2.0 ** (place * state[_UNISON_CENTS] / 1_200.0)
        derived[at + 1] = level * math.sqrt(1.0 - side)
        derived[at + 2] = level * math.sqrt(1.0 + side)
    derived[_D_COUNT] = count


@inner_kernel
def _derive(state: Any, derived: Any) -> None:
    """Work out what the parameters mean, once a block."""
    rate = state[0]
    for envelope in range(2):
        at, first = _D_AMP + 4 * envelope, _ATTACK + 4 * envelope
        derived[at], derived[at + 1] = rise_of(state[first], rate), keep_of(state[first + 1], rate)
        derived[at + 2], derived[at + 3] = state[first + 2] * 0.01, keep_of(state[first + 3], rate)
    _derive_unison(state, derived)
    derived[_D_SECOND] = 2.0 ** ((state[_SEMITONES] + state[_CENTS] * 0.01) / 12.0)
    derived[_D_DAMPING] = damping_of(state[_RESONANCE])
    derived[_D_GAIN] = 10.0 ** (state[_GAIN] / 20.0)
    derived[_D_CUTOFF] = 69.0 + 12.0 * math.log2(state[_CUTOFF] / 440.0)


@inner_kernel
def _start(voice: Any, derived: Any) -> None:
    """Let a note begin: a voice that was silent begins afresh, one that was taken goes on from where it is."""
    if voice[V_LEVEL] == 0.0:
        for field in range(VOICE_FIELDS, _FIELDS):
            voice[field] = 0.0
        for u in range(2 * _MOST_UNISON):
            phase = u % _MOST_UNISON * 0.6180339887498949
            voice[_S_PHASES + u] = phase - math.floor(phase)
        voice[_S_CUTOFF] = derived[_D_CUTOFF]
        voice[_S_NOISE] = float(int(voice[V_ORDER]) % 65_536 + 1)
        voice[_S_LOUDNESS] = -1.0
    voice[_S_RISING] = voice[_S_FILTER_RISING] = 1.0
    voice[_S_AGE] = voice[_S_LFO] = 0.0


@inner_kernel
def _follow(voice: Any, state: Any, derived: Any) -> None:
    """Look at pitch, cutoff and loudness, every few frames of a voice's own time."""
    rate, is_new = state[0], voice[_S_LOUDNESS] < 0.0
    swing = math.sin(2.0 * math.pi * voice[_S_LFO])
    turns = voice[_S_LFO] + state[_LFO_RATE] * _CONTROL_FRAMES / rate
    voice[_S_LFO] = turns - math.floor(turns)
    vibrato = state[_LFO_PITCH] * 0.01 + voice[V_MODULATION] * _MODULATION_SEMITONES
    pitch = voice[V_PITCH] + voice[V_BEND] + swing * vibrato
    voice[_S_STEP] = min(hertz_of(pitch) / rate, 0.45)
    voice[_S_CUTOFF] += _GLIDE * (derived[_D_CUTOFF] - voice[_S_CUTOFF])
    cutoff = voice[_S_CUTOFF] + state[_TRACK] * 0.01 * (pitch - 60.0) + state[_ENV] * voice[_S_FILTER]
    cutoff += swing * state[_LFO_CUTOFF] + voice[V_TIMBRE] * _TIMBRE_SEMITONES
    cutoff += state[_VELOCITY_CUTOFF] * (voice[V_VELOCITY] - 1.0)
    hz = min(max(hertz_of(cutoff), 10.0), 0.45 * rate)
    g = math.tan(math.pi * hz / rate)
    touch = 1.0 - state[_VELOCITY] * 0.01 * (1.0 - voice[V_VELOCITY])
    loudness = derived[_D_GAIN] * touch * (1.0 + _PRESSURE_SHARE * voice[V_PRESSURE])
    if is_new:
        voice[_S_G], voice[_S_LOUDNESS] = g, loudness
    voice[_S_G_STEP] = (g - voice[_S_G]) / _CONTROL_FRAMES
    voice[_S_LOUDNESS] += _GLIDE * (loudness - voice[_S_LOUDNESS])


@inner_kernel
def _oscillate(voice: Any, state: Any, derived: Any) -> Any:
    """Return (left, right) of a voice's waves and noise, and move them on."""
    left = right = 0.0
    second = state[_MIX] * 0.01
    for u in range(int(derived[_D_COUNT])):
        at = _D_UNISON + 3 * u
        sample = 0.0
        for oscillator in range(2):
            share = second if oscillator == 1 else 1.0 - second
            place = _S_PHASES + oscillator * _MOST_UNISON + u
            step = voice[_S_STEP] * derived[at] * (derived[_D_SECOND] if oscillator == 1 else 1.0)
            step = min(step, 0.49)
            if share > 0.0:
                sample += share * wave(int(state[_OSC1 + oscillator] + 0.5), voice[place], step, state[_WIDTH] * 0.01)
            phase = voice[place] + step
            voice[place] = phase - math.floor(phase)
        left += derived[at + 1] * sample
        right += derived[at + 2] * sample
    if state[_NOISE] > 0.0:
        # Park and Miller's generator.
        seed = (int(voice[_S_NOISE]) * 48_271) % 2_147_483_647
        voice[_S_NOISE] = float(seed)
        hiss = state[_NOISE] * 0.01 * (seed / 1_073_741_823.5 - 1.0)
        return left + hiss, right + hiss
    return left, right


@inner_kernel
def _add_voice(voice: Any, state: Any, derived: Any, samples: Any, first: int, stop: int) -> None:  # noqa: PLR0917 - one voice and where it goes
    """Add frames [first, stop) of one voice."""
    kind, k, held = int(state[_KIND] + 0.5), derived[_D_DAMPING], voice[V_IS_HELD]
    for n in range(first, stop):
        if voice[_S_AGE] == 0.0:
            _follow(voice, state, derived)
        voice[_S_AGE] = voice[_S_AGE] + 1.0 if voice[_S_AGE] < _CONTROL_FRAMES - 1 else 0.0
        for e in range(2):
            level, rising = (V_LEVEL, _S_RISING) if e == 0 else (_S_FILTER, _S_FILTER_RISING)
            stage = next_level(voice[level], voice[rising], held, derived, _D_AMP + 4 * e)
            voice[level], voice[rising] = stage
        voice[_S_G] += voice[_S_G_STEP]
        left, right = _oscillate(voice, state, derived)
        gain = voice[_S_LOUDNESS] * voice[V_LEVEL]
        g = voice[_S_G]
        samples[n] += np.float32(gain * filtered(voice, _S_MEMORY, left, g, k, kind))
        samples[CHANNEL_STRIDE + n] += np.float32(gain * filtered(voice, _S_MEMORY + 4, right, g, k, kind))
        if held == 0.0 and voice[V_LEVEL] < SILENT:
            voice[V_KEY] = voice[V_LEVEL] = 0.0
            return


def _process(address: int, block: Any, frames: int) -> None:
    """Add the voices to one block, every note on its frame."""
    state = carray(f64_at(address), (_NOTES_AT,))
    area = carray(f64_at(address + 8 * _NOTES_AT), (NOTES_SIZE,))
    derived = carray(f64_at(address + 8 * _DERIVED_AT), (_DERIVED_FIELDS,))
    voices = carray(f64_at(address + 8 * _VOICES_AT), (VOICES, _FIELDS))
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    take_in(samples, frames)
    _derive(state, derived)
    first, event = 0, 0
    while first < frames:
        while event < int(area[EVENTS_WAITING]) and next_frame(area, event, frames) <= first:
            began = obey(area, event, voices)
            if began != NO_VOICE:
                _start(voices[began], derived)
            event += 1
        stop = next_frame(area, event, frames)
        for v in range(VOICES):
            if voices[v, V_KEY] != 0.0:
                _add_voice(voices[v], state, derived, samples, first, stop)
        first = stop
    area[EVENTS_WAITING] = 0.0


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
