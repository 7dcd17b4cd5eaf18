"""Names that this side makes: UUIDs of version 7, which sort by when they were made (RFC 9562, 5.7)."""

import secrets
import uuid
from collections.abc import Callable

_VERSION, _VARIANT = 7, 0b10


def uuid7(wall_s: float, random_bits: Callable[[int], int] = secrets.randbits) -> str:
    """Return a new UUID: 48 bits of milliseconds, 74 random ones."""
    milliseconds = max(0, int(wall_s * 1000)) & (1 << 48) - 1
    number = milliseconds << 80 | _VERSION << 76 | random_bits(12) << 64 | _VARIANT << 62 | random_bits(62)
    return str(uuid.UUID(int=number))
