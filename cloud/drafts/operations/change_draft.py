"""Read, put or remove one draft at once, for programs that are online: they name the version they have seen."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cloud.drafts.contracts import Feed, StoredDraft
from cloud.drafts.errors import DraftRefusedError, NoDraftError
from cloud.drafts.operations.apply_operations import changed, kept
from cloud.drafts.ports import BusyError, Desk
from cloud.drafts.rules import rules_of
from cloud.foundation.etags import ChangedMeanwhileError, require_match
from cloud.foundation.problems import UNAVAILABLE, FieldProblem, ProblemError
from sync.protocol.changes import Draft
from sync.protocol.kinds import SCHEMA_VERSION
from sync.protocol.merging import is_same


class RulesBusyError(ProblemError):
    """Whoever must be asked about a draft does not answer."""

    problem = UNAVAILABLE


def read_draft(desk: Desk, kind: str, draft_id: str) -> Draft:
    """Return a draft; raises NoDraftError (404)."""
    stored = desk.store.drafts(desk.account_id, [draft_id]).get(draft_id)
    return _present(stored, kind, draft_id).draft


def create_draft(desk: Desk, kind: str, draft_id: str, values: Mapping[str, Any]) -> Draft:
    """Make a draft under an id that the client chose.

    Raises ChangedMeanwhileError (412: there is one, it comes along), DraftRefusedError (422).
    """
    feed = desk.store.locked_feed(desk.account_id)
    stored = desk.store.drafts(desk.account_id, [draft_id]).get(draft_id)
    if stored is not None:
        raise ChangedMeanwhileError(f"There was a {stored.draft.kind} {draft_id} before.", more=_current(stored.draft))
    return _kept(desk, Draft(kind, draft_id, 0), None, values, feed)


def put_draft(desk: Desk, kind: str, draft_id: str, values: Mapping[str, Any], if_match: str | None) -> Draft:
    """Replace all fields of a draft.

    Raises NoDraftError (404), ConditionMissingError (428), ChangedMeanwhileError (412), DraftRefusedError (422).
    """
    stored, feed = _matched(desk, kind, draft_id, if_match)
    emptied = dict.fromkeys(stored.draft.values)
    patch = {
        name: value
        for name, value in {**emptied, **values}.items()
        if not is_same(value, stored.draft.values.get(name))
    }
    return _kept(desk, stored.draft, stored, patch, feed)


def remove_draft(desk: Desk, kind: str, draft_id: str, if_match: str | None) -> Draft:
    """Remove a draft; other devices learn of it for a while. Raises as `put_draft` does."""
    stored, feed = _matched(desk, kind, draft_id, if_match)
    return _kept(desk, stored.draft, stored, None, feed)


def _matched(desk: Desk, kind: str, draft_id: str, if_match: str | None) -> tuple[StoredDraft, Feed]:
    feed = desk.store.locked_feed(desk.account_id)
    stored = _present(desk.store.drafts(desk.account_id, [draft_id]).get(draft_id), kind, draft_id)
    try:
        require_match(if_match, stored.draft.version)
    except ChangedMeanwhileError as error:
        raise ChangedMeanwhileError(error.detail, headers=error.headers, more=_current(stored.draft)) from error
    return stored, feed


def _present(stored: StoredDraft | None, kind: str, draft_id: str) -> StoredDraft:
    if stored is None or stored.draft.is_removed or stored.draft.kind != kind:
        raise NoDraftError(f"There is no {kind} {draft_id}.")
    return stored


def _kept(desk: Desk, before: Draft, stored: StoredDraft | None, patch: Mapping[str, Any] | None, feed: Feed) -> Draft:
    rules = rules_of(desk, before.kind)
    if rules is None:
        raise NoDraftError(f"There is no kind of draft called {before.kind}.")
    try:
        refused = rules.refusal(before if stored else None, patch)
    except BusyError as busy:
        raise RulesBusyError("Try again later.", headers={"Retry-After": str(round(busy.after_s) or 1)}) from busy
    if refused is not None:
        pointer = f"/body/values/{refused.field}" if refused.field else "/body"
        raise DraftRefusedError(refused.reason, errors=(FieldProblem(pointer, "refused", refused.reason),))
    after = kept(desk, changed(before, patch, feed), stored, SCHEMA_VERSION).draft
    desk.store.save_feed(desk.account_id, replace(feed, last=after.version))
    return after


def _current(draft: Draft) -> dict[str, Any]:
    return {"current": draft.to_json()}
