"""The registers of an op record as bytes, for the op log: JSON rows [root, key, before, after], packed when long.

Bytes become {"b": base64} and dicts {"m": {...}}, so every value comes back as it was. The first byte says whether
the rest is packed.
"""

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from typing import Any

from maxbooster_desktop.project.document.errors import DamagedRecordError
from sync.document.codec import Value, canonical
from sync.document.errors import RefusedValueError
from sync.document.grammar import Address

_PLAIN, _PACKED = b"j", b"z"
_LONG = 512

Registers = Mapping[Address, Value]


def encode_registers(before: Registers, after: Registers) -> bytes:
    """Return the bytes that say what a record's registers held before and after; both name the same registers."""
    rows = [[root, key, _plain(before[root, key]), _plain(value)] for (root, key), value in after.items()]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    return _PACKED + zlib.compress(text, 1) if len(text) > _LONG else _PLAIN + text


def decode_registers(data: bytes) -> tuple[dict[Address, Value], dict[Address, Value]]:
    """Return (before, after) as `encode_registers` was given them.

    Raises:
        DamagedRecordError: when the bytes are not such a record.
    """
    try:
        text = zlib.decompress(data[1:]) if data[:1] == _PACKED else data[1:]
        before: dict[Address, Value] = {}
        after: dict[Address, Value] = {}
        for root, key, earlier, later in json.loads(text):
            before[str(root), str(key)] = _value(earlier)
            after[str(root), str(key)] = _value(later)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, zlib.error, RefusedValueError) as error:
        raise DamagedRecordError("A step of the history cannot be read; it can no longer be undone.") from error
    return before, after


def _plain(value: Value) -> Any:
    if isinstance(value, bytes):
        return {"b": base64.b64encode(value).decode()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {"m": {key: _plain(item) for key, item in value.items()}}
    return value


def _value(plain: Any) -> Value:
    return canonical(_unpacked(plain))


def _unpacked(plain: Any) -> Any:
    if isinstance(plain, list):
        return tuple(_unpacked(item) for item in plain)
    if isinstance(plain, dict):
        if "b" in plain:
            try:
                return base64.b64decode(plain["b"], validate=True)
            except binascii.Error as error:
                raise ValueError("not base64") from error
        return {key: _unpacked(item) for key, item in plain["m"].items()}
    return plain
