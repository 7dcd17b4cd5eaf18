"""What routes ask `ops` for: each question or verb is one unit of work. Gets and gives plain values, no schemas."""

from collections.abc import Callable

from fastapi import Response
from pydantic import BaseModel

from cloud.foundation.admission import peer_hash
from cloud.foundation.answers import answer
from cloud.foundation.calls import Call
from cloud.foundation.etags import etag
from cloud.foundation.paging import Cursors, Listed, newest_first
from cloud.foundation.policy import PLATFORM, authorize
from cloud.foundation.runtime import Runtime
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.ops import request_store, store
from cloud.ops.contracts import AuditFilter, AuditView, JobRequest, JobView, JobWish
from cloud.ops.operations.change_job import cancel_job, retry_job
from cloud.ops.operations.decide_jobs import ask_for_jobs, confirm_jobs, refuse_jobs

#: How a route shows a job: what it makes is kept as the reply.
Present = Callable[[JobView], BaseModel]
_MOST_EXPORTED = 10_000


class Ops:
    """The operator's side of one process's runtime."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def jobs(self, call: Call, filters: dict[str, str], cursor: str | None, size: int) -> Listed[JobView]:
        """Return a page of jobs, newest first."""
        authorize(call.who, "job.list", PLATFORM)
        return newest_first(
            self._cursors("job", filters),
            cursor,
            size,
            lambda after: self._runtime.units.run(call, lambda work: store.jobs(work, filters, after, size)),
        )

    def audit(self, call: Call, wanted: AuditFilter, cursor: str | None, size: int) -> Listed[AuditView]:
        """Return a page of the audit, newest first."""
        authorize(call.who, "audit.search", PLATFORM)
        return newest_first(
            self._cursors("audit", wanted.audited()),
            cursor,
            size,
            lambda after: self._runtime.units.run(call, lambda work: store.audit_entries(work, wanted, after, size)),
            lambda row: (row.at, row.chain, row.seq),
        )

    def export_audit(self, call: Call, wanted: AuditFilter) -> list[AuditView]:
        """Return the newest entries that are wanted, to be taken away; that they were is audited."""
        policy = authorize(call.who, "audit.export", PLATFORM)

        def read(work: UnitOfWork) -> list[AuditView]:
            rows = store.audit_entries(work, wanted, None, _MOST_EXPORTED)[:_MOST_EXPORTED]
            after = {**wanted.audited(), "entries": len(rows)}
            work.audit.write("audit.exported", "platform:audit", after=after, policy=policy)
            return rows

        return self._runtime.units.run(call, read)

    def ip_hash(self, address: str) -> str:
        """Return what entries have for a network address; nothing for none."""
        return peer_hash(self._runtime.keyring, address) if address else ""

    def job(self, call: Call, job_id: str) -> JobView:
        """Return one job; raises NotFoundError."""
        authorize(call.who, "job.list", PLATFORM)  # before the look-up: nobody else learns which ids there are

        def read(work: UnitOfWork) -> JobView:
            found = store.job(work, job_id)
            authorize(call.who, "job.read", found.resource, is_hidden=True)
            return found

        return self._runtime.units.run(call, read)

    def retry_job(self, call: Call, job_id: str, present: Present) -> Response:
        """Let a dead job run again."""
        return self._changed(call, lambda work: retry_job(work, job_id), present)

    def cancel_job(self, call: Call, job_id: str, present: Present) -> Response:
        """Stop a job that has not ended."""
        return self._changed(call, lambda work: cancel_job(work, job_id), present)

    def job_requests(self, call: Call) -> list[JobRequest]:
        """Return what waits for a second person, oldest first."""
        authorize(call.who, "job.list", PLATFORM)
        return self._runtime.units.run(call, request_store.waiting)

    def ask_for_jobs(self, call: Call, wish: JobWish) -> JobRequest:
        """Ask somebody else to confirm what is to be done to dead jobs."""
        return self._runtime.units.run(call, lambda work: ask_for_jobs(work, wish))

    def confirm_jobs(self, call: Call, request_id: str) -> int:
        """Do what somebody else asked for; return to how many jobs."""
        return self._runtime.units.run(call, lambda work: confirm_jobs(work, request_id))

    def refuse_jobs(self, call: Call, request_id: str) -> JobRequest:
        """Refuse what somebody asked for."""
        return self._runtime.units.run(call, lambda work: refuse_jobs(work, request_id))

    def run_retry(self, call: Call, job_id: str) -> JobView:
        """Let a dead job run again, for a page; the call names the version that was shown."""
        authorize(call.who, "job.list", PLATFORM)
        return self._runtime.units.run(call, lambda work: retry_job(work, job_id))

    def run_cancel(self, call: Call, job_id: str) -> JobView:
        """Stop a job that has not ended, for a page; the call names the version that was shown."""
        authorize(call.who, "job.list", PLATFORM)
        return self._runtime.units.run(call, lambda work: cancel_job(work, job_id))

    def _changed(self, call: Call, operation: Callable[[UnitOfWork], JobView], present: Present) -> Response:
        authorize(call.who, "job.list", PLATFORM)
        return answer(self._runtime.units, call, operation, present, headers=lambda job: {"ETag": etag(job.version)})

    def _cursors(self, order: str, filters: dict[str, str]) -> Cursors:
        return Cursors(self._runtime.keyring.derived("cursor"), order, filters)
