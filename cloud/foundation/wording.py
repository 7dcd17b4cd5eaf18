"""What is wrong with a value that somebody sent or set, in words for a person: what it must be, never how we test it.

A regular expression tells a reader nothing, so whoever declares one says beside it what it asks for (`spoken`), once:
what several domains ask for is declared here, and nobody else says something of the same expression.
"""

import re
from collections.abc import Mapping
from typing import Any

_PATTERNS: dict[str, str] = {}
#: By the checker's name for it; `{...}` is what it says of the limit.
_WORDS = {
    "missing": "it is missing",
    "extra_forbidden": "there is no field of that name: leave it out",
    "model_attributes_type": "it must be an object",
    "model_type": "it must be an object",
    "dict_type": "it must be an object",
    "list_type": "it must be a list",
    "string_type": "it must be text",
    "string_unicode": "it must be text in UTF-8",
    "string_too_short": "it must have at least {min_length} characters",
    "string_too_long": "it must have at most {max_length} characters",
    "too_short": "it must have at least {min_length} entries",
    "too_long": "it must have at most {max_length} entries",
    "int_type": "it must be a whole number",
    "int_parsing": "it must be a whole number",
    "int_parsing_size": "it must be a whole number that is not so large",
    "int_from_float": "it must be a whole number",
    "float_type": "it must be a number",
    "float_parsing": "it must be a number",
    "finite_number": "it must be a number that has an end",
    "bool_type": "it must be true or false",
    "bool_parsing": "it must be true or false",
    "greater_than": "it must be greater than {gt}",
    "greater_than_equal": "it must be at least {ge}",
    "less_than": "it must be less than {lt}",
    "less_than_equal": "it must be at most {le}",
    "literal_error": "it must be {expected}",
    "enum": "it must be {expected}",
    "datetime_type": "it must be a date with a time, such as 2026-03-01T12:00:00Z",
    "datetime_parsing": "it must be a date with a time, such as 2026-03-01T12:00:00Z",
    "datetime_from_date_parsing": "it must be a date with a time, such as 2026-03-01T12:00:00Z",
    "timezone_aware": "it must say its time zone, as in 2026-03-01T12:00:00Z",
    "date_from_datetime_parsing": "it must be a date, such as 2026-03-01",
    "date_parsing": "it must be a date, such as 2026-03-01",
    "date_type": "it must be a date, such as 2026-03-01",
    "json_invalid": "it must be JSON",
    "json_type": "it must be JSON",
}


def spoken(pattern: str, words: str) -> str:
    """Return a regular expression, having noted what it asks for: "it must be ..."; it has one such sentence."""
    if _PATTERNS.setdefault(pattern, words) != words:
        raise ValueError(f"of {pattern} it is said “{_PATTERNS[pattern]}” and “{words}”")
    return pattern


#: What several domains ask for.
ID = spoken(r"^[\x21-\x7e]+$", "it must be an id: letters, digits and signs without spaces")
ENGLISH = spoken(r"^[\x20-\x7e]+$", "it must be letters, digits, signs and spaces of English")
LINE = spoken(r"^[^\x00-\x1f\x7f]+$", "it must be one line of text")
LINE_OR_EMPTY = spoken(r"^[^\x00-\x1f\x7f]*$", "it must be one line of text, or empty")


def of_pattern(pattern: str) -> str | None:
    """Return what a regular expression asks for; None when nobody has said so."""
    return _PATTERNS.get(pattern)


def sentence(error: Mapping[str, Any]) -> str:
    """Return what pydantic found wrong with a value, as a sentence of its own."""
    words = of(error)
    return f"{words[:1].upper()}{words[1:]}."


def of(error: Mapping[str, Any]) -> str:
    """Return what pydantic found wrong with a value, as a clause without a full stop."""
    kind, limits = str(error["type"]), error.get("ctx", {})
    if kind == "value_error":
        return str(limits["error"])
    if kind == "string_pattern_mismatch":
        return of_pattern(limits["pattern"]) or "it holds what it may not hold"
    words = _WORDS.get(kind)
    said = re.sub(r"^(Input|Value|String) should", "it should", str(error["msg"]))
    return said if words is None else _of_one(words.format_map(limits))


def _of_one(text: str) -> str:
    return re.sub(
        r" 1 (character|entr)(s|ies)$", lambda found: f" 1 {'character' if found[2] == 's' else 'entry'}", text
    )
