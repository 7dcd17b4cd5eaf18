"""The op log: what the document appends here is on disk after the next `commit`.

Numbers are given in order, without gaps, from 1. Records that could not be committed stay in memory, in order, and go
first at the next attempt; rows that must be stored together with an edit (a version) ride in the same transaction.
Only the document thread uses it.
"""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from maxbooster_desktop.project.store import database
from maxbooster_desktop.project.store.tables import ops


@dataclass(frozen=True, slots=True)
class StoredOp:
    """One row of the log; `record` is the encoded `OpRecord`."""

    number: int
    epoch: int
    record: bytes
    previous: bytes
    digest: bytes


_ROWS_AT_ONCE = 500
#: What the first op names as the digest before it.
NO_DIGEST = bytes(database.DIGEST_BYTES)


def last_number(connection: sa.Connection) -> int:
    """Return the number of the last op, 0 for none."""
    return connection.execute(sa.select(sa.func.max(ops.c.number))).scalar_one() or 0


def read_ops(connection: sa.Connection, after: int = 0) -> Iterator[StoredOp]:
    """Yield the ops behind number `after`, in order, one at a time.

    Raises:
        DamageFoundError: a row is not what was written, or one is missing between them.
    """
    earlier: StoredOp | None = None
    query = sa.select(ops).where(ops.c.number > after).order_by(ops.c.number)
    for row in connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(query):
        op = StoredOp(row.number, row.epoch, row.record, row.previous, row.digest)
        if not is_whole(op) or (earlier is not None and not follows(earlier.number, earlier.digest, op)):
            raise database.DamageFoundError(f"op {op.number}")
        yield op
        earlier = op


def read_op(connection: sa.Connection, number: int) -> StoredOp:
    """Return one op.

    Raises:
        DamageFoundError: it is not there, or not what was written.
    """
    row = connection.execute(sa.select(ops).where(ops.c.number == number)).one_or_none()
    op = None if row is None else StoredOp(row.number, row.epoch, row.record, row.previous, row.digest)
    if op is None or not is_whole(op):
        raise database.DamageFoundError(f"op {number}")
    return op


def is_whole(op: StoredOp) -> bool:
    """Whether an op is what was written."""
    return op.digest == database.digest(op.previous, op.record)


def follows(number: int, digest: bytes, op: StoredOp) -> bool:
    """Whether `op` is the one written behind op `number` with that digest."""
    return op.number == number + 1 and op.previous == digest


class OpLog:
    """The writing end of the log."""

    def __init__(self, engine: sa.Engine, last: int, last_digest: bytes, epoch: int) -> None:
        self._engine = engine
        self._pending: list[StoredOp] = []
        self._riders: list[Callable[[sa.Connection], None]] = []
        self.last_number = last
        self.last_digest = last_digest
        self.epoch = epoch
        self.committed_number = last

    @property
    def pending(self) -> tuple[StoredOp, ...]:
        """What is not on disk yet."""
        return tuple(self._pending)

    @property
    def is_waiting(self) -> bool:
        """Whether something is not on disk yet."""
        return bool(self._pending or self._riders)

    def add(self, record: bytes) -> int:
        """Queue one encoded record and return its number."""
        digest = database.digest(self.last_digest, record)
        self.last_number += 1
        self._pending.append(StoredOp(self.last_number, self.epoch, record, self.last_digest, digest))
        self.last_digest = digest
        return self.last_number

    def ride(self, write: Callable[[sa.Connection], None]) -> None:
        """Let `write` run in the transaction of the next commit, behind the ops queued until now."""
        self._riders.append(write)

    def write_waiting(self, connection: sa.Connection) -> None:
        """Write everything queued, which stays queued, through a connection: the log's own or that of a copy."""
        if self._pending:
            connection.execute(sa.insert(ops), [dataclasses.asdict(op) for op in self._pending])
        for write in self._riders:
            write(connection)

    def commit(self) -> None:
        """Store everything queued in one transaction.

        Raises:
            sqlalchemy.exc.DBAPIError: the disk refused; everything stays queued.
        """
        if not self.is_waiting:
            return
        with self._engine.begin() as connection:
            self.write_waiting(connection)
        self._pending.clear()
        self._riders.clear()
        self.committed_number = self.last_number
