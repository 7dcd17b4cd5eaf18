"""Risers, reversed cymbals, impacts and downlifters at the seams, and the air of the room underneath."""

import numpy as np

from dsp.generators import transitions
from dsp.generators.signal import Samples, hertz, place
from maxbooster_desktop.demosong.clips import canvas
from maxbooster_desktop.demosong.performance import seed_of
from maxbooster_desktop.demosong.score import BAR_S, BARS, frame_of_bar

CUTS = (
    ("Reverse Verse", 3, 4),
    ("Riser Hook", 10, 12),
    ("Impact Hook", 12, 16),
    ("Fall & Rise Break", 20, 24),
    ("Impact Hook 2", 24, 28),
    ("Fall Outro", 28, 31),
)
#: Risers: (name, bar they end at, bars they last, gain); the second leaves a beat of silence before its hook.
_RISERS = (("riser 12", 12.0, 2.0, 0.40), ("riser 24", 23.75, 1.75, 0.50))
AIR_CUTS = (("Air Intro", 0, 8), ("Air Break", 20, 24), ("Air Outro", 28, 34))


def effects() -> Samples:
    """Return all transitions over the whole song; each swell ends at the section it leads to, or a beat before."""
    track = canvas()
    for name, end_bar, bars, gain in _RISERS:
        sound = transitions.riser(bars * BAR_S, hertz(57), seed_of(name))
        place(track, sound, frame_of_bar(end_bar) - sound.shape[1], gain)
    for bar, gain in ((4, 0.8), (12, 0.7), (16, 0.6), (28, 0.8)):
        sound = transitions.reversed_cymbal(0.9 * BAR_S, seed_of(f"reverse {bar}"))
        place(track, sound, frame_of_bar(bar) - sound.shape[1], gain)
    for bar in (12, 24):
        place(track, transitions.impact(2.0 * BAR_S, seed_of(f"impact {bar}")), frame_of_bar(bar), 0.8)
    for bar in (20, 28):
        place(track, transitions.downlifter(1.7 * BAR_S, seed_of(f"down {bar}")), frame_of_bar(bar), 0.22)
    return track


def air() -> Samples:
    """Return the room's air over intro, the verse's first half, break and outro."""
    track = canvas()
    for first, last in ((0, 8), (20, 24), (28, BARS + 1)):
        sound = transitions.room_air((last - first) * BAR_S, seed_of(f"air {first}"))
        if first == 0:
            sound *= np.interp(np.arange(sound.shape[1]), (0.0, sound.shape[1]), (1.0, 0.5)).astype(np.float32)
        place(track, sound, frame_of_bar(first), 0.5)
    return track
