"""Blobs as the API takes and shows them. Unknown fields are refused."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from cloud.blobs.contracts import Address, Attached, Kind, PartAddress, Upload, Usage
from cloud.blobs.rules import HASH_PATTERN, MOST_ASKED, MOST_PARTS_ASKED

Hash = Annotated[str, Field(pattern=HASH_PATTERN)]


class HaveForm(BaseModel):
    """Which blobs one asks for."""

    model_config = ConfigDict(extra="forbid")

    hashes: list[Hash] = Field(max_length=MOST_ASKED)


class HaveModel(BaseModel):
    """Those of them that the caller has stored."""

    hashes: list[str]


class UploadModel(BaseModel):
    """An upload that has begun; its parts go to `Location`."""

    id: str
    hash: str
    kind: Kind
    original: str
    length: int
    created_at: datetime
    expires_at: datetime = Field(description="Later, once something is sent.")
    part_bytes: int | None = Field(
        description="How large its parts are if they may go straight into the store; null when only tus takes them."
    )


class PartsForm(BaseModel):
    """Which parts one is about to send straight into the store, counted from 1."""

    model_config = ConfigDict(extra="forbid")

    numbers: list[Annotated[int, Field(ge=1, le=10_000)]] = Field(min_length=1, max_length=MOST_PARTS_ASKED)


class PartModel(BaseModel):
    """Where a part is put, without credentials; all but the last have `part_bytes`."""

    number: int
    url: str


class PartsModel(BaseModel):
    """Where parts are put."""

    parts: list[PartModel]


class UsageModel(BaseModel):
    """How much is stored."""

    used_bytes: int = Field(description="Stored and announced.")
    quota_bytes: int


class ProjectBlobModel(BaseModel):
    """A blob in a project."""

    hash: str = Field(description="BLAKE3 of the bytes.")
    kind: Kind
    original: str = Field(description="The content it stands for, or was made from, as documents name it.")
    size: int
    attached_at: datetime
    url: str | None = Field(
        default=None,
        description="Where the bytes are: at the store, to be read without credentials, or a path here. Null in lists.",
    )
    url_expires_at: datetime | None = Field(default=None, description="Null for a path here.")


def upload_shown(upload: Upload, part_bytes: int | None) -> UploadModel:
    """Return an upload as the API shows it."""
    about = upload.about
    return UploadModel(
        id=upload.id,
        hash=about.hash,
        kind=about.kind,
        original=about.original,
        length=upload.length,
        created_at=upload.created_at,
        expires_at=upload.expires_at,
        part_bytes=part_bytes,
    )


def parts_shown(parts: Sequence[PartAddress]) -> PartsModel:
    """Return where parts are put as the API shows it."""
    return PartsModel(parts=[PartModel(number=part.number, url=part.url) for part in parts])


def usage_shown(usage: Usage) -> UsageModel:
    """Return what is stored as the API shows it."""
    return UsageModel(used_bytes=usage.used_bytes, quota_bytes=usage.quota_bytes)


def blob_shown(found: Attached, address: Address | None = None) -> ProjectBlobModel:
    """Return a project's blob as the API shows it."""
    about = found.about
    return ProjectBlobModel(
        hash=about.hash,
        kind=about.kind,
        original=about.original,
        size=found.size,
        attached_at=found.attached_at,
        url=address.url if address else None,
        url_expires_at=address.expires_at if address else None,
    )
