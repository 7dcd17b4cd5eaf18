"""Shared projects as the API takes and shows them. Unknown fields are refused."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from cloud.foundation import wording
from cloud.identity.schemas import ONCE, Email, Name
from cloud.projects import rules
from cloud.projects.contracts import TICKET_LASTS

Role = Literal["owner", "editor", "commenter", "viewer"]
#: What somebody can be made; who owns a project changes by transfer.
GivenRole = Literal["editor", "commenter", "viewer"]
_DEVICE = wording.spoken(r"^[A-Za-z0-9._-]+$", "it must have letters, digits, ., - and _ only")


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Shown(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ProjectForm(_Form):
    """A new project."""

    name: Name
    forked_from: str | None = Field(
        default=None,
        max_length=100,
        pattern=wording.ID,
        description="The project this one began as; its content is not copied.",
    )


class RenameForm(_Form):
    """A project's new name."""

    name: Name


class RoleForm(_Form):
    """What a member becomes."""

    role: GivenRole


class TransferForm(_Form):
    """Who becomes the owner."""

    account_id: str = Field(max_length=100, pattern=wording.ID)


class InvitationForm(_Form):
    """Whom to let in: whoever has the link, or the owner of an address."""

    role: GivenRole
    email: Email | None = Field(default=None, description="Mails the invitation; its account alone can use it, once.")
    lasts_days: int = Field(default=7, ge=1, le=90)
    max_uses: int = Field(default=1, ge=1, le=rules.MOST_USES, description="How many may come in with the link.")


class JoinForm(_Form):
    """The invitation's token."""

    token: SecretStr = Field(min_length=20, max_length=100)


class TicketForm(_Form):
    """What a ticket shall admit to."""

    device: str = Field(min_length=1, max_length=64, pattern=_DEVICE, description="The caller's own word.")
    role: Role | None = Field(default=None, description="At most; what the member is if that is less.")
    epoch: int | None = Field(
        default=None, ge=1, le=2**31 - 1, description="Of the document its holder has; another one closes with 4409."
    )
    lasts_s: int = Field(default=round(TICKET_LASTS.total_seconds()), ge=1, le=rules.LONGEST_TICKET_S)


class ProjectModel(_Shown):
    """A shared project."""

    id: str
    name: str
    forked_from: str | None
    created_at: datetime
    role: str = Field(description="What the caller is in it; `none` for who has just left.")
    version: int = Field(description="The ETag, as a number.")


class MemberModel(_Shown):
    """Somebody in a project."""

    account_id: str
    name: str
    role: Role
    joined_at: datetime


class InvitationModel(_Shown):
    """A way into a project."""

    id: str
    project_id: str
    role: GivenRole
    email: str | None
    uses: int
    max_uses: int
    created_at: datetime
    expires_at: datetime


class NewInvitation(InvitationModel):
    """A new invitation with its token."""

    token: str | None = Field(default=None, description=f"For the link; null when it was mailed. {ONCE}")


class TicketModel(_Shown):
    """A ticket into a room, as long as it lasts: reconnecting included. Its end closes no open socket."""

    project_id: str
    role: Role
    device: str
    expires_at: datetime
    ticket: str | None = Field(default=None, description=f"`/v1/rooms/PROJECT?ticket=...`. {ONCE}")
