"""Fractional order keys: text that sorts siblings and always leaves room between two of them.

A key is read as the digits of a fraction in base 62, ASCII order. A new key ends in three random characters, so two
people who insert at the same place get different keys; siblings sort by (key, id) in any case.
"""

from collections.abc import Sequence

from maxbooster_desktop.project.document.ids import IdSource, random_id

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE = len(_DIGITS)
_RANDOM = 3
_WHOLE = 4  # the first digits count like an integer, so that appending and prepending keep keys short

#: A list is keyed anew when a key grows longer than this.
LONGEST = 40


def is_order_key(text: object) -> bool:
    """Return whether `text` is a key that `key_between` can work with."""
    return (
        isinstance(text, str)
        and 0 < len(text) <= 4 * LONGEST
        and (text[-1] != "0" and all(digit in _DIGITS for digit in text))
    )


def key_between(before: str | None, after: str | None, source: IdSource = random_id) -> str:
    """Return a key between two keys; None stands for the beginning or the end of the list.

    Unreadable keys count as None. When `before` is not below `after` the new key follows `before`: siblings with
    equal keys cannot be parted without keying the list anew (`keys_for`).
    """
    low = before if is_order_key(before) and before is not None else ""
    high = after if is_order_key(after) and after is not None and after > low else ""
    return (_stepped(low, high) or _midpoint(low, high)) + _tail(source)


def _stepped(low: str, high: str) -> str:
    """Return the whole digits after `low` or before `high` at an open end of the list, "" where there are none."""
    if low and high:
        return ""
    end = _BASE**_WHOLE
    number = _number(low) + 1 if low else _number(high) - 1 if high else end // 2
    return _digits(number, _WHOLE) if 0 < number < end else ""


def keys_for(count: int, source: IdSource = random_id) -> list[str]:
    """Return `count` evenly spread keys in order, for a list that is keyed anew."""
    width = 1
    while _BASE**width < 4 * (count + 1):
        width += 1
    step = _BASE**width // (count + 1)
    return [_digits(step * (index + 1), width) + _tail(source) for index in range(count)]


def needs_new_keys(keys: Sequence[str]) -> bool:
    """Return whether a list of siblings should be keyed anew: a key grew too long, or two are equal or unreadable."""
    return any(len(key) > LONGEST or not is_order_key(key) for key in keys) or len(set(keys)) < len(keys)


def _midpoint(low: str, high: str) -> str:
    """Return digits strictly between two fractions ("" high means 1), such that anything appended stays between."""
    digits = []
    place, is_bounded = 0, bool(high)
    while True:
        floor = _DIGITS.index(low[place]) if place < len(low) else 0
        ceiling = _DIGITS.index(high[place]) if is_bounded and place < len(high) else _BASE
        place += 1
        if ceiling - floor > 1:
            digits.append(_DIGITS[(floor + ceiling) // 2])
            return "".join(digits)
        digits.append(_DIGITS[floor])
        # Once a digit is below that of `high`, only `low` limits what follows.
        is_bounded = is_bounded and ceiling == floor


def _tail(source: IdSource) -> str:
    # Never ends in the zero digit: "a" and "a0" are the same fraction.
    text = "".join(_DIGITS[ord(character) % _BASE] for character in source(_RANDOM))
    return text[:-1] + (text[-1] if text[-1] != "0" else "V")


def _digits(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, _BASE)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))


def _number(key: str) -> int:
    number = 0
    for digit in key[:_WHOLE].ljust(_WHOLE, "0"):
        number = number * _BASE + _DIGITS.index(digit)
    return number
