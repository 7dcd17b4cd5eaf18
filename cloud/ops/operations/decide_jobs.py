"""Discard dead jobs, or do something to many at once: one person asks, another confirms, both with a fresh proof."""

from datetime import timedelta

from cloud.foundation.ids import new_id
from cloud.foundation.policy import PLATFORM, authorize
from cloud.foundation.problems import ConflictError, ForbiddenError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity.operations.step_up import require_fresh
from cloud.ops import request_store, store
from cloud.ops.contracts import JobRequest, JobWish

LASTS = timedelta(days=1)
_DONE = {"retry": "job.retried", "discard": "job.discarded"}


def ask_for_jobs(work: UnitOfWork, wish: JobWish) -> JobRequest:
    """Ask somebody else to confirm.

    Raises ForbiddenError, StepUpNeededError (403), ConflictError (409: none is dead).
    """
    policy = authorize(work.call.who, "job.ask", PLATFORM)
    asker = require_fresh(work).account_id
    dead = request_store.dead_among(work, [wish.job_id]) if wish.job_id else request_store.dead_jobs(work, wish.kind)
    if not dead:
        raise ConflictError("There is no such dead job: look at the list again.")
    now = work.clock.now()
    request = JobRequest(new_id("jrq"), wish.verb, dead, asker, now, now + LASTS)
    request_store.add(work, request)
    work.audit.write("jobs.asked_for", f"request:{request.id}", after=request.audited(), policy=policy)
    return request


def confirm_jobs(work: UnitOfWork, request_id: str) -> int:
    """Do what somebody else asked for to those jobs that are still dead; return how many.

    Raises ForbiddenError (403: one's own), StepUpNeededError (403), NotFoundError (404).
    """
    policy = authorize(work.call.who, "job.decide", PLATFORM)
    decider = require_fresh(work).account_id
    request = request_store.use(work, request_id)
    if request.asked_by == decider:
        raise ForbiddenError("Somebody else confirms what you ask for.")
    dead = request_store.dead_among(work, request.jobs)
    for job_id in dead:
        before = store.job(work, job_id, is_locked=True)
        done = work.jobs.retry(job_id) if request.verb == "retry" else work.jobs.discard(job_id)
        assert done, "a dead job is locked"
        after = {**store.job(work, job_id).audited(), "request": request.id, "asked_by": request.asked_by}
        work.audit.write(_DONE[request.verb], f"job:{job_id}", before=before.audited(), after=after, policy=policy)
    return len(dead)


def refuse_jobs(work: UnitOfWork, request_id: str) -> JobRequest:
    """Refuse what somebody asked for, or take back one's own. Raises NotFoundError (404), StepUpNeededError (403)."""
    policy = authorize(work.call.who, "job.decide", PLATFORM)
    require_fresh(work)
    request = request_store.use(work, request_id)
    work.audit.write("jobs.refused", f"request:{request.id}", before=request.audited(), policy=policy)
    return request
