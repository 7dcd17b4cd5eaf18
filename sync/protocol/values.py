"""What a field of a draft may hold. JSON values only; money is whole minor units, a schedule is wall time with a zone.

A check returns None for a usable value, otherwise the sentence that tells a person what is wrong with it. None as a
value means: the field is empty, and is always usable.
"""

import datetime as dt
import json
import re
import zoneinfo
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

#: Says what is wrong with a value, or None.
Check = Callable[[Any], str | None]
LARGEST_DRAFT_BYTES = 64_000
DEEPEST = 8
_INT64 = 2**63
#: Shares are counted in hundredths of a percent.
WHOLE_SHARE = 10_000
#: Currencies by the digits of their minor unit where these are not two (ISO 4217, table A.1).
_OTHER_DIGITS: Mapping[int, str] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_WALL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def text(longest: int) -> Check:
    """Return the check of a text of at most so many characters."""

    def check(value: Any) -> str | None:
        if not isinstance(value, str):
            return "is no text"
        return f"is longer than {longest} characters" if len(value) > longest else None

    return check


def words(most: int, longest: int = 200) -> Check:
    """Return the check of a list of texts."""
    one = text(longest)

    def check(value: Any) -> str | None:
        if not isinstance(value, list) or len(value) > most:
            return f"is no list of at most {most} texts"
        return next((problem for problem in map(one, value) if problem), None)

    return check


def whole(low: int, high: int) -> Check:
    """Return the check of a whole number in a range."""

    def check(value: Any) -> str | None:
        return None if _is_whole(value) and low <= value <= high else f"is no whole number from {low} to {high}"

    return check


def flag(value: Any) -> str | None:
    """Check yes or no."""
    return None if isinstance(value, bool) else "is neither yes nor no"


def date(value: Any) -> str | None:
    """Check a calendar day, 2026-12-31."""
    if isinstance(value, str) and _DATE.fullmatch(value) and _is_parsed(dt.date.fromisoformat, value):
        return None
    return "is no date (write 2026-12-31)"


def money(value: Any) -> str | None:
    """Check an amount: `{"amount": 1999, "currency": "EUR"}` is 19.99 euros."""
    if not isinstance(value, Mapping) or not _is_whole(value.get("amount")):
        return "is no amount in whole minor units with a currency"
    if not 0 <= value["amount"] < _INT64:
        return "is less than nothing or more than there is"
    currency = value.get("currency")
    return None if isinstance(currency, str) and _CURRENCY.fullmatch(currency) else "has no currency (write EUR)"


def digits_of(currency: str) -> int:
    """Return how many digits the minor unit of a currency stands for: 2 for EUR, whose minor unit is a hundredth."""
    return next((digits for digits, names in _OTHER_DIGITS.items() if currency in names.split()), 2)


def splits(value: Any) -> str | None:
    """Check who gets which share: `[{"party": "Ada", "share": 2500}]` is a quarter for Ada."""
    if not isinstance(value, list) or len(value) > 100 or not all(isinstance(one, Mapping) for one in value):
        return "is no list of at most 100 shares"
    parties = [one.get("party") for one in value]
    if not all(isinstance(party, str) and 0 < len(party) <= 200 for party in parties):
        return "names somebody without a name"
    if len(set(parties)) < len(parties):
        return "names somebody twice"
    shares = [one.get("share") for one in value]
    if not all(_is_whole(share) and 0 <= share <= WHOLE_SHARE for share in shares):
        return f"has a share that is no whole number from 0 to {WHOLE_SHARE}"
    return "gives away more than there is" if sum(shares) > WHOLE_SHARE else None


def wall_time(value: Any) -> str | None:
    """Check a moment by the clock on the wall: `{"wall": "2026-11-27T09:00", "zone": "Europe/Berlin"}`."""
    if not isinstance(value, Mapping):
        return "is no wall time with a zone"
    wall, zone = value.get("wall"), value.get("zone")
    if not isinstance(wall, str) or not _WALL.fullmatch(wall) or not _is_parsed(dt.datetime.fromisoformat, wall):
        return "is no wall time (write 2026-11-27T09:00)"
    return None if isinstance(zone, str) and zone in _zones() else "has no time zone (write Europe/Berlin)"


def storable(values: Mapping[str, Any]) -> str | None:
    """Check what every store must be able to keep, whatever the fields are."""
    if not _is_storable(values, DEEPEST):
        return "holds what is no text, or is nested too deep"
    return "is larger than a draft may be" if len(json.dumps(values).encode()) > LARGEST_DRAFT_BYTES else None


def _is_storable(value: Any, depth: int) -> bool:
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, float):
        return value == value and abs(value) != float("inf")  # noqa: PLR0124 - not a number differs from itself
    if value is None or isinstance(value, int):
        return True
    if depth == 0 or not isinstance(value, Mapping | list | tuple):
        return False
    parts = [*value.keys(), *value.values()] if isinstance(value, Mapping) else value
    return all(_is_storable(part, depth - 1) for part in parts)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_parsed(read: Callable[[str], object], value: str) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
