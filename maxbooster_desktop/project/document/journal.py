"""The op log as the document sees it: records in order, which are also the undo history.

`Journal.append` takes a record that is already in the document: it must not fail. A journal that cannot write keeps
the record, says so through its own durability, and tries again; dropping it would leave a gap that later updates of
the same session could not bridge.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from sync.document.codec import Value
from sync.document.grammar import Address

RecordKind = Literal["edit", "undo", "redo", "merge"]


@dataclass(frozen=True, slots=True)
class OpRecord:
    """One transaction of the document.

    Attributes:
        number: Place in the log from 1, given by the journal.
        step: History step it made (edit) or moved (undo, redo); 0 for a merge.
        name: The step's name.
        kind: What made it.
        update: The document's update; empty when an undo found nothing it may touch.
        before: Each register's value before it; None where there was none.
        after: And after it.
        origin: Who made it.
        when: Seconds since 1970.
    """

    number: int
    step: int
    name: str
    kind: RecordKind
    update: bytes
    before: Mapping[Address, Value] = field(default_factory=dict)
    after: Mapping[Address, Value] = field(default_factory=dict)
    origin: str = ""
    when: float = 0.0


class Journal(Protocol):
    """Where records go."""

    def append(self, record: OpRecord) -> int:
        """Take a record (its number is 0) and return the number it has now."""
        ...

    def records(self) -> Iterator[OpRecord]:
        """Yield every record in order."""
        ...


class MemoryJournal:
    """A journal that lives as long as the process: tests, previews."""

    def __init__(self) -> None:
        self._records: list[OpRecord] = []

    def append(self, record: OpRecord) -> int:
        """Keep a record."""
        number = len(self._records) + 1
        self._records.append(replace(record, number=number))
        return number

    def records(self) -> Iterator[OpRecord]:
        """Yield every record in order."""
        yield from self._records
