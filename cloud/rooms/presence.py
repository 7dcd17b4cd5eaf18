"""Who is in a room and shows what: awareness as the server passes it on.

Always holds: what is passed on carries the identity that the server knows, whatever the client wrote; a client id
belongs to one connection; it is removed at once when that one goes. Clocks are ours, from the time, so that a client
is seen again after it, or the server, was away: others ignore a clock that they have seen.
"""

import hashlib
import time
from dataclasses import dataclass, field
from typing import Any

from sync.protocol import presence
from sync.protocol.frames import Awareness
from sync.protocol.presence import Entry

#: Pleasant on dark and on light ground; which one an account has is always the same.
COLOURS = ("#E5484D", "#F76B15", "#E2A336", "#46A758", "#12A594", "#0090FF", "#6E56CF", "#D6409F")
_EPOCH_MS = 1_600_000_000_000


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a connection is, for the others."""

    account: str
    name: str
    role: str
    device: str

    def shown(self) -> dict[str, str]:
        """Return what stands under `user` in a state; name and colour as editors for Yjs expect them."""
        number = int.from_bytes(hashlib.sha256(self.account.encode()).digest()[:4], "big")
        colour = COLOURS[number % len(COLOURS)]
        return {"name": self.name, "color": colour, "account": self.account, "role": self.role, "device": self.device}


@dataclass(slots=True)
class Shown:
    """One client's presence.

    Attributes:
        clock: as it came.
    """

    owner: Any
    clock: int
    state: dict[str, Any]


@dataclass(slots=True)
class Presence:
    """Everybody's presence in one room; connections are any objects that can be told apart."""

    _shown: dict[int, Shown] = field(default_factory=dict)
    _known: dict[Any, set[int]] = field(default_factory=dict)
    _last_clock: int = 0

    def take(self, owner: Any, who: Identity, entries: list[Entry]) -> bytes | None:
        """Take what a connection says of itself; return what the others get. What it says of others is an echo."""
        taken = [self._passed_on(owner, who, entry) for entry in entries if self._is_own(owner, entry, len(entries))]
        return _message([entry for entry in taken if entry is not None])

    def all(self, to: Any) -> bytes | None:
        """Return everybody's presence but its own for a connection that has come in or asks.

        With new clocks: who was here before has forgotten the states but not the clocks.
        """
        others = {client: one for client, one in self._shown.items() if one.owner is not to}
        self.told(to, set(others))
        return _message([Entry(client, self._clock(), one.state) for client, one in others.items()])

    def told(self, to: Any, clients: set[int]) -> None:
        """Note that a connection has heard of some clients: what it says of them is an echo."""
        self._known.setdefault(to, set()).update(clients)

    def rename(self, owner: Any, who: Identity) -> bytes | None:
        """Return what the others get when what a connection is has changed."""
        entries = []
        for client, one in self._shown.items():
            if one.owner is owner:
                one.state = {**one.state, "user": who.shown()}
                entries.append(Entry(client, self._clock(), one.state))
        return _message(entries)

    def leave(self, owner: Any) -> bytes | None:
        """Return what the others get when a connection is gone."""
        self._known.pop(owner, None)
        gone = [client for client, one in self._shown.items() if one.owner is owner]
        return _message([self._removed(client) for client in gone])

    def clients(self) -> set[int]:
        """Return the ids that are shown."""
        return set(self._shown)

    def _is_own(self, owner: Any, entry: Entry, count: int) -> bool:
        shown = self._shown.get(entry.client)
        if shown is not None and shown.owner is owner:
            return entry.clock > shown.clock or (entry.clock == shown.clock and entry.state is None)
        if entry.state is None or any(one.owner is owner for one in self._shown.values()):
            return False
        if shown is not None:  # it came back before its old socket was missed; its first message tells of itself alone
            return count == 1 and shown.owner.identity.account == owner.identity.account
        return entry.client not in self._known.get(owner, ())

    def _passed_on(self, owner: Any, who: Identity, entry: Entry) -> Entry | None:
        if entry.state is None:
            return self._removed(entry.client)
        state = {**entry.state, "user": {**_own_words(entry.state), **who.shown()}}
        self._shown[entry.client] = Shown(owner, entry.clock, state)
        return Entry(entry.client, self._clock(), state)

    def _removed(self, client: int) -> Entry:
        del self._shown[client]
        return Entry(client, self._clock(), None)

    def _clock(self) -> int:
        self._last_clock = max(self._last_clock + 1, time.time_ns() // 1_000_000 - _EPOCH_MS)
        return self._last_clock


def _own_words(state: dict[str, Any]) -> dict[str, Any]:
    """Return what a client says of itself under `user`, beyond what the server knows."""
    said = state.get("user")
    return said if isinstance(said, dict) else {}


def _message(entries: list[Entry]) -> bytes | None:
    return Awareness(presence.write(entries)).encode() if entries else None
