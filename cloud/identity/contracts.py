"""What identity hands out, as plain values; rows never leave the stores."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cloud.foundation.policy import Resource


@dataclass(frozen=True, slots=True)
class Account:
    """A person, an artist or a label.

    Attributes:
        password_hash: for verification alone; no schema shows it.
        deletion_at: when it is erased, unless its owner signs in before.
    """

    id: str
    email: str
    name: str
    password_hash: str
    state: str
    roles: list[str]
    created_at: datetime
    verified_at: datetime | None
    password_changed_at: datetime
    deletion_at: datetime | None

    @property
    def resource(self) -> Resource:
        """Return the account as policies see it."""
        return account_resource(self.id)


@dataclass(frozen=True, slots=True)
class Session:
    """One device that is signed in.

    Attributes:
        client_id: the program that was let in; None for somebody who signed in directly.
        token_expires_at: when the token has to be refreshed.
    """

    id: str
    account_id: str
    label: str
    methods: list[str]
    created_at: datetime
    authenticated_at: datetime
    seen_at: datetime
    client_id: str | None = None
    token_expires_at: datetime | None = None

    @property
    def resource(self) -> Resource:
        """Return the session as policies see it."""
        return Resource("Session", self.id, {"owner": self.account_id})


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key for a program; the key itself is not kept.

    Attributes:
        disabled_at: when somebody reported that they had found it; it opens nothing since.
    """

    id: str
    account_id: str
    name: str
    last_four: str
    scopes: list[str]
    networks: list[str]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    disabled_at: datetime | None = None

    @property
    def resource(self) -> Resource:
        """Return the key as policies see it."""
        return Resource("ApiKey", self.id, {"owner": self.account_id})

    def audited(self) -> dict[str, Any]:
        """Return what an audit entry keeps of it."""
        return {"scopes": self.scopes, "expires_at": self.expires_at.isoformat(), "networks": len(self.networks)}


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key on somebody's device that opens their account; only its public half is here."""

    id: str
    account_id: str
    name: str
    created_at: datetime
    used_at: datetime | None
    sign_count: int

    @property
    def resource(self) -> Resource:
        """Return the passkey as policies see it."""
        return Resource("Passkey", self.id, {"owner": self.account_id})


@dataclass(frozen=True, slots=True)
class EmailChange:
    """The address that an account is to have, when its reader agrees.

    Attributes:
        session_id: where it was asked for.
    """

    account_id: str
    session_id: str
    email: str


@dataclass(frozen=True, slots=True)
class FormerEmail:
    """An address that an account had, and that its reader may put back."""

    account_id: str
    email: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Profile:
    """An account, and how well it is kept."""

    account: Account
    has_second_factor: bool
    recovery_codes_left: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A session with the tokens that are shown once.

    Attributes:
        device: for a device that was not known before.
        is_kept: whether the account would have been erased without this sign-in.
    """

    session: Session
    token: str
    device: str | None = None
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class NewAuthenticator:
    """The secret of an authenticator, shown once: to type, and as the address to scan."""

    secret: str
    uri: str


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key with its text, which is shown once."""

    key: ApiKey
    text: str


def account_resource(account_id: str) -> Resource:
    """Return an account as policies see it."""
    return Resource("Account", account_id, {"owner": account_id})
