"""What the outbox needs from outside: clocks, the network, and the way to the cloud; tests bring their own."""

import time
from dataclasses import dataclass
from typing import Protocol

from sync.protocol.changes import Changes
from sync.protocol.operations import Answer, Batch


class Clock(Protocol):
    """The wall clock, which people and servers set, and the monotonic one, which nobody sets."""

    def wall_s(self) -> float:
        """Return the seconds since 1970 as this machine has them."""
        ...

    def monotonic_s(self) -> float:
        """Return seconds that only ever rise while the program runs."""
        ...


class SystemClock:
    """The machine's clocks."""

    def wall_s(self) -> float:
        """Return the seconds since 1970 as this machine has them."""
        return time.time()

    def monotonic_s(self) -> float:
        """Return seconds that only ever rise while the program runs."""
        return time.monotonic()


class TransportError(Exception):
    """A request came to nothing; whether the cloud did it is not known."""


class UnreachableError(TransportError):
    """Nothing answers: no network, or no cloud at that address."""


class ServerTroubleError(TransportError):
    """The cloud answers that it cannot at the moment, or answers nonsense."""

    def __init__(self, reason: str, retry_after_s: float | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(reason)


class AuthNeededError(TransportError):
    """The credentials are missing or not valid any more."""


class RefusedError(TransportError):
    """The cloud refuses the request as a whole, and did nothing."""


class ClientUnknownError(RefusedError):
    """The client is not registered with this account."""


class SequenceBrokenError(RefusedError):
    """The cloud's last number of this client is another: one of the two was restored from a backup."""


class VersionNotSupportedError(RefusedError):
    """The cloud speaks another version of drafts."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What the cloud says when a client is made known."""

    account_id: str


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers to a batch, and the cloud's clock."""

    answers: list[Answer]
    server_time: str


class Transport(Protocol):
    """The way to the cloud; every method raises TransportError."""

    @property
    def host(self) -> str:
        """Return which host it leads to."""
        ...

    def register(self, client_id: str, label: str) -> Registered:
        """Make this client known."""
        ...

    def push(self, batch: Batch) -> Answers:
        """Hand operations over."""
        ...

    def pull(self, cursor: str | None, schema_version: int) -> Changes:
        """Read a part of the feed."""
        ...
