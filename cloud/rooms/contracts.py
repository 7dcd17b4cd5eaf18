"""What rooms are made of and hand out, as plain values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync.document.codec import Value
from sync.document.grammar import Address
from sync.document.update_reader import Span


@dataclass(frozen=True, slots=True)
class Lease:
    """A room that is ours: nobody else appends while our fence is the highest."""

    project_id: str
    epoch: int
    fence: int
    head_seq: int


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A room that another process owns, and where that one is."""

    address: str


@dataclass(frozen=True, slots=True)
class Row:
    """One update of the log."""

    seq: int
    account_id: str
    device: str
    base_seq: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Logged:
    """A piece of the log.

    Attributes:
        is_more: there is more behind it.
        has_gap: what came before it, and was asked for, is not kept any more.
    """

    rows: list[Row]
    is_more: bool
    has_gap: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """A room as the database has it: a snapshot, and the log behind it.

    Attributes:
        kept_seq: the log has every row after it.
    """

    lease: Lease
    kept_seq: int
    start_seq: int
    start: bytes
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote a register last, with which update.

    Attributes:
        inserted: the items of that update.
        deleted: the items that it deleted.
    """

    seq: int
    account_id: str
    device: str
    inserted: tuple[Span, ...] = ()
    deleted: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Loss:
    """A register's value that lost against a concurrent one."""

    address: Address
    lost: Writer
    value: Value
    won: Writer


@dataclass(frozen=True, slots=True)
class Overwritten:
    """A loss as the feed tells it."""

    id: int
    epoch: int
    root: str
    key: str
    lost_seq: int
    lost_account: str
    lost_device: str
    lost_value: Any
    won_seq: int
    won_account: str
    won_device: str
    at: datetime
