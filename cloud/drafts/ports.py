"""What the drafts' operations stand on: a store, and the rules that later domains bring along for their kinds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from cloud.drafts.contracts import Client, DeadLetter, Feed, Processed, StoredDraft
from sync.protocol.changes import Draft
from sync.protocol.kinds import Refusal


class BusyError(Exception):
    """Rules cannot answer at the moment: the operation is answered with `retry` after so long."""

    def __init__(self, after_s: float) -> None:
        self.after_s = after_s
        super().__init__(f"ask again in {after_s} s")


class KindRules(Protocol):
    """What a kind's domain says about its drafts. Asked inside the transaction; has no effect of its own."""

    def refusal(self, before: Draft | None, patch: Mapping[str, Any] | None) -> Refusal | None:
        """Return why `patch` (None: removal) can never be done to a draft; may raise BusyError."""
        ...

    def guarded(self, current: Draft) -> frozenset[str]:
        """Return the fields whose changes are never merged without asking."""
        ...


class DraftStore(Protocol):
    """One transaction's view of the drafts.

    `locked_feed` comes before every write: until the transaction ends nobody else writes to the account, so numbers
    are given in the order in which changes become durable.
    """

    def locked_feed(self, account_id: str) -> Feed:
        """Return the account's feed, locked until the transaction ends."""
        ...

    def feed(self, account_id: str) -> Feed:
        """Return the account's feed as it is now."""
        ...

    def save_feed(self, account_id: str, feed: Feed) -> None:
        """Keep the numbers of a feed that is locked."""
        ...

    def drafts(self, account_id: str, ids: Sequence[str]) -> dict[str, StoredDraft]:
        """Return drafts by id, removed ones too."""
        ...

    def save_draft(self, account_id: str, stored: StoredDraft) -> None:
        """Keep a draft."""
        ...

    def changes(self, account_id: str, after: int, size: int) -> list[StoredDraft]:
        """Return the drafts whose version is above `after`, in the order of their versions."""
        ...

    def forget_removed(self, before: datetime) -> int:
        """Remove tombstones from before a moment and move the horizons; return how many."""
        ...

    def client(self, client_id: str) -> Client | None:
        """Return a client."""
        ...

    def clients(self, account_id: str) -> list[Client]:
        """Return an account's clients, oldest first."""
        ...

    def save_client(self, client: Client) -> None:
        """Keep a client."""
        ...

    def remove_client(self, client_id: str) -> None:
        """Remove a client; the answers it got stay."""
        ...

    def has_answered(self, client_id: str) -> bool:
        """Return whether answers are kept that a client of this id got."""
        ...

    def processed(self, account_id: str, op_ids: Sequence[str]) -> dict[str, Processed]:
        """Return operations that were answered for good (not with `retry`), by id."""
        ...

    def processed_at(self, client_id: str, seq: int) -> Processed | None:
        """Return what was answered under a client's number."""
        ...

    def save_processed(self, account_id: str, one: Processed) -> None:
        """Keep an answer."""
        ...

    def forget_processed(self, before: datetime) -> int:
        """Remove old answers that clients have kept or that are gone; rejected operations stay. Return how many."""
        ...

    def dead_letters(self, account_id: str | None, after: list[Any] | None, size: int) -> list[DeadLetter]:
        """Return rejected operations, newest first, and one more; without an account everybody's, without patches."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What one operation works on: one account's drafts in one transaction."""

    store: DraftStore
    rules: Mapping[str, KindRules]
    now: datetime
    account_id: str
