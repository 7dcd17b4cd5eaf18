"""Reads what an update inserts and deletes without applying it, after Yjs' encoding (version 1).

An update is a list of structs by client, each client's from a clock on, and a set of deleted ids. Everything is judged
before the library sees it: lengths that go beyond the bytes, counts that would make it reserve memory, and nesting that
would exhaust its stack are refused with `RefusedUpdateError`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from sync.document.errors import RefusedUpdateError

#: A range of ids: the client, its first clock, the clock after its last.
Span = tuple[int, int, int]

_MORE, _BITS, _SHORT = 0x80, 0x7F, 7
_LONGEST_SHIFT = 63
DEEPEST = 32
GC, SKIP = 0, 10
_HAS_ORIGIN, _HAS_RIGHT_ORIGIN, _HAS_KEY = 0x80, 0x40, 0x20
KIND = 0x1F
_ANY_INTEGER, _ANY_OBJECT, _ANY_LIST, _ANY_BYTES, _ANY_TEXT = 125, 118, 117, 116, 119
_ANY_FIXED = {127: 0, 126: 0, 121: 0, 120: 0, 124: 4, 123: 8, 122: 8}
_XML_ELEMENT, _XML_HOOK = 3, 5


@dataclass(slots=True)
class Described:
    """What an update holds.

    Attributes:
        inserted: spans of new items.
        deleted: spans of ids that it deletes.
        roots: names of roots that it names, and whether it writes a key there.
    """

    inserted: list[Span] = field(default_factory=list)
    deleted: list[Span] = field(default_factory=list)
    roots: dict[str, bool] = field(default_factory=dict)


def describe(update: bytes) -> Described:
    """Return what an update holds; raises RefusedUpdateError."""
    try:
        return Reading(update).whole()
    except IndexError:
        raise RefusedUpdateError(f"These {len(update)} bytes are not an update of a project document.") from None


def read_state(state: bytes) -> dict[int, int]:
    """Return a state vector as clocks by client; raises RefusedUpdateError."""
    reading = Reading(state)
    try:
        clocks = {reading.number(): reading.number() for _ in range(reading.count())}
    except IndexError:
        raise RefusedUpdateError(f"These {len(state)} bytes are not a state of a document.") from None
    reading.require_end()
    return clocks


class Reading:
    """Passes over an update from its beginning to its end. `item_reader` sees each item by it."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0
        self._found = Described()

    def whole(self) -> Described:
        """Return what the update holds."""
        for _ in range(self.count()):
            structs, client, clock = self.count(), self.number(), self.number()
            self._structs(structs, client, clock)
        for _ in range(self.count()):
            client = self.number()
            for _ in range(self.count()):
                clock = self.number()
                self._found.deleted.append((client, clock, clock + self._length()))
        self.require_end()
        return self._found

    def _structs(self, count: int, client: int, clock: int) -> None:
        start = clock
        for _ in range(count):
            if self._data[self._at] == SKIP:  # a gap: what is missing here comes later
                self._insert(client, start, clock)
                clock += self._struct()
                start = clock
            else:
                clock += self._struct()
        self._insert(client, start, clock)

    def _insert(self, client: int, start: int, end: int) -> None:
        if end > start:
            self._found.inserted.append((client, start, end))

    def require_end(self) -> None:
        """Refuse bytes behind the end."""
        if self._at != len(self._data):
            raise RefusedUpdateError("Something follows the end of the update.")

    def number(self) -> int:
        """Return the next number."""
        byte = self._data[self._at]
        self._at += 1
        if byte < _MORE:
            return byte
        found, shift = byte & _BITS, _SHORT
        while True:
            byte = self._byte()
            found |= (byte & _BITS) << shift
            if byte < _MORE:
                return found
            shift += _SHORT
            if shift > _LONGEST_SHIFT:
                raise IndexError

    def _length(self) -> int:
        found = self.number()
        if not found:  # yjs throws on it, in every client that it is passed on to
            raise RefusedUpdateError("The update holds a range of no length.")
        return found

    def count(self) -> int:
        """Return a number of things that follow, each of at least one byte."""
        found = self.number()
        if found > len(self._data) - self._at:
            raise IndexError
        return found

    def _byte(self) -> int:
        found = self._data[self._at]
        self._at += 1
        return found

    def _skip(self, size: int) -> None:
        self._at += size
        if self._at > len(self._data):
            raise IndexError

    def _text(self) -> bytes:
        size = self.count()
        self._skip(size)
        return self._data[self._at - size : self._at]

    def _struct(self) -> int:
        info = self._byte()
        kind = info & KIND
        if info in (GC, SKIP):
            return self._length()
        if info & (_HAS_ORIGIN | _HAS_RIGHT_ORIGIN):
            self._origins(bool(info & _HAS_ORIGIN) + bool(info & _HAS_RIGHT_ORIGIN))
        else:
            self._parent(has_key=bool(info & _HAS_KEY))
        content = _CONTENTS.get(kind)
        if content is None:
            raise RefusedUpdateError(f"The update holds content of a kind ({kind}) that is not known.")
        return content(self)

    def _origins(self, count: int) -> None:
        for _ in range(2 * count):
            self.number()

    def _parent(self, *, has_key: bool) -> str | None:
        """Return the root that an item is in; None for one inside another item."""
        name = None
        if self.number() == 1:
            name = self._text().decode("utf-8", "replace")
            self._found.roots[name] = self._found.roots.get(name, False) or has_key
        else:
            self.number()
            self.number()
        if has_key:
            self._text()
        return name

    def texts(self) -> int:
        """Pass over texts, one clock each."""
        count = self.count()
        for _ in range(count):
            self._text()
        return count

    def one_text(self) -> int:
        """Pass over one text or some bytes."""
        self._text()
        return 1

    def characters(self) -> int:
        """Pass over a text whose characters take a clock each."""
        try:
            return len(self._text().decode().encode("utf-16-le")) // 2
        except UnicodeDecodeError:
            raise IndexError from None

    def format(self) -> int:
        """Pass over a mark of formatting."""
        self._text()
        return self.one_text()

    def shared_type(self) -> int:
        """Pass over the beginning of a nested type."""
        kind = self.number()
        if kind == _XML_HOOK:  # the library cannot read one
            raise RefusedUpdateError("A Y.XmlHook is not taken here: use a Y.XmlElement, or a Y.Map.")
        if kind == _XML_ELEMENT:
            self._text()
        return 1

    def values(self) -> int:
        """Pass over values, one clock each."""
        count = self.count()
        for _ in range(count):
            self._any(DEEPEST)
        return count

    def document(self) -> int:
        """Pass over a document inside the document."""
        self._text()
        self._any(DEEPEST)
        return 1

    def _any(self, depth: int) -> None:
        kind = self._byte()
        if kind == _ANY_INTEGER:
            while self._byte() >= _MORE:
                pass
        elif kind in _ANY_FIXED:
            self._skip(_ANY_FIXED[kind])
        elif kind in (_ANY_TEXT, _ANY_BYTES):
            self._text()
        elif kind in (_ANY_LIST, _ANY_OBJECT) and depth:
            for _ in range(self.count()):
                if kind == _ANY_OBJECT:
                    self._text()
                self._any(depth - 1)
        else:
            raise IndexError


#: How each kind of content is passed over; each returns how many clocks it takes.
_CONTENTS: dict[int, Callable[[Reading], int]] = {
    1: Reading.number,
    2: Reading.texts,
    3: Reading.one_text,
    4: Reading.characters,
    5: Reading.one_text,
    6: Reading.format,
    7: Reading.shared_type,
    8: Reading.values,
    9: Reading.document,
}
