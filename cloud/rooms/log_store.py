"""A room's log and snapshots, read and written inside one unit of work."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import timedelta

import sqlalchemy as sa

from cloud.foundation.unit_of_work import UnitOfWork
from cloud.rooms.contracts import Lease, Row
from cloud.rooms.tables import room, room_snapshot, room_update

#: Who comes back later has changes that are not judged against those of others any more.
OFFLINE_AT_MOST = timedelta(days=30)
_KEPT = """
    (SELECT max(kept.seq) FROM room_snapshot AS kept
      WHERE kept.project_id = old.project_id AND kept.epoch = old.epoch AND kept.at < :before)
"""
_FORMER = "old.at < :before AND old.epoch < (SELECT epoch FROM room WHERE room.project_id = old.project_id)"
_FORGET = (
    sa.text(f"DELETE FROM room_update AS old WHERE old.seq <= {_KEPT} OR ({_FORMER})"),  # noqa: S608 - constants
    sa.text(f"DELETE FROM room_snapshot AS old WHERE old.seq < {_KEPT} OR ({_FORMER})"),  # noqa: S608 - constants
)
_ROW = [room_update.c[field.name] for field in fields(Row)]


def append(work: UnitOfWork, lease: Lease, rows: Sequence[Row]) -> bool:
    """Add rows, numbered without a gap, behind the log; return whether the room was still ours and nothing was added.

    The statement that moves the head asks for the fence and locks the room until the unit ends.
    """
    ours = (
        room.c.project_id == lease.project_id,
        room.c.epoch == lease.epoch,
        room.c.fence == lease.fence,
        room.c.head_seq == rows[0].seq - 1,
    )
    moved = work.connection.execute(sa.update(room).where(*ours).values(head_seq=rows[-1].seq))
    if moved.rowcount != 1:
        return False
    own = {"project_id": lease.project_id, "epoch": lease.epoch, "fence": lease.fence}
    work.connection.execute(sa.insert(room_update), [own | asdict(row) for row in rows])
    return True


def rows(work: UnitOfWork, lease: Lease, after: int, until: int | None = None) -> list[Row]:
    """Return the log after a seq, in order, to its end or until another."""
    query = sa.select(*_ROW).where(*_of(room_update, lease), room_update.c.seq > after)
    if until is not None:
        query = query.where(room_update.c.seq <= until)
    return [Row(**row) for row in work.connection.execute(query.order_by(room_update.c.seq)).mappings()]


def piece(work: UnitOfWork, lease: Lease, after: int, at_most: int, size: int) -> list[Row]:
    """Return the log after a seq, in order: so many rows and bytes of it at most, but one row however large."""
    data = sa.func.octet_length(room_update.c.data)
    query = sa.select(room_update.c.seq, data).where(*_of(room_update, lease), room_update.c.seq > after)
    until, left = after, size
    for seq, row_bytes in work.connection.execute(query.order_by(room_update.c.seq).limit(at_most)):
        if row_bytes > left and until > after:
            break
        until, left = seq, left - row_bytes
    return rows(work, lease, after, until)


def snapshot(work: UnitOfWork, lease: Lease, at_most: int) -> tuple[int, bytes]:
    """Return the newest snapshot that holds no update after `at_most`, and its seq; (0, nothing) without one."""
    query = (
        sa.select(room_snapshot.c.seq, room_snapshot.c.data)
        .where(*_of(room_snapshot, lease), room_snapshot.c.seq <= at_most)
        .order_by(room_snapshot.c.seq.desc())
        .limit(1)
    )
    row = work.connection.execute(query).first()
    return (0, b"") if row is None else (row.seq, row.data)


def kept_seq(work: UnitOfWork, lease: Lease) -> int:
    """Return the seq after which the log has every row."""
    query = sa.select(sa.func.min(room_update.c.seq)).where(*_of(room_update, lease))
    first = work.connection.execute(query).scalar()
    return lease.head_seq if first is None else int(first) - 1


def add_snapshot(work: UnitOfWork, lease: Lease, seq: int, data: bytes) -> bool:
    """Keep a snapshot; return whether the room was still ours and nothing was added."""
    ours = (room.c.project_id == lease.project_id, room.c.epoch == lease.epoch, room.c.fence == lease.fence)
    if work.connection.execute(sa.select(room.c.fence).where(*ours).with_for_update()).first() is None:
        return False
    values = {"project_id": lease.project_id, "epoch": lease.epoch, "seq": seq, "data": data}
    work.connection.execute(sa.insert(room_snapshot).values(values))
    return True


def begin_epoch(work: UnitOfWork, lease: Lease, data: bytes) -> bool:
    """Let the document go on as `data`, as the next epoch; return whether the room was still ours.

    What was before is kept as long as anybody may be offline.
    """
    ours = (room.c.project_id == lease.project_id, room.c.epoch == lease.epoch, room.c.fence == lease.fence)
    moved = work.connection.execute(sa.update(room).where(*ours).values(epoch=lease.epoch + 1, head_seq=0))
    if moved.rowcount == 1:
        values = {"project_id": lease.project_id, "epoch": lease.epoch + 1, "seq": 0, "data": data}
        work.connection.execute(sa.insert(room_snapshot).values(values))
    return moved.rowcount == 1


def forget_old(work: UnitOfWork) -> int:
    """Remove what is older than anybody may be offline and held by a later snapshot that stays; return how many rows.

    Of the present epoch the newest of the old snapshots stays with everything behind it, so that the document, as it
    was at any seq from there on, can be made again. Former epochs go as a whole.
    """
    old = {"before": work.clock.now() - OFFLINE_AT_MOST}
    gone = [work.connection.execute(statement, old).rowcount for statement in _FORGET]
    return sum(gone)


def _of(table: sa.Table, lease: Lease) -> "tuple[sa.ColumnElement[bool], ...]":
    return table.c.project_id == lease.project_id, table.c.epoch == lease.epoch
