"""A room's copy of a shared document: takes everybody's updates and says what each changed, overwrote and lost.

Belongs to the thread that made it, as its subscriptions do; `close` ends them there. Nothing is mirrored: it answers
with updates, state vectors and single registers.

What lost is told by ids. An update that overwrites a register deletes the item its author saw there. What applying it
deletes beyond that was not seen: an item of somebody else's is a value that was overwritten unknowingly, an item of
its own is a value that lost. So no clock, no order of arrival and no word of the client is needed.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pycrdt

from sync.document import spans
from sync.document.applying import Told, apply, asked, watch
from sync.document.codec import Value, read
from sync.document.errors import WrongThreadError
from sync.document.grammar import ALL_ROOTS, Address
from sync.document.root_index import RootIndex
from sync.document.update_reader import Described, Span, describe, read_state


@dataclass(frozen=True, slots=True)
class Applied:
    """What an update did.

    Attributes:
        fresh: items that it brought; the rest of what it inserts was here.
        changed: each register that shows another item now: value before, value after.
        untold: roots whose changed registers the library could not name, as it does when items had waited for others.
        unseen: items of others that it overwrote without knowing them.
        lost: items of its own that lost against what others had written.
        dead: items that it deletes, and that were deleted here before.
        held_nothing: the document held all of it before.
        is_early: something that it builds on is missing; the library keeps it until that comes.
    """

    described: Described
    fresh: tuple[Span, ...] = ()
    changed: Mapping[Address, tuple[Value, Value]] = field(default_factory=dict)
    untold: frozenset[str] = frozenset()
    unseen: tuple[Span, ...] = ()
    lost: tuple[Span, ...] = ()
    dead: tuple[Span, ...] = ()
    held_nothing: bool = False
    is_early: bool = False


class Replica:
    """See the module."""

    def __init__(self, whole: bytes | None = None) -> None:
        """Make a copy of a document, or an empty one, that belongs to the calling thread."""
        self._owner = threading.get_ident()
        self._doc: pycrdt.Doc[Any] = pycrdt.Doc()
        self._maps: dict[str, tuple[pycrdt.Map[Any], Any]] = {}
        self._events = Told()
        self._updates: list[bytes] = []
        if whole:
            apply(self._doc, whole)
        for root in ALL_ROOTS:
            self._watch(root)
        self._whole = self._doc.observe(lambda event: self._updates.append(bytes(event.update)))
        self._clocks = read_state(self._doc.get_state())
        self._early: list[Described] = []
        self._indexes: dict[str, RootIndex] = {}

    @property
    def has_early(self) -> bool:
        """Return whether something came too early and is not in `encode`."""
        self._early = [one for one in self._early if self._lacks(one)]
        return bool(self._early)

    def close(self) -> None:
        """End the subscriptions, in the thread that they belong to."""
        self._check()
        self._doc.unobserve(self._whole)
        for _, subscription in self._maps.values():
            subscription.drop()
        self._maps.clear()

    def apply(self, update: bytes) -> Applied:
        """Take an update; the same one again changes nothing.

        Raises:
            HalfAppliedError: they are none, and the document may hold a part of them: make another.
            RefusedUpdateError: the bytes are no update; nothing was changed.
        """
        self._check()
        described = describe(update)
        for root, has_keys in described.roots.items():
            if has_keys and root not in self._maps:
                self._watch(root)
        fresh = spans.beyond(described.inserted, self._clocks)
        self._events, self._updates = Told(), []
        apply(self._doc, update)
        if not self._updates:
            is_early = self._keep_early(described)
            dead = spans.within(described.deleted, self._clocks)
            return Applied(described, fresh, dead=dead, held_nothing=not is_early, is_early=is_early)
        return self._told(described, fresh)

    def value(self, root: str, key: str) -> Value:
        """Return a register's value, None when there is none."""
        self._check()
        shared = self._maps.get(root)
        return None if shared is None else read(shared[0].get(key))

    def keys(self, root: str) -> list[str]:
        """Return the keys of a root's registers, in no particular order."""
        self._check()
        shared = self._maps.get(root)
        return [] if shared is None else list(shared[0].keys())

    def holds(self, described: Described) -> bool:
        """Return whether every item that an update inserts is here."""
        return not spans.reach_beyond(described.inserted, self._clocks)

    def difference(self, state: bytes) -> bytes:
        """Return what a document with a state vector lacks; raises RefusedUpdateError, PanickedError."""
        self._check()
        read_state(state)
        with asked():
            return self._doc.get_update(state)

    def state(self) -> bytes:
        """Return the state vector; raises PanickedError."""
        self._check()
        with asked():
            return self._doc.get_state()

    def encode(self) -> bytes:
        """Return the whole document as one update; what came too early is not in it. Raises PanickedError."""
        self._check()
        with asked():
            return self._doc.get_update()

    def covers(self, root: str, update: bytes) -> bool:
        """Return whether an update would write registers of one root, and nothing else; raises RefusedUpdateError.

        The first question for a root reads the whole document, later ones the update alone.
        """
        if root not in self._indexes:
            self._indexes[root] = RootIndex(root)
            self._indexes[root].add(self.encode())
        return self._indexes[root].covers(update)

    def _check(self) -> None:
        if threading.get_ident() != self._owner:
            raise WrongThreadError("This replica belongs to another thread; hand the work to the thread that owns it.")

    def _watch(self, root: str) -> None:
        shared = self._doc.get(root, type=pycrdt.Map)
        self._maps[root] = (shared, watch(shared, lambda event: self._events.take(root, event)))

    def _told(self, described: Described, fresh: tuple[Span, ...]) -> Applied:
        """Say what the update that was just applied did, from what the library made of it."""
        made = [describe(update) for update in self._updates]
        for client, _, end in (span for one in made for span in one.inserted):
            self._clocks[client] = max(self._clocks.get(client, 0), end)
        for index in self._indexes.values():
            for update in self._updates:
                index.add(update)
        deleted = [span for one in made for span in one.deleted]
        beyond = spans.without(deleted, described.deleted)
        unseen = spans.without(beyond, described.inserted)
        lost, is_early = spans.without(beyond, unseen), self._keep_early(described)
        dead = spans.within(spans.without(described.deleted, deleted), self._clocks)
        ids = (tuple(unseen), tuple(lost), dead)
        told = self._events
        return Applied(described, fresh, told.changed, frozenset(told.untold), *ids, is_early=is_early)

    def _keep_early(self, described: Described) -> bool:
        is_early = self._lacks(described)
        if is_early:
            self._early.append(described)
        return is_early

    def _lacks(self, described: Described) -> bool:
        return spans.reach_beyond(described.inserted, self._clocks) or spans.reach_beyond(
            described.deleted, self._clocks
        )
