"""Changes that only a person can decide about: refused ones, and those that somebody else's change met.

Each keeps the person's values until the person says what becomes of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from sync.outbox.errors import NotPossibleError
from sync.outbox.receiving import drop_settled
from sync.outbox.rows import BY_NUMBER, IN_STATE, REMOVE, Pending, pending_rows, synced_draft
from sync.outbox.sending import Renewed, again
from sync.protocol.changes import Draft
from sync.protocol.kinds import KINDS
from sync.protocol.merging import patched

Decision = Literal["retry", "keep-mine", "take-theirs", "discard"]


@dataclass(frozen=True, slots=True)
class AttentionItem:
    """A change that waits for a decision.

    Attributes:
        name: what people know the draft by, "" for one without a name.
        made_at_s: when the change was made, in seconds since 1970.
        mine: what the person entered; None: they removed the draft.
        base: what they saw in those fields.
        theirs: what the draft was at the cloud, when that is why it waits.
        asks: the fields it is about.
    """

    number: int
    kind: str
    draft_id: str
    name: str
    made_at_s: float
    reason: str
    field: str | None
    asks: tuple[str, ...]
    base: Mapping[str, Any]
    mine: Mapping[str, Any] | None
    theirs: Draft | None

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Return what can be decided."""
        return ("keep-mine", "take-theirs") if self.theirs is not None else ("retry", "discard")


def items(connection: sa.Connection) -> list[AttentionItem]:
    """Return everything that waits for a decision, oldest first."""
    return [_item(connection, row) for row in pending_rows(connection, IN_STATE, state="attention")]


def decide(
    connection: sa.Connection, number: int, decision: Decision, op_id: str, patch: Mapping[str, Any] | None = None
) -> None:
    """Do what a person decided; `patch` are values entered anew, for `retry`. Raises NotPossibleError."""
    found = pending_rows(connection, BY_NUMBER, number=number, state="attention")
    if not found or decision not in _item(connection, found[0]).decisions:
        raise NotPossibleError(f"There is no change {number} that could be decided about like this ({decision}).")
    row = found[0]
    if decision in ("take-theirs", "discard"):
        connection.execute(REMOVE, {"which": number})
        drop_settled(connection, row.draft_id)
    elif decision == "retry":
        mine = row.patch if row.patch is None else {**row.patch, **(patch or {})}
        base = {**dict.fromkeys(patch or ()), **row.base}
        again(connection, row, Renewed(op_id, row.base_version, base, mine))
    else:
        _keep_mine(connection, row, op_id)


def _keep_mine(connection: sa.Connection, row: Pending, op_id: str) -> None:
    """Send a change once more, for the draft as it is now; one that was removed comes back whole."""
    current = row.current
    assert current is not None
    mine = row.patch
    if mine is not None and current.is_removed:
        known = synced_draft(connection, row.draft_id)
        mine = patched(known.values if known else {}, mine)
    base = {name: current.values.get(name) for name in mine or ()}
    again(connection, row, Renewed(op_id, current.version, base, mine))


def _item(connection: sa.Connection, row: Pending) -> AttentionItem:
    return AttentionItem(
        row.number,
        row.kind,
        row.draft_id,
        _name(connection, row),
        row.made_at,
        row.reason or "",
        row.field,
        row.asks,
        row.base,
        row.patch,
        row.current,
    )


def _name(connection: sa.Connection, row: Pending) -> str:
    """Return what people know a draft by: as it was entered, else as the cloud said it."""
    kind = KINDS.get(row.kind)
    known = synced_draft(connection, row.draft_id)
    said = (row.patch, known and known.values, row.current and row.current.values)
    names = ((values or {}).get(kind.known_by) for values in said) if kind else ()
    return next((name for name in names if isinstance(name, str) and name), "")
