"""What routes ask drafts for: each question or verb is one unit of work on the caller's own drafts."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from fastapi import Request, Response

from cloud.drafts.contracts import Client, DeadLetter, drafts_of
from cloud.drafts.operations.announce import tell_accepted, tell_changed
from cloud.drafts.operations.apply_operations import apply_operations, require_version
from cloud.drafts.operations.change_draft import create_draft, put_draft, read_draft, remove_draft
from cloud.drafts.operations.read_changes import REFETCH, Part, Place, read_changes
from cloud.drafts.operations.register_client import register_client
from cloud.drafts.operations.remove_client import remove_client
from cloud.drafts.ports import Desk, KindRules
from cloud.drafts.rules import declared_rules
from cloud.drafts.schemas import ClientModel, DraftModel
from cloud.drafts.store import PostgresDrafts
from cloud.foundation.answers import answer
from cloud.foundation.calls import Call
from cloud.foundation.etags import etag
from cloud.foundation.paging import Cursors, Listed, newest_first
from cloud.foundation.policy import PLATFORM, authorize
from cloud.foundation.problems import NotFoundError
from cloud.foundation.runtime import Runtime
from cloud.foundation.unit_of_work import UnitOfWork
from sync.protocol.changes import Draft
from sync.protocol.operations import Answer, Batch


class Drafts:
    """Drafts in one process's runtime; `rules` are by kind, those of later domains replace the declared ones."""

    def __init__(self, runtime: Runtime, rules: Mapping[str, KindRules] | None = None) -> None:
        self._units, self._keyring = runtime.units, runtime.keyring
        self.rules = {**declared_rules(), **(rules or {})}

    def now(self) -> datetime:
        """Return the cloud's time, for replies."""
        return self._units.clock.now()

    def apply(self, call: Call, batch: Batch) -> list[Answer]:
        """Do a batch of operations. The numbers in it are its idempotency: there is no other key."""
        account = _account(call, "draft.sync")

        def run(work: UnitOfWork) -> list[Answer]:
            answers = apply_operations(self._desk(work, account), batch)
            tell_accepted(work, account, batch, answers)
            return answers

        return self._units.run(call, run)

    def changes(self, call: Call, cursor: str | None, size: int, version: int) -> tuple[Part, str]:
        """Return a part of the feed and the cursor behind it."""
        account = _account(call, "draft.changes")
        require_version(version)
        cursors = Cursors(self._keyring.derived("cursor"), "draft changes", {"account": account})
        try:
            position = cursors.read(cursor)
        except NotFoundError:  # of another account, or signed with a key that is gone: reading anew mends both
            return REFETCH, ""
        after = None if position is None else Place(*position)
        part = self._units.run(call, lambda work: read_changes(self._desk(work, account), after, size))
        return part, cursors.write([part.place.position, part.place.floor])

    def register(self, call: Call, client_id: str, label: str) -> Response:
        """Make a client known."""
        account = _account(call, "draft.register")

        def run(work: UnitOfWork) -> Client:
            return register_client(self._desk(work, account), client_id, label)

        return answer(self._units, call, run, ClientModel.model_validate)

    def clients(self, call: Call) -> list[Client]:
        """Return the caller's clients."""
        account = _account(call, "draft.clients")
        return self._units.run(call, lambda work: PostgresDrafts(work.connection).clients(account))

    def remove_client(self, call: Call, client_id: str) -> Response:
        """Remove a client."""
        account = _account(call, "draft.remove_client")

        def run(work: UnitOfWork) -> Client:
            removed = remove_client(self._desk(work, account), client_id)
            work.audit.write("draft.client_removed", f"account:{account}", before={"client": client_id})
            return removed

        return answer(self._units, call, run, ClientModel.model_validate)

    def draft(self, call: Call, kind: str, draft_id: str) -> Draft:
        """Return a draft."""
        account = _account(call, "draft.read")
        return self._units.run(call, lambda work: read_draft(self._desk(work, account), kind, draft_id))

    def create(self, call: Call, kind: str, draft_id: str, values: Mapping[str, Any]) -> Response:
        """Make a draft."""
        return self._changed(call, lambda desk: create_draft(desk, kind, draft_id, values), status=201)

    def put(self, call: Call, kind: str, draft_id: str, values: Mapping[str, Any]) -> Response:
        """Replace a draft."""
        return self._changed(call, lambda desk: put_draft(desk, kind, draft_id, values, call.if_match))

    def remove(self, call: Call, kind: str, draft_id: str) -> Response:
        """Remove a draft."""
        return self._changed(call, lambda desk: remove_draft(desk, kind, draft_id, call.if_match))

    def dead_letters(self, call: Call, cursor: str | None, size: int) -> Listed[DeadLetter]:
        """Return a page of the caller's rejected operations, newest first."""
        return self._dead_letters(call, _account(call, "draft.dead_letters"), cursor, size)

    def all_dead_letters(self, call: Call, cursor: str | None, size: int) -> Listed[DeadLetter]:
        """Return a page of everybody's rejected operations without what they wanted, for operators."""
        authorize(call.who, "dead_letter.list", PLATFORM)
        return self._dead_letters(call, None, cursor, size)

    def _dead_letters(self, call: Call, account: str | None, cursor: str | None, size: int) -> Listed[DeadLetter]:
        def read(work: UnitOfWork, after: list[Any] | None) -> list[DeadLetter]:
            return PostgresDrafts(work.connection).dead_letters(account, after, size)

        return newest_first(
            Cursors(self._keyring.derived("cursor"), "dead letter", {"account": account}),
            cursor,
            size,
            lambda after: self._units.run(call, lambda work: read(work, after)),
            lambda row: (row.received_at, row.op_id),
        )

    def _changed(self, call: Call, verb: Callable[[Desk], Draft], *, status: int = 200) -> Response:
        account = _account(call, "draft.change")
        return answer(
            self._units,
            call,
            lambda work: tell_changed(work, account, verb(self._desk(work, account))),
            DraftModel.model_validate,
            status=status,
            headers=lambda draft: {"ETag": etag(draft.version)},
        )

    def _desk(self, work: UnitOfWork, account_id: str) -> Desk:
        return Desk(PostgresDrafts(work.connection), self.rules, work.clock.now(), account_id)


def _account(call: Call, action: str) -> str:
    """Return whose drafts the caller means, their own; raises UnauthenticatedError, ForbiddenError."""
    account_id = call.who.on_behalf_of or call.who.id
    authorize(call.who, action, drafts_of(account_id))
    return account_id


def drafts_in(request: Request) -> Drafts:
    """Return drafts in the application that handles a request."""
    drafts = request.app.state.drafts
    assert isinstance(drafts, Drafts)
    return drafts
