"""Sets of ids as spans: what an update inserts or deletes, and which of two sets they share."""

from collections.abc import Iterable, Mapping

from sync.document.id_set import IdSet
from sync.document.update_reader import Span


def without(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Return what of `spans` is in none of `others`."""
    taken = IdSet(others)
    return [rest for span in spans for rest in taken.missing(span)]


def beyond(spans: Iterable[Span], clocks: Mapping[int, int]) -> tuple[Span, ...]:
    """Return what of a set a document with these clocks does not hold."""
    cut = ((client, max(start, clocks.get(client, 0)), end) for client, start, end in spans)
    return tuple(span for span in cut if span[1] < span[2])


def within(spans: Iterable[Span], clocks: Mapping[int, int]) -> tuple[Span, ...]:
    """Return what of a set a document with these clocks holds."""
    cut = ((client, start, min(end, clocks.get(client, 0))) for client, start, end in spans)
    return tuple(span for span in cut if span[1] < span[2])


def shared(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Return what is in both sets."""
    spans = tuple(spans)
    return without(spans, without(spans, others))


def reach_beyond(spans: Iterable[Span], clocks: Mapping[int, int]) -> bool:
    """Return whether a set holds an id that a document with these clocks does not hold."""
    return any(end > clocks.get(client, 0) for client, _, end in spans)
