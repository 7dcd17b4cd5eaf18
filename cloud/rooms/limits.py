"""How much one client and one room may do. Numbers are requirements; tests choose smaller ones."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from sync.document import compaction


@dataclass(frozen=True, slots=True)
class RoomLimits:
    """The limits of a room.

    Attributes:
        burst_s: a client that was quiet may send what so many seconds allow at once; then it is read at its rate.
        updates_per_s: messages of any other kind count like updates.
        patience_s: a client that is held back for so long without a pause is closed.
        updates_under_way: a client with so many that are not durable yet is not read; others need not wait for them.
        questions_per_s: each is answered with as much as the whole document; few are asked, when somebody comes in.
        queue_bytes: updates and presence of others that wait for a slow reader.
        answers_bytes: answers to what a client has asked that wait; one alone may be larger.
        idle_s: a room is kept so long after the last client has left.
        squash_rows: a snapshot is made after so many updates.
        window_rows: of more updates a room keeps none in memory that its newest snapshot holds.
        window_bytes: so does one whose updates take more, beside the document.
        compact_bytes: a document whose history is larger, and four times what it holds, begins a new epoch.
        bad_tickets_a_minute: a network address whose sockets came with more is not looked at for a while.
        spoilt_updates: an account of which more were given up by the library in ten minutes has none taken for a while.
    """

    frame_bytes: int = 4 * 1024 * 1024
    updates_per_s: float = 200.0
    bytes_per_s: float = 1024 * 1024
    burst_s: float = 5.0
    patience_s: float = 30.0
    updates_under_way: int = 64
    questions_per_s: float = 2.0
    questions_at_once: float = 20.0
    presence_per_s: float = 20.0
    presence_bytes: int = 4 * 1024
    clients: int = 50
    queue_bytes: int = 8 * 1024 * 1024
    answers_bytes: int = 64 * 1024 * 1024
    idle_s: float = 30.0
    watch_s: float = 1.0
    squash_rows: int = 500
    window_rows: int = 5_000
    window_bytes: int = 16 * 1024 * 1024
    compact_bytes: int = compaction.BYTES
    bad_tickets_a_minute: int = 60
    spoilt_updates: int = 20


class Bucket:
    """Tokens that fill evenly; taking more than there are makes a debt that is waited for."""

    def __init__(self, per_s: float, most: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_s, self._most, self._clock = per_s, most, clock
        self._tokens, self._at = most, clock()

    def take(self, count: float) -> float:
        """Take tokens; return the seconds until the debt is filled, 0 without one."""
        self._fill()
        self._tokens -= count
        return max(0.0, -self._tokens / self._per_s)

    def has(self, count: float) -> bool:
        """Return whether so many tokens are there."""
        self._fill()
        return self._tokens >= count

    def _fill(self) -> None:
        now = self._clock()
        self._tokens = min(self._most, self._tokens + (now - self._at) * self._per_s)
        self._at = now


class Pace:
    """How fast one client may send: messages of any kind, their bytes, and what makes the room answer."""

    def __init__(self, limits: RoomLimits) -> None:
        self._limits = limits
        self._messages = Bucket(limits.updates_per_s, limits.updates_per_s * limits.burst_s)
        self._bytes = Bucket(limits.bytes_per_s, max(limits.bytes_per_s * limits.burst_s, limits.frame_bytes))
        self._questions = Bucket(limits.questions_per_s, limits.questions_at_once)
        self._held_s = 0.0

    def wait_s(self, size: int, *, is_question: bool = False) -> float:
        """Count a message; return how long its sender has to wait before the next one is read."""
        wait_s = max(self._messages.take(1), self._bytes.take(size), self._questions.take(int(is_question)))
        self._held_s = self._held_s + wait_s if wait_s else 0.0
        return wait_s

    @property
    def is_exceeded(self) -> bool:
        """Return whether the client sends too much for too long."""
        return self._held_s > self._limits.patience_s
