"""Keys for programs as the API takes and shows them."""

import ipaddress
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from cloud.identity.contracts import NewKey
from cloud.identity.schemas import ONCE, Form, Name, Secret

Scope = Literal[
    "account:read",
    "workspaces:read",
    "projects:read",
    "projects:write",
    "drafts:read",
    "drafts:write",
    "money:read",
    "money:write",
]


def _as_network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise ValueError("write a network as 192.0.2.0/24, or one address") from None


Network = Annotated[str, Field(max_length=50, examples=["192.0.2.0/24"]), AfterValidator(_as_network)]


class KeyForm(Form):
    """A key for a program."""

    name: Name
    scopes: list[Scope] = Field(min_length=1, max_length=10, description="`money:` needs a second factor.")
    networks: list[Network] = Field(default=[], max_length=20, description="Where it may be used from; none: anywhere.")
    lasts_days: int = Field(default=90, ge=1, le=366)


class KeyModel(BaseModel):
    """A key for a program, without its text."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    last_four: str
    scopes: list[str]
    networks: list[str]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    disabled_at: datetime | None = Field(description="When somebody reported to have found it; it opens nothing since.")


class FoundKey(Form):
    """A key that others can read."""

    key: Secret = Field(max_length=100, description="`mb_live_` and 49 letters and digits.")


class CreatedKey(KeyModel):
    """A new key with its text."""

    key: str | None = Field(default=None, description=f"Send it as bearer token. {ONCE}")

    @classmethod
    def of(cls, new: NewKey) -> "CreatedKey":
        """Show a new key."""
        return cls.model_validate(new.key).model_copy(update={"key": new.text})
