"""Another part of identity's facade: workspaces, who is in them, and invitations.

Other domains ask `allowed` inside their own unit of work whether somebody may do something in a workspace.
"""

from cloud.foundation.calls import Call
from cloud.foundation.policy import authorize
from cloud.identity import workspace_store
from cloud.identity.contracts import account_resource
from cloud.identity.core import Core, Verb
from cloud.identity.operations import change_members, change_workspace, invite
from cloud.identity.workspace_contracts import Invitation, Member, Workspace

allowed = change_workspace.allowed


class Workspaces:
    """Workspaces in one process's runtime."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def all_of(self, call: Call) -> list[Workspace]:
        """Return the workspaces that the caller is in."""
        authorize(call.who, "workspace.list", account_resource(call.owner_id))
        return self._core.run(call, lambda work: workspace_store.all_of(work, call.owner_id))

    def one(self, call: Call, workspace_id: str) -> Workspace:
        """Return a workspace; raises NotFoundError (404)."""
        return self._core.run(call, lambda work: allowed(work, workspace_id, "workspace.read")[0])

    def create(self, name: str) -> Verb[Workspace]:
        """Make a workspace for a team."""
        return lambda work: change_workspace.create_workspace(work, name)

    def rename(self, workspace_id: str, name: str) -> Verb[Workspace]:
        """Give a workspace another name."""
        return lambda work: change_workspace.rename_workspace(work, workspace_id, name)

    def remove(self, workspace_id: str) -> Verb[Workspace]:
        """Remove a workspace."""
        return lambda work: change_workspace.remove_workspace(work, workspace_id)

    def transfer(self, workspace_id: str, account_id: str) -> Verb[Workspace]:
        """Make another member the owner."""
        return lambda work: change_members.transfer(work, workspace_id, account_id)

    def members(self, call: Call, workspace_id: str) -> list[Member]:
        """Return everybody in a workspace."""
        return self._core.run(call, lambda work: change_members.members(work, workspace_id))

    def change_role(self, workspace_id: str, account_id: str, role: str) -> Verb[Member]:
        """Give a member another role."""
        return lambda work: change_members.change_role(work, workspace_id, account_id, role)

    def remove_member(self, workspace_id: str, account_id: str) -> Verb[Member]:
        """Remove a member, or leave."""
        return lambda work: change_members.remove_member(work, workspace_id, account_id)

    def invitations(self, call: Call, workspace_id: str) -> list[Invitation]:
        """Return who is invited."""
        return self._core.run(call, lambda work: invite.invitations(work, workspace_id))

    def invite(self, call: Call, workspace_id: str, email: str, role: str) -> Verb[Invitation]:
        """Mail an invitation; raises QuotaExceededError (429) when the address gets too many mails."""
        self._core.run(call, lambda work: allowed(work, workspace_id, "member.invite"))
        self._core.spend_mail(call, email)
        return lambda work: invite.invite(work, self._core.keyring, workspace_id, email, role)

    def withdraw(self, workspace_id: str, invitation_id: str) -> Verb[Invitation]:
        """Make an invitation void."""
        return lambda work: invite.withdraw(work, workspace_id, invitation_id)

    def accept(self, token: str) -> Verb[Workspace]:
        """Join a workspace."""
        return lambda work: invite.accept(work, token)

    def decline(self, token: str) -> Verb[Invitation]:
        """Decline an invitation."""
        return lambda work: invite.decline(work, token)
