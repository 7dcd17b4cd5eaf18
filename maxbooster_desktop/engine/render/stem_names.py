"""File names for stems: numbered, readable, and allowed on Windows, macOS and Linux."""

import re
from collections.abc import Sequence

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_LONGEST_BYTES = 160
_UNNAMED = "Track"


def safe_name(name: str, unnamed: str = _UNNAMED) -> str:
    """Return `name` as part of a file name, or `unnamed`: nothing that Windows refuses, no dot or space at its end.

    Names that Windows keeps for devices (CON, NUL) are harmless in stems, since a number always stands in front.
    """
    cleaned = _FORBIDDEN.sub("_", name)
    while len(cleaned.encode("utf-8", "replace")) > _LONGEST_BYTES:
        cleaned = cleaned[:-1]
    return cleaned.strip().rstrip(". ") or unnamed


def stem_names(names: Sequence[str], extension: str) -> list[str]:
    """Return one file name per track: "01 Drums.wav". The numbers make them unique."""
    digits = max(2, len(str(len(names))))
    return [f"{number:0{digits}d} {safe_name(name)}.{extension}" for number, name in enumerate(names, 1)]
