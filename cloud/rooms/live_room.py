"""An open room as its keeper holds it: the lease, the replica, the window. Used by the keeper's thread alone.

What is taken here is shown to nobody before the keeper has committed it; a room whose commit failed is thrown away,
as its replica then holds what the log does not.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, replace

from cloud.rooms import overwriting
from cloud.rooms.contracts import Loss, Row, Stored
from cloud.rooms.window import Window
from sync.document import compaction
from sync.document.codec import Value, same
from sync.document.errors import HalfAppliedError, RefusedUpdateError
from sync.document.grammar import Address
from sync.document.register_document import RegisterDocument
from sync.document.removals import removal_of
from sync.document.replica import Applied, Replica
from sync.document.update_reader import Span, describe, read_state

_COMMENTS = "comments"
_NOT_ALLOWED = "You may look at this project, not change it."
_COMMENTS_ONLY = "You may comment on this project, not change it."


@dataclass(frozen=True, slots=True)
class Push:
    """An update on its way into the log.

    Attributes:
        at_most: the role that its author's ticket is for.
        base_seq: the last seq that its author says to have seen.
        is_answer: it answers step 1, and so may hold nothing new.
        state: the state vector with which its author came, as far as that is known.
    """

    account_id: str
    device: str
    at_most: str
    base_seq: int
    update: bytes
    is_answer: bool = False
    state: bytes | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an update.

    Attributes:
        row: what the log gets; None when there was nothing new.
        denied: why it was not taken.
        malformed: why the bytes are no update that is taken here.
        is_spoilt: that was found out while they were applied.
        is_early: something that it builds on is missing: its author has to be asked for it.
    """

    row: Row | None = None
    losses: tuple[Loss, ...] = ()
    denied: str = ""
    malformed: str = ""
    is_spoilt: bool = False
    is_early: bool = False


class LiveRoom:
    """See the module."""

    def __init__(self, stored: Stored) -> None:
        self.lease, self.kept_seq = stored.lease, stored.kept_seq
        self.head_seq = stored.lease.head_seq
        #: Where a snapshot was made last, or tried; how many bytes came since.
        self._squashed_seq, self._bytes_since = stored.start_seq, 0
        self.replica = Replica(stored.start)
        self.window = Window(stored.start_seq, stored.start)
        self.window.replay(stored.rows, self.replica)

    def close(self) -> None:
        """Let go of the library's objects, in the thread that they belong to."""
        self.window.close()
        self.replica.close()

    def is_due(self, rows: int, size: int) -> bool:
        """Return whether so many updates, or more bytes, came since a snapshot was made or tried.

        What a window reaches back for, when somebody was away, does not count: it would be cut with the next update.
        """
        return self.head_seq - self._squashed_seq >= rows or self._bytes_since > size

    def squashed(self) -> None:
        """Count from here on."""
        self._squashed_seq, self._bytes_since = self.head_seq, 0

    def compacted(self, least_bytes: int) -> bytes | None:
        """Return the document without its history when that is worth a new epoch, and when nothing is lost by it."""
        history = self.replica.encode()
        if len(history) <= least_bytes or self.replica.has_early:
            return None
        whole = RegisterDocument()
        whole.load(history)
        if not compaction.is_faithful(whole):
            return None
        fresh = compaction.compacted(whole).encode()
        return fresh if compaction.is_worthwhile(len(history), len(fresh), least_bytes) else None

    def take(self, push: Push, role: str, earlier: Callable[[int], Window]) -> Taken:
        """Apply an update that somebody sent, as far as their role allows; `earlier` reaches back in the log."""
        try:
            return self._take(push, role, earlier)
        except RefusedUpdateError as error:
            is_spoilt = isinstance(error, HalfAppliedError)
            if is_spoilt:
                self._make_again()
            return Taken(malformed=str(error), is_spoilt=is_spoilt)

    def _take(self, push: Push, role: str, earlier: Callable[[int], Window]) -> Taken:
        denied = self._denied(push, role)
        if denied is not None:
            return Taken(denied=denied)
        clocks = None if push.state is None else read_state(push.state)
        applied = self.replica.apply(push.update)
        if applied.untold:
            applied = replace(applied, changed={**applied.changed, **self._compared(applied.untold)})
        removed = self._removed_in_vain(clocks, applied, earlier)
        if applied.held_nothing and removed and not self.window.has_update(removal_of(removed)):
            # All deletions that its author ever knew come with an answer: the log gets those that are new.
            push, applied = replace(push, update=removal_of(removed)), self.replica.apply(removal_of(removed))
        elif applied.held_nothing and (push.is_answer or not self._may_be_a_lost_removal(applied, push.update)):
            return Taken()
        row = self._row(push, clocks, applied)
        try:
            losses = self._losses(applied, row, earlier, removes_in_vain=bool(removed))
        except RefusedUpdateError as refused:  # by the document as its author knew it
            raise HalfAppliedError(str(refused)) from refused
        if applied.held_nothing and not losses:
            return Taken()
        self.head_seq += 1
        self._bytes_since += len(row.data)
        self.window.add(row, applied)
        return Taken(row, losses, is_early=applied.is_early)

    def _compared(self, roots: Collection[str]) -> dict[Address, tuple[Value, Value]]:
        """Return which registers of some roots the last update changed, by what they held before."""
        with closing(self.window.document()) as before:
            keys = {(root, key) for root in roots for whole in (before, self.replica) for key in whole.keys(root)}
            pairs = {address: (before.value(*address), self.replica.value(*address)) for address in keys}
        return {address: pair for address, pair in pairs.items() if not same(*pair)}

    def _make_again(self) -> None:
        """Make the replica again of what was taken: that of before may hold a part of what is no update."""
        self.replica.close()
        self.window.close()
        self.replica = self.window.document()

    def _row(self, push: Push, clocks: Mapping[int, int] | None, applied: Applied) -> Row:
        base_seq = max(min(push.base_seq, self.head_seq), self.window.seen_by(applied))
        if clocks is not None:
            base_seq = max(base_seq, self.window.known_by(clocks))
        return Row(self.head_seq + 1, push.account_id, push.device, base_seq, push.update)

    def _removed_in_vain(
        self, clocks: Mapping[int, int] | None, applied: Applied, earlier: Callable[[int], Window]
    ) -> list[Span]:
        if clocks is None or not applied.described.deleted:
            return []
        if self.window.known_by(clocks) < 0:
            self._reach_back(0, earlier)
        return overwriting.removed_in_vain(self.window, applied, clocks)

    def _losses(
        self, applied: Applied, row: Row, earlier: Callable[[int], Window], *, removes_in_vain: bool
    ) -> tuple[Loss, ...]:
        if overwriting.needs_more(self.window, applied):
            self._reach_back(row.base_seq, earlier)
        writer = self.window.writer_of(row, applied)
        found = overwriting.losses(self.window, self.replica, applied, writer, row, removes_in_vain=removes_in_vain)
        return tuple(found)

    def _reach_back(self, seq: int, earlier: Callable[[int], Window]) -> None:
        """Let the window begin at a seq, or with all that is kept: once, however many updates ask for what is gone."""
        if max(seq, self.kept_seq) < self.window.start_seq:
            self.reach_from(earlier(seq))

    def reach_from(self, window: Window) -> None:
        """Take another window, from now on: a longer one, as who was away so long sends many updates; or a new one."""
        self.window.close()
        self.window = window

    def _may_be_a_lost_removal(self, applied: Applied, update: bytes) -> bool:
        """Return whether an update without effect is new: it removes what somebody else has overwritten meanwhile."""
        described = applied.described
        return bool(described.deleted) and not described.inserted and not self.window.has_update(update)

    def _denied(self, push: Push, role: str) -> str | None:
        """Return why an update is not allowed; an empty text when its author need not be told."""
        if role in ("owner", "editor"):
            return None
        described = describe(push.update)
        if push.is_answer and self.replica.holds(described):
            return ""
        if role != "commenter":
            return _NOT_ALLOWED
        return None if self.replica.covers(_COMMENTS, push.update) else _COMMENTS_ONLY
