"""The API for whoever looks after the cloud: jobs, their dead letters, the audit."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from cloud.foundation import problems, wording
from cloud.foundation.admission import ToEdit, ToRead
from cloud.foundation.etags import etag
from cloud.foundation.paging import CursorText, Page, PageSize
from cloud.foundation.runtime import runtime_of
from cloud.ops.contracts import AuditFilter
from cloud.ops.facade import Ops
from cloud.ops.schemas import AuditModel, JobModel, JobState

router = APIRouter(prefix="/v1/ops", tags=["operations"])
_READ = problems.problem_responses(
    *(problems.MALFORMED, problems.UNAUTHENTICATED, problems.FORBIDDEN, problems.NOT_FOUND, problems.TOO_LARGE),
    *(problems.INVALID, problems.QUOTA_EXCEEDED, problems.INTERNAL, problems.UNAVAILABLE),
)
_EDIT = _READ | problems.problem_responses(
    *(problems.CONFLICT, problems.STILL_RUNNING, problems.CHANGED_MEANWHILE, problems.CONDITION_MISSING),
)
_ETAG = {"headers": {"ETag": {"description": "Version of the job.", "schema": {"type": "string"}}}}
JobId = Annotated[str, Path(min_length=1, max_length=200, pattern=wording.ID)]
Word = Annotated[str | None, Query(min_length=1, max_length=200, pattern=wording.ENGLISH)]


@router.get("/jobs", responses=_READ)
def list_jobs(
    request: Request,
    call: ToRead,
    *,
    state: JobState | None = None,
    kind: Word = None,
    cursor: CursorText = None,
    limit: PageSize = 50,
) -> Page[JobModel]:
    """List jobs, newest first."""
    found = Ops(runtime_of(request)).jobs(call, _given(state=state, kind=kind), cursor, limit)
    return Page(items=[JobModel.model_validate(job) for job in found.items], next=found.next)


@router.get("/jobs/{job_id}", responses=_READ | {200: _ETAG})
def read_job(request: Request, response: Response, call: ToRead, job_id: JobId) -> JobModel:
    """Read a job; the ETag is what a change names in If-Match."""
    job = Ops(runtime_of(request)).job(call, job_id)
    response.headers["ETag"] = etag(job.version)
    return JobModel.model_validate(job)


@router.post("/jobs/{job_id}/retry", responses=_EDIT | {200: _ETAG}, response_model=JobModel)
def retry_job(request: Request, call: ToEdit, job_id: JobId) -> Response:
    """Let a dead job run again; what it had finished stays finished."""
    return Ops(runtime_of(request)).retry_job(call, job_id, JobModel.model_validate)


@router.post("/jobs/{job_id}/cancel", responses=_EDIT | {200: _ETAG}, response_model=JobModel)
def cancel_job(request: Request, call: ToEdit, job_id: JobId) -> Response:
    """Stop a job that has not ended."""
    return Ops(runtime_of(request)).cancel_job(call, job_id, JobModel.model_validate)


@router.get("/audit", responses=_READ)
def search_audit(
    request: Request,
    call: ToRead,
    *,
    actor: Word = None,
    action: Word = None,
    resource: Word = None,
    request_id: Word = None,
    cursor: CursorText = None,
    limit: PageSize = 50,
) -> Page[AuditModel]:
    """Search the audit, newest first; every filter is an exact value."""
    wanted = AuditFilter(actor or "", action or "", resource or "", request_id or "")
    found = Ops(runtime_of(request)).audit(call, wanted, cursor, limit)
    return Page(items=[AuditModel.model_validate(entry) for entry in found.items], next=found.next)


def _given(**filters: str | None) -> dict[str, str]:
    return {name: value for name, value in filters.items() if value is not None}
