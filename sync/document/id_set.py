"""A set of ids that grows: spans by client, in order and merged, so that looking one up costs little however many."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from sync.document.update_reader import Span


class IdSet:
    """See the module."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._spans: dict[int, tuple[list[int], list[int]]] = {}
        for span in spans:
            self.add(span)

    def add(self, span: Span) -> None:
        """Put a span in; what of it is there already changes nothing."""
        client, start, end = span
        starts, ends = self._spans.setdefault(client, ([], []))
        first, last = bisect_left(ends, start), bisect_right(starts, end)
        if first < last:
            start, end = min(start, starts[first]), max(end, ends[last - 1])
        starts[first:last], ends[first:last] = [start], [end]

    def missing(self, span: Span) -> list[Span]:
        """Return what of a span is not in."""
        client, at, end = span
        starts, ends = self._spans.get(client, ([], []))
        found = []
        for place in range(bisect_right(ends, at), bisect_left(starts, end)):
            if starts[place] > at:
                found.append((client, at, starts[place]))
            at = ends[place]
        return [*found, (client, at, end)] if at < end else found

    def meets(self, spans: Iterable[Span]) -> bool:
        """Return whether any id of some spans is in."""
        return any(self.missing(span) != [span] for span in spans)

    def has(self, client: int, clock: int) -> bool:
        """Return whether an id is in."""
        return not self.missing((client, clock, clock + 1))
