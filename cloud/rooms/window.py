"""The last part of a room's log, held in memory: who wrote each register last, and the document as somebody knew it.

It begins with a snapshot and ends with the head. Belongs to the room's keeper.
"""

from bisect import bisect_right
from collections.abc import Iterable
from typing import TYPE_CHECKING

from cloud.rooms.contracts import Row, Writer
from sync.document import spans
from sync.document.replica import Applied, Replica
from sync.document.update_reader import Span

if TYPE_CHECKING:
    from sync.document.grammar import Address


class Window:
    """See the module."""

    def __init__(self, start_seq: int, start: bytes) -> None:
        self.start_seq, self._start = start_seq, start
        self.writers: dict[Address, Writer] = {}
        self.rows: list[tuple[Row, frozenset[int]]] = []
        self.seqs: dict[int, list[tuple[int, int]]] = {}
        self._fork: tuple[tuple[frozenset[int], int], Replica] | None = None

    def close(self) -> None:
        """Let go of the copy that is kept for the next update of the same author."""
        if self._fork is not None:
            self._fork[1].close()
            self._fork = None

    def add(self, row: Row, applied: Applied) -> None:
        """Take an update that was applied."""
        writer = self.writer_of(row, applied)
        for address in applied.changed:
            self.writers[address] = writer
        self.rows.append((row, _clients(applied)))
        for client, _, end in applied.fresh:
            self.seqs.setdefault(client, []).append((end, row.seq))

    @staticmethod
    def writer_of(row: Row, applied: Applied) -> Writer:
        """Return an update as what wrote registers."""
        return Writer(row.seq, row.account_id, row.device, applied.fresh, tuple(applied.described.deleted))

    def seen_by(self, applied: Applied) -> int:
        """Return the last seq of others that the author of an update had surely seen: of what it deletes."""
        own = _clients(applied)
        return max((self._seq_of(span) for span in applied.described.deleted if span[0] not in own), default=0)

    def has_update(self, update: bytes) -> bool:
        """Return whether the log has these very bytes."""
        return any(row.data == update for row, _ in self.rows)

    def has_others_since(self, base_seq: int, applied: Applied) -> bool:
        """Return whether anybody but an update's author wrote something after a seq."""
        own = _clients(applied)
        for row, clients in reversed(self.rows):
            if row.seq <= base_seq:
                return False
            if not clients & own:
                return True
        return False

    def as_known_to(self, applied: Applied, base_seq: int) -> Replica:
        """Return the document as an author knew it: what there was at `base_seq`, and the author's own updates since.

        The copy is kept: what the caller applies to it counts as known to the same author's next update.
        """
        own = _clients(applied)
        if self._fork is not None and self._fork[0] == (own, base_seq):
            return self._fork[1]
        self.close()
        copy = Replica(self._start)
        for row, clients in self.rows:
            if row.seq <= base_seq or clients & own:
                copy.apply(row.data)
        self._fork = (own, base_seq), copy
        return copy

    def replay(self, rows: Iterable[Row], replica: Replica) -> None:
        """Take a part of the log as it was written."""
        for row in rows:
            self.add(row, replica.apply(row.data))

    def follow(self, other: "Window") -> None:
        """Take what another window of the same room knows beyond our end."""
        end = self.rows[-1][0].seq if self.rows else self.start_seq
        self.rows += [pair for pair in other.rows if pair[0].seq > end]
        self.writers.update({address: one for address, one in other.writers.items() if one.seq > end})
        for client, ends in other.seqs.items():
            self.seqs.setdefault(client, []).extend(pair for pair in ends if pair[1] > end)

    def _seq_of(self, span: Span) -> int:
        ends = self.seqs.get(span[0], [])
        place = bisect_right(ends, (span[2] - 1, 1 << 62))
        return ends[place][1] if place < len(ends) else 0


def _clients(applied: Applied) -> frozenset[int]:
    return frozenset(client for client, _, _ in applied.fresh)


def wrote(writer: Writer, ids: Iterable[Span]) -> bool:
    """Return whether some ids are items of a writer's update."""
    return spans.meet(writer.inserted, ids)
