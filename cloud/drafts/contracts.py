"""What drafts hand out and work with, as plain values; rows never leave the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cloud.foundation.policy import Resource
from sync.protocol.changes import Draft
from sync.protocol.operations import Outcome


@dataclass(frozen=True, slots=True)
class Feed:
    """The order of one account's changes.

    Attributes:
        last: number of the newest change.
        horizon: number of the newest removal that is forgotten: whoever has not read it must begin again.
    """

    last: int = 0
    horizon: int = 0


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft and what is kept beside it; its version is the number of its last change in the account's feed."""

    draft: Draft
    schema_version: int
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Client:
    """A program on a device that sends operations.

    Attributes:
        last_seq: number of the last operation that was answered.
        acknowledged: the client has kept every answer up to this one.
    """

    id: str
    account_id: str
    label: str
    last_seq: int
    acknowledged: int
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Processed:
    """An operation that was answered: its number and outcome; a rejected one keeps what its owner wanted.

    Attributes:
        fingerprint: tells another change under the same `op_id` from a repeated one.
    """

    client_id: str
    seq: int
    op_id: str
    kind: str
    draft_id: str
    outcome: Outcome
    fingerprint: str
    patch: Mapping[str, Any] | None
    made_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A rejected operation as it is shown; `patch` is its owner's and nobody else's."""

    op_id: str
    account_id: str
    client_id: str
    seq: int
    kind: str
    draft_id: str
    reason: str
    field: str | None
    patch: Mapping[str, Any] | None
    made_at: datetime
    received_at: datetime


def drafts_of(account_id: str) -> Resource:
    """Return all drafts of an account as policies see them."""
    return Resource("Drafts", account_id, {"owner": account_id})
