"""What webhooks hand out, as plain values; rows never leave the stores, and secrets only sealed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address of a workspace's that is told what happens in it.

    Attributes:
        events: names of types; empty for all of them.
        state: active, paused (by people) or disabled (by itself: `disabled_why`).
        failing_since: the first failure that no success has followed.
        quiet_until: it asked for a pause until then.
    """

    id: str
    workspace_id: str
    url: str
    description: str
    events: list[str]
    state: str
    disabled_why: str | None
    failing_since: datetime | None
    quiet_until: datetime | None
    version: int
    created_at: datetime

    def audited(self) -> dict[str, Any]:
        """Return what an audit entry keeps of it: no address, which may hold a secret."""
        return {"state": self.state, "events": list(self.events), "version": self.version}


@dataclass(frozen=True, slots=True)
class NewSecret:
    """An endpoint with its secret, which nobody can read again."""

    endpoint: Endpoint
    secret: str


@dataclass(frozen=True, slots=True)
class EndpointWish:
    """What an endpoint shall be; None leaves a thing as it is."""

    url: str | None = None
    description: str | None = None
    events: list[str] | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one endpoint.

    Attributes:
        id: the message's, the same for every attempt.
        state: waiting, delivered, failed, or missed: nobody was listening.
        round: how often it was begun; a replay is another one.
    """

    id: str
    endpoint_id: str
    event: str
    state: str
    attempts: int
    round: int
    last_status: int | None
    last_error: str | None
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent, and where to."""

    url: str
    body: str
    secrets: tuple[str, ...]
    quiet_until: datetime | None


@dataclass(frozen=True, slots=True)
class ReplayWish:
    """Which messages of an endpoint shall be sent again."""

    since: datetime
    until: datetime
    states: tuple[str, ...]
