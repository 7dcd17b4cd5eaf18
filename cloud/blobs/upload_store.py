"""Uploads, read and written inside one unit of work."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from cloud.blobs.contracts import About, Upload
from cloud.blobs.errors import ExpiredError
from cloud.blobs.rules import UNSENT_LASTS, UPLOAD_LASTS
from cloud.blobs.tables import blob_upload as table
from cloud.foundation.ids import new_id
from cloud.foundation.paging import page_of
from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork


def take_turn(work: UnitOfWork, account_id: str) -> None:
    """Be the only one that adds uploads to an account until the unit ends: together they must fit its quota."""
    number = sa.func.hashtextextended(f"blobs of {account_id}", 0)
    work.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def add(work: UnitOfWork, account_id: str, about: About, length: int) -> Upload:
    """Add an upload of which nothing has arrived."""
    now = work.clock.now()
    made = Upload(new_id("upl"), account_id, about, length, now, now + UNSENT_LASTS, None)
    values: dict[str, Any] = {"id": made.id, "account_id": account_id, "hash": about.hash, "kind": about.kind}
    values |= {"original": about.original, "created_at": now, "expires_at": made.expires_at}
    work.connection.execute(sa.insert(table).values(**values, length=length))
    return made


def upload(work: UnitOfWork, account_id: str, upload_id: str) -> Upload:
    """Return an account's upload; raises NotFoundError (404), ExpiredError (410)."""
    query = sa.select(table).where(table.c.id == upload_id, table.c.account_id == account_id)
    row = work.connection.execute(query).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no upload {upload_id}: begin anew.")
    if row["expires_at"] <= work.clock.now():
        raise ExpiredError(f"The upload {upload_id} took too long: begin anew.")
    return _upload_of(row)


def being_sent(work: UnitOfWork, found: Upload) -> Upload:
    """Let an upload of which something is sent last as long as any; return it as it is now."""
    expires_at = found.created_at + UPLOAD_LASTS
    if found.completed_at is not None or found.expires_at == expires_at:
        return found
    work.connection.execute(sa.update(table).where(table.c.id == found.id).values(expires_at=expires_at))
    return replace(found, expires_at=expires_at)


def unfinished(work: UnitOfWork, account_id: str, after: list[Any] | None, size: int) -> list[Upload]:
    """Return an account's uploads that are not whole, newest first, one more than `size` when there are more."""
    growing = (table.c.completed_at.is_(None), table.c.expires_at > work.clock.now())
    query = sa.select(table).where(table.c.account_id == account_id, *growing)
    rows = work.connection.execute(page_of(query, (table.c.created_at, table.c.id), after, size)).mappings()
    return [_upload_of(row) for row in rows]


def name_in_store(work: UnitOfWork, upload_id: str, store_id: str) -> str:
    """Note what the store calls an upload, unless somebody was faster; return what it is called."""
    unnamed = sa.update(table).where(table.c.id == upload_id, table.c.store_id.is_(None))
    work.connection.execute(unnamed.values(store_id=store_id))
    found = work.connection.execute(sa.select(table.c.store_id).where(table.c.id == upload_id)).scalar()
    return str(found or store_id)


def complete(work: UnitOfWork, upload_id: str) -> bool:
    """Note that an upload is whole, for whoever did not hear of it; return whether it has not ended meanwhile."""
    now = work.clock.now()
    whole = sa.update(table).where(table.c.id == upload_id, table.c.expires_at > now).values(completed_at=now)
    return work.connection.execute(whole.returning(table.c.id)).first() is not None


def remove(work: UnitOfWork, upload_id: str) -> None:
    """Forget an upload."""
    work.connection.execute(sa.delete(table).where(table.c.id == upload_id))


def forget_expired(work: UnitOfWork) -> int:
    """Forget uploads whose time is over; return how many."""
    old = sa.delete(table).where(table.c.expires_at < work.clock.now())
    return len(work.connection.execute(old.returning(table.c.id)).all())


def not_growing(work: UnitOfWork, upload_ids: Collection[str]) -> list[str]:
    """Return which of some uploads nothing can be added to any more."""
    growing = sa.select(table.c.id).where(table.c.id.in_(sorted(upload_ids)), table.c.completed_at.is_(None))
    return sorted(set(upload_ids) - set(work.connection.execute(growing).scalars()))


def _upload_of(row: "sa.RowMapping") -> Upload:
    about = About(row["hash"], row["kind"], row["original"])
    rest = [row[name] for name in ("length", "created_at", "expires_at", "completed_at", "store_id")]
    return Upload(row["id"], row["account_id"], about, *rest)
