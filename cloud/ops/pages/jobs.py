"""Jobs and dead letters: one is tried again or stopped at once; discarding, and many at once, need a second person."""

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import Form, Path, Query, Response
from pydantic import BaseModel, Field

from cloud.foundation import wording
from cloud.foundation.etags import etag
from cloud.foundation.problems import ProblemError
from cloud.identity.pages.visit import Posted, Visit, go, page_router
from cloud.ops.contracts import JobWish
from cloud.ops.pages.staff import SHOWN, Staff, further, ops_of, refused, shown
from cloud.ops.schemas import JobState

router = page_router()
Id = Annotated[str, Path(min_length=1, max_length=200, pattern=wording.ID)]
Word = Annotated[str, Field(max_length=200)]


class Wanted(BaseModel):
    """Which jobs."""

    state: JobState | Literal[""] = "dead"
    kind: Word = ""
    cursor: Annotated[str, Field(max_length=500)] | None = None

    def filters(self) -> dict[str, str]:
        """Return what narrows the list."""
        return {name: value for name, value in (("state", self.state), ("kind", self.kind.strip())) if value}


class Shown(BaseModel):
    """The version that somebody saw."""

    version: int = Field(ge=1)


class Asked(BaseModel):
    """What is to be done when a second person confirms it: to one job, or to all dead ones of a kind."""

    verb: Literal["retry", "discard"]
    job_id: Word = ""
    kind: Word = ""


@router.get("/admin/jobs")
def show_jobs(visit: Staff, wanted: Annotated[Wanted, Query()]) -> Response:
    """Show jobs, newest first; dead ones unless another state is asked for."""
    return shown(visit, "jobs.html", _values(visit, wanted))


@router.post("/admin/jobs/{job_id}/retry", dependencies=[Posted])
def retry(visit: Staff, job_id: Id, form: Annotated[Shown, Form()]) -> Response:
    """Let a dead job run again."""
    return _done(visit, lambda: ops_of(visit).run_retry(_seen(visit, form), job_id))


@router.post("/admin/jobs/{job_id}/cancel", dependencies=[Posted])
def cancel(visit: Staff, job_id: Id, form: Annotated[Shown, Form()]) -> Response:
    """Stop a job that has not ended."""
    return _done(visit, lambda: ops_of(visit).run_cancel(_seen(visit, form), job_id))


@router.post("/admin/job-requests", dependencies=[Posted])
def ask(visit: Staff, form: Annotated[Asked, Form()]) -> Response:
    """Ask somebody else to confirm."""
    return _done(visit, lambda: ops_of(visit).ask_for_jobs(visit.call, JobWish(form.verb, form.job_id, form.kind)))


@router.post("/admin/job-requests/{request_id}/confirmation", dependencies=[Posted])
def confirm(visit: Staff, request_id: Id) -> Response:
    """Do what somebody else asked for."""
    return _done(visit, lambda: ops_of(visit).confirm_jobs(visit.call, request_id))


@router.post("/admin/job-requests/{request_id}/refusal", dependencies=[Posted])
def refuse(visit: Staff, request_id: Id) -> Response:
    """Refuse what somebody asked for, or take it back."""
    return _done(visit, lambda: ops_of(visit).refuse_jobs(visit.call, request_id))


def _seen(visit: Visit, form: Shown) -> Any:
    return replace(visit.call, if_match=etag(form.version))


def _values(visit: Visit, wanted: Wanted) -> dict[str, Any]:
    ops, filters = ops_of(visit), wanted.filters()
    found = ops.jobs(visit.call, filters, wanted.cursor, SHOWN)
    given = {"state": wanted.state, "kind": wanted.kind}
    values = {"wanted": given, "jobs": found.items, "further": further("/admin/jobs", given, found.next)}
    return values | {"requests": ops.job_requests(visit.call), "own_id": visit.call.who.id}


def _done(visit: Visit, verb: Any) -> Response:
    try:
        verb()
    except ProblemError as error:
        return refused(visit, error, "jobs.html", _values(visit, Wanted()))
    return go("/admin/jobs")
