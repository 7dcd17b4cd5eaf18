"""The undo history, rebuilt from the journal: steps with names, and what takes each of them back.

A new edit ends the steps that were undone: they leave the history, as redo can no longer reach them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from maxbooster_desktop.project.document.journal import OpRecord
from sync.document.codec import Value
from sync.document.grammar import Address


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the history. `when` is in seconds since 1970."""

    number: int
    name: str
    when: float
    is_undone: bool = False


@dataclass(slots=True)
class _Entry:
    number: int
    name: str
    when: float
    before: Mapping[Address, Value]
    after: Mapping[Address, Value]


class History:
    """Done and undone steps in order."""

    def __init__(self, records: Iterable[OpRecord] = ()) -> None:
        self._done: list[_Entry] = []
        self._undone: list[_Entry] = []
        self._last_number = 0
        for record in records:
            self.note(record)

    @property
    def next_number(self) -> int:
        """Number of the step that the next edit makes."""
        return self._last_number + 1

    def note(self, record: OpRecord) -> None:
        """Take in a record that was appended to the journal."""
        if record.kind == "edit":
            self._undone.clear()
            self._last_number = max(self._last_number, record.step)
            self._done.append(_Entry(record.step, record.name, record.when, record.before, record.after))
        elif record.kind == "undo":
            self._move(self._done, self._undone, record)
        elif record.kind == "redo":
            self._move(self._undone, self._done, record)

    def to_undo(self) -> tuple[int, str, Mapping[Address, Value], Mapping[Address, Value]] | None:
        """Return (number, name, before, after) of the last done step."""
        return _last(self._done)

    def to_redo(self) -> tuple[int, str, Mapping[Address, Value], Mapping[Address, Value]] | None:
        """Return (number, name, before, after) of the undoing of the step that redo brings back."""
        return _last(self._undone)

    def steps(self) -> tuple[Step, ...]:
        """Return all steps from the first to the last; the undone ones come last."""
        done = [Step(entry.number, entry.name, entry.when) for entry in self._done]
        return (
            *done,
            *(Step(entry.number, entry.name, entry.when, is_undone=True) for entry in reversed(self._undone)),
        )

    def _move(self, source: list[_Entry], target: list[_Entry], record: OpRecord) -> None:
        if not source or source[-1].number != record.step:
            return  # a journal cut by hand or by recovery: what cannot be matched is no history
        entry = source.pop()
        entry.before, entry.after = record.before, record.after
        target.append(entry)


def _last(entries: list[_Entry]) -> tuple[int, str, Mapping[Address, Value], Mapping[Address, Value]] | None:
    if not entries:
        return None
    entry = entries[-1]
    return entry.number, entry.name, entry.before, entry.after
