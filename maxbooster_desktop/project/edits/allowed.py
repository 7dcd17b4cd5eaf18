"""What a value may be before it is written: one check per unit, each returning the value as the document keeps it.

All of them raise `ValueNotAllowed` with a sentence naming the field and the range. NaN fails every range check,
because it compares false with both ends.
"""

import operator
import unicodedata
from collections.abc import Mapping

from maxbooster_desktop.project.document.limits import HIGHEST_GAIN_DB, HIGHEST_TICK, LARGEST, LOWEST_GAIN_DB
from maxbooster_desktop.project.edits.errors import ValueNotAllowed

#: Colours of the palette; a colour is an index into it.
COLOUR_COUNT = 12
#: Note values a time signature may count in.
DENOMINATORS = (1, 2, 4, 8, 16, 32)
# As long as a file name can be: imports name tracks and clips after files.
_LONGEST_NAME = 255


def in_range(field: str, value: float, low: float, high: float, unit: str = "") -> float:
    """Return `value` as a float when it lies in [low, high]; `unit` is for the sentence."""
    number = _number(field, value)
    if not low <= number <= high:
        after = f" {unit}" if unit else ""
        raise ValueNotAllowed(f"{field} must lie between {low:g} and {high:g}{after}; {value} does not.")
    return number


def finite(field: str, value: float) -> float:
    """Return `value` as a float when it is neither NaN nor infinite."""
    return in_range(field, value, -LARGEST, LARGEST)


def gain_db(value: float) -> float:
    """Return a level in dB, -144 (silence) to +24."""
    return in_range("A level", value, LOWEST_GAIN_DB, HIGHEST_GAIN_DB, "dB")


def pan(value: float) -> float:
    """Return a pan position, -1 (left) to +1 (right)."""
    return in_range("Pan", value, -1.0, 1.0)


def whole(field: str, value: int, low: int, high: int) -> int:
    """Return `value` as an int in [low, high]; numbers with a fraction and booleans are refused."""
    if isinstance(value, bool):
        raise ValueNotAllowed(f"{field} must be a whole number; {value} is not one.")
    try:
        number = operator.index(value)
    except TypeError as error:
        raise ValueNotAllowed(f"{field} must be a whole number; {value!r} is not one.") from error
    if not low <= number <= high:
        raise ValueNotAllowed(f"{field} must lie between {low} and {high}; {number} does not.")
    return number


def tick(value: int, field: str = "A position") -> int:
    """Return a position in ticks, 0 or later."""
    return whole(field, value, 0, HIGHEST_TICK)


def colour(value: int) -> int:
    """Return a palette index, 0 to 11."""
    return whole("A colour", value, 0, COLOUR_COUNT - 1)


def name(text: str, noun: str) -> str:
    """Return `text` without outer blanks; 1 to 255 characters, no line breaks or control characters."""
    trimmed = text.strip()
    if not trimmed or len(trimmed) > _LONGEST_NAME:
        raise ValueNotAllowed(f"The name of a {noun} needs 1 to {_LONGEST_NAME} characters; type another one.")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in trimmed):
        raise ValueNotAllowed(f"The name of a {noun} may not hold line breaks or control characters; type it anew.")
    return trimmed


def parameters(values: Mapping[str, float]) -> dict[str, float]:
    """Return device parameters by name, every value a finite float."""
    for key in values:
        if not key.replace("_", "").isalnum() or not key.isascii():
            raise ValueNotAllowed(f"{key!r} is not the name of a parameter; use letters, digits and underscores.")
    return {key: finite(key, value) for key, value in values.items()}


def _number(field: str, value: float) -> float:
    if isinstance(value, bool):
        return float(value)
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise ValueNotAllowed(f"{field} must be a number; {value!r} is not one.") from error
