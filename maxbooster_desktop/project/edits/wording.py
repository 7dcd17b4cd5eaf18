"""How undo steps speak: "Move 3 clips", "Split Lead vox", "Set Drums to -6.0 dB", "Pan Keys 30% left"."""

from collections.abc import Iterable, Sized
from typing import Protocol

from maxbooster_desktop.project.document.limits import LOWEST_GAIN_DB


class Named(Protocol):
    """Anything with a name."""

    @property
    def name(self) -> str:
        """The name a person gave it."""
        ...


class SizedNames(Sized, Iterable[Named], Protocol):
    """A list of named things."""


def several(things: SizedNames, noun: str) -> str:
    """Return the only thing's name, or a count: "Lead vox", "3 clips"."""
    if len(things) == 1:
        return next(iter(things)).name
    return f"{len(things)} {noun}s"


def decibels(gain_db: float) -> str:
    """Return "-6.0 dB", "+1.5 dB", "0.0 dB", or "silence" at the lowest level."""
    if gain_db <= LOWEST_GAIN_DB:
        return "silence"
    rounded = round(gain_db, 1)
    return f"{rounded:+.1f} dB" if rounded else "0.0 dB"


def pan_position(pan: float) -> str:
    """Return "30% left", "100% right" or "to the centre"."""
    percent = round(abs(pan) * 100)
    if percent == 0:
        return "to the centre"
    return f"{percent}% {'left' if pan < 0 else 'right'}"
