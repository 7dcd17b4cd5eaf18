"""The shared document: flat registers over one CRDT document, owned by one thread.

Invariants: root maps only, held once; plain values only; no library object leaves this module; every method is
called by the thread that made the document. The values are mirrored in plain dicts, entity by entity, so that
reading rarely enters the library and a step that fails can be taken back before anything was written. Clips and notes
of a loaded document enter the mirror when they are first asked for (`root_mirror`).

Changes are staged in the mirror first (`stage`), then written in one transaction (`commit`) or taken back
(`discard`); `write` does both. Subscriptions live for one call only: the library binds them to a thread and to
their collection.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pycrdt

from sync.document.applying import Told, apply, watch
from sync.document.codec import Value, canonical, same, to_wire
from sync.document.errors import DocumentError, WrongThreadError
from sync.document.grammar import ALL_ROOTS, Address, check_address, key_of
from sync.document.root_mirror import RootMirror
from sync.document.update_pieces import pieces

#: The roots that hold most of a large project.
_LARGE = frozenset({"clips", "notes"})


@dataclass(frozen=True, slots=True)
class Written:
    """What one transaction did: its update (empty when nothing changed) and each register before and after."""

    update: bytes
    before: Mapping[Address, Value]
    after: Mapping[Address, Value]


class RegisterDocument:
    """Flat registers in a CRDT document; see the module's invariants."""

    def __init__(self) -> None:
        """Make an empty document owned by the calling thread."""
        self._owner = threading.get_ident()
        self._doc: pycrdt.Doc[Any] = pycrdt.Doc()
        self._maps: dict[str, pycrdt.Map[Any]] = {root: self._doc.get(root, type=pycrdt.Map) for root in ALL_ROOTS}
        self._mirrors = {
            root: RootMirror(self._doc, shared, is_large=root in _LARGE) for root, shared in self._maps.items()
        }
        self._before: dict[Address, Value] = {}

    def _check(self) -> None:
        if threading.get_ident() != self._owner:
            raise WrongThreadError("This document belongs to another thread; hand the work to the thread that owns it.")

    # Reading

    def value(self, root: str, key: str) -> Value:
        """Return a register's value, None when there is none."""
        self._check()
        return self._mirrors[root].value(key)

    def items(self, root: str) -> Iterator[tuple[str, Value]]:
        """Yield every (key, value) of a root, in no particular order."""
        for entity, facets in self.each(root):
            for facet, value in facets.items():
                yield key_of(entity, facet), value

    def entities(self, root: str) -> tuple[str, ...]:
        """Return the ids that have registers in a root, in no particular order."""
        self._check()
        return self._mirrors[root].entities()

    def entities_with(self, root: str, facet: str) -> frozenset[str]:
        """Return the ids that have a register for `facet` in a root."""
        self._check()
        return frozenset(self._mirrors[root].entities_with(facet))

    def facets(self, root: str, entity: str) -> Mapping[str, Value]:
        """Return an entity's registers by facet; a live view, to be read at once and never kept."""
        self._check()
        return self._mirrors[root].facets(entity)

    def each(self, root: str, only: Iterable[str] | None = None) -> Iterator[tuple[str, Mapping[str, Value]]]:
        """Yield (entity, registers by facet) of a root, or of `only` some of its entities, in no particular order.

        Faster than `facets` for many, and what was not mirrored before is not afterwards. Nothing may be written
        meanwhile.
        """
        self._check()
        yield from self._mirrors[root].each(None if only is None else set(only))

    def each_in_order(self, root: str) -> Iterator[tuple[str, list[Value]]]:
        """Yield (entity, values in the order of their facets) of a root: as `each`, where facets only order."""
        self._check()
        yield from self._mirrors[root].each_in_order()

    def roots(self) -> tuple[str, ...]:
        """Return the names of all roots, also those that only a later version knows."""
        self._check()
        return tuple(sorted({*ALL_ROOTS, *self._doc.keys()}))

    def register_count(self) -> int:
        """Return how many registers the known roots hold."""
        self._check()
        return sum(mirror.register_count() for mirror in self._mirrors.values())

    def key_count(self) -> int:
        """Return how many keys the known roots have, those included whose value no register can hold."""
        self._check()
        return sum(len(shared) for shared in self._maps.values())

    # Writing

    def stage(self, changes: Mapping[Address, Value]) -> frozenset[Address]:
        """Show `changes` to readers without writing them; returns the registers whose value changed.

        None removes a register. All addresses and values are judged before the first one changes.

        Raises:
            RefusedKeyError: for an address outside the grammar.
            RefusedValueError: for a value that no register may hold.
        """
        self._check()
        ready = {}
        for (root, key), value in changes.items():
            check_address(root, key)
            ready[root, key] = canonical(value)
        changed = set()
        for address, value in ready.items():
            earlier = self._held(address)
            if not same(earlier, value):
                self._before.setdefault(address, earlier)
                self._show(address, value)
                changed.add(address)
        return frozenset(changed)

    def commit(self, origin: str) -> Written:
        """Write what is staged in one transaction; staged changes that cancel out write nothing."""
        self._check()
        staged = [(address, value, self._held(address)) for address, value in self._before.items()]
        differing = [row for row in staged if not same(row[1], row[2])]
        before = {address: earlier for address, earlier, _ in differing}
        after = {address: value for address, _, value in differing}
        self._before = {}
        if not before:
            return Written(b"", {}, {})
        update = self.observed(lambda: self._write_all(after, origin))
        return Written(update, before, after)

    def discard(self) -> frozenset[Address]:
        """Take back what is staged; returns the registers that show their earlier value again."""
        self._check()
        earlier, self._before = self._before, {}
        for address, value in earlier.items():
            self._show(address, value)
        return frozenset(earlier)

    def write(self, changes: Mapping[Address, Value], origin: str) -> Written:
        """Write `changes` in one transaction, skipping equal values; None removes a register.

        Raises:
            RefusedKeyError: for an address outside the grammar; nothing was written.
            RefusedValueError: for a value that no register may hold; nothing was written.
        """
        self._check()
        self._refuse_while_staged()
        self.stage(changes)
        return self.commit(origin)

    def write_verbatim(self, changes: Mapping[Address, Value], origin: str) -> None:
        """Write canonical values of another document without judging the keys: a later version may know them."""
        self._check()
        self._refuse_while_staged()
        self._write_all(changes, origin)
        for address, value in changes.items():
            self._show(address, value)

    def _write_all(self, after: Mapping[Address, Value], origin: str) -> None:
        with self._doc.transaction(origin=origin):
            for (root, key), value in after.items():
                if value is None:
                    del self._maps[root][key]
                else:
                    self._maps[root][key] = to_wire(value)

    # Updates

    def apply(self, update: bytes, origin: str) -> frozenset[Address]:
        """Apply a peer's update; returns the registers of known roots that changed.

        Duplicates are fine. Updates of one author must come in the order they were made: while predecessors are
        missing the library holds an update back, and afterwards values that overwrote others may be missing. Applying
        the author's whole document (`encode`) heals that.

        Raises:
            RefusedUpdateError: when the bytes are no update.
        """
        self._check()
        self._refuse_while_staged()
        told = Told()
        subscriptions = [watch(shared, partial(told.take, root)) for root, shared in self._maps.items()]
        try:
            with self._doc.transaction(origin=origin):
                apply(self._doc, update)
        finally:
            for subscription in subscriptions:
                subscription.drop()
        changed = {address for address, (earlier, value) in told.changed.items() if not same(earlier, value)}
        for address, (_, value) in told.changed.items():
            self._show(address, value)
        changed.update((root, key) for root in told.untold for key in self._mirrors[root].renew())
        return frozenset(changed)

    def encode(self) -> bytes:
        """Return the whole document as one update."""
        self._check()
        self._refuse_while_staged()
        return self._doc.get_update()

    def state(self) -> bytes:
        """Return the state vector: what of each author is here."""
        self._check()
        return self._doc.get_state()

    def load(self, data: bytes, *, in_pieces: bool = False) -> None:
        """Apply a whole document, as `encode` made it, faster than `apply`: what changed is not collected.

        It holds the interpreter for as long as it takes, or cuts a large document `in_pieces`, between which other
        threads get on; when it raises then, part of the bytes may have been applied.

        Raises:
            RefusedUpdateError: when the bytes are no update.
        """
        self._check()
        self._refuse_while_staged()
        for piece in pieces(data) if in_pieces else (data,):
            apply(self._doc, piece)
        for mirror in self._mirrors.values():
            mirror.read()

    def copy_unknown_roots(self, source: "RegisterDocument") -> None:
        """Copy the registers of roots that only a later version knows from `source`, as they are."""
        self._check()
        with self._doc.transaction(origin="compaction"):
            for name in source.roots():
                if name not in self._maps:
                    copied = self._doc.get(name, type=pycrdt.Map)
                    for key, value in source.unknown_registers(name):
                        copied[key] = value

    def unknown_registers(self, root: str) -> list[tuple[str, object]]:
        """Return the (key, value) pairs of a root that only a later version knows, by key."""
        self._check()
        return sorted((self._doc.get(root, type=pycrdt.Map).to_py() or {}).items())

    def observed(self, work: Callable[[], None]) -> bytes:
        """Do what makes one transaction at most and return its update, empty when nothing changed."""
        updates: list[bytes] = []
        subscription = self._doc.observe(lambda event: updates.append(bytes(event.update)))
        try:
            work()
        finally:
            self._doc.unobserve(subscription)
        return updates[0] if updates else b""

    def _held(self, address: Address) -> Value:
        return self._mirrors[address[0]].value(address[1])

    def _show(self, address: Address, value: Value) -> None:
        self._mirrors[address[0]].show(address[1], value)

    def _refuse_while_staged(self) -> None:
        if self._before:
            raise DocumentError(
                "Changes are staged; commit or discard them before the document is written or read whole."
            )
