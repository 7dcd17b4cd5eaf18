"""A file of lines of JSON that is only ever appended to: what must outlive the database, beside it.

A line counts once it has ended. What a crash or a full disk cut off is voided by the next append, which begins behind
it; until then it is the last line and left out.
"""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

#: Ends a line that was cut off: no text of JSON has the control character CAN, "cancel".
_VOID = "\x18"


def append_lines(path: Path, records: Iterable[Any]) -> None:
    """Write records as lines, durably; the file and its folder are its owner's alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = "".join(f"{json.dumps(record)}\n" for record in records)
    with open(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "a+b") as file:
        file.write(((f"{_VOID}\n" if _is_cut(file) else "") + lines).encode())
        file.flush()
        os.fsync(file.fileno())


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that count with their numbers, from 1; none when there is no file."""
    if not path.exists():
        return
    ended = path.read_text(encoding="utf-8").split("\n")[:-1]
    yield from ((number, line) for number, line in enumerate(ended, start=1) if not line.endswith(_VOID))


def _is_cut(file: Any) -> bool:
    if not file.seek(0, os.SEEK_END):
        return False
    file.seek(-1, os.SEEK_END)
    return bool(file.read(1) != b"\n")
