"""Drum patterns: strings of 16 characters to a bar, and how they are struck.

A digit is a velocity from 1 to 9, a dot is a rest; spaces and upright strokes only help to read.
"""

from collections.abc import Callable

from dsp.generators.signal import Samples, frames_of, panned, place
from maxbooster_desktop.demosong.performance import Feel, Note, perform
from maxbooster_desktop.demosong.score import STEPS_PER_BAR

#: Gives one hit, [1 or 2, frames], for a velocity (0..1) and a seed.
Voice = Callable[[float, int], Samples]


def _marks(pattern: str) -> str:
    return pattern.replace(" ", "").replace("|", "")


def bars_of(pattern: str) -> int:
    """Return how many bars a pattern lasts."""
    return max(1, len(_marks(pattern)) // STEPS_PER_BAR)


def hits(pattern: str) -> list[tuple[float, float]]:
    """Return (step, velocity) for each digit of a pattern."""
    return [(float(step), int(mark) / 9.0) for step, mark in enumerate(_marks(pattern)) if mark != "."]


def strike(track: Samples, pattern: str, name: str, feel: Feel, voice: Voice, *, pan: float = 0.0) -> None:
    """Play a pattern with `voice` into `track`; mono hits are panned when the track is stereo."""
    notes = [Note(step, 1.0, 0.0, velocity) for step, velocity in hits(pattern)]
    for note in perform(notes, name, feel):
        hit = voice(note.velocity, note.seed)
        if track.shape[0] == 2 and hit.shape[0] == 1:
            hit = panned(hit, pan)
        place(track, hit, frames_of(note.start_s))
