"""Own ops on their way to the room: which wait, which are under way, which are through. No thread of its own.

Always holds: ops go out in the order they were made, each at most once a connection; several that wait go as one
message, which counts as through when its last op is.
"""

from collections import deque
from collections.abc import Sequence

from maxbooster_desktop.project.store.sharing import OwnOp
from sync.document.pieces import joined
from sync.protocol.frames import Edit

#: Messages without an answer at a time; a room reads 200 a second.
_WINDOW = 32
#: Ops that wait are put together up to this size; a room's message has at most 4 MiB.
_TOGETHER_BYTES = 256 * 1024


class Outgoing:
    """See the module."""

    def __init__(self, acked_number: int) -> None:
        self.known_number = acked_number
        self._waiting: deque[OwnOp] = deque()
        self._flying: deque[int] = deque()
        self._sent_number = acked_number

    @property
    def count(self) -> int:
        """Return how many ops are not through."""
        return len(self._waiting)

    def add(self, ops: Sequence[OwnOp]) -> None:
        """Take in ops that were made."""
        fresh = [op for op in ops if op.number > self.known_number]
        self._waiting.extend(fresh)
        if fresh:
            self.known_number = fresh[-1].number

    def disconnected(self) -> None:
        """Count everything that is not through as not sent."""
        self._flying.clear()
        self._sent_number = self._waiting[0].number - 1 if self._waiting else self.known_number

    def next_edits(self) -> list[Edit]:
        """Return what may go out now."""
        edits: list[Edit] = []
        unsent = deque(op for op in self._waiting if op.number > self._sent_number)
        while unsent and len(self._flying) < _WINDOW:
            together = [unsent.popleft()]
            size = len(together[0].update)
            while unsent and unsent[0].base_seq == together[0].base_seq:
                size += len(unsent[0].update)
                if size > _TOGETHER_BYTES:
                    break
                together.append(unsent.popleft())
            last = together[-1]
            edits.append(Edit(last.number, last.base_seq, joined([op.update for op in together])))
            self._sent_number = last.number
            self._flying.append(last.number)
        return edits

    def acknowledged(self, number: int) -> int:
        """Forget the ops up to one that is through; return up to which seq the author of all of them knew the room."""
        known_seq = 2**53
        while self._waiting and self._waiting[0].number <= number:
            known_seq = min(known_seq, self._waiting.popleft().base_seq)
        while self._flying and self._flying[0] <= number:
            self._flying.popleft()
        return known_seq
