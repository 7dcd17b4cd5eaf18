"""The one scale that faders and meters share, and how decibels are written and read.

A piecewise linear law: +6 dB is the top, -60 dB the bottom, with most of the travel where mixing happens.
Everything below -60 dB is drawn at the bottom and written as minus infinity.
"""

import bisect
import re

#: (dB, fraction of the height), ascending.
_LAW = ((-60.0, 0.0), (-48.0, 0.10), (-24.0, 0.38), (-12.0, 0.56), (-6.0, 0.72), (0.0, 0.86), (6.0, 1.0))
#: The figures beside a fader or meter.
MARKS = (6, 0, -6, -12, -24, -48)
TOP_DB = 6.0
FLOOR_DB = -60.0
#: What a fader at the bottom sends: inaudible below 24 bits.
SILENCE_DB = -144.0
_NUMBER = re.compile(r"^\s*([+\-\u2212]?)\s*(\d+(?:[.,]\d*)?|[.,]\d+)\s*(?:dB)?\s*$", re.IGNORECASE)
_SILENCE = re.compile(r"^\s*[-\u2212]\s*(?:inf|infinity|\u221e|oo)\s*(?:dB)?\s*$", re.IGNORECASE)


def fraction_of(level_db: float) -> float:
    """Return the height of a level as 0 (bottom) to 1 (+6 dB); clamped."""
    levels = [level for level, _ in _LAW]
    if not level_db > FLOOR_DB:
        return 0.0
    if level_db >= TOP_DB:
        return 1.0
    index = bisect.bisect_right(levels, level_db)
    (low_db, low), (high_db, high) = _LAW[index - 1], _LAW[index]
    return low + (high - low) * (level_db - low_db) / (high_db - low_db)


def level_at(fraction: float) -> float:
    """Return the level at a height from 0 to 1; `SILENCE_DB` at the very bottom. The inverse of `fraction_of`."""
    if fraction <= 0.0:
        return SILENCE_DB
    if fraction >= 1.0:
        return TOP_DB
    heights = [height for _, height in _LAW]
    index = bisect.bisect_right(heights, fraction)
    (low_db, low), (high_db, high) = _LAW[index - 1], _LAW[index]
    return low_db + (high_db - low_db) * (fraction - low) / (high - low)


def format_db(level_db: float, *, unit: bool = True) -> str:
    """Write a level with one decimal and a sign when above 0: "-6.0 dB", "+1.5 dB", "-∞ dB"."""
    suffix = " dB" if unit else ""
    if not level_db > FLOOR_DB - 40.0:
        return f"-∞{suffix}"
    rounded = round(level_db, 1) + 0.0
    return f"{'+' if rounded > 0 else ''}{rounded:.1f}{suffix}"


def parse_db(text: str) -> float | None:
    """Read "-6", "-6 dB", "+1,5" or "-inf"; None when it is no level."""
    if _SILENCE.match(text):
        return SILENCE_DB
    found = _NUMBER.match(text)
    if found is None:
        return None
    size = float(found[2].replace(",", "."))
    return -size if found[1] in ("-", "\u2212") and size else size
