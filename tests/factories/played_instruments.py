"""Play an instrument's kernel directly: notes on their frames, sound as float32 [2, frames]."""

import ctypes

import numpy as np

from dsp.core.device import BLOCK_FRAMES, CHANNEL_STRIDE
from dsp.instruments.notes import EVENT_FIELDS, EVENTS_WAITING, FIRST_EVENT, NOTE_OFF, NOTE_ON

RATE = 48_000
_KERNEL_TYPE = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64)


def play_events(module, state, events, frames, block=BLOCK_FRAMES):
    """Return what an instrument makes of events (frame, kind, key, value, second); `state` goes on."""
    call, area = _KERNEL_TYPE(module.KERNEL.address), np.zeros((2, CHANNEL_STRIDE), np.float32)
    out, room = np.zeros((2, frames), np.float32), module.DEVICE.private_start
    events = sorted(events, key=lambda event: event[0])
    for start in range(0, frames, block):
        count = min(block, frames - start)
        mine = [event for event in events if start <= event[0] < start + count]
        for place, (frame, *rest) in enumerate(mine):
            first = room + FIRST_EVENT + place * EVENT_FIELDS
            state[first : first + EVENT_FIELDS] = frame - start, *rest
        state[room + EVENTS_WAITING] = len(mine)
        area[:] = 0.0
        call(state.ctypes.data, area.ctypes.data, count)
        out[:, start : start + count] = area[:, :count]
    return out


def play(module, values, notes, frames, *, block=BLOCK_FRAMES, more=(), rate=RATE):
    """Return the sound of notes (first frame, end frame, pitch, velocity 0..1); their keys count from 1."""
    state = module.prepare(rate, module.DEVICE.values(values))
    events = list(more)
    for key, (begin, end, pitch, velocity) in enumerate(notes, start=1):
        events += [(begin, NOTE_ON, key, pitch, velocity), (end, NOTE_OFF, key, 0.0, 0.0)]
    return play_events(module, state, events, frames, block)


def spectrum(sound):
    """Return the power of a second of one side at whole hertz, windowed so that 12 Hz beside a tone it is gone."""
    assert sound.shape == (RATE,)
    return np.abs(np.fft.rfft(sound.astype(np.float64) * np.kaiser(RATE, 18))) ** 2


def near(hz, power, width=12):
    """Return the power within 12 Hz of a frequency."""
    place = round(hz)
    return float(power[max(0, place - width) : place + width + 1].sum())
