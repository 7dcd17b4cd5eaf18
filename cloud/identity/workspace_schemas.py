"""Workspaces as the API takes and shows them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cloud.foundation import wording
from cloud.identity.schemas import Email, Form, MailedToken, Name
from cloud.identity.workspace_contracts import Workspace

Role = Literal["owner", "admin", "member", "finance"]


class WorkspaceForm(Form):
    """A workspace's name."""

    name: Name


class WorkspaceRoleForm(Form):
    """What somebody is in a workspace."""

    role: Role = Field(description="owner: all; admin: people; member: projects; finance: money, no projects.")


class WorkspaceInvitationForm(WorkspaceRoleForm):
    """Whom to invite, as what."""

    email: Email


class WorkspaceInvitationToken(Form):
    """The code in the mail."""

    token: MailedToken


class WorkspaceTransferForm(Form):
    """The new owner."""

    account_id: str = Field(min_length=1, max_length=200, pattern=wording.ID)


class WorkspaceModel(BaseModel):
    """Where projects, releases and money belong to."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    role: str = Field(description="What whoever asks is in it; empty: nothing any more.")
    is_personal: bool = Field(description="Whether it is a person's own.")
    version: int = Field(description="The ETag, as a number.")
    created_at: datetime

    @classmethod
    def of(cls, found: Workspace) -> "WorkspaceModel":
        """Show a workspace."""
        return cls(
            id=found.id,
            name=found.name,
            role=found.role,
            is_personal=found.personal_of is not None,
            version=found.version,
            created_at=found.created_at,
        )


class WorkspaceList(BaseModel):
    """All workspaces that somebody is in."""

    items: list[WorkspaceModel]


class WorkspaceMemberModel(BaseModel):
    """Somebody in a workspace."""

    model_config = ConfigDict(from_attributes=True)

    account_id: str
    name: str
    email: str
    role: str
    joined_at: datetime


class WorkspaceMemberList(BaseModel):
    """Everybody in a workspace."""

    items: list[WorkspaceMemberModel]


class WorkspaceInvitationModel(BaseModel):
    """Somebody who may join."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    workspace_id: str
    email: str
    role: str
    created_at: datetime
    expires_at: datetime


class WorkspaceInvitationList(BaseModel):
    """Who is invited and may still come."""

    items: list[WorkspaceInvitationModel]
