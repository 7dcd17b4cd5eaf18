"""Reads jobs and audit entries, newest first, by key."""

from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from cloud.foundation.problems import NotFoundError
from cloud.foundation.tables import audit_entry
from cloud.foundation.tables import job as job_table
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.ops.contracts import AuditFilter, AuditView, JobView, Slice

_JOB = [job_table.c[field.name] for field in fields(JobView)]
_AUDIT = [audit_entry.c[field.name] for field in fields(AuditView)]


def job(work: UnitOfWork, job_id: str, *, is_locked: bool = False) -> JobView:
    """Return a job, locked until the unit ends if wanted; raises NotFoundError."""
    query = sa.select(*_JOB).where(job_table.c.id == job_id)
    row = work.connection.execute(query.with_for_update() if is_locked else query).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no job {job_id}.")
    return JobView(**row)


def jobs(work: UnitOfWork, filters: dict[str, str], after: list[Any] | None, size: int) -> Slice:
    """Return jobs whose columns have the values in `filters`, from the position `after` on."""
    query = _narrowed(sa.select(*_JOB), job_table, filters)
    key = (job_table.c.created_at, job_table.c.id)
    rows = work.connection.execute(_page(query, key, after, size)).mappings().all()
    return Slice([JobView(**row) for row in rows[:size]], len(rows) > size)


def audit_entries(work: UnitOfWork, wanted: AuditFilter, after: list[Any] | None, size: int) -> Slice:
    """Return the audit entries that are wanted, from the position `after` on."""
    query = _narrowed(sa.select(*_AUDIT), audit_entry, wanted.exact())
    if wanted.since is not None:
        query = query.where(audit_entry.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(audit_entry.c.at < wanted.until)
    key = (audit_entry.c.at, audit_entry.c.chain, audit_entry.c.seq)
    rows = work.connection.execute(_page(query, key, after, size)).mappings().all()
    views = [AuditView(**{**row, "hash": row["hash"].hex()}) for row in rows[:size]]
    return Slice(views, len(rows) > size)


def _narrowed(query: "sa.Select[Any]", table: sa.Table, filters: dict[str, str]) -> "sa.Select[Any]":
    return query.where(*(table.c[name] == value for name, value in filters.items()))


def _page(
    query: "sa.Select[Any]", key: "tuple[sa.Column[Any], ...]", after: list[Any] | None, size: int
) -> "sa.Select[Any]":
    if after is not None:
        position = [sa.literal(value, column.type) for value, column in zip(after, key, strict=True)]
        query = query.where(sa.tuple_(*key) < sa.tuple_(*position))
    return query.order_by(*(column.desc() for column in key)).limit(size + 1)
