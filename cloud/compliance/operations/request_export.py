"""Ask for a copy of all that is kept about one."""

from cloud.compliance import periods, store
from cloud.compliance.contracts import Export
from cloud.foundation.policy import authorize
from cloud.foundation.problems import ConflictError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity.contracts import account_resource
from cloud.identity.operations.step_up import require_fresh

EXPORT = "compliance.export"


def request_export(work: UnitOfWork) -> Export:
    """Begin a copy; its owner is told by mail when it can be fetched.

    Raises NoSessionError, StepUpNeededError, ForbiddenError (403), ConflictError (409: one is being made).
    """
    session = require_fresh(work)
    policy = authorize(work.call.who, "export.request", account_resource(session.account_id))
    if store.is_being_made(work, session.account_id):
        raise ConflictError("A copy of your data is being made already: you are told by mail when it is ready.")
    made = store.add(work, session.account_id, periods.COPY_LASTS)
    values = {"export": made.id, "account": session.account_id, "address": work.call.address}
    work.jobs.enqueue(EXPORT, values, id=f"{EXPORT}:{made.id}")
    work.audit.write("export.requested", f"account:{session.account_id}", after={"export": made.id}, policy=policy)
    return made
