"""What a command prints: one JSON object, or short lines; how far it is on a terminal only."""

import json
import math
import sys
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

_WIDTH = 40


def print_report(report: dict[str, Any], lines: Iterable[str], *, is_json: bool) -> None:
    """Print a report on stdout: as one JSON object, or as the lines for people."""
    if is_json:
        print(json.dumps(plain(report), allow_nan=False))
        return
    for line in lines:
        print(line)


def plain(value: Any) -> Any:
    """Return `value` as JSON holds it: what is not finite becomes None, everything else that is no JSON its text."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value)


class ProgressLine:
    """Shows how far a command is, in one line of the terminal that goes when it ends.

    Elsewhere it shows nothing; a command that takes long `says_steps`, one line each, so that a log shows that it goes
    on.
    """

    def __init__(self, label: str, *, is_json: bool = False, says_steps: bool = False) -> None:
        self._label = label
        self._is_shown = sys.stderr.isatty() and not is_json
        self._says_steps = says_steps and not self._is_shown and not is_json
        self._percent = -1

    def __call__(self, done: float) -> None:
        """Show a share, 0..1."""
        percent = int(min(1.0, max(0.0, done)) * 100)
        if self._is_shown and percent != self._percent:
            self._percent = percent
            print(f"\r{self._label} {percent} %", end="", file=sys.stderr, flush=True)

    def step(self, label: str) -> None:
        """Go on with another label."""
        self._clear()
        self._label, self._percent = label, -1
        if self._says_steps:
            print(f"{label}...", file=sys.stderr, flush=True)
        self(0.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clear()

    def _clear(self) -> None:
        if self._is_shown:
            print("\r" + " " * (_WIDTH + len(self._label)) + "\r", end="", file=sys.stderr, flush=True)


def decibels(value: float | None, unit: str) -> str:
    """Return a level in words, "-14.0 LUFS"; a level that does not exist is "none"."""
    return "none" if value is None or not math.isfinite(value) else f"{value:.1f} {unit}"


def clock(seconds: float) -> str:
    """Return a length as people read it, "1:02.5"."""
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"
