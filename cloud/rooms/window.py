"""The last part of a room's log, held in memory: who wrote each register last, and the document as somebody knew it.

It begins with a snapshot and ends with the head. Belongs to the room's keeper.

Whoever was away sends many updates, and several who were may come back at one time: the document as each of them knew
it is kept between their updates, for as many as memory allows.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cloud.rooms.contracts import Row, Writer
from sync.document import spans
from sync.document.replica import Applied, Replica
from sync.document.update_reader import Span, describe

if TYPE_CHECKING:
    from sync.document.grammar import Address

#: The client ids that an update brings something of; of one that only removes, whose device it came from.
_Author = frozenset[int] | tuple[str, str]
_MOST_FORKS, _FORKS_BYTES = 16, 32 << 20


@dataclass(slots=True)
class _Fork:
    """The document as an author knew it: all up to a seq, and of the window's first `rows` what is the author's own."""

    replica: Replica
    base_seq: int
    rows: int = 0


class Window:
    """See the module."""

    def __init__(self, start_seq: int, start: bytes) -> None:
        self.start_seq, self._start = start_seq, start
        self.writers: dict[Address, Writer] = {}
        self.rows: list[tuple[Row, frozenset[int]]] = []
        self.seqs: dict[int, list[tuple[int, int, int]]] = {}
        #: What deleted anything, in the order of the log.
        self.removers: list[Writer] = []
        self._bytes = len(start)
        self._held: list[Span] | None = None
        self._forks: OrderedDict[_Author, _Fork] = OrderedDict()

    def close(self) -> None:
        """Let go of the copies that are kept for next updates of the same authors."""
        while self._forks:
            self._forks.popitem()[1].replica.close()

    def is_larger(self, rows: int, size: int) -> bool:
        """Return whether it holds more than some rows, or more bytes beside the document that it begins with."""
        return len(self.rows) > rows or self._bytes - len(self._start) > size

    def add(self, row: Row, applied: Applied) -> None:
        """Take an update that was applied."""
        writer = self.writer_of(row, applied)
        for address in applied.changed:
            self.writers[address] = writer
        self.rows.append((row, _clients(applied)))
        self._bytes += len(row.data)
        if writer.deleted:
            self.removers.append(writer)
        for client, start, end in applied.fresh:
            self.seqs.setdefault(client, []).append((end, row.seq, start))

    @staticmethod
    def writer_of(row: Row, applied: Applied) -> Writer:
        """Return an update as what wrote registers."""
        return Writer(row.seq, row.account_id, row.device, applied.fresh, tuple(applied.described.deleted))

    def seen_by(self, applied: Applied) -> int:
        """Return the last seq of others that the author of an update had surely seen: of what it deletes."""
        own = _clients(applied)
        return max((self._seq_of(span) for span in applied.described.deleted if span[0] not in own), default=0)

    def known_by(self, clocks: Mapping[int, int]) -> int:
        """Return the last seq up to which a document with these clocks holds everything; -1: not even our start."""
        if spans.reach_beyond(self._start_items(), clocks):
            return -1
        missing = [seq for client, ends in self.seqs.items() for end, seq, _ in ends if end > clocks.get(client, 0)]
        return min(missing) - 1 if missing else self._end_seq

    @property
    def _end_seq(self) -> int:
        return self.rows[-1][0].seq if self.rows else self.start_seq

    def _start_items(self) -> list[Span]:
        if self._held is None:
            self._held = describe(self._start).inserted if self._start else []
        return self._held

    def has_update(self, update: bytes) -> bool:
        """Return whether the log has these very bytes."""
        return any(row.data == update for row, _ in self.rows)

    def has_others_since(self, row: Row, applied: Applied) -> bool:
        """Return whether anybody but an update's author wrote something after its base."""
        author = _author(applied, row)
        newer = self.rows[self._place_after(row.base_seq) :]
        return any(not _is_by(author, one, clients) for one, clients in newer)

    def as_known_to(self, applied: Applied, row: Row) -> Replica:
        """Return the document as an author knew it: what there was at `row.base_seq`, and the author's updates since.

        The copy is kept: what the caller applies to it counts as known to the same author's next update, and so does
        what others had written up to a later base.
        """
        author = _author(applied, row)
        fork = self._forks.pop(author, None)
        if fork is not None and fork.base_seq > row.base_seq:  # another document of the same author
            fork.replica.close()
            fork = None
        if fork is None:
            self._make_room()
            fork = _Fork(Replica(self._start), self.start_seq)
        self._forks[author] = fork
        self._bring_up(fork, author, row)
        return fork.replica

    def document(self) -> Replica:
        """Return the document as it is at the end; it is the caller's own to close."""
        whole = Replica(self._start)
        for row, _ in self.rows:
            whole.apply(row.data)
        return whole

    def copy_as_known_to(self, applied: Applied, row: Row) -> Replica:
        """Return such a document that is the caller's own to close."""
        fork = _Fork(Replica(self._start), self.start_seq)
        self._bring_up(fork, _author(applied, row), row)
        return fork.replica

    def _bring_up(self, fork: _Fork, author: _Author, row: Row) -> None:
        for place in range(self._place_after(fork.base_seq), len(self.rows)):
            one, clients = self.rows[place]
            # A copy that was kept lacks those updates of its author that raised no question.
            if one.seq <= row.base_seq or (place >= fork.rows and _is_by(author, one, clients)):
                fork.replica.apply(one.data)
        fork.base_seq, fork.rows = max(row.base_seq, self.start_seq), len(self.rows)

    def _place_after(self, seq: int) -> int:
        return bisect_right(self.rows, seq, key=lambda pair: pair[0].seq)

    def _make_room(self) -> None:
        most = max(1, min(_MOST_FORKS, _FORKS_BYTES // max(1, self._bytes)))
        while len(self._forks) >= most:
            self._forks.popitem(last=False)[1].replica.close()

    def replay(self, rows: Iterable[Row], replica: Replica) -> None:
        """Take a part of the log as it was written."""
        for row in rows:
            self.add(row, replica.apply(row.data))

    def follow(self, other: "Window") -> None:
        """Take what another window of the same room knows beyond our end."""
        end = self._end_seq
        newer = [pair for pair in other.rows if pair[0].seq > end]
        self.rows += newer
        self._bytes += sum(len(row.data) for row, _ in newer)
        self.removers += [one for one in other.removers if one.seq > end]
        self.writers.update({address: one for address, one in other.writers.items() if one.seq > end})
        for client, ends in other.seqs.items():
            self.seqs.setdefault(client, []).extend(pair for pair in ends if pair[1] > end)

    def _seq_of(self, span: Span) -> int:
        """Return the update that brought the last of a span; 0 for one from before the window."""
        last, found = span[2] - 1, self.seqs.get(span[0], [])
        place = bisect_right(found, (last, 1 << 62, 0))
        return found[place][1] if place < len(found) and found[place][2] <= last else 0


def _clients(applied: Applied) -> frozenset[int]:
    return frozenset(client for client, _, _ in applied.fresh)


def _author(applied: Applied, row: Row) -> _Author:
    return _clients(applied) or (row.account_id, row.device)


def _is_by(author: _Author, row: Row, clients: frozenset[int]) -> bool:
    if isinstance(author, tuple):
        return author == (row.account_id, row.device)
    return bool(clients & author)
