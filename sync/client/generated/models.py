"""What the cloud answers. Written by `scripts/generate_client.py`: change that, never this."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list, and the cursor of the next one."""

    items: list[T]
    next: str | None

    @classmethod
    def read(cls, item: Json, one: Callable[[Json], T]) -> "Page[T]":
        """Read it from JSON."""
        return cls([one(each) for each in item["items"]], maybe(item.get("next"), str))


def maybe(value: Any, read: Callable[[Any], T]) -> T | None:
    """Return what `read` makes of a value that is there."""
    return None if value is None else read(value)


@dataclass(frozen=True, slots=True)
class Account:
    """A person, an artist or a label."""

    id: str
    email: str
    name: str
    roles: list[str]
    created_at: str
    password_changed_at: str
    has_second_factor: bool
    recovery_codes_left: int

    @classmethod
    def read(cls, item: Json) -> "Account":
        """Read it from JSON."""
        return cls(
            id=str(item["id"]),
            email=str(item["email"]),
            name=str(item["name"]),
            roles=[str(one) for one in item["roles"]],
            created_at=str(item["created_at"]),
            password_changed_at=str(item["password_changed_at"]),
            has_second_factor=bool(item.get("has_second_factor", False)),
            recovery_codes_left=int(item.get("recovery_codes_left", 0)),
        )


@dataclass(frozen=True, slots=True)
class Project:
    """A shared project."""

    id: str
    name: str
    forked_from: str | None
    created_at: str
    role: str
    version: int

    @classmethod
    def read(cls, item: Json) -> "Project":
        """Read it from JSON."""
        return cls(
            id=str(item["id"]),
            name=str(item["name"]),
            forked_from=maybe(item["forked_from"], str),
            created_at=str(item["created_at"]),
            role=str(item["role"]),
            version=int(item["version"]),
        )


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a project."""

    account_id: str
    name: str
    role: str
    joined_at: str

    @classmethod
    def read(cls, item: Json) -> "Member":
        """Read it from JSON."""
        return cls(
            account_id=str(item["account_id"]),
            name=str(item["name"]),
            role=str(item["role"]),
            joined_at=str(item["joined_at"]),
        )


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """A new invitation with its token."""

    id: str
    project_id: str
    role: str
    email: str | None
    uses: int
    max_uses: int
    created_at: str
    expires_at: str
    token: str | None = field(repr=False)

    @classmethod
    def read(cls, item: Json) -> "NewInvitation":
        """Read it from JSON."""
        return cls(
            id=str(item["id"]),
            project_id=str(item["project_id"]),
            role=str(item["role"]),
            email=maybe(item["email"], str),
            uses=int(item["uses"]),
            max_uses=int(item["max_uses"]),
            created_at=str(item["created_at"]),
            expires_at=str(item["expires_at"]),
            token=maybe(item.get("token"), str),
        )


@dataclass(frozen=True, slots=True)
class Invitation:
    """A way into a project."""

    id: str
    project_id: str
    role: str
    email: str | None
    uses: int
    max_uses: int
    created_at: str
    expires_at: str

    @classmethod
    def read(cls, item: Json) -> "Invitation":
        """Read it from JSON."""
        return cls(
            id=str(item["id"]),
            project_id=str(item["project_id"]),
            role=str(item["role"]),
            email=maybe(item["email"], str),
            uses=int(item["uses"]),
            max_uses=int(item["max_uses"]),
            created_at=str(item["created_at"]),
            expires_at=str(item["expires_at"]),
        )


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket into a room, as long as it lasts: reconnecting included. Its end closes no open socket."""

    project_id: str
    role: str
    device: str
    expires_at: str
    ticket: str | None = field(repr=False)

    @classmethod
    def read(cls, item: Json) -> "Ticket":
        """Read it from JSON."""
        return cls(
            project_id=str(item["project_id"]),
            role=str(item["role"]),
            device=str(item["device"]),
            expires_at=str(item["expires_at"]),
            ticket=maybe(item.get("ticket"), str),
        )


@dataclass(frozen=True, slots=True)
class Overwritten:
    """A value that lost against a concurrent one: neither author had seen the other's."""

    id: int
    epoch: int
    root: str
    key: str
    lost_seq: int
    lost_account: str
    lost_device: str
    lost_value: Any
    won_seq: int
    won_account: str
    won_device: str
    at: str

    @classmethod
    def read(cls, item: Json) -> "Overwritten":
        """Read it from JSON."""
        return cls(
            id=int(item["id"]),
            epoch=int(item["epoch"]),
            root=str(item["root"]),
            key=str(item["key"]),
            lost_seq=int(item["lost_seq"]),
            lost_account=str(item["lost_account"]),
            lost_device=str(item["lost_device"]),
            lost_value=item["lost_value"],
            won_seq=int(item["won_seq"]),
            won_account=str(item["won_account"]),
            won_device=str(item["won_device"]),
            at=str(item["at"]),
        )


@dataclass(frozen=True, slots=True)
class Client:
    """A program on a device that sends operations."""

    id: str
    account_id: str
    label: str
    last_seq: int
    created_at: str
    seen_at: str

    @classmethod
    def read(cls, item: Json) -> "Client":
        """Read it from JSON."""
        return cls(
            id=str(item["id"]),
            account_id=str(item["account_id"]),
            label=str(item["label"]),
            last_seq=int(item["last_seq"]),
            created_at=str(item["created_at"]),
            seen_at=str(item["seen_at"]),
        )


@dataclass(frozen=True, slots=True)
class Have:
    """Those of them that the caller has stored."""

    hashes: list[str]

    @classmethod
    def read(cls, item: Json) -> "Have":
        """Read it from JSON."""
        return cls(
            hashes=[str(one) for one in item["hashes"]],
        )


@dataclass(frozen=True, slots=True)
class ProjectBlob:
    """A blob in a project."""

    hash: str
    kind: str
    original: str
    size: int
    attached_at: str
    url: str | None
    url_expires_at: str | None

    @classmethod
    def read(cls, item: Json) -> "ProjectBlob":
        """Read it from JSON."""
        return cls(
            hash=str(item["hash"]),
            kind=str(item["kind"]),
            original=str(item["original"]),
            size=int(item["size"]),
            attached_at=str(item["attached_at"]),
            url=maybe(item.get("url"), str),
            url_expires_at=maybe(item.get("url_expires_at"), str),
        )
