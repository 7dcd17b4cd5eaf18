"""What a person does to drafts, as rows that lie over what the cloud said."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sync.outbox.errors import DraftRefusedError, NotPossibleError
from sync.outbox.rows import ALL, CHANGE, OF_DRAFT, Pending, draft_of, overlaid, pending_rows, synced_draft, text_of
from sync.outbox.tables import pending, synced
from sync.protocol import kinds, values
from sync.protocol.changes import Draft
from sync.protocol.merging import patched

_ADD = sa.insert(pending)
_ALL_SYNCED = sa.select(synced)


@dataclass(frozen=True, slots=True)
class Made:
    """When a change was made, and its new name."""

    op_id: str
    wall_s: float
    monotonic_s: float
    run: str


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as a person sees it."""

    draft: Draft
    is_pending: bool
    needs_attention: bool


def read(connection: sa.Connection, draft_id: str) -> DraftView | None:
    """Return a draft with the person's changes on top; None when there is none."""
    rows = pending_rows(connection, OF_DRAFT, draft_id=draft_id)
    return _view(synced_draft(connection, draft_id), rows)


def read_all(connection: sa.Connection, kind: str | None = None) -> list[DraftView]:
    """Return every draft, by id."""
    rows: dict[str, list[Pending]] = {}
    for row in pending_rows(connection, ALL):
        rows.setdefault(row.draft_id, []).append(row)
    known = {row.id: draft_of(row) for row in connection.execute(_ALL_SYNCED)}
    views = (_view(known.get(name), rows.get(name, [])) for name in sorted(known.keys() | rows.keys()))
    return [view for view in views if view is not None and kind in (None, view.draft.kind)]


def change(connection: sa.Connection, kind: str, draft_id: str, patch: Mapping[str, Any], made: Made) -> int:
    """Note a change of a draft, which may be new; return its number. Raises DraftRefusedError."""
    if not re.match(kinds.ID_PATTERN, draft_id):
        raise DraftRefusedError("A draft's id has 1 to 64 letters, digits, - and _.")
    refused = kinds.refusal_of(kind, patch)
    if refused is not None:
        raise DraftRefusedError(refused.reason, refused.field)
    rows = pending_rows(connection, OF_DRAFT, draft_id=draft_id)
    known = synced_draft(connection, draft_id)
    seen = overlaid(known, rows)
    before = seen.values if seen else {}
    is_another = seen is not None and seen.kind != kind
    problem = f"is no {kind}" if is_another else values.storable(patched(before, patch))
    if problem:
        raise DraftRefusedError(f"The draft {draft_id} {problem}.")
    last = rows[-1] if rows else None
    base = {name: before.get(name) for name in patch}
    if last is not None and _can_grow(last):
        assert last.patch is not None
        grown = {"patch": text_of({**last.patch, **patch}), "base": text_of({**base, **last.base})}
        connection.execute(CHANGE, {"which": last.number, **grown})
        return last.number
    return _add(connection, Draft(kind, draft_id, _base_version(known, rows)), base, patch, made)


def remove(connection: sa.Connection, draft_id: str, made: Made) -> int:
    """Note that a draft is to go; return the change's number. Raises NotPossibleError when there is none."""
    rows = pending_rows(connection, OF_DRAFT, draft_id=draft_id)
    known = synced_draft(connection, draft_id)
    seen = overlaid(known, rows)
    if seen is None:
        raise NotPossibleError(f"There is no draft {draft_id}.")
    return _add(connection, Draft(seen.kind, draft_id, _base_version(known, rows)), {}, None, made)


def _view(known: Draft | None, rows: list[Pending]) -> DraftView | None:
    seen = overlaid(known, rows)
    if seen is None:
        return None
    states = {row.state for row in rows}
    return DraftView(seen, bool(states - {"acked"}), "attention" in states)


def _can_grow(last: Pending) -> bool:
    """Return whether a change was never sent, so that the next one can go along with it."""
    return last.state == "waiting" and last.attempts == 0 and last.patch is not None


def _base_version(known: Draft | None, rows: list[Pending]) -> int:
    acked = [row.version for row in rows if row.state == "acked" and row.version is not None]
    return max([known.version if known else 0, *acked])


def _add(
    connection: sa.Connection, draft: Draft, base: Mapping[str, Any], patch: Mapping[str, Any] | None, made: Made
) -> int:
    row = {
        "op_id": made.op_id,
        "state": "waiting",
        "kind": draft.kind,
        "draft_id": draft.id,
        "base_version": draft.version,
        "base": text_of(base),
        "patch": text_of(patch),
        "schema_version": kinds.SCHEMA_VERSION,
        "attempts": 0,
        "not_before": 0.0,
        "made_at": made.wall_s,
        "made_monotonic": made.monotonic_s,
        "run": made.run,
    }
    key = connection.execute(_ADD, row).inserted_primary_key
    assert key is not None
    return int(key[0])
