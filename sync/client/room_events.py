"""What a room client tells its owner. Everything comes on the room's thread, in the order in which it happened."""

from dataclasses import dataclass
from enum import StrEnum

from sync.client.presence import Peer
from sync.protocol.frames import Ack, Announced, Denied, Standing


class Connection(StrEnum):
    """How things stand between this program and the room."""

    CONNECTING = "connecting"
    LIVE = "live"
    OFFLINE = "offline"
    SIGNED_OUT = "signed out"
    NOT_ALLOWED = "not allowed"
    GONE = "gone"
    TOO_OLD = "too old"
    STOPPED = "stopped"


#: Nothing but a person can help: no further try is made until `wake`.
FINAL = frozenset({Connection.SIGNED_OUT, Connection.NOT_ALLOWED, Connection.GONE, Connection.TOO_OLD})


@dataclass(frozen=True, slots=True)
class Changed:
    """The connection has become something else; `reason` is a sentence, empty while all is well."""

    connection: Connection
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """The door has opened; what was missed comes next. Also when the role has changed."""

    standing: Standing


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything that the position lacked, as one update; it holds all up to `standing.head_seq`."""

    update: bytes
    standing: Standing


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What was missed has come; the room is live from here on."""

    standing: Standing


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """The room's document began anew without its history: what the owner holds must never be merged with it."""


@dataclass(frozen=True, slots=True)
class Present:
    """Who else is there now."""

    peers: tuple[Peer, ...]


@dataclass(frozen=True, slots=True)
class Delay:
    """How long a message takes to the room and back, in milliseconds."""

    round_trip_ms: float


Event = Changed | Entered | Whole | CaughtUp | EpochEnded | Present | Delay | Announced | Ack | Denied


@dataclass(frozen=True, slots=True)
class Position:
    """What the owner has of the room's document.

    Attributes:
        epoch: of the document; None when it has none yet.
        seq: the last seq it has all of.
        state: the state vector of its document, for when the room keeps no log back to `seq`.
    """

    epoch: int | None
    seq: int
    state: bytes
