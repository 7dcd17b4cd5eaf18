"""From written notes to played ones: swing, push and drag, and small differences in time and force.

A written note counts steps (sixteenths) from the song's start or from its phrase's; a played note has seconds. The
same seed plays the same way each time. A note on a bar line is never early: it would fall outside its clip.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from maxbooster_desktop.demosong.score import STEP_S, STEPS_PER_BAR, SWING


@dataclass(frozen=True, slots=True)
class Note:
    """A written note: start and length in steps, MIDI pitch, velocity 0..1."""

    step: float
    length: float
    pitch: float
    velocity: float


@dataclass(frozen=True, slots=True)
class Played:
    """A played note: start and length in seconds; `seed` makes its noise its own."""

    start_s: float
    length_s: float
    pitch: float
    velocity: float
    seed: int


@dataclass(frozen=True, slots=True)
class Feel:
    """How a player plays: spread of timing, drag behind the beat, spread of velocity, and how much swing."""

    timing_ms: float = 4.0
    drag_ms: float = 0.0
    velocity_spread: float = 0.06
    swing: float = SWING


def seed_of(name: str) -> int:
    """Return a seed that depends on the name only, on every machine."""
    return zlib.crc32(name.encode())


def swung_s(step: float, swing: float = SWING) -> float:
    """Return the time in seconds of a step, odd sixteenths delayed by the swing."""
    pair, within = divmod(step, 2.0)
    if within < 1.0:
        return (pair * 2.0 + within * 2.0 * swing) * STEP_S
    return (pair * 2.0 + 2.0 * swing + (within - 1.0) * 2.0 * (1.0 - swing)) * STEP_S


def perform(notes: Iterable[Note], name: str, feel: Feel) -> list[Played]:
    """Return the notes as a player with this `feel` plays them; `name` seeds the differences."""
    random = np.random.default_rng(seed_of(name))
    played = []
    for index, note in enumerate(notes):
        late_ms = feel.drag_ms + float(np.clip(random.normal(0.0, feel.timing_ms), -9.0, 9.0))
        if note.step % STEPS_PER_BAR == 0:
            late_ms = abs(late_ms)
        force = note.velocity * (1.0 + float(np.clip(random.normal(0.0, feel.velocity_spread), -0.2, 0.2)))
        played.append(
            Played(
                max(0.0, swung_s(note.step, feel.swing) + late_ms / 1000.0),
                note.length * STEP_S,
                note.pitch,
                min(max(force, 0.05), 1.0),
                seed_of(f"{name} {index}"),
            )
        )
    return played
