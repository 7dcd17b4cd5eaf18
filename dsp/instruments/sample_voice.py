"""One voice of the sampler: how it reads its zone's sound, its envelope, filter and level, frame by frame.

A voice is a row: the fields every instrument's voices have, its own, and a copy of its zone's row (`sample_zones`).
"""

import math
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import inner_kernel
from dsp.core.device import CHANNEL_STRIDE
from dsp.core.intrinsics import f32_at, i64_at
from dsp.core.smoothing import smoothing_coefficient, towards
from dsp.instruments.envelopes import SILENT, keep_of, next_level, rise_of
from dsp.instruments.sample_reading import FASTEST, filter_for, read_at_edge, read_inside, taps_of
from dsp.instruments.sample_zones import (
    M_NUMBER,
    Z_ATTACK_MS,
    Z_DECAY_MS,
    Z_DELAY_MS,
    Z_END,
    Z_FIELDS,
    Z_FIRST,
    Z_HOLD_MS,
    Z_IS_ONE_SHOT,
    Z_IS_SUSTAIN,
    Z_KEY_TRACK,
    Z_LEFT,
    Z_LEFT_GAIN,
    Z_LOOP_END,
    Z_LOOP_LENGTH,
    Z_READY,
    Z_RELEASE_MS,
    Z_RIGHT,
    Z_RIGHT_GAIN,
    Z_ROOT,
    Z_SEAM_FIRST,
    Z_SEAM_FROM,
    Z_SEAM_LEFT,
    Z_SEAM_RIGHT,
    Z_SUSTAIN,
    Z_TUNE,
)
from dsp.instruments.voice_filter import FILTER_FIELDS, damping_of, filtered
from dsp.instruments.voices import (
    V_BEND,
    V_IS_HELD,
    V_KEY,
    V_LEVEL,
    V_PITCH,
    V_PRESSURE,
    V_TIMBRE,
    V_VELOCITY,
    VOICE_FIELDS,
    hertz_of,
)

GLIDE_MS = 3.0
_CHOKE_MS, _TAIL_MS, _SHORTEST_RELEASE_MS = 5.0, 20.0, 3.0
_TIMBRE_SEMITONES, _PRESSURE_SHARE = 24.0, 1.0
# Places of the parameters in the state, as `sampler` declares them.
(_GAIN, _TRANSPOSE, _TUNE, _VELOCITY, _KIND, _CUTOFF, _RESONANCE, _TRACK, _VELOCITY_CUTOFF) = range(1, 10)
(_ENVELOPE, _ATTACK, _HOLD, _DECAY, _SUSTAIN, _RELEASE) = range(10, 16)
# A voice's own memory.
(
    _S_POSITION, _S_RISING, _S_WAIT, _S_HOLD, _S_G, _S_LOUDNESS, S_CHOKED, S_MAP,
    _S_LAST_LEFT, _S_LAST_RIGHT, _S_TAIL_LEFT, _S_TAIL_RIGHT,
) = range(VOICE_FIELDS, VOICE_FIELDS + 12)  # fmt: skip
_S_STAGES = VOICE_FIELDS + 12
_S_MEMORY = _S_STAGES + 4
S_ZONE = _S_MEMORY + 2 * FILTER_FIELDS
VOICE_SIZE = S_ZONE + Z_FIELDS


@inner_kernel
def begin_zone(voice: Any, zones: Any, row: int, state: Any) -> None:
    """Let a voice play a zone from its beginning; what it played until now fades out beneath."""
    was_heard = voice[V_LEVEL] > 0.0
    left, right = voice[_S_LAST_LEFT], voice[_S_LAST_RIGHT]
    for field in range(VOICE_FIELDS, VOICE_SIZE):
        voice[field] = 0.0
    if was_heard:
        voice[_S_TAIL_LEFT], voice[_S_TAIL_RIGHT] = left, right
    for field in range(Z_FIELDS):
        voice[S_ZONE + field] = zones[row + field]
    voice[_S_POSITION], voice[S_MAP] = voice[S_ZONE + Z_FIRST], zones[M_NUMBER]
    voice[V_LEVEL], voice[_S_RISING], voice[_S_LOUDNESS] = 0.0, 1.0, -1.0
    rate = state[0]
    is_own = state[_ENVELOPE] > 0.5
    voice[_S_WAIT] = 0.0 if is_own else math.floor(voice[S_ZONE + Z_DELAY_MS] * rate / 1_000.0)
    hold_ms = state[_HOLD] if is_own else voice[S_ZONE + Z_HOLD_MS]
    voice[_S_HOLD] = math.floor(hold_ms * rate / 1_000.0)


@inner_kernel
def _derive_stages(voice: Any, state: Any) -> None:
    """Work out a voice's envelope: its zone's, or the knobs'."""
    rate, zone = state[0], S_ZONE
    if state[_ENVELOPE] > 0.5:
        attack, decay, release = state[_ATTACK], state[_DECAY], state[_RELEASE]
        voice[_S_STAGES + 2] = state[_SUSTAIN] * 0.01
    else:
        attack, decay, release = voice[zone + Z_ATTACK_MS], voice[zone + Z_DECAY_MS], voice[zone + Z_RELEASE_MS]
        voice[_S_STAGES + 2] = voice[zone + Z_SUSTAIN]
    # An attack of nothing is over with its first frame.
    voice[_S_STAGES] = min(1.0, rise_of(max(attack, 1e-6), rate))
    voice[_S_STAGES + 1] = keep_of(max(decay, 0.1), rate)
    voice[_S_STAGES + 3] = keep_of(max(release, _SHORTEST_RELEASE_MS), rate)


@inner_kernel
def _step_envelope(voice: Any, held: float) -> None:
    """Move a voice's level on by a frame."""
    if held != 0.0 and voice[_S_WAIT] > 0.0:
        voice[_S_WAIT] -= 1.0
    elif held != 0.0 and voice[_S_RISING] == 0.0 and voice[_S_HOLD] > 0.0:
        voice[_S_HOLD] -= 1.0
    else:
        stage = next_level(voice[V_LEVEL], voice[_S_RISING], held, voice, _S_STAGES)
        voice[V_LEVEL], voice[_S_RISING] = stage


@inner_kernel
def _speed_of(voice: Any, state: Any) -> Any:
    """Return how many frames of its sound a voice moves on each frame."""
    zone = S_ZONE
    played = voice[V_PITCH] + voice[V_BEND] + state[_TRANSPOSE] - voice[zone + Z_ROOT]
    semitones = played * voice[zone + Z_KEY_TRACK] + voice[zone + Z_TUNE] + state[_TUNE] * 0.01
    return min(2.0 ** (semitones / 12.0), FASTEST)


@inner_kernel
def _read(voice: Any, bank: Any, chosen: int, ready: int) -> Any:
    """Return (left, right) of a voice's sound where it stands."""
    zone, reach = S_ZONE, taps_of(chosen) // 2
    whole = math.floor(voice[_S_POSITION])
    fraction, first = voice[_S_POSITION] - whole, whole - reach + 1
    if voice[zone + Z_LOOP_LENGTH] > 0.0 and whole + reach >= voice[zone + Z_SEAM_FROM]:
        left, right = f32_at(int(voice[zone + Z_SEAM_LEFT])), f32_at(int(voice[zone + Z_SEAM_RIGHT]))
        return read_inside(bank, chosen, left, right, first - int(voice[zone + Z_SEAM_FIRST]), fraction)
    left, right = f32_at(int(voice[zone + Z_LEFT])), f32_at(int(voice[zone + Z_RIGHT]))
    if first >= 0 and whole + reach < ready:
        return read_inside(bank, chosen, left, right, first, fraction)
    return read_at_edge(bank, chosen, left, right, first, fraction, ready)


@inner_kernel
def _move_on(voice: Any, speed: float, reach: int, held: float) -> Any:
    """Move a voice's place on, round its loop; returns whether its sound goes on."""
    zone = S_ZONE
    place = voice[_S_POSITION] + speed
    length = voice[zone + Z_LOOP_LENGTH]
    if length > 0.0:
        if voice[zone + Z_IS_SUSTAIN] != 0.0 and held == 0.0 and place + reach + 1.0 < voice[zone + Z_SEAM_FROM]:
            voice[zone + Z_LOOP_LENGTH] = 0.0
        # Only where a whole window has come round does it read the same a length before.
        while place >= voice[zone + Z_LOOP_END] + reach:
            place -= length
    voice[_S_POSITION] = place
    return voice[zone + Z_LOOP_LENGTH] > 0.0 or place < voice[zone + Z_END] + reach


@inner_kernel
def _cutoff_g(voice: Any, state: Any) -> Any:
    cutoff = 69.0 + 12.0 * math.log2(state[_CUTOFF] / 440.0)
    cutoff += state[_TRACK] * 0.01 * (voice[V_PITCH] + voice[V_BEND] - 60.0) + voice[V_TIMBRE] * _TIMBRE_SEMITONES
    cutoff += state[_VELOCITY_CUTOFF] * (voice[V_VELOCITY] - 1.0)
    return math.tan(math.pi * min(max(hertz_of(cutoff), 10.0), 0.45 * state[0]) / state[0])


@inner_kernel
def _loudness(voice: Any, state: Any) -> Any:
    touch = 1.0 - state[_VELOCITY] * 0.01 * (1.0 - voice[V_VELOCITY] * voice[V_VELOCITY])
    return 10.0 ** (state[_GAIN] / 20.0) * touch * (1.0 + _PRESSURE_SHARE * voice[V_PRESSURE])


@inner_kernel
def _end(voice: Any) -> None:
    voice[V_KEY] = voice[V_LEVEL] = 0.0


@inner_kernel
def add_voice(voice: Any, state: Any, bank: Any, samples: Any, first: int, stop: int) -> None:  # noqa: PLR0917 - one voice and where it goes
    """Add frames [first, stop) of one voice."""
    rate, zone, kind = state[0], S_ZONE, int(state[_KIND] + 0.5) - 1
    _derive_stages(voice, state)
    is_held = voice[V_IS_HELD] != 0.0 or voice[zone + Z_IS_ONE_SHOT] != 0.0
    held = 1.0 if is_held and voice[S_CHOKED] == 0.0 else 0.0
    if voice[S_CHOKED] != 0.0:
        voice[_S_STAGES + 3] = keep_of(_CHOKE_MS, rate)
    speed = _speed_of(voice, state)
    chosen = filter_for(speed)
    reach = taps_of(chosen) // 2
    ready = min(carray(i64_at(int(voice[zone + Z_READY])), (1,))[0], int(voice[zone + Z_END]))
    loudness, k = _loudness(voice, state), damping_of(state[_RESONANCE])
    g = _cutoff_g(voice, state) if kind >= 0 else 0.0
    if voice[_S_LOUDNESS] < 0.0:
        voice[_S_LOUDNESS], voice[_S_G] = loudness, g
    glide, fade = smoothing_coefficient(GLIDE_MS, rate), keep_of(_TAIL_MS, rate)
    for n in range(first, stop):
        is_waiting = held != 0.0 and voice[_S_WAIT] > 0.0
        _step_envelope(voice, held)
        left = right = 0.0
        if not is_waiting:
            left, right = _read(voice, bank, chosen, ready)
        if kind >= 0:
            voice[_S_G] = towards(g, voice[_S_G], glide)
            left = filtered(voice, _S_MEMORY, left, voice[_S_G], k, kind)
            right = filtered(voice, _S_MEMORY + FILTER_FIELDS, right, voice[_S_G], k, kind)
        voice[_S_LOUDNESS] = towards(loudness, voice[_S_LOUDNESS], glide)
        gain = voice[_S_LOUDNESS] * voice[V_LEVEL]
        left = gain * voice[zone + Z_LEFT_GAIN] * left + voice[_S_TAIL_LEFT]
        right = gain * voice[zone + Z_RIGHT_GAIN] * right + voice[_S_TAIL_RIGHT]
        voice[_S_TAIL_LEFT] *= fade
        voice[_S_TAIL_RIGHT] *= fade
        voice[_S_LAST_LEFT], voice[_S_LAST_RIGHT] = left, right
        samples[n] += np.float32(left)
        samples[CHANNEL_STRIDE + n] += np.float32(right)
        is_over = not is_waiting and not _move_on(voice, speed, reach, voice[V_IS_HELD])
        has_died = held == 0.0 or (voice[_S_RISING] == 0.0 and voice[_S_STAGES + 2] < SILENT)
        if is_over or (has_died and voice[V_LEVEL] < SILENT):
            _end(voice)
            return
