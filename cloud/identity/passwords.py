"""Passwords as hashes: argon2id, and older bcrypt hashes that are replaced when their owner signs in.

Hashing takes a processor core for tens of milliseconds, so at most `slots` run at one time and `queue` wait; whoever
comes then is asked to come again. Nobody hashes while a unit of work is open.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cloud.identity.errors import HashingBusyError

#: OWASP's parameters: 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
#: A hash with the same cost that no password fits: what an unknown address is verified against.
_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5cyBzYWx0IQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
_BCRYPT = ("$2a$", "$2b$", "$2y$")
_BCRYPT_BYTES = 72


class Passwords:
    """The hashing of one process."""

    def __init__(self, slots: int = 2, queue: int = 8) -> None:
        self._places = threading.BoundedSemaphore(slots + queue)
        self._slots = threading.BoundedSemaphore(slots)

    def hash(self, password: str) -> str:
        """Return the hash to keep; raises HashingBusyError."""
        with self._turn():
            return _HASHER.hash(password)

    def verify(self, kept: str | None, password: str) -> bool:
        """Return whether `password` is the one; as slow when there is none kept. Raises HashingBusyError."""
        with self._turn():
            return _fits(kept or _NOBODYS, password)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise HashingBusyError("Too many people sign in at this moment: try again.", headers={"Retry-After": "1"})
        try:
            with self._slots:
                yield
        finally:
            self._places.release()


def is_outdated(kept: str) -> bool:
    """Return whether a hash should be replaced by one made today."""
    return kept.startswith(_BCRYPT) or _HASHER.check_needs_rehash(kept)


def _fits(kept: str, password: str) -> bool:
    given = password.encode()
    if kept.startswith(_BCRYPT):
        # bcrypt reads no further: a longer password was never accepted where these hashes were made.
        return len(given) <= _BCRYPT_BYTES and bcrypt.checkpw(given, kept.encode())
    try:
        return _HASHER.verify(kept, given)
    except (VerificationError, InvalidHashError):
        return False
