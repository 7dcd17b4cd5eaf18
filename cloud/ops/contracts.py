"""What `ops` hands out: jobs and audit entries as plain values; rows never leave the stores."""

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
class JobWish:
    """What is to be done to dead jobs: to one, or to all of a kind."""

    verb: str
    job_id: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What somebody wants done to dead jobs when a second person confirms it."""

    id: str
    verb: str
    jobs: list[str]
    asked_by: str
    created_at: datetime
    expires_at: datetime

    def audited(self) -> dict[str, Any]:
        """Return what an audit entry keeps of it."""
        return {"verb": self.verb, "jobs": len(self.jobs), "first": self.jobs[0]}


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which audit entries are meant; what is empty narrows nothing.

    Attributes:
        ip_hash: salted hash of a network address, as entries have it.
        since, until: moments, the second one excluded.
    """

    actor: str = ""
    action: str = ""
    resource: str = ""
    request_id: str = ""
    ip_hash: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def exact(self) -> dict[str, str]:
        """Return the values that columns must have."""
        names = ("actor", "action", "resource", "request_id", "ip_hash")
        return {name: getattr(self, name) for name in names if getattr(self, name)}

    def audited(self) -> dict[str, str]:
        """Return the filter as an audit entry and a cursor keep it."""
        moments = {"since": self.since, "until": self.until}
        return self.exact() | {name: at.isoformat() for name, at in moments.items() if at is not None}
