"""Roles on the platform as the API takes and shows them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cloud.foundation import wording
from cloud.identity.schemas import Form

PlatformRole = Literal["support", "operator", "admin"]


class RoleRequestForm(Form):
    """Who is to have which role."""

    account_id: str = Field(min_length=1, max_length=200, pattern=wording.ID)
    role: PlatformRole = Field(description="support: looks; operator: runs the platform, too; admin: people, too.")
    is_grant: bool = Field(default=True, description="False takes the role.")


class RoleRequestModel(BaseModel):
    """A role that waits for another admin."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    account_id: str
    role: str
    is_grant: bool
    asked_by: str
    created_at: datetime
    expires_at: datetime


class RoleRequestList(BaseModel):
    """What waits, oldest first."""

    items: list[RoleRequestModel]


class StaffMemberModel(BaseModel):
    """Somebody with a role on the platform."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    email: str
    roles: list[str]
    has_second_factor: bool = Field(description="Without one the roles have no effect.")


class StaffList(BaseModel):
    """Everybody with a role on the platform."""

    items: list[StaffMemberModel]
