"""What waits for a second person, and the dead jobs it is about, read and written inside one unit of work."""

from dataclasses import fields

import sqlalchemy as sa

from cloud.foundation.problems import NotFoundError
from cloud.foundation.tables import job
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.ops.contracts import JobRequest
from cloud.ops.tables import job_request

#: Of one request; more are asked for again.
MOST_JOBS = 500
_REQUEST = [job_request.c[field.name] for field in fields(JobRequest)]


def dead_jobs(work: UnitOfWork, kind: str) -> list[str]:
    """Return the dead jobs of a kind, oldest first."""
    query = sa.select(job.c.id).where(job.c.state == "dead", job.c.kind == kind)
    return list(work.connection.execute(query.order_by(job.c.created_at, job.c.id).limit(MOST_JOBS)).scalars())


def dead_among(work: UnitOfWork, job_ids: list[str]) -> list[str]:
    """Return which of some jobs are dead."""
    query = sa.select(job.c.id).where(job.c.state == "dead", job.c.id.in_(job_ids))
    return list(work.connection.execute(query.order_by(job.c.created_at, job.c.id)).scalars())


def add(work: UnitOfWork, request: JobRequest) -> None:
    """Keep a request."""
    values = {field.name: getattr(request, field.name) for field in fields(JobRequest)}
    work.connection.execute(sa.insert(job_request).values(values))


def waiting(work: UnitOfWork) -> list[JobRequest]:
    """Return what waits, oldest first."""
    query = sa.select(*_REQUEST).where(job_request.c.expires_at > work.clock.now())
    rows = work.connection.execute(query.order_by(job_request.c.created_at, job_request.c.id)).mappings()
    return [JobRequest(**row) for row in rows]


def use(work: UnitOfWork, request_id: str) -> JobRequest:
    """Return a request that waits, which is decided from now on; raises NotFoundError."""
    used = sa.delete(job_request).where(job_request.c.id == request_id, job_request.c.expires_at > work.clock.now())
    row = work.connection.execute(used.returning(*_REQUEST)).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no request {request_id} that waits.")
    return JobRequest(**row)


def forget_old(work: UnitOfWork) -> int:
    """Remove requests that nobody decided in time; return how many."""
    old = sa.delete(job_request).where(job_request.c.expires_at < work.clock.now())
    return len(work.connection.execute(old.returning(job_request.c.id)).all())
