"""Stop a job for good."""

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
    job = store.job(work, job_id, is_locked=True)
    policy = authorize(work.call.who, "job.cancel", job.resource)
    require_match(work.call.if_match, job.version)
    if not work.jobs.cancel(job_id):
        raise ConflictError(f"The job {job_id} is {job.state}: it has ended already.")
    after = store.job(work, job_id)
    work.audit.write("job.cancelled", f"job:{job_id}", before=job.audited(), after=after.audited(), policy=policy)
    return after
