"""What `ops` hands out: jobs and audit entries as plain values; rows never leave `store.py`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cloud.foundation.policy import Resource


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as an operator sees it."""

    id: str
    kind: str
    queue: str
    state: str
    attempts: int
    run_at: datetime
    created_at: datetime
    ended_at: datetime | None
    error: str | None
    version: int

    @property
    def resource(self) -> Resource:
        """Return the job as policies see it."""
        return Resource("Job", self.id, {"kind": self.kind, "state": self.state})

    def audited(self) -> dict[str, Any]:
        """Return what an audit entry keeps of it."""
        return {"state": self.state, "attempts": self.attempts, "version": self.version}


@dataclass(frozen=True, slots=True)
class AuditView:
    """An audit entry as an operator sees it."""

    chain: str
    seq: int
    at: datetime
    actor: str
    action: str
    resource: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str | None
    policy: str | None
    hash: str


@dataclass(frozen=True, slots=True)
class Slice:
    """Some rows of a list, and whether there are more."""

    rows: list[Any]
    has_more: bool
