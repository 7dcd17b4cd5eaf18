"""Whoever runs the platform, as identity hands it out."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody with a role on the platform.

    Attributes:
        has_second_factor: without one the roles have no effect.
    """

    id: str
    name: str
    email: str
    roles: list[str]
    has_second_factor: bool


@dataclass(frozen=True, slots=True)
class RoleRequest:
    """A role that somebody is to have, or to have no more, when a second admin confirms it."""

    id: str
    account_id: str
    role: str
    is_grant: bool
    asked_by: str
    created_at: datetime
    expires_at: datetime
