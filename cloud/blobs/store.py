"""Blobs, who holds them and which projects have them, read and written inside one unit of work.

A blob that is going (its object is being removed) is found by nobody; whoever changes one has locked its row first.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from cloud.blobs.contracts import About, Attached
from cloud.blobs.rules import LONG_AGO
from cloud.blobs.tables import blob, blob_holding, blob_upload, project_blob
from cloud.foundation.paging import page_of
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.projects.tables import project

_ATTACHED = [project_blob.c[name] for name in ("project_id", "hash", "kind", "original", "attached_at")]
_THERE = sa.not_(blob.c.is_going)


def locked(work: UnitOfWork, hash_: str) -> bool | None:
    """Lock a blob until the unit ends; return whether it is going, None when there is none."""
    query = sa.select(blob.c.is_going).where(blob.c.hash == hash_).with_for_update()
    return work.connection.execute(query).scalar()


def put_blob(work: UnitOfWork, hash_: str, size: int) -> None:
    """Note that an object is stored, or needed again."""
    now = work.clock.now()
    values = {"hash": hash_, "size": size, "created_at": now, "used_at": now, "is_going": False}
    needed = {"used_at": now, "doomed_at": None}
    work.connection.execute(insert(blob).values(values).on_conflict_do_update(index_elements=["hash"], set_=needed))


def put_unneeded(work: UnitOfWork, hash_: str, size: int) -> None:
    """Note that an object is stored for nobody, unless somebody has the same one: it goes with the next round."""
    values = {"hash": hash_, "size": size, "created_at": work.clock.now(), "used_at": LONG_AGO, "is_going": False}
    work.connection.execute(insert(blob).values(values).on_conflict_do_nothing())


def put_holding(work: UnitOfWork, account_id: str, about: About) -> None:
    """Note that an account has stored a blob."""
    what = {"kind": about.kind, "original": about.original}
    values = {"account_id": account_id, "hash": about.hash, "created_at": work.clock.now(), **what}
    row = insert(blob_holding).values(values)
    work.connection.execute(row.on_conflict_do_update(index_elements=["account_id", "hash"], set_=what))


def holding(work: UnitOfWork, account_id: str, hash_: str) -> About | None:
    """Return what an account has stored a blob as."""
    query = (
        sa.select(blob_holding.c.hash, blob_holding.c.kind, blob_holding.c.original)
        .join(blob, blob.c.hash == blob_holding.c.hash)
        .where(blob_holding.c.account_id == account_id, blob_holding.c.hash == hash_, _THERE)
    )
    row = work.connection.execute(query).first()
    return About(*row) if row is not None else None


def held(work: UnitOfWork, account_id: str, hashes: Collection[str]) -> list[str]:
    """Return which of some blobs an account has stored; they count as needed now."""
    own = sa.select(blob_holding.c.hash).where(
        blob_holding.c.account_id == account_id, blob_holding.c.hash.in_(sorted(set(hashes)))
    )
    # In one order, so that two such requests never wait for each other.
    rows = sa.select(blob.c.hash).where(blob.c.hash.in_(own), _THERE).order_by(blob.c.hash).with_for_update()
    found = list(work.connection.execute(rows).scalars())
    needed = sa.update(blob).where(blob.c.hash.in_(found)).values(used_at=work.clock.now(), doomed_at=None)
    work.connection.execute(needed)
    return found


def used_bytes(work: UnitOfWork, account_id: str) -> int:
    """Return how much an account has stored or announced."""
    stored = (
        sa.select(sa.func.coalesce(sa.func.sum(blob.c.size), 0))
        .join(blob_holding, blob_holding.c.hash == blob.c.hash)
        .where(blob_holding.c.account_id == account_id)
    )
    announced = sa.select(sa.func.coalesce(sa.func.sum(blob_upload.c.length), 0)).where(
        blob_upload.c.account_id == account_id,
        blob_upload.c.completed_at.is_(None),
        blob_upload.c.expires_at > work.clock.now(),
    )
    return sum(int(work.connection.execute(query).scalar_one()) for query in (stored, announced))


def attach(work: UnitOfWork, project_id: str, about: About) -> None:
    """Put a blob into a project."""
    what = {"kind": about.kind, "original": about.original}
    values = {"project_id": project_id, "hash": about.hash, "attached_at": work.clock.now(), **what}
    row = insert(project_blob).values(values)
    work.connection.execute(row.on_conflict_do_update(index_elements=["project_id", "hash"], set_=what))


def attached(work: UnitOfWork, project_id: str, hash_: str) -> Attached | None:
    """Return a project's blob; None when it has no such one."""
    query = _attached_query(project_id).where(blob.c.hash == hash_)
    row = work.connection.execute(query).mappings().first()
    return _attached_of(row) if row is not None else None


def attached_page(
    work: UnitOfWork, project_id: str, originals: Collection[str], after: list[Any] | None, size: int
) -> list[Attached]:
    """Return a project's blobs (of some originals), newest first, one more than `size` when there are more."""
    order = (project_blob.c.attached_at, project_blob.c.hash)
    query = _attached_query(project_id)
    if originals:
        query = query.where(project_blob.c.original.in_(sorted(originals)))
    rows = work.connection.execute(page_of(query, order, after, size)).mappings()
    return [_attached_of(row) for row in rows]


def projects_with_blobs(work: UnitOfWork, after: str, size: int) -> list[str]:
    """Return projects that are not deleted and have blobs, by id, beginning behind `after`."""
    query = (
        sa.select(project.c.id)
        .where(project.c.deleted_at.is_(None), project.c.id > after)
        .where(sa.exists().where(project_blob.c.project_id == project.c.id))
        .order_by(project.c.id)
        .limit(size)
    )
    return list(work.connection.execute(query).scalars())


def mark(work: UnitOfWork, project_id: str, names: Iterable[str] | None) -> None:
    """Note that the blobs of a project that documents name are needed; None for all of the project's."""
    theirs = sa.select(project_blob.c.hash).where(project_blob.c.project_id == project_id)
    if names is not None:
        named = sorted(names)
        theirs = theirs.where(sa.or_(project_blob.c.original.in_(named), project_blob.c.hash.in_(named)))
    needed = sa.update(blob).where(blob.c.hash.in_(theirs), _THERE)
    work.connection.execute(needed.values(used_at=work.clock.now(), doomed_at=None))


def doom(work: UnitOfWork, unused_since: datetime) -> int:
    """Note which blobs nobody has needed for long; return how many there are new."""
    unused = sa.update(blob).where(blob.c.used_at < unused_since, blob.c.doomed_at.is_(None))
    return len(work.connection.execute(unused.values(doomed_at=work.clock.now()).returning(blob.c.hash)).all())


def doomed(work: UnitOfWork, since: datetime) -> list[str]:
    """Return blobs that can go: doomed for long enough, or going already."""
    query = sa.select(blob.c.hash).where(sa.or_(blob.c.is_going, blob.c.doomed_at < since))
    return list(work.connection.execute(query.order_by(blob.c.hash)).scalars())


def begin_removal(work: UnitOfWork, hash_: str, since: datetime) -> bool:
    """Let a blob go unless it is needed again or an upload names it; return whether it goes."""
    if locked(work, hash_) is None:
        return False
    open_upload = sa.exists().where(blob_upload.c.hash == hash_, blob_upload.c.expires_at > work.clock.now())
    going = sa.update(blob).where(
        blob.c.hash == hash_,
        sa.or_(blob.c.is_going, sa.and_(blob.c.doomed_at < since, sa.not_(open_upload))),
    )
    return work.connection.execute(going.values(is_going=True).returning(blob.c.hash)).first() is not None


def end_removal(work: UnitOfWork, hash_: str) -> None:
    """Forget a blob whose object is gone."""
    work.connection.execute(sa.delete(blob).where(blob.c.hash == hash_, blob.c.is_going))


def _attached_query(project_id: str) -> "sa.Select[Any]":
    query = sa.select(*_ATTACHED, blob.c.size).join(blob, blob.c.hash == project_blob.c.hash)
    return query.where(project_blob.c.project_id == project_id, _THERE)


def _attached_of(row: "sa.RowMapping") -> Attached:
    about = About(row["hash"], row["kind"], row["original"])
    return Attached(row["project_id"], about, row["size"], row["attached_at"])
