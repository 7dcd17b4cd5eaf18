"""Stop a job for good, or give a dead one its attempts back."""

from cloud.foundation.etags import require_match
from cloud.foundation.policy import authorize
from cloud.foundation.problems import ConflictError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.ops import store
from cloud.ops.contracts import JobView


def cancel_job(work: UnitOfWork, job_id: str) -> JobView:
    """Stop a job that has not ended; a worker that runs it changes nothing more.

    Raises NotFoundError (404), ForbiddenError (403), ChangedMeanwhileError (412), ConflictError (409: has ended).
    """
    job, policy = _allowed(work, job_id, "job.cancel")
    if not work.jobs.cancel(job_id):
        raise ConflictError(f"The job {job_id} is {job.state}: it has ended already.")
    return _changed(work, job, "job.cancelled", policy)


def retry_job(work: UnitOfWork, job_id: str) -> JobView:
    """Let a dead job run again; what it had finished stays finished.

    Raises NotFoundError (404), ForbiddenError (403), ChangedMeanwhileError (412), ConflictError (409: not dead).
    """
    job, policy = _allowed(work, job_id, "job.retry")
    if not work.jobs.retry(job_id):
        raise ConflictError(f"The job {job_id} is {job.state}; only a dead job can be tried again.")
    return _changed(work, job, "job.retried", policy)


def _allowed(work: UnitOfWork, job_id: str, action: str) -> tuple[JobView, str]:
    job = store.job(work, job_id, is_locked=True)
    policy = authorize(work.call.who, action, job.resource)
    require_match(work.call.if_match, job.version)
    return job, policy


def _changed(work: UnitOfWork, before: JobView, what: str, policy: str) -> JobView:
    after = store.job(work, before.id)
    work.audit.write(what, f"job:{before.id}", before=before.audited(), after=after.audited(), policy=policy)
    return after
