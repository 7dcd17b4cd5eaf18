"""The project document: edits, undo, merges, and the state they lead to. Lives on one thread.

The only way to change a project. Each outermost `edit` or `step` is one transaction, one record in the journal and
one step of the history; inside it, every finished edit already shows in `state`. An exception inside takes all of
it back: nothing is written, neither to the document nor to the journal.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from maxbooster_desktop.project.document.change import Change, joined
from maxbooster_desktop.project.document.comparison import change_between
from maxbooster_desktop.project.document.edit import Edit
from maxbooster_desktop.project.document.errors import EditError
from maxbooster_desktop.project.document.frozen_edits import refuse_frozen
from maxbooster_desktop.project.document.history import History, Step
from maxbooster_desktop.project.document.ids import IdSource, random_id
from maxbooster_desktop.project.document.journal import Journal, MemoryJournal, OpRecord, RecordKind
from maxbooster_desktop.project.document.projection import Projection
from maxbooster_desktop.project.document.state import ProjectState
from maxbooster_desktop.project.document.undo import inverse_of
from sync.document.codec import Value
from sync.document.grammar import Address
from sync.document.register_document import RegisterDocument, Written
from sync.document.tombstones import tombstone

#: Origin of what peers wrote.
REMOTE = "net"
Judge = Callable[[Mapping[Address, Value]], None]


class ProjectDocument:
    """A document with its journal, its history and its current state."""

    def __init__(
        self,
        document: RegisterDocument,
        journal: Journal | None = None,
        *,
        origin: str = "me",
        clock: Callable[[], float] = time.time,
        ids: IdSource = random_id,
        known: ProjectState | None = None,
        judge: Judge | None = None,
    ) -> None:
        """Project the document and rebuild the history from the journal.

        Args:
            document: Owned by the calling thread.
            journal: Where records go; in memory when missing.
            origin: Who edits here; stands in records and tombstones.
            clock: Seconds since 1970.
            ids: Source of identifiers; a seeded one makes a project deterministic.
            judge: Raises an EditError for changes that must not be made here; what peers wrote is not asked about.
            known: The document's state where it was stored: saves projecting all of it.
        """
        self._document = document
        self._journal: Journal = journal if journal is not None else MemoryJournal()
        self._origin = origin
        self._clock = clock
        self.ids = ids
        self._judge: Judge = judge if judge is not None else lambda _changes: None
        self._history = History(self._journal.records())
        self._projection = Projection(document, known)
        self._depth = 0
        self._edit: Edit | None = None

    @property
    def state(self) -> ProjectState:
        """The state now, inside a step with its finished edits. Immutable: any thread may keep it."""
        return self._projection.state

    @property
    def registers(self) -> RegisterDocument:
        """The document itself: for the store, which loads and encodes it."""
        return self._document

    @property
    def history(self) -> tuple[Step, ...]:
        """All steps from the first to the last; the undone ones come last."""
        return self._history.steps()

    def new_id(self) -> str:
        """Return a new identifier from the document's source."""
        return self.ids(14)

    # Editing

    @contextmanager
    def edit(self, name: str) -> Iterator[Edit]:
        """Make an edit: one transaction and one step of the history, or a part of the step around it.

        Raises:
            EditError: inside another edit; and whatever the block raises, with nothing written.
        """
        if self._edit is not None:
            raise EditError(f"“{name}” cannot begin inside another edit; several edits make one step with step().")
        with self.step(name):
            before = self.state
            edit = Edit(self._document, self._projection, self._tombstone, self.ids)
            self._edit = edit
            try:
                yield edit
                edit.finish()
            finally:
                self._edit = None
            self._refuse(edit.changes)
            self._advance(self._document.stage(edit.changes))
            clips = self._projection.touched_clips
            edit.change = change_between(name, before, self.state, clips, self._history.next_number)
        if self._depth == 0 and self._history.next_number == edit.change.step:
            edit.change = replace(edit.change, step=0)  # nothing differed, so no step was made

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Join all edits of the block into one step of the history; nested steps belong to the outermost."""
        if self._depth == 0:
            self._document.facets("meta", "project")  # the owner's thread, before anything else
        self._depth += 1
        try:
            yield
        except BaseException:
            if self._depth == 1:
                self._projection.advance(self._document.discard())
            raise
        else:
            if self._depth == 1:
                self._record(self._document.commit(self._origin), "edit", name, self._history.next_number)
        finally:
            self._depth -= 1

    def _refuse(self, changes: Mapping[Address, Value]) -> None:
        """Raise an EditError for changes that must not be made here."""
        self._judge(changes)
        refuse_frozen(changes, self.state, self._document)

    # History

    def undo(self) -> Change | None:
        """Take the last done step back; None when there is none."""
        return self._revert("undo", self._history.to_undo())

    def redo(self) -> Change | None:
        """Do the last undone step again; None when there is none."""
        return self._revert("redo", self._history.to_redo())

    def jump_to(self, step: int) -> Change | None:
        """Undo or redo until `step` is the last done one; 0 undoes everything. None when it is so already.

        Raises:
            EditError: when the history has no such step.
        """
        steps = self.history
        if step != 0 and all(known.number != step for known in steps):
            raise EditError(f"The history has no step {step}; it may have ended when something else was edited.")
        is_undone = any(known.number == step and known.is_undone for known in steps)
        changes: list[Change] = []
        while not self._stands_at(step):
            change = self.redo() if is_undone else self.undo()
            if change is None:
                break
            changes.append(change)
        return joined(changes[-1].name, changes) if changes else None

    def merge(self, update: bytes, *, is_echo: bool = False) -> Change:
        """Apply a peer's update; an echo of an own one, which is there already, leaves no trace.

        Raises:
            RefusedUpdateError: when the bytes are no update.
        """
        self._refuse_inside_step("A peer's update")
        before = self.state
        changed = self._document.apply(update, REMOTE)
        if is_echo and not changed:
            return Change("Merge", is_others=True)
        record = OpRecord(0, 0, "Merge", "merge", update, {}, {}, REMOTE, self._clock())
        self._journal.append(record)
        self._advance(changed)
        change = change_between("Merge", before, self.state, self._projection.touched_clips, 0)
        return replace(change, is_others=True)

    # How

    def _stands_at(self, step: int) -> bool:
        last = self._history.to_undo()
        return (last[0] if last is not None else 0) == step

    def _revert(
        self, kind: RecordKind, target: tuple[int, str, Mapping[Address, Value], Mapping[Address, Value]] | None
    ) -> Change | None:
        self._refuse_inside_step("Undo")
        if target is None:
            return None
        number, name, earlier, later = target
        before = self.state
        inverse = inverse_of(earlier, later, self._document, self._tombstone())
        self._refuse(inverse.changes)
        written = self._document.write(inverse.changes, self._origin)
        self._advance(written.after)
        self._record(written, kind, name, number)
        change = change_between(name, before, self.state, self._projection.touched_clips, number)
        return replace(change, notice=_notice(kind, name, len(inverse.left))) if inverse.left else change

    def _record(self, written: Written, kind: RecordKind, name: str, step: int) -> None:
        """Append to journal and history; an edit that changed nothing leaves no trace."""
        if kind == "edit" and not written.after:
            return
        record = OpRecord(
            0, step, name, kind, written.update, written.before, written.after, self._origin, self._clock()
        )
        self._journal.append(record)
        self._history.note(record)

    def _advance(self, changed: "frozenset[Address] | Mapping[Address, Value]") -> None:
        self._projection.advance(changed)

    def _tombstone(self) -> Value:
        return tombstone(self._origin, round(self._clock() * 1000))

    def _refuse_inside_step(self, what: str) -> None:
        if self._depth:
            raise EditError(f"{what} has to wait until the edit that is being made has ended.")


def _notice(kind: RecordKind, name: str, count: int) -> str:
    what = "One thing was" if count == 1 else f"{count} things were"
    verb = "undone" if kind == "undo" else "done again"
    return f"{what} changed by somebody else since “{name}” and stayed as it is; the rest was {verb}."
