"""Whether somebody may do something to a project. Whoever may not see it learns nothing, not even that it exists."""

from cloud.foundation.policy import authorize
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.projects import rules, store
from cloud.projects.contracts import Project


def allowed(work: UnitOfWork, project_id: str, action: str, *, is_locked: bool = False) -> tuple[Project, str]:
    """Return a project as the caller sees it, and the policy that permits `action`.

    Raises UnauthenticatedError (401), NotFoundError (404: none, or not theirs), ForbiddenError (403).
    """
    who = work.call.who
    found = store.project_of(work, project_id, rules.account_of(who), is_locked=is_locked)
    authorize(who, "project.read", found.resource, is_hidden=True)
    return found, authorize(who, action, found.resource)
