"""Make, rename and remove teams' workspaces; every account has one of its own, which lasts as long as it."""

from cloud.foundation.etags import require_match
from cloud.foundation.policy import PLATFORM, authorize
from cloud.foundation.problems import ConflictError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import rules, store, workspace_store
from cloud.identity.operations.step_up import require_fresh
from cloud.identity.workspace_contracts import Workspace

_MOST = 50


def allowed(work: UnitOfWork, workspace_id: str, action: str, *, is_locked: bool = False) -> tuple[Workspace, str]:
    """Return a workspace and the policy that permits an action in it.

    Whoever is not in it does not learn that it exists. Raises UnauthenticatedError (401), ForbiddenError (403),
    NotFoundError (404).
    """
    rules.require_somebody(work.call.who)
    found = workspace_store.seen_by(work, workspace_id, work.call.owner_id, is_locked=is_locked)
    return found, authorize(work.call.who, action, found.resource, is_hidden=not found.role)


def create_workspace(work: UnitOfWork, name: str) -> Workspace:
    """Make a workspace for a team; whoever makes it owns it. Raises ConflictError (409: too many)."""
    policy = authorize(work.call.who, "workspace.create", PLATFORM)
    owner = store.account_by_id(work, work.call.who.id)
    if len(workspace_store.all_of(work, owner.id)) >= _MOST:
        raise ConflictError(f"You are in {_MOST} workspaces, which is all one can be in: leave one first.")
    made = workspace_store.add(work, name, owner.id)
    work.audit.write("workspace.created", f"workspace:{made.id}", policy=policy, chain=made.id)
    return made


def rename_workspace(work: UnitOfWork, workspace_id: str, name: str) -> Workspace:
    """Give a workspace another name; raises ChangedMeanwhileError (412), and as `allowed`."""
    found, policy = allowed(work, workspace_id, "workspace.rename", is_locked=True)
    require_match(work.call.if_match, found.version)
    workspace_store.change(work, found, name=name)
    work.audit.write("workspace.renamed", f"workspace:{found.id}", policy=policy, chain=found.id)
    return workspace_store.seen_by(work, workspace_id, work.call.owner_id)


def remove_workspace(work: UnitOfWork, workspace_id: str) -> Workspace:
    """Remove a team's workspace; raises StepUpNeededError (403), and as `allowed`."""
    found, policy = allowed(work, workspace_id, "workspace.remove", is_locked=True)
    require_fresh(work)
    workspace_store.remove(work, found.id)
    work.audit.write("workspace.removed", f"workspace:{found.id}", policy=policy, chain=found.id)
    return found
