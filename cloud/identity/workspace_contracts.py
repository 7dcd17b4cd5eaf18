"""Workspaces as identity hands them out, and as policies see them: with the role of whoever asks."""

from dataclasses import dataclass
from datetime import datetime

from cloud.foundation.policy import Resource


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where projects, releases and money belong to: a person's own, or a team's.

    Attributes:
        role: what whoever asks is in it; empty for somebody who is not in it at all.
    """

    id: str
    name: str
    personal_of: str | None
    version: int
    created_at: datetime
    role: str = ""

    @property
    def resource(self) -> Resource:
        """Return the workspace as policies see it."""
        return Resource("Workspace", self.id, {"role": self.role, "is_personal": self.personal_of is not None})


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a workspace."""

    account_id: str
    name: str
    email: str
    role: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody who may join a workspace."""

    id: str
    workspace_id: str
    email: str
    role: str
    created_at: datetime
    expires_at: datetime
