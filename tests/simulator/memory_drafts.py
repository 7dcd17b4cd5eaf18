"""The drafts' store in memory: `DraftStore` without a database, so that a thousand worlds fit into a minute.

`test_stores_alike.py` gives it and the PostgreSQL store the same work and compares every answer.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from cloud.drafts.contracts import Client, DeadLetter, Feed, Processed, StoredDraft
from sync.protocol.operations import Rejected, Retry

T = TypeVar("T")


@dataclass
class _State:
    feeds: dict[str, Feed] = field(default_factory=dict)
    drafts: dict[tuple[str, str], StoredDraft] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    processed: dict[tuple[str, int], tuple[str, Processed]] = field(default_factory=dict)

    def copy(self) -> "_State":
        return _State(dict(self.feeds), dict(self.drafts), dict(self.clients), dict(self.processed))


class MemoryBackend:
    """Transactions over one state: kept when the work returns, undone when it raises."""

    def __init__(self) -> None:
        self._state = _State()

    def run(self, work: "Callable[[MemoryDrafts], T]") -> T:
        """Run `work` in a transaction."""
        working = self._state.copy()
        result = work(MemoryDrafts(working))
        self._state = working
        return result


class MemoryDrafts:
    """One transaction's view."""

    def __init__(self, state: _State) -> None:
        self._state = state

    def locked_feed(self, account_id: str) -> Feed:
        return self._state.feeds.setdefault(account_id, Feed())

    def feed(self, account_id: str) -> Feed:
        return self._state.feeds.get(account_id, Feed())

    def save_feed(self, account_id: str, feed: Feed) -> None:
        self._state.feeds[account_id] = feed

    def drafts(self, account_id: str, ids: Sequence[str]) -> dict[str, StoredDraft]:
        found = self._state.drafts
        return {one: found[account_id, one] for one in ids if (account_id, one) in found}

    def save_draft(self, account_id: str, stored: StoredDraft) -> None:
        values = json.loads(json.dumps(stored.draft.values))
        kept = self._state.drafts.get((account_id, stored.draft.id))
        created_at = kept.created_at if kept else stored.created_at
        self._state.drafts[account_id, stored.draft.id] = replace(
            stored, draft=replace(stored.draft, values=values), created_at=created_at
        )

    def changes(self, account_id: str, after: int, size: int) -> list[StoredDraft]:
        own = [
            one for (owner, _), one in self._state.drafts.items() if owner == account_id and one.draft.version > after
        ]
        return sorted(own, key=lambda one: one.draft.version)[:size]

    def forget_removed(self, before: datetime) -> int:
        old = [key for key, one in self._state.drafts.items() if one.draft.is_removed and one.changed_at < before]
        for key in old:
            position = self._state.drafts.pop(key).draft.version
            feed = self._state.feeds[key[0]]
            self._state.feeds[key[0]] = Feed(feed.last, max(feed.horizon, position))
        return len(old)

    def client(self, client_id: str) -> Client | None:
        return self._state.clients.get(client_id)

    def clients(self, account_id: str) -> list[Client]:
        own = [one for one in self._state.clients.values() if one.account_id == account_id]
        return sorted(own, key=lambda one: (one.created_at, one.id))

    def save_client(self, client: Client) -> None:
        self._state.clients[client.id] = client

    def remove_client(self, client_id: str) -> None:
        self._state.clients.pop(client_id, None)

    def has_answered(self, client_id: str) -> bool:
        return any(one == client_id for one, _ in self._state.processed)

    def processed(self, account_id: str, op_ids: Sequence[str]) -> dict[str, Processed]:
        own = (one for owner, one in self._state.processed.values() if owner == account_id)
        return {one.op_id: one for one in own if one.op_id in op_ids and not isinstance(one.outcome, Retry)}

    def processed_at(self, client_id: str, seq: int) -> Processed | None:
        found = self._state.processed.get((client_id, seq))
        return found[1] if found else None

    def save_processed(self, account_id: str, one: Processed) -> None:
        assert (one.client_id, one.seq) not in self._state.processed, "answered twice"
        assert not self.processed(account_id, [one.op_id]), "done twice"
        self._state.processed[one.client_id, one.seq] = (account_id, one)

    def forget_processed(self, before: datetime) -> int:
        old = [
            key
            for key, (_, one) in self._state.processed.items()
            if one.received_at < before
            and not isinstance(one.outcome, Rejected)
            and (one.client_id not in self._state.clients or one.seq <= self._state.clients[one.client_id].acknowledged)
        ]
        for key in old:
            del self._state.processed[key]
        return len(old)

    def dead_letters(self, account_id: str | None, after: list[Any] | None, size: int) -> list[DeadLetter]:
        found = [
            _dead_letter(owner, one, is_own=account_id is not None)
            for owner, one in self._state.processed.values()
            if isinstance(one.outcome, Rejected) and account_id in (None, owner)
        ]
        found.sort(key=lambda one: (one.received_at, one.op_id), reverse=True)
        return [one for one in found if after is None or (one.received_at, one.op_id) < tuple(after)][: size + 1]


def _dead_letter(owner: str, one: Processed, *, is_own: bool) -> DeadLetter:
    assert isinstance(one.outcome, Rejected)
    return DeadLetter(
        one.op_id,
        owner,
        one.client_id,
        one.seq,
        one.kind,
        one.draft_id,
        one.outcome.reason,
        one.outcome.field,
        one.patch if is_own else None,
        one.made_at,
        one.received_at,
    )
