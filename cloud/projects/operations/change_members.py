"""Change who is in a project, and as what. There is always one owner: it changes by transfer alone."""

from cloud.foundation.events import EventType, tell
from cloud.foundation.problems import ConflictError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.projects import access, people, rules, store
from cloud.projects.contracts import Member, Project

LEFT = EventType(
    "project.member_left",
    "Somebody left a shared project or was removed from it.",
    {"project_id": "prj_01", "account_id": "acc_01"},
)


def change_role(work: UnitOfWork, project_id: str, account_id: str, role: str) -> Member:
    """Make a member something else; it holds in the project's room at once.

    Raises NotFoundError (404), ForbiddenError (403), ConflictError (409: the owner).
    """
    _, policy = access.allowed(work, project_id, "project.share", is_locked=True)
    before = store.member(work, project_id, account_id)
    if before.role == "owner":
        raise ConflictError("The owner stays the owner until the project is transferred.")
    store.set_role(work, project_id, account_id, role)
    _audit(work, "project.role_changed", project_id, before, role=role, policy=policy)
    return _named(work, store.member(work, project_id, account_id))


def remove_member(work: UnitOfWork, project_id: str, account_id: str) -> Member:
    """Remove somebody from a project, or leave it oneself (`me`).

    Raises NotFoundError (404), ForbiddenError (403), ConflictError (409: the owner).
    """
    own_id = rules.account_of(work.call.who)
    target = own_id if account_id == "me" else account_id
    action = "project.leave" if target == own_id else "project.share"
    _, policy = access.allowed(work, project_id, action, is_locked=True)
    before = store.member(work, project_id, target)
    if before.role == "owner":
        raise ConflictError("The owner cannot leave: transfer or delete the project.")
    tell(work, LEFT, store.accounts_in(work, project_id), {"project_id": project_id, "account_id": target})
    store.remove_member(work, project_id, target)
    _audit(work, "project.left", project_id, before, role=None, policy=policy)
    return _named(work, before)


def transfer_project(work: UnitOfWork, project_id: str, account_id: str) -> Project:
    """Make another member the owner; who was it is an editor from now on.

    Raises NotFoundError (404: no project, no such member), ForbiddenError (403), ConflictError (409: owns it).
    """
    found, policy = access.allowed(work, project_id, "project.transfer", is_locked=True)
    target = store.member(work, project_id, account_id)
    if target.role == "owner":
        raise ConflictError("This member owns the project already.")
    own_id = rules.account_of(work.call.who)
    store.set_role(work, project_id, own_id, "editor")
    store.set_role(work, project_id, account_id, "owner")
    _audit(work, "project.transferred", project_id, target, role="owner", policy=policy)
    return store.project_of(work, found.id, own_id)


def _named(work: UnitOfWork, member: Member) -> Member:
    return Member(member.account_id, member.role, member.joined_at, people.name(work, member.account_id))


def _audit(work: UnitOfWork, action: str, project_id: str, before: Member, *, role: str | None, policy: str) -> None:
    old, new = ({"account": before.account_id, "role": one} for one in (before.role, role))
    work.audit.write(action, f"project:{project_id}", before=old, after=new, policy=policy)
