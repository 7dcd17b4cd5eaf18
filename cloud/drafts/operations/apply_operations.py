"""Do a batch of one client's operations: each once, in the order of their numbers, and answer every one.

The client's last number, the answers and the effects are one transaction. An operation that can never be done is
answered and counted like the others, or its client would send it for ever; what its owner wanted is kept as a dead
letter. A repeated operation is known by its `op_id` and gets its first answer.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from cloud.drafts.contracts import Client, Feed, Processed, StoredDraft
from cloud.drafts.errors import ClientUnknownError, SequenceBrokenError, VersionNotSupportedError
from cloud.drafts.ports import BusyError, Desk
from cloud.drafts.rules import rules_of
from sync.protocol import kinds, values
from sync.protocol.changes import Draft
from sync.protocol.merging import patched
from sync.protocol.operations import (
    Answer,
    Applied,
    Batch,
    Conflict,
    Duplicate,
    Operation,
    Outcome,
    Rejected,
    Retry,
)


@dataclass(slots=True)
class _Turn:
    """One batch while it is worked on."""

    desk: Desk
    client: Client
    schema_version: int
    feed: Feed
    drafts: dict[str, StoredDraft]
    known: dict[str, Processed]
    last_seq: int
    answers: list[Answer] = field(default_factory=list)


def apply_operations(desk: Desk, batch: Batch) -> list[Answer]:
    """Do a batch; return an answer for each of its operations.

    Raises VersionNotSupportedError, SequenceBrokenError (409), ClientUnknownError (404); then nothing was done.
    """
    require_version(batch.schema_version)
    feed = desk.store.locked_feed(desk.account_id)
    client = desk.store.client(batch.client_id)
    if client is None or client.account_id != desk.account_id:
        raise ClientUnknownError(f"The client {batch.client_id} is not registered: register it, then send again.")
    _require_order(client, batch.operations)
    turn = _Turn(
        desk,
        client,
        batch.schema_version,
        feed,
        desk.store.drafts(desk.account_id, sorted({one.draft_id for one in batch.operations})),
        desk.store.processed(desk.account_id, [one.op_id for one in batch.operations]),
        client.last_seq,
    )
    for operation in batch.operations:
        turn.answers.append(Answer(operation.seq, operation.op_id, _answered(turn, operation)))
    acknowledged = min(max(client.acknowledged, batch.acknowledged), turn.last_seq)
    desk.store.save_client(replace(client, last_seq=turn.last_seq, acknowledged=acknowledged, seen_at=desk.now))
    if turn.feed != feed:
        desk.store.save_feed(desk.account_id, turn.feed)
    return turn.answers


def require_version(version: int) -> None:
    """Refuse a schema that we do not speak; raises VersionNotSupportedError."""
    spoken = kinds.supported_versions(kinds.SCHEMA_VERSION)
    if version in spoken:
        return
    advice = "update the program" if version < spoken.start else "the cloud is older than the program: try again later"
    raise VersionNotSupportedError(
        f"Version {version} of the drafts is not spoken here: {advice}.",
        more={"oldest": spoken.start, "newest": spoken.stop - 1},
    )


def _require_order(client: Client, operations: Sequence[Operation]) -> None:
    numbers = [one.seq for one in operations]
    follows = numbers and numbers[0] <= client.last_seq + 1
    if not follows or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        raise SequenceBrokenError(
            f"The client's last operation here was number {client.last_seq}: send the next ones in order.",
            more={"last_seq": client.last_seq},
        )


def _answered(turn: _Turn, operation: Operation) -> Outcome | Duplicate:
    known = turn.known.get(operation.op_id)
    if known is not None:
        turn.last_seq = max(turn.last_seq, operation.seq)
        return Duplicate(_refreshed(turn, known, operation))
    if operation.seq <= turn.last_seq:
        return Duplicate(_answered_under(turn, operation))
    outcome = _judged(turn, operation)
    turn.last_seq = operation.seq
    processed = _processed(turn, operation, outcome)
    if not isinstance(outcome, Retry):
        turn.known[operation.op_id] = processed
    turn.desk.store.save_processed(turn.desk.account_id, processed)
    return outcome


def _refreshed(turn: _Turn, known: Processed, operation: Operation) -> Outcome:
    """Return the first answer; a conflict is told with what the draft is by now.

    A client that was restored from a backup may have put more into a change that it does not know to be done: that is
    told as a conflict, so that it sends what is missing as another one.
    """
    is_another = known.fingerprint != _fingerprint(operation)
    if not isinstance(known.outcome, Conflict) and not is_another:
        return known.outcome
    current = turn.drafts.get(known.draft_id)
    return _conflict(turn, current.draft if current else _forgotten(known.kind, known.draft_id))


def _answered_under(turn: _Turn, operation: Operation) -> Outcome:
    """Return what was answered under the operation's number; raises SequenceBrokenError when that was another one."""
    found = turn.desk.store.processed_at(turn.client.id, operation.seq)
    if found is None or found.op_id != operation.op_id:
        raise SequenceBrokenError(
            f"Number {operation.seq} was another operation's: register a new client and send again.",
            more={"last_seq": turn.client.last_seq},
        )
    return found.outcome


def _judged(turn: _Turn, operation: Operation) -> Outcome:
    stored = turn.drafts.get(operation.draft_id)
    before = stored.draft if stored else None
    kind = before.kind if before else operation.kind
    if rules_of(turn.desk, operation.kind) is None:
        return Rejected(f"There is no kind of draft called {operation.kind}.")
    if kind != operation.kind:
        return Rejected(f"The draft {operation.draft_id} is a {kind}.")
    if operation.base_version != (before.version if before else 0):
        return _conflict(turn, before or _forgotten(operation.kind, operation.draft_id))
    return _refused(turn, operation, before) or _applied(turn, operation, stored)


def _refused(turn: _Turn, operation: Operation, before: Draft | None) -> Rejected | Retry | None:
    if operation.patch is None and (before is None or before.is_removed):
        return Rejected("The draft was removed already.")
    rules = rules_of(turn.desk, operation.kind)
    assert rules is not None
    try:
        refused = rules.refusal(before, operation.patch)
    except BusyError as busy:
        return Retry(busy.after_s)
    return Rejected(refused.reason, refused.field) if refused else None


def _conflict(turn: _Turn, current: Draft) -> Conflict:
    rules = rules_of(turn.desk, current.kind)
    return Conflict(current, tuple(sorted(rules.guarded(current))) if rules else ())


def _forgotten(kind: str, draft_id: str) -> Draft:
    return Draft(kind, draft_id, 0, is_removed=True)


def _applied(turn: _Turn, operation: Operation, stored: StoredDraft | None) -> Applied:
    before = stored.draft if stored else Draft(operation.kind, operation.draft_id, 0)
    new = kept(turn.desk, changed(before, operation.patch, turn.feed), stored, turn.schema_version)
    turn.feed = replace(turn.feed, last=new.draft.version)
    turn.drafts[new.draft.id] = new
    return Applied(new.draft.version)


def changed(before: Draft, patch: Mapping[str, Any] | None, feed: Feed) -> Draft:
    """Return a draft with a change on top, as the next one of the feed.

    Versions are numbers of the feed: they rise for ever, so that a draft which was removed, forgotten and made again
    never has a version that somebody has seen before.
    """
    values = {} if patch is None else patched(before.values, patch)
    return Draft(before.kind, before.id, feed.last + 1, values, is_removed=patch is None)


def kept(desk: Desk, after: Draft, stored: StoredDraft | None, schema_version: int) -> StoredDraft:
    """Keep a draft as the newest change of a feed that is locked."""
    created_at = stored.created_at if stored else desk.now
    new = StoredDraft(after, schema_version, created_at, desk.now)
    desk.store.save_draft(desk.account_id, new)
    return new


def _processed(turn: _Turn, operation: Operation, outcome: Outcome) -> Processed:
    age, now = timedelta(seconds=operation.age_s), turn.desk.now
    return Processed(
        turn.client.id,
        operation.seq,
        operation.op_id,
        operation.kind,
        operation.draft_id,
        _without_values(outcome),
        _fingerprint(operation),
        _keepable(operation.patch) if isinstance(outcome, Rejected) else None,
        now - age,
        now,
    )


def _fingerprint(operation: Operation) -> str:
    wanted = [operation.kind, operation.draft_id, operation.patch]
    return hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()


def _without_values(outcome: Outcome) -> Outcome:
    """Return what is kept of an outcome: what a draft was when somebody was too late is told anew each time."""
    return Conflict(replace(outcome.current, values={})) if isinstance(outcome, Conflict) else outcome


def _keepable(patch: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return what was wanted as any store can keep it: as its text when it holds what no store takes."""
    is_storable = patch is None or values.storable(patch) is None
    return patch if is_storable else {"as_text": json.dumps(patch)}
