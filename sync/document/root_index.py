"""Tells whether an update does nothing but write registers of one root, without applying it to anything.

Always holds: of a document whose updates it was given it knows which ids are registers of that root, and which are
deleted. An item that overwrites another does not say where it belongs: it belongs where that one does. So an update
writes to the root alone when each of its items names it or stands behind an item of it, and when all that it deletes
is such an item, or is deleted already.
"""

from collections import deque
from collections.abc import Iterable, Iterator

from sync.document.id_set import IdSet
from sync.document.item_reader import BYTES, GONE, VALUES, Item, read_items


class RootIndex:
    """See the module."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._clocks: dict[int, int] = {}
        self._written, self._deleted = IdSet(), IdSet()

    def add(self, update: bytes) -> None:
        """Take what the document took, as the library tells it: all that it builds on was taken before."""
        items, deleted = read_items(update)
        for item in _in_order(items, self._clocks):
            if item.root == self._root or any(self._written.has(*origin) for origin in item.origins):
                self._written.add(item.span)
        for span in deleted:
            self._deleted.add(span)

    def covers(self, update: bytes) -> bool:
        """Return whether an update writes registers of the root, and nothing else; raises RefusedUpdateError.

        One that builds on what is missing does not: nobody can tell yet what it will do.
        """
        items, deleted = read_items(update)
        clocks = dict(self._clocks)
        fresh = list(_in_order(items, clocks))
        if len(fresh) < sum(item.end > self._clocks.get(item.client, 0) for item in items):
            return False
        gone, new = IdSet(deleted), IdSet(item.span for item in fresh)
        if not all(self._is_register(item, gone, new) for item in fresh):
            return False
        here = (self._written, self._deleted, new)
        return not any(_in_none(span, here) for span in deleted)

    def _is_register(self, item: Item, gone: IdSet, new: IdSet) -> bool:
        """Return whether an item is a value of the root's, or a former one, when all new items are."""
        is_one = item.is_plain and item.kind in (VALUES, BYTES) and item.end - item.start == 1
        if not is_one and (item.kind != GONE or gone.missing(item.span)):
            return False
        if not item.origins:
            return item.root == self._root
        return all(self._written.has(*origin) or new.has(*origin) for origin in item.origins)


def _in_none(span: tuple[int, int, int], sets: Iterable[IdSet]) -> bool:
    """Return whether any id of a span is in none of some sets."""
    left = [span]
    for one in sets:
        left = [rest for part in left for rest in one.missing(part)]
    return bool(left)


def _in_order(items: Iterable[Item], clocks: dict[int, int]) -> Iterator[Item]:
    """Yield what is new of some items, each behind what it builds on, and count it in `clocks`; end where that lacks.

    Every turn takes an item or goes to the client whose item is missed: the time grows with their number, whatever
    refers to whatever.
    """
    waiting: dict[int, deque[Item]] = {}
    for item in items:
        known = clocks.get(item.client, 0)
        if item.end > known:
            waiting.setdefault(item.client, deque()).append(_beyond(item, known))
    for client in waiting:
        path = {client: None}  # who waits for whom, and never twice
        while path and waiting[next(reversed(path))]:
            here = next(reversed(path))
            item = waiting[here][0]
            missed = next((other for other, clock in item.origins if clock >= clocks.get(other, 0)), None)
            if item.start > clocks.get(here, 0) or missed in path or (missed is not None and not waiting.get(missed)):
                return
            if missed is not None:
                path[missed] = None
                continue
            clocks[here] = waiting[here].popleft().end
            if len(path) > 1:
                path.popitem()
            yield item


def _beyond(item: Item, known: int) -> Item:
    """Return the part of an item that a document lacks: it stands behind the part that is there."""
    if item.start >= known:
        return item
    return item._replace(start=known, origins=((item.client, known - 1),), root=None)
