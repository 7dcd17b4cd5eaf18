"""From waiting to done: which changes go next, and what their answers make of them.

A change gets its number in the transaction that chooses it, before anything is sent; until its answer is kept here the
same batch is sent again. Changes of one draft go one after the other, those of different drafts do not wait for each
other: one that was refused, or that must wait, holds up its own draft alone.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from sync.outbox.receiving import drop_settled
from sync.outbox.rows import ALL, CHANGE, IN_STATE, REMOVE, Pending, fact, pending_rows, set_fact, text_of
from sync.outbox.tables import pending
from sync.protocol.kinds import SCHEMA_VERSION
from sync.protocol.merging import merge
from sync.protocol.operations import (
    LARGEST_BATCH,
    Answer,
    Applied,
    Batch,
    Conflict,
    Operation,
    Outcome,
    Rejected,
    Retry,
)

_LARGEST_BATCH_BYTES = 500_000
_MOST_BYTES_A_LETTER = 6
#: A change never waits longer than this for its next try, whatever a clock that was set says.
LONGEST_WAIT_S = 300.0
_earlier = pending.alias("earlier")
_is_blocked = sa.exists().where(
    _earlier.c.draft_id == pending.c.draft_id, _earlier.c.number < pending.c.number, _earlier.c.state != "acked"
)
_waits = sa.and_(pending.c.not_before > sa.bindparam("now"), pending.c.not_before <= sa.bindparam("latest"))
_NEXT = ALL.where(pending.c.state == "waiting", ~_is_blocked, ~_waits).limit(LARGEST_BATCH)
_later = (
    pending.c.draft_id == sa.bindparam("of"),
    pending.c.number > sa.bindparam("behind"),
    pending.c.state == "waiting",
)
_PASS_ON = sa.update(pending).where(*_later).values(base_version=sa.bindparam("now_on"))


@dataclass(frozen=True, slots=True)
class Renewed:
    """What a change is when it is sent as another operation."""

    op_id: str
    base_version: int
    base: Mapping[str, Any]
    patch: Mapping[str, Any] | None


def next_batch(connection: sa.Connection, wall_s: float, age_s: Callable[[Pending], float]) -> Batch | None:
    """Return what is to be sent now: what was sent without an answer, or else the next changes."""
    rows = pending_rows(connection, IN_STATE, state="sent")
    if not rows:
        rows = _numbered(connection, _first_of_each_draft(connection, wall_s))
    if not rows:
        return None
    rows.sort(key=lambda row: row.seq or 0)
    acknowledged = int(fact(connection, "acknowledged", "0"))
    operations = [_operation(row, age_s(row)) for row in rows]
    return Batch(fact(connection, "client_id"), SCHEMA_VERSION, acknowledged, operations)


def take_answers(
    connection: sa.Connection, answers: Sequence[Answer], wall_s: float, new_id: Callable[[], str]
) -> None:
    """Keep what became of the changes in a batch."""
    outcomes = {(answer.seq, answer.op_id): answer.outcome for answer in answers}
    highest = int(fact(connection, "acknowledged", "0"))
    for row in pending_rows(connection, IN_STATE, state="sent"):
        outcome = outcomes.get((row.seq or 0, row.op_id))
        if outcome is not None:
            _take(connection, row, outcome, wall_s, new_id)
            highest = max(highest, row.seq or 0)
    set_fact(connection, "acknowledged", str(highest))


def begin_as_new_client(connection: sa.Connection, client_id: str) -> None:
    """Go on under another name, from number 1; what was sent without an answer keeps its `op_id` and is sent again."""
    set_fact(connection, "client_id", client_id)
    set_fact(connection, "next_seq", "1")
    set_fact(connection, "acknowledged", "0")
    connection.execute(sa.update(pending).where(pending.c.state == "sent").values(state="waiting", seq=None))


def _first_of_each_draft(connection: sa.Connection, wall_s: float) -> list[Pending]:
    chosen: list[Pending] = []
    size = 0
    for row in pending_rows(connection, _NEXT, now=wall_s, latest=wall_s + LONGEST_WAIT_S):
        size += len(text_of(row.patch) or "") * _MOST_BYTES_A_LETTER
        if chosen and size > _LARGEST_BATCH_BYTES:
            break
        chosen.append(row)
    return chosen


def _numbered(connection: sa.Connection, rows: list[Pending]) -> list[Pending]:
    if not rows:
        return []
    seq = int(fact(connection, "next_seq", "1"))
    for number, row in enumerate(rows, seq):
        _change(connection, row, state="sent", seq=number, attempts=row.attempts + 1)
    set_fact(connection, "next_seq", str(seq + len(rows)))
    return [replace(row, seq=number) for number, row in enumerate(rows, seq)]


def _operation(row: Pending, age_s: float) -> Operation:
    assert row.seq is not None
    return Operation(row.seq, row.op_id, row.kind, row.draft_id, row.base_version, row.patch, age_s)


def _take(connection: sa.Connection, row: Pending, outcome: Outcome, wall_s: float, new_id: Callable[[], str]) -> None:
    if isinstance(outcome, Applied):
        _change(connection, row, state="acked", version=outcome.version)
        _pass_on(connection, row, outcome.version)
        drop_settled(connection, row.draft_id)
    elif isinstance(outcome, Rejected):
        _change(connection, row, state="attention", seq=None, reason=outcome.reason, field=outcome.field)
    elif isinstance(outcome, Retry):
        wait_s = min(max(outcome.after_s, 0.0), LONGEST_WAIT_S)
        _change(connection, row, state="waiting", seq=None, not_before=wall_s + wait_s)
    else:
        _merge(connection, row, outcome, new_id)


def _merge(connection: sa.Connection, row: Pending, conflict: Conflict, new_id: Callable[[], str]) -> None:
    """Put a change on top of what others did, where that needs no question; otherwise let the person decide."""
    current = conflict.current
    if row.patch is None or current.is_removed:
        if row.patch is None and current.is_removed:
            _settle(connection, row, current.version)
            return
        what = "removed" if current.is_removed else "changed"
        _ask(connection, row, conflict, f"Somebody {what} the draft meanwhile.")
        return
    merged = merge(row.base, row.patch, current.values, conflict.guarded)
    if merged.asks:
        _ask(connection, row, conflict, "Somebody changed the draft meanwhile.", merged.asks)
    elif not merged.patch:
        _settle(connection, row, current.version)
    else:
        base = {name: current.values.get(name) for name in merged.patch}
        again(connection, row, Renewed(new_id(), current.version, base, merged.patch))


def again(connection: sa.Connection, row: Pending, new: Renewed) -> None:
    """Let a change wait once more, as a new operation with a new base."""
    fresh = {"state": "waiting", "op_id": new.op_id, "seq": None, "attempts": 0, "not_before": 0.0, "current": None}
    fresh |= {"reason": None, "field": None, "asks": None, "base_version": new.base_version}
    _change(connection, row, **fresh, base=text_of(new.base), patch=text_of(new.patch))


def _settle(connection: sa.Connection, row: Pending, version: int) -> None:
    """Forget a change that the cloud's draft already holds."""
    connection.execute(REMOVE, {"which": row.number})
    _pass_on(connection, row, version)
    drop_settled(connection, row.draft_id)


def _pass_on(connection: sa.Connection, row: Pending, version: int) -> None:
    """Tell the later changes of a draft which version they stand on now."""
    connection.execute(_PASS_ON, {"of": row.draft_id, "behind": row.number, "now_on": version})


def _ask(connection: sa.Connection, row: Pending, conflict: Conflict, reason: str, asks: tuple[str, ...] = ()) -> None:
    current = text_of(conflict.current.to_json())
    _change(connection, row, state="attention", seq=None, reason=reason, asks=json.dumps(asks), current=current)


def _change(connection: sa.Connection, row: Pending, **values: Any) -> None:
    connection.execute(CHANGE, {"which": row.number, **values})
