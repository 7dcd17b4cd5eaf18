"""Put a blob that one has stored into a project."""

from cloud.blobs import rules, store
from cloud.blobs.contracts import Attached
from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.projects import access


def attach_blob(work: UnitOfWork, project_id: str, hash_: str) -> Attached:
    """Let a project's members read a blob.

    Raises UnauthenticatedError (401), ForbiddenError (403), NotFoundError (404: no project,
    or no blob of the caller's).
    """
    _, policy = access.allowed(work, project_id, "blob.attach")
    store.locked(work, hash_)
    about = store.holding(work, rules.account_of(work.call.who), hash_)
    if about is None:
        raise NotFoundError(f"You have stored no blob {hash_}: upload it first.")
    store.attach(work, project_id, about)
    store.mark(work, project_id, [hash_])
    found = store.attached(work, project_id, hash_)
    assert found is not None, "it is locked"
    work.audit.write("blob.attached", f"project:{project_id}", after={"blob": hash_, **about.audited()}, policy=policy)
    return found
