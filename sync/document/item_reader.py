"""Reads the items of an update one by one: what each is, and where in a document it belongs. Nothing is applied."""

import math
import struct
from typing import NamedTuple

from sync.document.errors import RefusedUpdateError
from sync.document.update_reader import DEEPEST, GC, KIND, SKIP, Reading, Span

#: Kinds of content: deleted, bytes, values. No other is a register's.
GONE, BYTES, VALUES = 1, 3, 8
_UNDEFINED, _NULL = 127, 126
_FLOATS = {124: ">f", 123: ">d"}
_DEEPEST_VALUE = 8


class Item(NamedTuple):
    """Some clocks of a client that came as one.

    Attributes:
        kind: of its content, 0 for what nothing is kept of.
        origins: ids of the items that it stands behind or before: it is where they are.
        root: of which it sets a key, as the update names it; None where it has origins, or sets none.
        is_plain: its content is what a register may hold.
    """

    client: int
    start: int
    end: int
    kind: int
    origins: tuple[tuple[int, int], ...]
    root: str | None
    is_plain: bool

    @property
    def span(self) -> Span:
        """Return its ids."""
        return self.client, self.start, self.end


def read_items(update: bytes) -> tuple[list[Item], list[Span]]:
    """Return the items of an update in its own order, and which ids it deletes; raises RefusedUpdateError."""
    reading = _Items(update)
    try:
        return reading.items, reading.whole().deleted
    except IndexError:
        raise RefusedUpdateError(f"These {len(update)} bytes are not an update of a project document.") from None


class _Items(Reading):
    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.items: list[Item] = []
        self._links: tuple[tuple[int, int], ...] = ()
        self._root: str | None = None
        self._is_plain = True

    def _structs(self, count: int, client: int, clock: int) -> None:
        for _ in range(count):
            kind = self._data[self._at] & KIND
            self._links, self._root, self._is_plain = (), None, True
            end = clock + self._struct()
            if kind != SKIP:
                is_plain = self._is_plain and kind != GC
                self.items.append(Item(client, clock, end, kind, self._links, self._root, is_plain))
            clock = end

    def _origins(self, count: int) -> None:
        self._links = tuple((self.number(), self.number()) for _ in range(count))

    def _parent(self, *, has_key: bool) -> str | None:
        name = super()._parent(has_key=has_key)
        self._root = name if has_key else None
        return name

    def _any(self, depth: int) -> None:
        at = self._at
        kind = self._data[at]
        super()._any(depth)
        is_nothing = kind == _UNDEFINED or (kind == _NULL and depth == DEEPEST)
        if kind in _FLOATS:
            is_nothing = not math.isfinite(struct.unpack(_FLOATS[kind], self._data[at + 1 : self._at])[0])
        if is_nothing or depth < DEEPEST - _DEEPEST_VALUE:
            self._is_plain = False
