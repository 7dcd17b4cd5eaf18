"""Erasing a person: each domain says what it does about one, and all of it happens in one transaction.

    runtime.erasers.register(forget_drafts_of)

An eraser gets the transaction's connection and the account's id, and leaves nothing behind that tells who the person
was: it removes rows, or puts a pseudonym where something has to stay. Domains are registered from the bottom up, and
erase from the top down: identity, whose rows the others refer to, comes last.
"""

from collections.abc import Callable

import sqlalchemy as sa

Eraser = Callable[[sa.Connection, str], None]


class Erasers:
    """What every domain does when a person is erased."""

    def __init__(self) -> None:
        self._erasers: list[Eraser] = []

    def register(self, eraser: Eraser) -> None:
        """Add what a domain does."""
        self._erasers.append(eraser)

    def erase(self, connection: sa.Connection, account_id: str) -> None:
        """Erase a person in the present transaction; an account that is not there any more is erased again."""
        for eraser in reversed(self._erasers):
            eraser(connection, account_id)
