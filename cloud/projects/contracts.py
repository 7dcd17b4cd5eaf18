"""What shared projects hand out, as plain values; rows never leave the stores."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cloud.foundation.policy import Resource

#: What a member may be, the most powerful first.
ROLES = ("owner", "editor", "commenter", "viewer")
#: The role of whoever is no member, as policies see it.
NOBODY = "none"
#: How long a ticket is valid unless its holder wishes otherwise.
TICKET_LASTS = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Project:
    """A shared project as one of its members sees it.

    Attributes:
        role: the one of the account that asks.
    """

    id: str
    name: str
    forked_from: str | None
    version: int
    created_at: datetime
    role: str

    @property
    def resource(self) -> Resource:
        """Return the project as policies see it."""
        return Resource("Project", self.id, {"role": self.role})

    def audited(self) -> dict[str, Any]:
        """Return what an audit entry keeps of it: no name, which is personal."""
        return {"version": self.version, "forked_from": self.forked_from}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a project."""

    account_id: str
    role: str
    joined_at: datetime
    name: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A way into a project, without its token."""

    id: str
    project_id: str
    role: str
    email: str | None
    uses: int
    max_uses: int
    created_at: datetime
    expires_at: datetime
    created_by: str

    def audited(self) -> dict[str, Any]:
        """Return what an audit entry keeps of it."""
        return {"role": self.role, "max_uses": self.max_uses, "by_mail": self.email is not None}


@dataclass(frozen=True, slots=True)
class Ticket:
    """What lets one device into a project's room for a while, without its text.

    Attributes:
        credential: the session or the key that it was opened with, and ends with; None on the cloud's own machine.
    """

    project_id: str
    account_id: str
    role: str
    device: str
    epoch: int | None
    expires_at: datetime
    credential: str | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """Somebody at the door of a room: the ticket is valid, and this is what they are now.

    Attributes:
        role: the lesser one of ticket and membership; NOBODY when they are no member any more.
        is_gone: the project was deleted.
    """

    ticket: Ticket
    name: str
    role: str
    is_gone: bool


@dataclass(frozen=True, slots=True)
class InvitationWish:
    """Whom to let in."""

    role: str
    email: str | None
    max_uses: int
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class TicketWish:
    """What a ticket shall admit to.

    Attributes:
        role: at most; None for what the account is.
        epoch: of the document that its holder has; the room refuses it when there is another one.
    """

    device: str
    role: str | None = None
    epoch: int | None = None
    lasts: timedelta = TICKET_LASTS


def lesser_role(one: str, other: str) -> str:
    """Return the less powerful of two roles; one that this version does not know lets nobody in."""
    order = (*ROLES, NOBODY)
    return max((role if role in order else NOBODY for role in (one, other)), key=order.index)
