"""The documents of projects as their rooms keep them: every snapshot, and what the log adds to the newest one."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from cloud.foundation.unit_of_work import UnitOfWork
from cloud.rooms.tables import room_snapshot, room_update


class RoomDocuments:
    """Reads rooms' logs; a project whose room nobody has written to has no known document."""

    def updates_of(self, work: UnitOfWork, project_id: str) -> list[Sequence[bytes]] | None:
        """Return, for each document the project has or may come back to, the updates that make it."""
        snapshots = sa.select(room_snapshot.c.epoch, room_snapshot.c.seq, room_snapshot.c.data)
        snapshots = snapshots.where(room_snapshot.c.project_id == project_id)
        log = sa.select(room_update.c.epoch, room_update.c.seq, room_update.c.data)
        log = log.where(room_update.c.project_id == project_id)
        kept = work.connection.execute(snapshots.order_by(room_snapshot.c.epoch, room_snapshot.c.seq)).all()
        rows = work.connection.execute(log.order_by(room_update.c.epoch, room_update.c.seq)).all()
        epochs = sorted({row.epoch for row in (*kept, *rows)})
        newest = [_newest(epoch, kept, rows) for epoch in epochs]
        return [*newest, *([row.data] for row in kept)] or None


def _newest(epoch: int, kept: Sequence[Any], rows: Sequence[Any]) -> list[bytes]:
    """Return the newest snapshot of an epoch and every update since: repeating some changes nothing."""
    start = [row.data for row in kept if row.epoch == epoch][-1:]
    return [*start, *(row.data for row in rows if row.epoch == epoch)]
