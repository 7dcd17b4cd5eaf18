"""The documents of projects as their rooms keep them: every snapshot, and what the log adds to the newest one.

A room is read by one statement, through a cursor of the database: what is read is the room as it was at one moment, and
a row at a time is held here, whatever the room has kept in thirty days.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from cloud.foundation.unit_of_work import UnitOfWork
from cloud.rooms.tables import room_snapshot, room_update
from sync.document.errors import RefusedUpdateError
from sync.document.register_document import RegisterDocument

_ONE_BY_ONE = {"stream_results": True, "yield_per": 1}


class RoomDocuments:
    """Reads rooms' logs; a project whose room nobody has written to has no known document."""

    def states_of(self, work: UnitOfWork, project_id: str) -> Iterator[RegisterDocument | None]:
        """Yield each document the project has or may come back to, to be looked at before the next one is asked for.

        None for one that holds what no client of ours has written: nobody can read it.
        """
        with work.connection.execute(_rows_of(project_id), execution_options=_ONE_BY_ONE) as rows:
            for _, versions in groupby(rows, key=lambda row: (row.epoch, row.base)):
                yield from _states(versions)


def _states(rows: Iterator["sa.Row[Any]"]) -> Iterator[RegisterDocument | None]:
    """Yield what a snapshot holds, and what it has become with the log behind it."""
    document, has_log = RegisterDocument(), False
    try:
        for row in rows:
            document.load(row.data)
            has_log = not row.is_snapshot
            if row.is_snapshot:
                yield document
    except RefusedUpdateError:
        yield None
        return
    if has_log:
        yield document


def _rows_of(project_id: str) -> "sa.CompoundSelect[Any]":
    """Return what finds a room's snapshots, each its own base, and behind the newest of an epoch the log upon it."""
    kept, log = room_snapshot, room_update
    of_room = kept.c.project_id == project_id
    newest = sa.select(kept.c.epoch, sa.func.max(kept.c.seq).label("seq")).where(of_room).group_by(kept.c.epoch)
    last = newest.subquery("newest")
    base = sa.func.coalesce(last.c.seq, 0)
    snapshots = sa.select(
        kept.c.epoch, kept.c.seq.label("base"), kept.c.seq, sa.true().label("is_snapshot"), kept.c.data
    )
    updates = sa.select(log.c.epoch, base.label("base"), log.c.seq, sa.false().label("is_snapshot"), log.c.data)
    updates = updates.outerjoin_from(log, last, last.c.epoch == log.c.epoch)
    updates = updates.where(log.c.project_id == project_id, log.c.seq > base)
    return sa.union_all(snapshots.where(of_room), updates).order_by("epoch", "base", "seq")
