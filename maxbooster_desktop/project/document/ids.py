"""New identifiers: 14 url-safe random characters (84 bits) for entities, 8 for notes and points inside one.

A source of identifiers is a callable, so that a project can be made deterministically (`seeded_ids`).
"""

import random
import secrets
from collections.abc import Callable

#: Makes an identifier of so many characters.
IdSource = Callable[[int], str]

LENGTH = 14
#: Notes and automation points are unique inside their clip or lane only.
INNER_LENGTH = 8

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-"


def random_id(length: int = LENGTH) -> str:
    """Return `length` random url-safe characters."""
    number = secrets.randbits(6 * length)
    return "".join(_ALPHABET[(number >> (6 * index)) & 63] for index in range(length))


def seeded_ids(seed: int) -> IdSource:
    """Return a source that gives the same identifiers for the same seed."""
    source = random.Random(seed)

    def make(length: int = LENGTH) -> str:
        return "".join(source.choices(_ALPHABET, k=length))

    return make


def new_id(source: IdSource = random_id) -> str:
    """Return a new identifier for an entity."""
    return source(LENGTH)
