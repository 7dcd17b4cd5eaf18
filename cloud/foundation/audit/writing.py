"""Writes audit entries in the transaction of the change they tell of.

Entries are kept until the unit of work is about to commit, and written then: the head of a chain is locked for the
shortest time, and several chains always in one order. Numbers come from the locked head, so they have no gaps,
whoever else is undone.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from cloud.foundation.audit.chain import GENESIS, canonical, entry_hash
from cloud.foundation.calls import Call
from cloud.foundation.clock import Clock
from cloud.foundation.tables import audit_chain, audit_entry

PLATFORM = "platform"


class Audit:
    """The entries of one unit of work."""

    def __init__(self, connection: sa.Connection, call: Call, clock: Clock) -> None:
        self._connection, self._call, self._clock = connection, call, clock
        self._waiting: list[dict[str, Any]] = []

    def write(
        self,
        action: str,
        resource: str,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        policy: str | None = None,
        chain: str = PLATFORM,
    ) -> None:
        """Note what `call.who` did to a resource.

        No names, addresses or secrets: an entry is never removed. Raises NotCanonicalError.
        """
        call = self._call
        entry = {"chain": chain, "at": self._clock.now(), "action": action, "resource": resource, "policy": policy}
        entry |= {"actor": f"{call.who.kind}:{call.who.id}", "on_behalf_of": call.who.on_behalf_of}
        entry |= {"request_id": call.request_id, "session_hash": call.session, "ip_hash": call.peer}
        entry |= {"before": _copy(before), "after": _copy(after)}
        canonical([entry["before"], entry["after"]])
        self._waiting.append(entry)

    @contextmanager
    def undone_on_failure(self) -> Iterator[None]:
        """Forget the entries of a block that raises, as the database forgets its changes."""
        kept = len(self._waiting)
        try:
            yield
        except BaseException:
            del self._waiting[kept:]
            raise

    def flush(self) -> None:
        """Put the entries at the ends of their chains."""
        for chain in sorted({entry["chain"] for entry in self._waiting}):
            self._append(chain, [entry for entry in self._waiting if entry["chain"] == chain])
        self._waiting.clear()

    def _append(self, chain: str, entries: list[dict[str, Any]]) -> None:
        first = insert(audit_chain).values(chain=chain, seq=0, head=GENESIS).on_conflict_do_nothing()
        self._connection.execute(first)
        locked = sa.select(audit_chain.c.seq, audit_chain.c.head).where(audit_chain.c.chain == chain).with_for_update()
        seq, head = self._connection.execute(locked).one()
        for entry in entries:
            seq += 1
            entry |= {"seq": seq, "prev_hash": head}
            head = entry["hash"] = entry_hash(head, entry)
        self._connection.execute(sa.insert(audit_entry), entries)
        self._connection.execute(sa.update(audit_chain).where(audit_chain.c.chain == chain).values(seq=seq, head=head))


def _copy(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if values is None else dict(values)
