"""Voices of an instrument as rows of its state: who plays which note, and whom a new note takes the place of.

A row begins with the fields named here; what an instrument needs for itself follows. A free voice has key 0. A note
takes a free voice, else the quietest of those whose note has ended, else the oldest: its memory goes on, so that
being taken makes no click.
"""

from typing import Any

import numpy as np

from dsp.core.compiled import inner_kernel
from dsp.core.device import CHANNEL_STRIDE
from dsp.core.finite import LOUDEST_SAMPLE
from dsp.instruments.notes import (
    CHANNEL_KEYS,
    EVENT_FIELDS,
    EVENT_FRAME,
    EVENT_KEY,
    EVENT_KIND,
    EVENT_SECOND,
    EVENT_VALUE,
    EVENTS_WAITING,
    FIRST_EVENT,
    NOTE_MODULATION,
    NOTE_OFF,
    NOTE_ON,
    NOTE_PITCH,
    NOTE_PRESSURE,
    NOTE_TIMBRE,
    WHOLE_CHANNEL,
)

(
    V_KEY,
    V_ORDER,  # number of the note that began here, counted from 1
    V_PITCH,  # semitones, 60 is middle C
    V_VELOCITY,  # 0..1
    V_BEND,  # semitones
    V_PRESSURE,  # 0..1
    V_TIMBRE,  # 0..1
    V_MODULATION,  # 0..1
    V_IS_HELD,
    V_LEVEL,  # how loud it is: the instrument keeps it, stealing reads it
    VOICE_FIELDS,
) = range(11)
NO_VOICE = np.int64(-1)


@inner_kernel
def take_in(samples: Any, frames: int) -> None:
    """Silence damage in what the instrument's voices are added to."""
    for n in range(frames):
        for at in (n, CHANNEL_STRIDE + n):
            samples[at] = samples[at] if abs(samples[at]) < LOUDEST_SAMPLE else np.float32(0.0)


@inner_kernel
def _free_voice(voices: Any) -> Any:
    """Return the row that a new note takes."""
    chosen, best = 0, -1.0e300
    for v in range(voices.shape[0]):
        # Free before ended (the quietest first) before held (the oldest first).
        if voices[v, V_KEY] == 0.0:
            worth = 2.0
        elif voices[v, V_IS_HELD] == 0.0:
            worth = 1.0 / (1.0 + abs(voices[v, V_LEVEL]))
        else:
            worth = -voices[v, V_ORDER]
        if worth > best:
            chosen, best = v, worth
    return chosen


@inner_kernel
def begin(voices: Any, key: float, pitch: float, velocity: float) -> Any:
    """Let a voice begin a note; an instrument of several voices a note calls it again for the others."""
    v = _free_voice(voices)
    latest = 0.0
    for other in range(voices.shape[0]):
        latest = max(latest, voices[other, V_ORDER])
    voices[v, V_KEY], voices[v, V_ORDER], voices[v, V_IS_HELD] = key, latest + 1.0, 1.0
    voices[v, V_PITCH], voices[v, V_VELOCITY] = pitch, velocity
    voices[v, V_BEND] = voices[v, V_PRESSURE] = voices[v, V_TIMBRE] = voices[v, V_MODULATION] = 0.0
    return v


@inner_kernel
def _change(voices: Any, kind: int, key: float, value: float) -> None:
    """End, bend, press, colour or shake the held note of a key, or all notes of a channel."""
    is_whole = kind >= WHOLE_CHANNEL
    deed = kind - WHOLE_CHANNEL if is_whole else kind
    for v in range(voices.shape[0]):
        mine = voices[v, V_KEY]
        is_meant = key - CHANNEL_KEYS < mine <= key if is_whole else mine == key and voices[v, V_IS_HELD] != 0.0
        if is_meant:
            if deed == NOTE_OFF:
                voices[v, V_IS_HELD] = 0.0
            elif deed == NOTE_PITCH:
                voices[v, V_BEND] = value
            elif deed == NOTE_PRESSURE:
                voices[v, V_PRESSURE] = value
            elif deed == NOTE_TIMBRE:
                voices[v, V_TIMBRE] = value
            elif deed == NOTE_MODULATION:
                voices[v, V_MODULATION] = value


@inner_kernel
def obey(area: Any, event: int, voices: Any) -> Any:
    """Do what event number `event` of an instrument's notes asks; returns the voice that began, or NO_VOICE."""
    at = FIRST_EVENT + event * EVENT_FIELDS
    kind, key = int(area[at + EVENT_KIND]), area[at + EVENT_KEY]
    if kind == NOTE_ON:
        return np.int64(begin(voices, key, area[at + EVENT_VALUE], area[at + EVENT_SECOND]))
    _change(voices, kind, key, area[at + EVENT_VALUE])
    return NO_VOICE


@inner_kernel
def next_frame(area: Any, event: int, frames: int) -> Any:
    """Return the frame of event number `event`, `frames` when there is none before."""
    if event >= int(area[EVENTS_WAITING]):
        return np.int64(frames)
    return np.int64(min(int(area[FIRST_EVENT + event * EVENT_FIELDS + EVENT_FRAME]), frames))


@inner_kernel
def hertz_of(semitones: float) -> Any:
    """Return the frequency of a pitch: 69 is 440 Hz."""
    return 440.0 * 2.0 ** ((semitones - 69.0) / 12.0)
