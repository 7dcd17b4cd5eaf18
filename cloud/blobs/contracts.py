"""What blobs hand out, as plain values; rows never leave the stores."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from cloud.foundation.policy import Resource

#: An original in the form it travels in; its waveform; a small version to listen to; the state of a device.
Kind = Literal["audio", "peaks", "preview", "state"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: Made from an original, which they name.
DERIVED = ("peaks", "preview")


@dataclass(frozen=True, slots=True)
class About:
    """What a blob is.

    Attributes:
        hash: the BLAKE3 of its bytes.
        original: the content it stands for, by the name that documents have for it: what it unpacks to, or what it
            was made from.
    """

    hash: str
    kind: Kind
    original: str

    def audited(self) -> dict[str, Any]:
        """Return what an audit entry keeps of it."""
        return {"kind": self.kind, "original": self.original}


@dataclass(frozen=True, slots=True)
class Upload:
    """A blob on its way in.

    Attributes:
        completed_at: when all of it had arrived and was verified.
        store_id: what the store calls it, when its parts go straight there.
    """

    id: str
    account_id: str
    about: About
    length: int
    created_at: datetime
    expires_at: datetime
    completed_at: datetime | None
    store_id: str | None = None


@dataclass(frozen=True, slots=True)
class Attached:
    """A blob in a project."""

    project_id: str
    about: About
    size: int
    attached_at: datetime


@dataclass(frozen=True, slots=True)
class Address:
    """Where a blob's bytes are read: at the store itself while it is valid, or here."""

    url: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class PartAddress:
    """Where a part of an upload is put, at the store."""

    number: int
    url: str


@dataclass(frozen=True, slots=True)
class Usage:
    """How much an account has stored or announced, and may."""

    used_bytes: int
    quota_bytes: int


def storage_of(account_id: str) -> Resource:
    """Return all that an account stores, as policies see it."""
    return Resource("Storage", account_id, {"owner": account_id})
