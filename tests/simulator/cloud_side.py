"""The cloud in a simulated world: the real operations over a store, and a record of everything that became durable."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from cloud.drafts.contracts import StoredDraft
from cloud.drafts.operations.apply_operations import apply_operations, require_version
from cloud.drafts.operations.change_draft import create_draft, put_draft, remove_draft
from cloud.drafts.operations.read_changes import Place, read_changes
from cloud.drafts.operations.register_client import register_client
from cloud.drafts.ports import BusyError, Desk, DraftStore
from cloud.drafts.rules import ANSWERS_KEPT, DeclaredRules
from cloud.drafts.schemas import BatchForm
from cloud.foundation.paging import Cursors
from sync.protocol.changes import Draft
from sync.protocol.kinds import KINDS, Refusal
from sync.protocol.merging import is_same, patched
from sync.protocol.operations import Answer, Applied, Duplicate, Operation, Rejected, Retry

T = TypeVar("T")
START = datetime(2026, 11, 27, 9, tzinfo=UTC)


class ServerKilledError(Exception):
    """The cloud's process ended before it could answer."""


class Backend(Protocol):
    """Runs transactions on a store."""

    def run(self, work: Callable[[DraftStore], T]) -> T:
        """Run `work`; keep what it did when it returns, undo it when it raises."""
        ...


class _Recording:
    """A store that notes which drafts are saved."""

    def __init__(self, store: DraftStore) -> None:
        self._store, self.saved = store, list[StoredDraft]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def save_draft(self, account_id: str, stored: StoredDraft) -> None:
        self.saved.append(stored)
        self._store.save_draft(account_id, stored)


@dataclass
class SimulatedRules:
    """The declared rules, a title that a later domain would refuse, and an answer that sometimes comes later."""

    kind: str
    source: random.Random
    busy: list[float]

    def refusal(self, before: Draft | None, patch: Mapping[str, Any] | None) -> Refusal | None:
        if self.source.random() < self.busy[0]:
            raise BusyError(self.source.uniform(0, 60))
        if patch is not None and patch.get("title") == "bad":
            return Refusal("The title is taken.", "title")
        return DeclaredRules(self.kind).refusal(before, patch)

    def guarded(self, current: Draft) -> frozenset[str]:
        return DeclaredRules(self.kind).guarded(current)


@dataclass
class CloudSide:
    """One account's cloud. `history` holds every durable version of every draft, `applied` each operation's version."""

    backend: Backend
    account: str
    source: random.Random
    now: datetime = START
    is_up: bool = True
    busy: list[float] = field(default_factory=lambda: [0.0])
    history: dict[str, list[Draft]] = field(default_factory=dict)
    applied: dict[str, int] = field(default_factory=dict)
    rejected: set[str] = field(default_factory=set)
    sent: dict[tuple[str, int], Operation] = field(default_factory=dict)
    #: Set by a fault: the next transaction is not kept.
    dies_before_commit: bool = False

    def __post_init__(self) -> None:
        self._cursors = Cursors(b"k" * 32, "draft changes", {"account": self.account})
        self._rules = {kind: SimulatedRules(kind, self.source, self.busy) for kind in KINDS}

    def register(self, client_id: str) -> str:
        """Make a client known; return the account."""
        return self._run(lambda desk: register_client(desk, client_id, "device")).account_id

    def push(self, document: str) -> list[Answer]:
        """Do a batch as it came over the wire."""
        batch = BatchForm.model_validate_json(document).batch()
        answers = self._run(lambda desk: apply_operations(desk, batch))
        for operation, answer in zip(batch.operations, answers, strict=True):
            self._note(batch.client_id, operation, answer)
        return [Answer.from_json(json.loads(json.dumps(one.to_json()))) for one in answers]

    def pull(self, cursor: str | None, size: int) -> dict[str, Any]:
        """Read a part of the feed, as it goes over the wire."""
        require_version(1)
        position = self._cursors.read(cursor)
        after = None if position is None else Place(*position)
        part = self._run(lambda desk: read_changes(desk, after, size))
        drafts = [json.loads(json.dumps(draft.to_json())) for draft in part.drafts]
        place = self._cursors.write([part.place.position, part.place.floor])
        times = {"server_time": self.now.isoformat(), "must_refetch": part.must_refetch}
        return {"drafts": drafts, "cursor": place, "is_whole": part.is_whole, **times}

    def change_from_the_web(self, draft_id: str, values: dict[str, Any] | None, if_match: str | None) -> Draft:
        """Change a draft at once; raises what the operations raise."""
        kind = draft_id.partition("-")[0]
        if if_match is None:
            return self._run(lambda desk: create_draft(desk, kind, draft_id, values or {}))
        if values is None:
            return self._run(lambda desk: remove_draft(desk, kind, draft_id, if_match))
        return self._run(lambda desk: put_draft(desk, kind, draft_id, values, if_match))

    def forget(self) -> int:
        """Forget removals at once, and answers when they may be: a device may come back with an old backup."""
        answered = self.now - ANSWERS_KEPT
        return self._run(lambda desk: desk.store.forget_removed(self.now) + desk.store.forget_processed(answered))

    def live(self) -> dict[str, Draft]:
        """Return the drafts there are, as the store has them."""
        rows = self._run(lambda desk: desk.store.changes(self.account, 0, 10_000))
        return {row.draft.id: row.draft for row in rows if not row.draft.is_removed}

    def dead_letters(self) -> set[str]:
        """Return the operations that are kept as dead letters."""
        return {one.op_id for one in self._run(lambda desk: desk.store.dead_letters(self.account, None, 10_000))}

    def _run(self, verb: Callable[[Desk], T]) -> T:
        if not self.is_up:
            raise ServerKilledError
        saved: list[StoredDraft] = []

        def work(store: DraftStore) -> T:
            recording = _Recording(store)
            result = verb(Desk(recording, self._rules, self.now, self.account))
            if self.dies_before_commit:
                self.dies_before_commit = self.is_up = False
                raise ServerKilledError
            saved[:] = recording.saved
            return result

        result = self.backend.run(work)
        for stored in saved:
            self._keep(stored.draft)
        return result

    def _keep(self, draft: Draft) -> None:
        versions = self.history.setdefault(draft.id, [])
        assert not versions or versions[-1].version < draft.version, f"{draft} is not newer than {versions[-1]}"
        versions.append(draft)

    def _note(self, client_id: str, operation: Operation, answer: Answer) -> None:
        outcome = answer.outcome
        if isinstance(answer.result, Duplicate):
            if isinstance(outcome, Applied):
                assert self.applied[operation.op_id] == outcome.version, "another answer the second time"
            return
        first = self.sent.setdefault((client_id, operation.seq), operation)
        assert first is operation, "a number was given twice"
        if isinstance(outcome, Retry):
            return
        assert operation.op_id not in self.applied, f"{operation.op_id} was done twice"
        if isinstance(outcome, Rejected):
            self.rejected.add(operation.op_id)
        elif isinstance(outcome, Applied):
            self.applied[operation.op_id] = outcome.version
            versions = self.history[operation.draft_id]
            place = next(n for n, draft in enumerate(versions) if draft.version == outcome.version)
            before = versions[place - 1].values if place else {}
            after = versions[place]
            wanted = None if operation.patch is None else patched(before, operation.patch)
            assert after.is_removed if wanted is None else is_same(after.values, wanted), f"{operation} made {after}"
