"""Who is in a workspace as what: roles, leaving, handing it over. A workspace always has an owner."""

from cloud.foundation.events import EventType, tell
from cloud.foundation.problems import ConflictError, ForbiddenError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import workspace_store
from cloud.identity.operations.change_workspace import allowed
from cloud.identity.operations.step_up import require_fresh
from cloud.identity.workspace_contracts import Member, Workspace

LEFT = EventType(
    "member.left", "Somebody left a workspace or was removed.", {"workspace_id": "wsp_01", "account_id": "acc_01"}
)


def change_role(work: UnitOfWork, workspace_id: str, account_id: str, role: str) -> Member:
    """Give a member another role; owners are made and unmade by owners.

    Raises NotFoundError (404), ForbiddenError (403), ConflictError (409: the last owner).
    """
    found, policy = allowed(work, workspace_id, "member.change", is_locked=True)
    member = workspace_store.member(work, workspace_id, account_id)
    require_may_touch(found, member.role, role)
    if role != "owner":
        _require_other_owner(work, found, member)
    workspace_store.change_role(work, workspace_id, account_id, role)
    before, after = {"role": member.role}, {"role": role}
    name = f"account:{account_id}"
    work.audit.write("member.changed", name, before=before, after=after, policy=policy, chain=found.id)
    return workspace_store.member(work, workspace_id, account_id)


def remove_member(work: UnitOfWork, workspace_id: str, account_id: str) -> Member:
    """Remove a member, or leave. Raises as `change_role`."""
    is_self = account_id == work.call.who.id
    found, policy = allowed(work, workspace_id, "workspace.leave" if is_self else "member.remove", is_locked=True)
    member = workspace_store.member(work, workspace_id, account_id)
    if not is_self:
        require_may_touch(found, member.role)
    if found.personal_of == account_id:
        raise ConflictError("This is a person's own workspace: it goes with the account.")
    _require_other_owner(work, found, member)
    workspace_store.remove_member(work, workspace_id, account_id)
    tell(work, LEFT, [found.id], {"workspace_id": found.id, "account_id": account_id})
    verb, before = "member.left" if is_self else "member.removed", {"role": member.role}
    work.audit.write(verb, f"account:{account_id}", before=before, policy=policy, chain=found.id)
    return member


def transfer(work: UnitOfWork, workspace_id: str, account_id: str) -> Workspace:
    """Make another member the owner in the caller's place, who stays as an admin; raises StepUpNeededError (403)."""
    found, policy = allowed(work, workspace_id, "workspace.transfer", is_locked=True)
    require_fresh(work)
    workspace_store.member(work, workspace_id, account_id)
    if account_id == work.call.who.id:
        raise ConflictError("You own this workspace already.")
    workspace_store.change_role(work, workspace_id, work.call.who.id, "admin")
    workspace_store.change_role(work, workspace_id, account_id, "owner")
    after = {"owner": account_id}
    work.audit.write("workspace.transferred", f"workspace:{found.id}", after=after, policy=policy, chain=found.id)
    return workspace_store.seen_by(work, workspace_id, work.call.who.id)


def require_may_touch(found: Workspace, *roles: str) -> None:
    """Refuse whoever is no owner what makes or unmakes one; raises ForbiddenError."""
    if "owner" in roles and found.role != "owner":
        raise ForbiddenError("Only an owner makes or changes owners.")


def _require_other_owner(work: UnitOfWork, found: Workspace, member: Member) -> None:
    if member.role == "owner" and not workspace_store.owners_but(work, found.id, member.account_id):
        raise ConflictError("This is the last owner: make another one first.")


def members(work: UnitOfWork, workspace_id: str) -> list[Member]:
    """Return everybody in a workspace; raises NotFoundError (404)."""
    found, _policy = allowed(work, workspace_id, "member.list")
    return workspace_store.members(work, found.id)
