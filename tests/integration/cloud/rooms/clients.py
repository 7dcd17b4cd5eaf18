"""Clients of a room, byte by byte over a real socket, with a document that is no code of the server's."""

import contextlib
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from sync.document.codec import Value
from sync.document.grammar import Address
from sync.document.register_document import RegisterDocument
from sync.protocol import frames, presence
from sync.protocol.frames import Ack, Announced, Awareness, Denied, Edit, Frame, Standing, SyncStep1, SyncStep2, Update


@dataclass
class Written:
    """An edit as its author made it, for whoever checks what became of it; its seq comes with the ack."""

    author: "Client"
    reference: int
    base_seq: int
    values: dict[str, Value]
    update: bytes

    @property
    def seq(self) -> int:
        """Return its place in the log."""
        return self.author.acks[self.reference]

    def is_seen_by(self, other: "Written") -> bool:
        """Return whether another edit was made by somebody who had this one."""
        if other.author is self.author:
            return other.reference > self.reference
        return other.base_seq >= self.seq


@dataclass(eq=False)
class Client:
    """Somebody with a document and perhaps a socket; `is_ours` speaks `mb.sync.v1`.

    Attributes:
        seen: the last seq that came.
        acks: the acks that came, by reference.
        shown: everybody's presence, by client id.
    """

    address: str
    is_ours: bool = True
    document: RegisterDocument = field(default_factory=RegisterDocument)
    seen: int = 0
    standing: Standing | None = None
    acks: dict[int, int] = field(default_factory=dict)
    denied: list[str] = field(default_factory=list)
    announced: list[Announced] = field(default_factory=list)
    shown: dict[int, dict[str, Any]] = field(default_factory=dict)
    is_synced: bool = False
    unsent: list[Edit] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    _wire: ClientConnection | None = None
    _references: int = 0

    def connect(self, **more: Any) -> "Client":
        """Open the socket; ours also asks for what it lacks and sends what it has not sent."""
        protocols = {"subprotocols": [frames.SUBPROTOCOL]} if self.is_ours else {}
        self._wire = connect(
            self.address, **({"max_size": None, "compression": None, "legacy": True} | protocols | more)
        )
        self.is_synced = False
        return self

    def sync(self) -> "Client":
        """Ask for everything that is missing and wait for it; then send what is unsent."""
        if self.is_ours:
            self.send(frames.Resume(self.seen))
            self.until(lambda: self.standing is not None and self.seen >= self.standing.head_seq and self.is_synced)
            for edit in self.unsent:
                self.send(edit)
        else:
            self.send(SyncStep1(self.document.state()))
            self.until(lambda: self.is_synced)
        return self

    def write(self, *, wait: bool = True, **registers: Value) -> Edit:
        """Write registers of clips (`a_p=...` is `a.p`), send them when connected, and wait for the ack."""
        return self.put({("clips", name.replace("_", ".")): value for name, value in registers.items()}, wait=wait)

    def put(self, changes: dict[Address, Value], *, wait: bool = True) -> Edit:
        """Write registers, send them when connected, and wait for the ack."""
        update = self.document.write(changes, "me").update
        self._references += 1
        values = {key: value for (_, key), value in changes.items()}
        self.written.append(Written(self, self._references, self.seen, values, update))
        edit = Edit(self._references, self.seen, update)
        if self.is_ours:
            self.unsent.append(edit)
        if self._wire is not None:
            self.send(edit if self.is_ours else Update(update))
            if wait and self.is_ours:
                self.until(lambda: edit.reference in self.acks)
        return edit

    def send(self, frame: Frame | bytes | str) -> None:
        """Send a message."""
        assert self._wire is not None
        self._wire.send(frame if isinstance(frame, bytes | str) else frame.encode())

    def show(self, client: int, clock: int, state: dict[str, Any] | None) -> None:
        """Send a presence."""
        self.send(Awareness(presence.write([presence.Entry(client, clock, state)])))

    def until(self, condition: Callable[[], object], within_s: float = 20.0) -> None:
        """Read messages until a condition holds."""
        end = time.monotonic() + within_s
        while not condition():
            left_s = end - time.monotonic()
            assert left_s > 0, f"it did not come in time: {self}"
            with contextlib.suppress(TimeoutError):
                self.read(left_s)

    def rest(self, quiet_s: float = 0.1) -> "Client":
        """Read messages until none comes for a while; ours knows where the room stands then, however slow it was."""
        if self.is_ours:
            self.until(lambda: self.standing is not None)
        with contextlib.suppress(TimeoutError):
            while True:
                self.read(quiet_s)
        return self

    def read(self, within_s: float) -> Frame:
        """Read one message and do what it says; raises TimeoutError."""
        assert self._wire is not None
        frame = frames.decode(self._wire.recv(timeout=within_s))
        self._take(frame)
        return frame

    def closed(self, within_s: float = 10.0) -> tuple[int, str]:
        """Read until the socket closes; return its code and reason."""
        with pytest.raises(ConnectionClosed) as caught:
            self.until(lambda: False, within_s)
        self._wire, said = None, caught.value.rcvd
        assert said is not None, caught.value
        return said.code, said.reason

    @property
    def is_connected(self) -> bool:
        """Return whether there is a socket."""
        return self._wire is not None

    def end(self) -> None:
        """Close the socket."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def kill(self) -> None:
        """Break the socket without a word."""
        assert self._wire is not None
        self._wire.socket.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(ConnectionClosed, TimeoutError):
            while True:  # its thread ends when what came before has been taken
                self._wire.recv(timeout=5)
        self._wire = None

    def clips(self) -> dict[str, Value]:
        """Return every register of the root that tests write to."""
        return dict(self.document.items("clips"))

    def _take(self, frame: Frame) -> None:
        if isinstance(frame, SyncStep2 | Update):
            self.document.apply(frame.update, "net")
            self.is_synced |= isinstance(frame, SyncStep2)
        elif isinstance(frame, SyncStep1) and not self.is_ours:
            self.send(SyncStep2(self.document.encode()))
        elif isinstance(frame, Announced):
            self.document.apply(frame.update, "net")
            self.announced.append(frame)
            self.seen = max(self.seen, frame.seq)
        elif isinstance(frame, Ack):
            self.acks[frame.reference] = frame.seq
            self.unsent = [edit for edit in self.unsent if edit.reference != frame.reference]
            self.seen = max(self.seen, frame.seq)
        elif isinstance(frame, Standing):
            self.is_synced, self.standing = self.standing is not None or not self.is_ours, frame
        elif isinstance(frame, Denied):
            self.denied.append(frame.reason)
        elif isinstance(frame, Awareness):
            for entry in presence.read(frame.states):
                self.shown.pop(entry.client, None)
                if entry.state is not None:
                    self.shown[entry.client] = entry.state
