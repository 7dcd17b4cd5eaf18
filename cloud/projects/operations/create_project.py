"""Make a shared project."""

from cloud.foundation.events import EventType, tell
from cloud.foundation.policy import authorize
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity.contracts import account_resource
from cloud.projects import access, rules, store
from cloud.projects.contracts import Project

CREATED = EventType("project.created", "A shared project was made.", {"project_id": "prj_01", "account_id": "acc_01"})


def create_project(work: UnitOfWork, name: str, forked_from: str | None) -> Project:
    """Make a project that belongs to whoever asks; a fork names a project that they see.

    Raises UnauthenticatedError (401), ForbiddenError (403), NotFoundError (404: nothing to fork).
    """
    owner_id = rules.account_of(work.call.who)
    policy = authorize(work.call.who, "project.create", account_resource(owner_id))
    if forked_from is not None:
        access.allowed(work, forked_from, "project.read")
    made = store.add_project(work, name, owner_id, forked_from=forked_from)
    work.audit.write("project.created", f"project:{made.id}", after=made.audited(), policy=policy)
    tell(work, CREATED, [owner_id], {"project_id": made.id, "account_id": owner_id})
    return made
