"""Reading the command line: arguments become values, and what cannot be read becomes one sentence.

Positions on the timeline are seconds ("12.5"), minutes ("1:02.5") or bars as the transport shows them ("5.1.1": bar 5,
beat 1, first sixteenth; a fourth number is ticks). "5.1" is five point one seconds.
"""

import argparse
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.limits import LONGEST_S

# Twelve digits are more than any place needs and less than a number that costs time or memory to read.
_SECONDS = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,12}):(?=\d\d:))?(\d{1,12}):([0-5]\d(?:\.\d{1,12})?)", re.ASCII)
_BARS = re.compile(r"(\d{1,12})\.(\d{1,12})\.(\d{1,12})(?:\.(\d{1,12}))?", re.ASCII)
#: More bars than that take eleven days even of the shortest kind, and no document counts them.
_LAST_BAR = 1_000_000
_SHOWN = 60
_LONGEST_MESSAGE = 500


class UsageError(MaxBoosterError):
    """The command line does not say what to do; the sentence says what is wrong and where the help is."""


class Parser(argparse.ArgumentParser):
    """An argument parser that raises `UsageError` instead of printing a usage block and ending the program."""

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong as one sentence."""
        message = shortened(message, _LONGEST_MESSAGE)
        raise UsageError(f"{message[:1].upper()}{message[1:]}; see '{self.prog} --help'.")


@dataclass(frozen=True, slots=True)
class Position:
    """A place on the timeline as it was written: seconds, or (bar, beat, sixteenth, tick) counted as people count."""

    text: str
    seconds: float | None = None
    bars: tuple[int, int, int, int] | None = None


def position(text: str) -> Position:
    """Read a place on the timeline, up to eleven days or a million bars from its start."""
    found = _position(text)
    if found is None:
        raise argparse.ArgumentTypeError(
            f"'{shortened(text)}' is no place in a song: write seconds (12.5), m:ss (1:02) or bars (5.1.1)"
        )
    if (found.seconds or 0.0) > LONGEST_S or (found.bars or (0,))[0] > _LAST_BAR:
        raise argparse.ArgumentTypeError(
            f"'{text}' lies too far behind: name a place before {LONGEST_S:,.0f} seconds or bar {_LAST_BAR:,}"
        )
    return found


def _position(text: str) -> Position | None:
    if _SECONDS.fullmatch(text):
        return Position(text, seconds=float(text))
    clock = _CLOCK.fullmatch(text)
    if clock:
        hours, minutes, seconds = clock.groups()
        return Position(text, seconds=int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds))
    bars = _BARS.fullmatch(text)
    if bars:
        bar, beat, sixteenth, tick = (int(number or 0) for number in bars.groups())
        if min(bar, beat, sixteenth) > 0:
            return Position(text, bars=(bar, beat, sixteenth, tick))
    return None


def shortened(text: str, length: int = _SHOWN) -> str:
    """Return what was typed as a sentence can hold it."""
    return text if len(text) <= length else f"{text[:length]}..."


def path(text: str) -> Path:
    """Read a path."""
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError("a path may not be empty, nor hold a NUL")
    return Path(text)


def whole(low: int, high: int) -> "_Range":
    """Return a reader of whole numbers from `low` to `high`."""
    return _Range(low, high, is_whole=True)


def number(low: float, high: float) -> "_Range":
    """Return a reader of numbers from `low` to `high`."""
    return _Range(low, high, is_whole=False)


@dataclass(frozen=True)
class _Range:
    low: float
    high: float
    is_whole: bool

    def __call__(self, text: str) -> float:
        try:
            value = int(text) if self.is_whole else float(text)
        except ValueError:
            value = float("nan")
        if not self.low <= value <= self.high:
            kind = "a whole number" if self.is_whole else "a number"
            raise argparse.ArgumentTypeError(f"'{shortened(text)}' is not {kind} from {self.low:,g} to {self.high:,g}")
        return value
