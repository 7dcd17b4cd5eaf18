"""Rows of the outbox as values, and the few questions that every part asks of them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sync.outbox.tables import facts, pending, synced
from sync.protocol.changes import Draft
from sync.protocol.merging import patched


@dataclass(frozen=True, slots=True)
class Pending:
    """One change that a person made."""

    number: int
    op_id: str
    state: str
    seq: int | None
    kind: str
    draft_id: str
    base_version: int
    base: Mapping[str, Any]
    patch: Mapping[str, Any] | None
    attempts: int
    made_at: float
    made_monotonic: float
    run: str
    version: int | None
    reason: str | None
    field: str | None
    asks: tuple[str, ...]
    current: Draft | None


# Statements are made once: putting one together costs more than running it.
ALL = sa.select(*(pending.c[name] for name in Pending.__slots__)).order_by(pending.c.number)
OF_DRAFT = ALL.where(pending.c.draft_id == sa.bindparam("draft_id"))
IN_STATE = ALL.where(pending.c.state == sa.bindparam("state"))
BY_NUMBER = ALL.where(pending.c.number == sa.bindparam("number"), pending.c.state == sa.bindparam("state"))
#: Sets the columns that are given of the row with the number `which`.
CHANGE = sa.update(pending).where(pending.c.number == sa.bindparam("which"))
REMOVE = sa.delete(pending).where(pending.c.number == sa.bindparam("which"))
_SYNCED = sa.select(synced).where(synced.c.id == sa.bindparam("draft_id"))
_FACT = sa.select(facts.c.value).where(facts.c.name == sa.bindparam("name"))
_SET_FACT = facts.insert().prefix_with("OR REPLACE")


def pending_rows(connection: sa.Connection, query: "sa.Select[Any]", **values: object) -> list[Pending]:
    """Return the changes that one of the queries above finds, oldest first."""
    return [_pending(row) for row in connection.execute(query, values)]


def synced_draft(connection: sa.Connection, draft_id: str) -> Draft | None:
    """Return what the cloud said last about a draft."""
    row = connection.execute(_SYNCED, {"draft_id": draft_id}).first()
    return None if row is None else draft_of(row)


def draft_of(row: "sa.Row[Any]") -> Draft:
    """Return a row of `synced` as a draft."""
    return Draft(row.kind, row.id, row.version, json.loads(row.values), row.is_removed)


def overlaid(draft: Draft | None, changes: Iterable[Pending]) -> Draft | None:
    """Return a draft as the person sees it: the cloud's, with their own changes on top."""
    seen = None if draft is None or draft.is_removed else draft
    for change in changes:
        if change.patch is None:
            seen = None
            continue
        before = seen or Draft(change.kind, change.draft_id, draft.version if draft else 0)
        seen = Draft(before.kind, before.id, before.version, patched(before.values, change.patch))
    return seen


def fact(connection: sa.Connection, name: str, default: str = "") -> str:
    """Return a single value."""
    found = connection.execute(_FACT, {"name": name}).scalar()
    return default if found is None else str(found)


def set_fact(connection: sa.Connection, name: str, value: str) -> None:
    """Keep a single value."""
    connection.execute(_SET_FACT, {"name": name, "value": value})


def text_of(values: Mapping[str, Any] | None) -> str | None:
    """Return JSON as it is stored."""
    return None if values is None else json.dumps(dict(values), ensure_ascii=False, sort_keys=True)


def _pending(row: "sa.Row[Any]") -> Pending:
    values = dict(zip(Pending.__slots__, row, strict=True))
    values["base"] = json.loads(values["base"])
    values["patch"] = None if values["patch"] is None else json.loads(values["patch"])
    values["asks"] = tuple(json.loads(values["asks"] or "[]"))
    values["current"] = None if values["current"] is None else Draft.from_json(json.loads(values["current"]))
    return Pending(**values)
