"""Who else is in a room and what they show of themselves, and how one's own presence is told.

Of one client the highest clock counts, and with the same clock that it is gone. Who is not heard for 30 s is gone.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sync.protocol import presence
from sync.protocol.presence import Entry

#: One's own presence is told again after so long, and somebody else's forgotten (y-protocols, awareness.js).
RENEW_S, GONE_S = 15.0, 30.0
#: So many others are known at a time, each with so much to show; the room holds fewer, and lets them show less.
_MOST_OTHERS, _MOST_BYTES = presence.MOST_ENTRIES, 1 << 16
#: Whoever counts beyond this for us wants our own presence to end.
_MOST_CLOCK = 2**32


@dataclass(frozen=True, slots=True)
class Peer:
    """Somebody in the room; what the room itself says of them (account, name, role, colour) stands in `state` too."""

    client: int
    state: Mapping[str, Any]


class Presence:
    """The presence of a room; belongs to the room's thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        #: Chosen anew for every program run: never stored, so two windows never share one.
        self.client = secrets.randbits(31) | 1
        self._own_clock = 0
        self._others: dict[int, tuple[Entry, float]] = {}

    def told(self, state: Mapping[str, Any] | None) -> bytes:
        """Return the message body that says what one shows of oneself now; None says that one leaves."""
        self._own_clock += 1
        return presence.write([Entry(self.client, self._own_clock, None if state is None else dict(state))])

    def hear(self, states: bytes) -> bool:
        """Take a message in; return whether somebody came, left or changed. Raises MalformedError."""
        before = self.peers()
        for entry in presence.read(states):
            if entry.client == self.client:
                # Somebody told the room that we are gone, or speaks for an earlier connection of ours.
                self._own_clock = max(self._own_clock, min(entry.clock, _MOST_CLOCK))
            elif entry.size <= _MOST_BYTES:
                self._take(entry)
        return self.peers() != before

    def forget_silent(self) -> bool:
        """Forget who was not heard for long; return whether somebody was."""
        limit = self._clock() - GONE_S
        silent = [client for client, (entry, heard) in self._others.items() if heard < limit]
        for client in silent:
            del self._others[client]
        return bool(silent)

    def forget_all(self) -> None:
        """Forget everybody: the connection is gone."""
        self._others.clear()

    def peers(self) -> tuple[Peer, ...]:
        """Return who is there, in the order of their numbers."""
        live = [entry for entry, _ in self._others.values() if entry.state is not None]
        return tuple(Peer(entry.client, entry.state or {}) for entry in sorted(live, key=lambda entry: entry.client))

    def _take(self, entry: Entry) -> None:
        known = self._others.get(entry.client)
        is_newer = len(self._others) < _MOST_OTHERS if known is None else entry.clock > known[0].clock
        if is_newer or (known is not None and entry.clock == known[0].clock and entry.state is None):
            self._others[entry.client] = (entry, self._clock())
