"""Passwords that leaked from somewhere: a file of whoever runs the cloud, or else the 30,000 most used ones.

The file is Have I Been Pwned's, ordered by hash: lines of a SHA-1 in hexadecimal and, after a colon, how often it was
seen. It is searched where it lies: nothing of it is read at start but a sample, a lookup reads some forty lines however
long it is, and no password, nor a part of its hash, ever leaves this machine.
"""

import hashlib
import os
import re
from functools import cache
from pathlib import Path
from typing import BinaryIO

import structlog
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from cloud.foundation.errors import OperatorError
from cloud.foundation.problems import UNAVAILABLE, ProblemError

_log = structlog.get_logger("maxbooster.cloud.identity")
_LINE = re.compile(rb"([0-9A-Fa-f]{40})(:\d+)?\r?\n?")
_LONGEST_LINE = 64
_SAMPLES = 256


class BreachListError(OperatorError):
    """The file that the settings name is none."""


class BreachListGoneError(ProblemError):
    """The file cannot be read any more."""

    problem = UNAVAILABLE


class BreachedPasswords:
    """What no new password may be; without a file, the most used ones alone."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        if path is not None:
            _require_sorted(path)

    def __contains__(self, password: str) -> bool:
        if password.lower() in _most_used():
            return True
        if self._path is None:
            return False
        # The file's own way to name passwords, not one to keep them.
        wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        try:
            with self._path.open("rb") as file:
                return _is_in(file, wanted)
        except (OSError, BreachListError) as error:
            _log.error("the list of breached passwords cannot be read", error=str(error))
            raise BreachListGoneError(
                "New passwords cannot be checked at the moment: try again later.", headers={"Retry-After": "60"}
            ) from error


def _require_sorted(path: Path) -> None:
    """Refuse what is no such file, as far as a sample tells; raises BreachListError."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            found = [_hash_after(file, size * number // _SAMPLES) for number in range(_SAMPLES)]
    except OSError as error:
        raise BreachListError(
            f"MAXBOOSTER_CLOUD_BREACHED_PASSWORDS is {path}, which cannot be read ({error.strerror}): name a file."
        ) from error
    present = [one for one in found if one is not None]
    if not present or present != sorted(present):
        raise BreachListError(
            f"{path} is empty or not in the order of its SHA-1: take the list that is ordered by hash."
        )


def _is_in(file: BinaryIO, wanted: bytes) -> bool:
    """Search by halves between two places of the file; each look reads one line behind a place."""
    low, high = 0, file.seek(0, os.SEEK_END)
    while high - low > _LONGEST_LINE:
        middle = (low + high) // 2
        found = _hash_after(file, middle)
        if found == wanted:
            return True
        if found is None or found > wanted:
            high = middle
        else:
            low = middle
    return _is_between(file, low, high, wanted)


def _is_between(file: BinaryIO, low: int, high: int, wanted: bytes) -> bool:
    """Read the few lines that begin near a place."""
    file.seek(max(0, low - _LONGEST_LINE))
    return any(line.upper().startswith(wanted) for line in file.read(high - low + 3 * _LONGEST_LINE).splitlines())


def _hash_after(file: BinaryIO, place: int) -> bytes | None:
    """Return the hash of the first line that begins at a place or behind it, None at the end.

    Raises BreachListError when it is none.
    """
    file.seek(max(0, place - 1))
    if place:
        file.readline(_LONGEST_LINE)
    line = file.readline(_LONGEST_LINE)
    if not line:
        return None
    matched = _LINE.fullmatch(line)
    if matched is None:
        raise BreachListError(f"{file.name} holds a line that is no SHA-1: take the list that is ordered by hash.")
    return matched[1].upper()


@cache
def _most_used() -> frozenset[str]:
    return frozenset(FREQUENCY_LISTS["passwords"])
