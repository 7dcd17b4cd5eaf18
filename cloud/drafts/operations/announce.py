"""Tells programs outside that changes of drafts were accepted: one event for all that one request changed."""

from collections.abc import Sequence
from typing import Any

from cloud.foundation.events import EventType, tell
from cloud.foundation.unit_of_work import UnitOfWork
from sync.protocol.changes import Draft
from sync.protocol.operations import Answer, Applied, Batch

_EXAMPLE = {"kind": "release", "draft_id": "rel_01", "version": 7, "is_removed": False}
ACCEPTED = EventType(
    "draft.accepted", "Changes of releases, listings or schedules were accepted.", {"drafts": [_EXAMPLE]}
)


def tell_accepted(work: UnitOfWork, account_id: str, batch: Batch, answers: Sequence[Answer]) -> None:
    """Say which operations of a batch changed a draft: those that are repeated were told of before."""
    done = [
        _about(operation.kind, operation.draft_id, answer.result.version, is_removed=operation.patch is None)
        for operation, answer in zip(batch.operations, answers, strict=True)
        if isinstance(answer.result, Applied)
    ]
    if done:
        tell(work, ACCEPTED, [account_id], {"drafts": done})


def tell_changed(work: UnitOfWork, account_id: str, draft: Draft) -> Draft:
    """Say that one draft was changed at once; return it."""
    about = _about(draft.kind, draft.id, draft.version, is_removed=draft.is_removed)
    tell(work, ACCEPTED, [account_id], {"drafts": [about]})
    return draft


def _about(kind: str, draft_id: str, version: int, *, is_removed: bool) -> dict[str, Any]:
    return {"kind": kind, "draft_id": draft_id, "version": version, "is_removed": is_removed}
