"""Presence, the body of an awareness message: for each client a clock and what it shows of itself, a JSON object.

A state of None says that the client is gone. Of one client the highest clock counts; with the same clock, None does.
"""

import json
from dataclasses import dataclass
from typing import Any

from sync.protocol.errors import MalformedError
from sync.protocol.wire import Reader, var_text, var_uint

#: Clients in one message; a room holds fewer.
MOST_ENTRIES = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One client's presence.

    Attributes:
        client: the client id of its document.
        size: bytes of the state as it came.
    """

    client: int
    clock: int
    state: dict[str, Any] | None
    size: int = 0


def write(entries: list[Entry]) -> bytes:
    """Return the body of an awareness message."""
    parts = [var_uint(len(entries))]
    for entry in entries:
        parts += [var_uint(entry.client), var_uint(entry.clock)]
        parts.append(var_text(json.dumps(entry.state, separators=(",", ":"))))
    return b"".join(parts)


def read(states: bytes) -> list[Entry]:
    """Return what an awareness message says; raises MalformedError."""
    reader = Reader(states)
    count = reader.var_uint()
    if count > MOST_ENTRIES:
        raise MalformedError("The message tells of more clients than a room holds.")
    entries = [_entry(reader) for _ in range(count)]
    reader.end()
    return entries


def _entry(reader: Reader) -> Entry:
    client, clock, text = reader.var_uint(), reader.var_uint(), reader.var_text()
    try:
        state = json.loads(text, parse_constant=_refuse)
        json.dumps(state, allow_nan=False)  # 1e999 reads as infinity, which no client reads back
    except (ValueError, RecursionError):
        raise MalformedError("A presence is not JSON.") from None
    if state is not None and not isinstance(state, dict):
        raise MalformedError("A presence is a JSON object or null.")
    return Entry(client, clock, state, len(text.encode("utf-8", "surrogatepass")))


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
