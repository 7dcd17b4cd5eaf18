"""The messages of a room, as values and as bytes: those of y-protocols, and ours for `mb.sync.v1`.

    decode(bytes) -> Frame          one WebSocket message is one frame
    frame.encode() -> bytes

0 sync (step 1, step 2, update), 1 awareness, 2 permission denied, 3 query awareness are y-protocols'. 100 to 104 are
ours and go only to and come only from a client that chose the sub-protocol `mb.sync.v1`. Unknown types are an
`Unknown`, which a receiver ignores: a later version may know them.
"""

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from sync.protocol.errors import MalformedError
from sync.protocol.wire import LARGEST, Reader, var_bytes, var_text, var_uint

#: The sub-protocol of clients that know the messages from 100 on.
SUBPROTOCOL = "mb.sync.v1"

_SYNC, _AWARENESS, _DENIED, _QUERY = 0, 1, 2, 3
_STEP_1, _STEP_2, _UPDATE = 0, 1, 2
_ACK, _ANNOUNCED, _EDIT, _STANDING, _RESUME = 100, 101, 102, 103, 104


@dataclass(frozen=True, slots=True)
class SyncStep1:
    """Asks for everything that a state vector lacks."""

    state: bytes

    def encode(self) -> bytes:
        """Return the message."""
        return b"\x00\x00" + var_bytes(self.state)


@dataclass(frozen=True, slots=True)
class SyncStep2:
    """Answers step 1."""

    update: bytes

    def encode(self) -> bytes:
        """Return the message."""
        return b"\x00\x01" + var_bytes(self.update)


@dataclass(frozen=True, slots=True)
class Update:
    """A change of the document."""

    update: bytes

    def encode(self) -> bytes:
        """Return the message."""
        return b"\x00\x02" + var_bytes(self.update)


@dataclass(frozen=True, slots=True)
class Awareness:
    """Presence of some clients: `presence.read` opens it."""

    states: bytes

    def encode(self) -> bytes:
        """Return the message."""
        return b"\x01" + var_bytes(self.states)


@dataclass(frozen=True, slots=True)
class QueryAwareness:
    """Asks for everybody's presence."""

    def encode(self) -> bytes:
        """Return the message."""
        return b"\x03"


@dataclass(frozen=True, slots=True)
class Denied:
    """What was sent is not allowed and was dropped; the text says why."""

    reason: str

    def encode(self) -> bytes:
        """Return the message."""
        return b"\x02\x00" + var_text(self.reason)


@dataclass(frozen=True, slots=True)
class Ack:
    """An update is durable: to its author alone.

    Attributes:
        reference: the number that its author gave it; 0 for one that came as a plain sync message.
        seq: its place in the room's log; 0 when the log held all of it before.
        state: the durable state vector; empty where the reference says it all.
    """

    reference: int
    seq: int
    state: bytes = b""

    def encode(self) -> bytes:
        """Return the message."""
        return var_uint(_ACK) + var_uint(self.reference) + var_uint(self.seq) + var_bytes(self.state)


@dataclass(frozen=True, slots=True)
class Announced:
    """Somebody's update with what is known of it; comes instead of `Update`, in the order of `seq`.

    Attributes:
        base_seq: the last seq that its author had seen; what it overwrites of later ones it did not know.
    """

    seq: int
    account: str
    device: str
    base_seq: int
    update: bytes

    def encode(self) -> bytes:
        """Return the message."""
        head = var_uint(_ANNOUNCED) + var_uint(self.seq) + var_text(self.account) + var_text(self.device)
        return head + var_uint(self.base_seq) + var_bytes(self.update)


@dataclass(frozen=True, slots=True)
class Edit:
    """A client's update with a number by which it is acknowledged, and the last seq that its author had seen."""

    reference: int
    base_seq: int
    update: bytes

    def encode(self) -> bytes:
        """Return the message."""
        return var_uint(_EDIT) + var_uint(self.reference) + var_uint(self.base_seq) + var_bytes(self.update)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the room is and what the client is in it; comes first, and again when the role changes. More may be added.

    Attributes:
        head_seq: the last seq of the log.
        kept_seq: `Resume` works from here on.
    """

    epoch: int
    head_seq: int
    kept_seq: int
    account: str
    device: str
    role: str

    _KEYS: ClassVar[dict[str, type]] = {
        **dict.fromkeys(("epoch", "head_seq", "kept_seq"), int),
        **dict.fromkeys(("account", "device", "role"), str),
    }

    def encode(self) -> bytes:
        """Return the message."""
        return var_uint(_STANDING) + var_text(json.dumps({key: getattr(self, key) for key in self._KEYS}))

    @classmethod
    def of(cls, text: str) -> "Standing":
        """Read what the message holds; raises MalformedError."""
        found = _json_object(text)
        if any(type(found.get(key)) is not kind for key, kind in cls._KEYS.items()):
            raise MalformedError("A standing lacks something.")
        if not all(_is_possible(found[key]) for key in cls._KEYS):
            raise MalformedError("A standing holds a number or a text that none is.")
        return cls(**{key: found[key] for key in cls._KEYS})


@dataclass(frozen=True, slots=True)
class Resume:
    """Asks for every update after `seq`, each announced, instead of step 1; the standing follows when all have come."""

    seq: int

    def encode(self) -> bytes:
        """Return the message."""
        return var_uint(_RESUME) + var_uint(self.seq)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message of a type that this version does not know."""

    kind: int


Frame = (
    SyncStep1
    | SyncStep2
    | Update
    | Awareness
    | QueryAwareness
    | Denied
    | Ack
    | Announced
    | Edit
    | Standing
    | Resume
    | Unknown
)


def decode(data: bytes) -> Frame:
    """Return the message in one WebSocket frame; raises MalformedError."""
    reader = Reader(data)
    kind = reader.var_uint()
    if kind == _SYNC:
        found = _sync(reader)
    elif kind in _READERS:
        found = _READERS[kind](reader)
    else:
        return Unknown(kind)
    reader.end()
    return found


def _sync(reader: Reader) -> Frame:
    step, body = reader.var_uint(), reader.var_bytes()
    if step == _STEP_1:
        return SyncStep1(body)
    if step == _STEP_2:
        return SyncStep2(body)
    if step == _UPDATE:
        return Update(body)
    raise MalformedError(f"There is no sync message {step}.")


def _denied(reader: Reader) -> Frame:
    if reader.var_uint() != 0:
        raise MalformedError("There is one message about permissions, 0.")
    return Denied(reader.var_text())


def _announced(reader: Reader) -> Frame:
    seq, account, device = reader.var_uint(), reader.var_text(), reader.var_text()
    return Announced(seq, account, device, reader.var_uint(), reader.var_bytes())


_READERS: dict[int, Any] = {
    _AWARENESS: lambda reader: Awareness(reader.var_bytes()),
    _DENIED: _denied,
    _QUERY: lambda _reader: QueryAwareness(),
    _ACK: lambda reader: Ack(reader.var_uint(), reader.var_uint(), reader.var_bytes()),
    _ANNOUNCED: _announced,
    _EDIT: lambda reader: Edit(reader.var_uint(), reader.var_uint(), reader.var_bytes()),
    _STANDING: lambda reader: Standing.of(reader.var_text()),
    _RESUME: lambda reader: Resume(reader.var_uint()),
}


def _is_possible(value: int | str) -> bool:
    """Return whether every client can hold a number, and every text is whole letters."""
    if isinstance(value, int):
        return 0 <= value <= LARGEST
    return not any("\ud800" <= sign <= "\udfff" for sign in value)


def _json_object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise MalformedError("The message holds no JSON object.")
    return found
