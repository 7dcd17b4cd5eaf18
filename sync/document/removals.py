"""An update that does nothing but delete, after Yjs' encoding (version 1)."""

from collections.abc import Iterable

from sync.document.update_pieces import varint
from sync.document.update_reader import Span


def removal_of(spans: Iterable[Span]) -> bytes:
    """Return the update that deletes these ids; the same ids give the same bytes."""
    by_client: dict[int, list[tuple[int, int]]] = {}
    for client, start, end in sorted(spans):
        by_client.setdefault(client, []).append((start, end - start))
    words = [0, len(by_client)]
    for client, ranges in by_client.items():
        words += [client, len(ranges), *(word for pair in ranges for word in pair)]
    return b"".join(varint(word) for word in words)
