"""Reads jobs and audit entries, newest first, by key."""

from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from cloud.foundation.paging import page_of
from cloud.foundation.problems import NotFoundError
from cloud.foundation.tables import audit_entry
from cloud.foundation.tables import job as job_table
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.ops.contracts import AuditFilter, AuditView, JobView

_JOB = [job_table.c[field.name] for field in fields(JobView)]
_AUDIT = [audit_entry.c[field.name] for field in fields(AuditView)]


def job(work: UnitOfWork, job_id: str, *, is_locked: bool = False) -> JobView:
    """Return a job, locked until the unit ends if wanted; raises NotFoundError."""
    query = sa.select(*_JOB).where(job_table.c.id == job_id)
    row = work.connection.execute(query.with_for_update() if is_locked else query).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no job {job_id}.")
    return JobView(**row)


def jobs(work: UnitOfWork, filters: dict[str, str], after: list[Any] | None, size: int) -> list[JobView]:
    """Return jobs whose columns have the values in `filters`, from the position `after` on, one more than `size`."""
    query = _narrowed(sa.select(*_JOB), job_table, filters)
    key = (job_table.c.created_at, job_table.c.id)
    return [JobView(**row) for row in work.connection.execute(page_of(query, key, after, size)).mappings()]


def audit_entries(work: UnitOfWork, wanted: AuditFilter, after: list[Any] | None, size: int) -> list[AuditView]:
    """Return the audit entries that are wanted, from the position `after` on, one more than `size`."""
    query = _narrowed(sa.select(*_AUDIT), audit_entry, wanted.exact())
    if wanted.since is not None:
        query = query.where(audit_entry.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(audit_entry.c.at < wanted.until)
    key = (audit_entry.c.at, audit_entry.c.chain, audit_entry.c.seq)
    rows = work.connection.execute(page_of(query, key, after, size)).mappings()
    return [AuditView(**{**row, "hash": row["hash"].hex()}) for row in rows]


def _narrowed(query: "sa.Select[Any]", table: sa.Table, filters: dict[str, str]) -> "sa.Select[Any]":
    return query.where(*(table.c[name] == value for name, value in filters.items()))
