"""What was overwritten in a project, written and read inside one unit of work. Values are JSON, bytes as base64."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from cloud.foundation.unit_of_work import UnitOfWork
from cloud.rooms.contracts import Lease, Loss, Overwritten
from cloud.rooms.tables import room_overwritten as table
from sync.document.codec import Value

_OVERWRITTEN = [table.c[field.name] for field in fields(Overwritten)]


def add(work: UnitOfWork, lease: Lease, losses: Sequence[Loss]) -> None:
    """Name what lost."""
    values = [_row(lease, loss) for loss in losses]
    if values:
        work.connection.execute(sa.insert(table), values)


def feed(work: UnitOfWork, project_id: str, before: int | None, size: int) -> list[Overwritten]:
    """Return what was overwritten in a project, newest first, one more than `size` when there is more."""
    query = sa.select(*_OVERWRITTEN).where(table.c.project_id == project_id)
    if before is not None:
        query = query.where(table.c.id < before)
    found = work.connection.execute(query.order_by(table.c.id.desc()).limit(size + 1)).mappings()
    return [Overwritten(**row) for row in found]


def _row(lease: Lease, loss: Loss) -> dict[str, Any]:
    root, key = (part.replace("\0", "\ufffd") for part in loss.address)  # the database knows no NUL in texts
    row = {"project_id": lease.project_id, "epoch": lease.epoch, "root": root, "key": key}
    row |= {"lost_seq": loss.lost.seq, "lost_account": loss.lost.account_id, "lost_device": loss.lost.device}
    row |= {"won_seq": loss.won.seq, "won_account": loss.won.account_id, "won_device": loss.won.device}
    return row | {"lost_value": _json(loss.value)}


def _json(value: Value) -> Any:
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _json(item) for key, item in value.items()}
    return value
