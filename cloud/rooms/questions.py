"""What a keeper is asked to do with a room, and what it answers, as plain values."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RoomLost:
    """The room is not ours any more, or the database does not answer."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A room that is ours now."""

    epoch: int


@dataclass(frozen=True, slots=True)
class Presented:
    """Where a room stands: for who comes in.

    Attributes:
        kept_seq: the log has every row after it.
    """

    epoch: int
    head_seq: int
    kept_seq: int
    state: bytes


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do with a room, and who gets the answer, on the event loop."""

    project_id: str
    work: Any
    answer: Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Open:
    """Make the room ours; an owner whose address is `without` is gone."""

    address: str
    without: str | None = None


@dataclass(frozen=True, slots=True)
class Present:
    """Say where the room stands."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Say what a document with this state lacks; None when that is no state vector."""

    state: bytes


@dataclass(frozen=True, slots=True)
class Since:
    """Read the log after a seq, a piece of it."""

    seq: int


@dataclass(frozen=True, slots=True)
class Close:
    """Let the room go."""
