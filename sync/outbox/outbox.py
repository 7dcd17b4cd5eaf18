"""Drafts on this machine, for callers: edit, read, decide, and hand over to `Syncer`. One transaction for each.

Always holds: what `change` and `remove` return for is on disk; what is refused is raised and leaves everything as it
was. Any thread may call.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sync.outbox import attention, editing, receiving, rows, sending
from sync.outbox.attention import AttentionItem, Decision
from sync.outbox.editing import DraftView, Made
from sync.outbox.errors import UpdateNeededError
from sync.outbox.ids import uuid7
from sync.outbox.ports import Clock, SystemClock
from sync.outbox.rows import Pending
from sync.outbox.tables import pending
from sync.protocol.changes import Draft
from sync.protocol.kinds import SCHEMA_VERSION
from sync.protocol.operations import LONGEST_AGE_S, Answer, Batch
from sync.storage.database import Database

#: The fact that names the schema version which the cloud did not take.
UPDATE_NEEDED = "update_needed"


@dataclass(frozen=True, slots=True)
class Queue:
    """How many changes are where."""

    waiting: int = 0
    sent: int = 0
    acked: int = 0
    attention: int = 0


class Outbox:
    """One person's drafts on this machine."""

    def __init__(
        self,
        database: Database,
        clock: Clock | None = None,
        random_bits: Callable[[int], int] = secrets.randbits,
    ) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._random_bits = random_bits
        self._run = self._new_id()
        with database.transaction() as connection:
            if not rows.fact(connection, "client_id"):
                sending.begin_as_new_client(connection, self._new_id())

    def change(self, kind: str, draft_id: str, patch: Mapping[str, Any]) -> int:
        """Change fields of a draft, or make it; return the change's number.

        Raises DraftRefusedError, UpdateNeededError, StorageRefusedError; then nothing was changed.
        """
        with self._database.transaction() as connection:
            _require_spoken(connection)
            return editing.change(connection, kind, draft_id, patch, self._made())

    def remove(self, draft_id: str) -> int:
        """Remove a draft; raises NotPossibleError when there is none, and as `change` does."""
        with self._database.transaction() as connection:
            _require_spoken(connection)
            return editing.remove(connection, draft_id, self._made())

    def read(self, draft_id: str) -> DraftView | None:
        """Return a draft as the person sees it."""
        with self._database.transaction() as connection:
            return editing.read(connection, draft_id)

    def read_all(self, kind: str | None = None) -> list[DraftView]:
        """Return all drafts as the person sees them."""
        with self._database.transaction() as connection:
            return editing.read_all(connection, kind)

    def needs_attention(self) -> list[AttentionItem]:
        """Return the changes that wait for a person's decision."""
        with self._database.transaction() as connection:
            return attention.items(connection)

    def decide(self, number: int, decision: Decision, patch: Mapping[str, Any] | None = None) -> None:
        """Do what a person decided about a change; raises NotPossibleError."""
        with self._database.transaction() as connection:
            attention.decide(connection, number, decision, self._new_id(), patch)

    def queue(self) -> Queue:
        """Return how many changes are where."""
        counted = sa.select(pending.c.state, sa.func.count()).group_by(pending.c.state)
        with self._database.transaction() as connection:
            return Queue(**dict(connection.execute(counted).all()))

    def fact(self, name: str, default: str = "") -> str:
        """Return a single value that is kept."""
        with self._database.transaction() as connection:
            return rows.fact(connection, name, default)

    def set_facts(self, **values: str) -> None:
        """Keep single values."""
        with self._database.transaction() as connection:
            for name, value in values.items():
                rows.set_fact(connection, name, value)

    def next_batch(self) -> Batch | None:
        """Return what is to be sent now; it is numbered, and stays the same until `take_answers`."""
        with self._database.transaction() as connection:
            return sending.next_batch(connection, self._clock.wall_s(), self._age_s)

    def take_answers(self, answers: Sequence[Answer]) -> None:
        """Keep the answers to a batch."""
        with self._database.transaction() as connection:
            sending.take_answers(connection, answers, self._clock.wall_s(), self._new_id)

    def begin_as_new_client(self) -> None:
        """Go on under a new name: the cloud and we no longer agree on the numbers."""
        with self._database.transaction() as connection:
            sending.begin_as_new_client(connection, self._new_id())

    def cursor(self) -> str | None:
        """Return where the next checkpoint begins."""
        with self._database.transaction() as connection:
            return receiving.cursor_of(connection)

    def take_checkpoint(self, drafts: Sequence[Draft], since: str | None, cursor: str) -> bool:
        """Take over what was read; False when another process was faster."""
        with self._database.transaction() as connection:
            return receiving.take_checkpoint(connection, drafts, since, cursor)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _made(self) -> Made:
        return Made(self._new_id(), self._clock.wall_s(), self._clock.monotonic_s(), self._run)

    def _age_s(self, row: Pending) -> float:
        """Return how old a change is: by the clock nobody sets, where it was made in this run."""
        if row.run == self._run:
            age_s = self._clock.monotonic_s() - row.made_monotonic
        else:
            age_s = self._clock.wall_s() - row.made_at
        return min(max(0.0, age_s), LONGEST_AGE_S)

    def _new_id(self) -> str:
        return uuid7(self._clock.wall_s(), self._random_bits)


def _require_spoken(connection: sa.Connection) -> None:
    if rows.fact(connection, UPDATE_NEEDED) == str(SCHEMA_VERSION):
        raise UpdateNeededError("The cloud speaks another version of drafts: update the program to edit them.")
