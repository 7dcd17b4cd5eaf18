"""Rename and delete a shared project."""

from cloud.foundation.etags import require_match
from cloud.foundation.events import EventType, tell
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.projects import access, store
from cloud.projects.contracts import Project

DELETED = EventType("project.deleted", "A shared project was deleted.", {"project_id": "prj_01"})


def rename_project(work: UnitOfWork, project_id: str, name: str) -> Project:
    """Give a project another name; the audit tells that, not the names.

    Raises NotFoundError (404), ForbiddenError (403), ChangedMeanwhileError (412), ConditionMissingError (428).
    """
    found, policy = access.allowed(work, project_id, "project.rename", is_locked=True)
    require_match(work.call.if_match, found.version)
    store.change_project(work, project_id, name=name)
    after = store.project_of(work, project_id, work.call.who.on_behalf_of or work.call.who.id)
    before = found.audited()
    work.audit.write("project.renamed", f"project:{project_id}", before=before, after=after.audited(), policy=policy)
    return after


def delete_project(work: UnitOfWork, project_id: str) -> Project:
    """Delete a project: nobody sees it any more, its room closes, nothing is removed.

    Raises NotFoundError (404), ForbiddenError (403).
    """
    found, policy = access.allowed(work, project_id, "project.delete", is_locked=True)
    tell(work, DELETED, store.accounts_in(work, project_id), {"project_id": project_id})
    store.change_project(work, project_id, deleted_at=work.clock.now())
    work.audit.write("project.deleted", f"project:{project_id}", before=found.audited(), policy=policy)
    return found
