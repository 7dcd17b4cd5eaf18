"""Play the sampler's kernel with zones: sounds of numpy in, what notes make of them out."""

import numpy as np

from dsp.instruments import sampler
from dsp.instruments.notes import NOTE_OFF, NOTE_ON
from dsp.instruments.sample_zones import PlayedZone, zone_map, zone_row
from tests.factories.played_instruments import RATE, play_events


def tone(hz, frames=RATE, level=0.5, phase=0.0, rate=RATE):
    """Return a sine as samples [1, frames]."""
    return (level * np.sin(2 * np.pi * (hz * np.arange(frames) / rate + phase))).astype(np.float32)[np.newaxis, :]


def zone(samples, **given):
    """Return a zone of a whole sound; its root is middle C."""
    return PlayedZone(samples, np.array([samples.shape[1]], np.int64), **given)


def load(state, zones, number=1):
    """Give a state a map of zones; returns the map, which must be kept."""
    made = zone_map([zone_row(each) for each in zones], number)
    state.view(np.int64)[sampler.MAP_AT] = made.address
    return made


def play_zones(zones, notes, frames, *, values=None, block=64, more=(), rate=RATE):
    """Return the sound [2, frames] of notes (first frame, end frame, pitch, velocity) over zones."""
    state = sampler.prepare(rate, sampler.DEVICE.values(values or {}))
    kept = load(state, zones)
    events = list(more)
    for key, (begin, end, pitch, velocity) in enumerate(notes, start=1):
        events += [(begin, NOTE_ON, key, pitch, velocity), (end, NOTE_OFF, key, 0.0, 0.0)]
    sound = play_events(sampler, state, events, frames, block)
    assert kept.cells.size
    return sound
