"""Copies of somebody's data, read and written inside one unit of work."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from cloud.compliance.contracts import Export
from cloud.compliance.tables import personal_export
from cloud.foundation.ids import new_id
from cloud.foundation.paging import page_of
from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork

_EXPORT = [personal_export.c[field.name] for field in fields(Export)]


def add(work: UnitOfWork, account_id: str, lasts: timedelta) -> Export:
    """Note that a copy is wanted."""
    now = work.clock.now()
    made = Export(new_id("exp"), account_id, None, None, now, None, now + lasts)
    values = {field.name: getattr(made, field.name) for field in fields(Export)}
    work.connection.execute(sa.insert(personal_export).values(values))
    return made


def is_being_made(work: UnitOfWork, account_id: str) -> bool:
    """Return whether a copy is wanted and not ready."""
    waiting = (personal_export.c.account_id == account_id, personal_export.c.ready_at.is_(None))
    alive = personal_export.c.expires_at > work.clock.now()
    return work.connection.execute(sa.select(personal_export.c.id).where(*waiting, alive)).first() is not None


def export(work: UnitOfWork, account_id: str, export_id: str) -> Export:
    """Return one of somebody's copies; raises NotFoundError, also when its time is over."""
    ours = (personal_export.c.id == export_id, personal_export.c.account_id == account_id)
    query = sa.select(*_EXPORT).where(*ours, personal_export.c.expires_at > work.clock.now())
    row = work.connection.execute(query).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no copy {export_id}, or not any more: ask for a new one.")
    return Export(**row)


def exports(work: UnitOfWork, account_id: str, after: list[Any] | None, size: int) -> list[Export]:
    """Return somebody's copies, newest first, one more than `size` when there are more."""
    key = (personal_export.c.created_at, personal_export.c.id)
    query = sa.select(*_EXPORT).where(personal_export.c.account_id == account_id)
    query = query.where(personal_export.c.expires_at > work.clock.now())
    rows = work.connection.execute(page_of(query, key, after, size)).mappings()
    return [Export(**row) for row in rows]


def make_ready(work: UnitOfWork, export_id: str, name: str, *, size: int, lasts: timedelta) -> bool:
    """Note where an archive is; its time begins now. Return whether it is still wanted."""
    now = work.clock.now()
    ready = sa.update(personal_export).where(personal_export.c.id == export_id)
    values = {"object": name, "size": size, "ready_at": now, "expires_at": now + lasts}
    return work.connection.execute(ready.values(values).returning(personal_export.c.id)).first() is not None


def expired(work: UnitOfWork) -> list[tuple[str, str | None]]:
    """Return the copies whose time is over, and where their archives are."""
    query = sa.select(personal_export.c.id, personal_export.c.object)
    rows = work.connection.execute(query.where(personal_export.c.expires_at <= work.clock.now()))
    return [(row.id, row.object) for row in rows]


def remove(work: UnitOfWork, export_id: str) -> None:
    """Forget a copy whose archive is gone."""
    work.connection.execute(sa.delete(personal_export).where(personal_export.c.id == export_id))
