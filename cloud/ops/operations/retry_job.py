"""Give a dead job its attempts back."""

from cloud.foundation.etags import require_match
from cloud.foundation.policy import authorize
from cloud.foundation.problems import ConflictError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.ops import store
from cloud.ops.contracts import JobView


def retry_job(work: UnitOfWork, job_id: str) -> JobView:
    """Let a dead job run again; what it had finished stays finished.

    Raises NotFoundError (404), ForbiddenError (403), ChangedMeanwhileError (412), ConflictError (409: not dead).
    """
    job = store.job(work, job_id, is_locked=True)
    policy = authorize(work.call.who, "job.retry", job.resource)
    require_match(work.call.if_match, job.version)
    if not work.jobs.retry(job_id):
        raise ConflictError(f"The job {job_id} is {job.state}; only a dead job can be tried again.")
    after = store.job(work, job_id)
    work.audit.write("job.retried", f"job:{job_id}", before=job.audited(), after=after.audited(), policy=policy)
    return after
