"""What routes and commands ask `ops` for: each question or verb is one unit of work."""

from datetime import datetime
from typing import Any

from fastapi import Response

from cloud.foundation.answers import answer
from cloud.foundation.calls import Call
from cloud.foundation.etags import etag
from cloud.foundation.paging import Cursors, Page
from cloud.foundation.policy import PLATFORM, authorize
from cloud.foundation.runtime import Runtime
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.ops import store
from cloud.ops.contracts import Slice
from cloud.ops.operations.cancel_job import cancel_job
from cloud.ops.operations.retry_job import retry_job
from cloud.ops.schemas import AuditModel, JobModel


class Ops:
    """The operator's side of one process's runtime."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def jobs(self, call: Call, filters: dict[str, str], cursor: str | None, size: int) -> Page[JobModel]:
        """Return a page of jobs, newest first."""
        authorize(call.who, "job.list", PLATFORM)
        cursors = self._cursors("job", filters)
        after = _with_moment(cursors.read(cursor))
        found = self._runtime.units.run(call, lambda work: store.jobs(work, filters, after, size))
        items = [JobModel.model_validate(row) for row in found.rows]
        return Page(items=items, next=_next(cursors, found, lambda row: [row.created_at.isoformat(), row.id]))

    def audit(self, call: Call, filters: dict[str, str], cursor: str | None, size: int) -> Page[AuditModel]:
        """Return a page of the audit, newest first."""
        authorize(call.who, "audit.search", PLATFORM)
        cursors = self._cursors("audit", filters)
        after = _with_moment(cursors.read(cursor))
        found = self._runtime.units.run(call, lambda work: store.audit_entries(work, filters, after, size))
        items = [AuditModel.model_validate(row) for row in found.rows]
        return Page(items=items, next=_next(cursors, found, lambda row: [row.at.isoformat(), row.chain, row.seq]))

    def job(self, call: Call, job_id: str) -> JobModel:
        """Return one job; raises NotFoundError."""

        def read(work: UnitOfWork) -> JobModel:
            authorize(call.who, "job.list", PLATFORM)  # before the look-up: nobody else learns which ids there are
            found = store.job(work, job_id)
            authorize(call.who, "job.read", found.resource, is_hidden=True)
            return JobModel.model_validate(found)

        return self._runtime.units.run(call, read)

    def retry_job(self, call: Call, job_id: str) -> Response:
        """Let a dead job run again."""
        authorize(call.who, "job.list", PLATFORM)
        return answer(
            self._runtime.units, call, lambda work: JobModel.model_validate(retry_job(work, job_id)), headers=_etag
        )

    def cancel_job(self, call: Call, job_id: str) -> Response:
        """Stop a job that has not ended."""
        authorize(call.who, "job.list", PLATFORM)
        return answer(
            self._runtime.units, call, lambda work: JobModel.model_validate(cancel_job(work, job_id)), headers=_etag
        )

    def _cursors(self, order: str, filters: dict[str, str]) -> Cursors:
        return Cursors(self._runtime.keyring.derived("cursor"), order, filters)


def _etag(job: JobModel) -> dict[str, str]:
    return {"ETag": etag(job.version)}


def _with_moment(position: list[Any] | None) -> list[Any] | None:
    return None if position is None else [datetime.fromisoformat(position[0]), *position[1:]]


def _next(cursors: Cursors, found: Slice, position: Any) -> str | None:
    return cursors.write(position(found.rows[-1])) if found.has_more else None
