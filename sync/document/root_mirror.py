"""One root's registers in plain dicts, entity by entity, and what of a large root has not been read yet.

Belongs to a `RegisterDocument`, which alone writes to the library and sees to the thread. An entity is read before its
first change is shown, so what is mirrored is always whole.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sync.document.codec import Value, read_all, same
from sync.document.grammar import key_of, split_key
from sync.document.unread import UnreadRoot, loose

if TYPE_CHECKING:
    import pycrdt

_NOTHING: Mapping[str, Value] = MappingProxyType({})
_ENTITIES_AT_ONCE = 2000

#: Keys, their values, and each entity with its own of the keys.
_Block = tuple[list[str], list[Value], list[tuple[str, list[str]]]]


class RootMirror:
    """See the module."""

    __slots__ = ("_doc", "_entities", "_is_large", "_map", "_unread")

    def __init__(self, document: "pycrdt.Doc[Any]", shared: "pycrdt.Map[Any]", *, is_large: bool) -> None:
        self._doc = document
        self._map = shared
        self._is_large = is_large
        self._entities: dict[str, dict[str, Value]] = {}
        self._unread: UnreadRoot | None = None

    def read(self) -> None:
        """Mirror what the library holds, or only its keys where there are many."""
        # Straight from the library's own map: its wrapper opens two transactions per key.
        with self._doc.transaction() as transaction:
            keys = list(self._map.integrated.keys(transaction._txn))  # noqa: SLF001  # pinned below 0.15
        self._entities, self._unread = {}, None
        if self._is_large:
            odd = loose(keys)
            self._unread = UnreadRoot(set(keys).difference(odd) if odd else keys)
            keys = odd
        for key, value in zip(keys, self._values(keys, {}), strict=True):
            if value is not None:
                self.show(key, value)

    def renew(self) -> set[str]:
        """Mirror anew what the library holds; return the keys that may show another value, all unread ones too."""
        before = self._mirrored()
        unread = {key for _, keys in self._unread.keys_of(None) for key in keys} if self._unread else set()
        self.read()
        now = {key_of(entity, facet): value for entity, facets in self.each(None) for facet, value in facets.items()}
        changed = {key for key in before.keys() | now.keys() if not same(before.get(key), now.get(key))}
        return changed | unread

    def _mirrored(self) -> dict[str, Value]:
        return {
            key_of(entity, facet): value for entity, facets in self._entities.items() for facet, value in facets.items()
        }

    def entities(self) -> tuple[str, ...]:
        """Return the ids that have registers, in no particular order."""
        return (*self._entities, *(self._unread or ()))

    def entities_with(self, facet: str) -> set[str]:
        """Return the ids that have a register for `facet`."""
        found = {entity for entity, facets in self._entities.items() if facet in facets}
        return found if self._unread is None else found | self._unread.with_facet(facet)

    def register_count(self) -> int:
        """Return how many registers there are."""
        mirrored = sum(len(facets) for facets in self._entities.values())
        return mirrored + (0 if self._unread is None else self._unread.register_count())

    def value(self, key: str) -> Value:
        """Return a register's value, None when there is none."""
        entity, facet = split_key(key)
        return self.facets(entity).get(facet)

    def facets(self, entity: str) -> Mapping[str, Value]:
        """Return an entity's registers by facet, mirrored now if they were not."""
        facets = self._entities.get(entity)
        if facets is not None:
            return facets
        if self._unread is None or entity not in self._unread:
            return _NOTHING
        keys = self._unread.take(entity)
        start = len(entity) + 1
        named = zip(keys, self._values(keys, {}), strict=True)
        readable: dict[str, Value] = {sys.intern(key[start:]): value for key, value in named if value is not None}
        if readable:
            self._entities[entity] = readable
        return readable

    def show(self, key: str, value: Value) -> None:
        """Mirror a register; None removes it."""
        entity, facet = split_key(key)
        self.facets(entity)
        facets = self._entities.get(entity)
        if value is not None:
            if facets is None:
                facets = self._entities[entity] = {}
            facets[sys.intern(facet)] = value
        elif facets is not None:
            facets.pop(facet, None)
            if not facets:
                del self._entities[entity]

    def each(self, wanted: set[str] | None) -> Iterator[tuple[str, Mapping[str, Value]]]:
        """Yield (entity, registers by facet) of all entities, or some; what was unread stays so."""
        yield from [item for item in self._entities.items() if wanted is None or item[0] in wanted]
        for keys, values, block in self._unread_blocks(wanted):
            facets = [key[key.find(".") + 1 :] for key in keys]
            is_readable, end = None not in values, 0
            for entity, own in block:
                first, end = end, end + len(own)
                registers = dict(zip(facets[first:end], values[first:end], strict=True))
                yield entity, registers if is_readable else {k: v for k, v in registers.items() if v is not None}

    def each_in_order(self) -> Iterator[tuple[str, list[Value]]]:
        """Yield (entity, values in the order of their facets); what was unread stays so."""
        for entity, facets in self._entities.items():
            yield entity, [facets[facet] for facet in sorted(facets)]
        for _, values, block in self._unread_blocks(None, in_order=True):
            is_readable, end = None not in values, 0
            for entity, own in block:
                first, end = end, end + len(own)
                some = values[first:end]
                yield entity, some if is_readable else [value for value in some if value is not None]

    def _unread_blocks(self, wanted: Iterable[str] | None, *, in_order: bool = False) -> Iterator[_Block]:
        """Yield what is unread in pieces; `in_order` has an entity's keys in the order of its facets."""
        if self._unread is None:
            return
        texts: dict[str, str] = {}
        unread = self._unread.keys_of(wanted)
        for start in range(0, len(unread), _ENTITIES_AT_ONCE):
            block = unread[start : start + _ENTITIES_AT_ONCE]
            if in_order:
                block = [(entity, sorted(own)) for entity, own in block]
            keys = [key for _, own in block for key in own]
            yield keys, self._values(keys, texts), block

    def _values(self, keys: list[str], texts: dict[str, str]) -> list[Value]:
        """Return the values of some registers as the library has them; None for one that is not there."""
        with self._doc.transaction() as transaction:
            inner = transaction._txn  # noqa: SLF001  # pinned below 0.15
            shared = self._map.integrated
            get = shared.get
            try:
                found = [get(inner, key) for key in keys]
            except ValueError:  # a peer has removed one since its key was listed
                found = [get(inner, key) if shared.has(inner, key) else None for key in keys]
            return read_all(found, texts)
