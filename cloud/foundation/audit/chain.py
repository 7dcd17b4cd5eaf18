"""How an entry's hash is made: SHA-256 over the hash before it and the entry as canonical JSON (RFC 8785).

Only what every JSON library writes the same way may stand in an entry: texts, whole numbers, booleans, null, lists,
and objects with ASCII names. Numbers with a point are refused: money is in minor units, times are texts.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

GENESIS = bytes(32)
_FORMAT = 1
#: What the hash covers, in the order of the columns.
HASHED = (
    *("chain", "seq", "at", "actor", "on_behalf_of", "action", "resource", "before", "after"),
    *("request_id", "session_hash", "ip_hash", "policy"),
)


class NotCanonicalError(ValueError):
    """A value has no single form in JSON: a defect of the code that audits it."""


def entry_hash(previous: bytes, entry: Mapping[str, Any]) -> bytes:
    """Return the hash of an entry (a row or what will be one) that follows `previous`."""
    content = {name: entry[name] for name in HASHED} | {"format": _FORMAT}
    content["at"] = moment(entry["at"])
    return hashlib.sha256(previous + canonical(content)).digest()


def canonical(value: Any) -> bytes:
    """Return the one way to write `value` as JSON; raises NotCanonicalError."""
    _require_plain(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def moment(at: datetime) -> str:
    """Return a moment with microseconds, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _require_plain(value: Any) -> None:
    if isinstance(value, Mapping):
        for name, part in value.items():
            if not isinstance(name, str) or not name.isascii():
                raise NotCanonicalError(f"{name!r} is no name in ASCII")
            _require_plain(part)
    elif isinstance(value, list):
        for part in value:
            _require_plain(part)
    elif not (value is None or isinstance(value, str | int)):
        raise NotCanonicalError(f"{type(value).__name__} has no single form in JSON")
