"""The drafts' store on PostgreSQL, inside one unit of work."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from cloud.drafts.contracts import Client, DeadLetter, Feed, Processed, StoredDraft
from cloud.drafts.tables import draft, draft_feed, draft_operation, sync_client
from cloud.foundation.paging import page_of
from sync.protocol.changes import Draft
from sync.protocol.operations import outcome_from, outcome_json

_CLIENT = [sync_client.c[field.name] for field in fields(Client)]
_FEED = [draft_feed.c.last, draft_feed.c.horizon]


class PostgresDrafts:
    """One transaction's view of the drafts."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def locked_feed(self, account_id: str) -> Feed:
        """Return the account's feed, locked until the transaction ends."""
        locked = sa.select(*_FEED).where(draft_feed.c.account_id == account_id).with_for_update()
        row = self._connection.execute(locked).first()
        if row is None:
            first = insert(draft_feed).values(account_id=account_id, last=0, horizon=0).on_conflict_do_nothing()
            self._connection.execute(first)
            row = self._connection.execute(locked).one()
        return Feed(*row)

    def feed(self, account_id: str) -> Feed:
        """Return the account's feed as it is now."""
        row = self._connection.execute(sa.select(*_FEED).where(draft_feed.c.account_id == account_id)).first()
        return Feed(*row) if row else Feed()

    def save_feed(self, account_id: str, feed: Feed) -> None:
        """Keep the numbers of a feed that is locked."""
        change = sa.update(draft_feed).where(draft_feed.c.account_id == account_id).values(**asdict(feed))
        self._connection.execute(change)

    def drafts(self, account_id: str, ids: Sequence[str]) -> dict[str, StoredDraft]:
        """Return drafts by id, removed ones too."""
        query = sa.select(draft).where(draft.c.account_id == account_id, draft.c.id.in_(ids))
        return {row["id"]: _stored(row) for row in self._connection.execute(query).mappings()}

    def save_draft(self, account_id: str, stored: StoredDraft) -> None:
        """Keep a draft."""
        values = {**stored.draft.to_json(), "account_id": account_id}
        values |= {"schema_version": stored.schema_version, "changed_at": stored.changed_at}
        new = insert(draft).values(**values, created_at=stored.created_at)
        self._connection.execute(new.on_conflict_do_update(index_elements=["account_id", "id"], set_=values))

    def changes(self, account_id: str, after: int, size: int) -> list[StoredDraft]:
        """Return the drafts whose last change has a number above `after`, in order."""
        query = sa.select(draft).where(draft.c.account_id == account_id, draft.c.version > after)
        rows = self._connection.execute(query.order_by(draft.c.version).limit(size)).mappings()
        return [_stored(row) for row in rows]

    def forget_removed(self, before: datetime) -> int:
        """Remove tombstones from before a moment and move the horizons; return how many."""
        old = (draft.c.is_removed, draft.c.changed_at < before)
        forgotten = 0
        accounts = sa.select(draft.c.account_id).where(*old).distinct().order_by(draft.c.account_id)
        for account_id in self._connection.execute(accounts).scalars().all():
            feed = self.locked_feed(account_id)
            remove = sa.delete(draft).where(draft.c.account_id == account_id, *old).returning(draft.c.version)
            numbers = self._connection.execute(remove).scalars().all()
            forgotten += len(numbers)
            self.save_feed(account_id, Feed(feed.last, max([feed.horizon, *numbers])))
        return forgotten

    def client(self, client_id: str) -> Client | None:
        """Return a client."""
        row = self._connection.execute(sa.select(*_CLIENT).where(sync_client.c.id == client_id)).first()
        return Client(*row) if row else None

    def clients(self, account_id: str) -> list[Client]:
        """Return an account's clients, oldest first."""
        query = sa.select(*_CLIENT).where(sync_client.c.account_id == account_id)
        rows = self._connection.execute(query.order_by(sync_client.c.created_at, sync_client.c.id))
        return [Client(*row) for row in rows]

    def save_client(self, client: Client) -> None:
        """Keep a client."""
        values = asdict(client)
        new = insert(sync_client).values(**values)
        self._connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=values))

    def remove_client(self, client_id: str) -> None:
        """Remove a client; the answers it got stay."""
        self._connection.execute(sa.delete(sync_client).where(sync_client.c.id == client_id))

    def has_answered(self, client_id: str) -> bool:
        """Return whether answers are kept that a client of this id got."""
        query = sa.select(draft_operation.c.seq).where(draft_operation.c.client_id == client_id).limit(1)
        return self._connection.execute(query).first() is not None

    def processed(self, account_id: str, op_ids: Sequence[str]) -> dict[str, Processed]:
        """Return operations that were answered for good (not with `retry`), by id."""
        of_account = (draft_operation.c.account_id == account_id, draft_operation.c.outcome != "retry")
        query = sa.select(draft_operation).where(*of_account, draft_operation.c.op_id.in_(op_ids))
        return {row["op_id"]: _processed(row) for row in self._connection.execute(query).mappings()}

    def processed_at(self, client_id: str, seq: int) -> Processed | None:
        """Return what was answered under a client's number."""
        which = (draft_operation.c.client_id == client_id, draft_operation.c.seq == seq)
        row = self._connection.execute(sa.select(draft_operation).where(*which)).mappings().first()
        return _processed(row) if row else None

    def save_processed(self, account_id: str, one: Processed) -> None:
        """Keep an answer."""
        answer = outcome_json(one.outcome)
        values = {field.name: getattr(one, field.name) for field in fields(one)}
        values |= {"account_id": account_id, "outcome": answer["outcome"], "answer": answer}
        self._connection.execute(sa.insert(draft_operation).values(values))

    def forget_processed(self, before: datetime) -> int:
        """Remove old answers that clients have kept or that are gone; rejected operations stay. Return how many."""
        old = (draft_operation.c.received_at < before, draft_operation.c.outcome != "rejected")
        waits = (sync_client.c.id == draft_operation.c.client_id, sync_client.c.acknowledged < draft_operation.c.seq)
        remove = sa.delete(draft_operation).where(*old, ~sa.exists().where(*waits)).returning(draft_operation.c.seq)
        return len(self._connection.execute(remove).all())

    def dead_letters(self, account_id: str | None, after: list[Any] | None, size: int) -> list[DeadLetter]:
        """Return rejected operations, newest first, and one more; without an account everybody's, without patches."""
        query = sa.select(draft_operation).where(draft_operation.c.outcome == "rejected")
        if account_id is not None:
            query = query.where(draft_operation.c.account_id == account_id)
        key = (draft_operation.c.received_at, draft_operation.c.op_id)
        newest = page_of(query, key, after, size)
        return [_dead_letter(row, account_id) for row in self._connection.execute(newest).mappings()]


def _stored(row: sa.RowMapping) -> StoredDraft:
    found = Draft(row["kind"], row["id"], row["version"], row["values"], row["is_removed"])
    return StoredDraft(found, row["schema_version"], row["created_at"], row["changed_at"])


def _processed(row: sa.RowMapping) -> Processed:
    values = {field.name: row[field.name] for field in fields(Processed)}
    return Processed(**{**values, "outcome": outcome_from(row["answer"])})


def _dead_letter(row: sa.RowMapping, account_id: str | None) -> DeadLetter:
    names = {field.name for field in fields(DeadLetter)} - {"reason", "field", "patch"}
    answer = row["answer"]
    patch = row["patch"] if account_id is not None else None
    values = {name: row[name] for name in names}
    return DeadLetter(**values, reason=answer["reason"], field=answer["field"], patch=patch)
