"""Shared projects over the API: list, make, members, invitations, tickets, what was overwritten. Raises CloudError."""

from itertools import takewhile

from sync.client.generated import api
from sync.client.generated.models import Invitation, Member, NewInvitation, Overwritten
from sync.client.generated.models import Project as SharedProject
from sync.client.http import Wire
from sync.client.listing import LARGEST_PAGE, listed

__all__ = ["Invitation", "Member", "NewInvitation", "Overwritten", "Projects", "SharedProject"]


class Projects:
    """The calls; who is signed in makes them."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def account(self) -> tuple[str, str]:
        """Return (id, name) of who is signed in."""
        found = api.read_account(self._wire)
        return found.id, found.name

    def all(self) -> list[SharedProject]:
        """Return all projects one is in, those joined last first."""
        return list(listed(lambda cursor: api.list_projects(self._wire, cursor=cursor, limit=LARGEST_PAGE)))

    def create(self, name: str) -> SharedProject:
        """Make a project."""
        return api.create_project(self._wire, name=name)

    def read(self, project_id: str) -> SharedProject:
        """Return one project."""
        return api.read_project(self._wire, project_id)

    def join(self, token: str) -> SharedProject:
        """Come in with an invitation."""
        return api.join_project(self._wire, token=token)

    def members(self, project_id: str) -> list[Member]:
        """Return who is in a project."""
        pages = listed(lambda cursor: api.list_members(self._wire, project_id, cursor=cursor, limit=LARGEST_PAGE))
        return list(pages)

    def change_role(self, project_id: str, account_id: str, role: str) -> Member:
        """Make a member something else."""
        return api.change_role(self._wire, project_id, account_id, role=role)

    def remove_member(self, project_id: str, account_id: str) -> None:
        """Remove a member; `me` leaves."""
        api.remove_member(self._wire, project_id, account_id)

    def invite(self, project_id: str, role: str, *, email: str | None = None, uses: int = 1) -> NewInvitation:
        """Make a way in: by mail, or a token for a link."""
        return api.invite(self._wire, project_id, role=role, email=email, max_uses=1 if email else uses)

    def invitations(self, project_id: str) -> list[Invitation]:
        """Return the ways in that are open."""
        pages = listed(lambda cursor: api.list_invitations(self._wire, project_id, cursor=cursor, limit=LARGEST_PAGE))
        return list(pages)

    def revoke(self, project_id: str, invitation_id: str) -> None:
        """Close a way in."""
        api.revoke_invitation(self._wire, project_id, invitation_id)

    def ticket(self, project_id: str, device: str, epoch: int | None = None) -> str:
        """Return what lets this device into the project's room for the next minute."""
        return api.open_ticket(self._wire, project_id, device=device, epoch=epoch or None).ticket or ""

    def overwritten(self, project_id: str, after: int) -> list[Overwritten]:
        """Return what lost after an entry of the feed, the first first; the feed comes newest first."""
        found = listed(lambda cursor: api.list_overwritten(self._wire, project_id, cursor=cursor, limit=LARGEST_PAGE))
        return sorted(takewhile(lambda one: one.id > after, found), key=lambda one: one.id)
