"""What the pages' forms send. Other fields are ignored; the form's own token is judged before (`browsers.own_form`)."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, Json, SecretStr

from cloud.identity.key_schemas import Network, Scope
from cloud.identity.passkey_schemas import MadeCredential, UsedCredential
from cloud.identity.schemas import Code, Email, MailedToken, Name, NewPassword, Password
from cloud.identity.workspace_schemas import Role

Next = Annotated[str, Field(max_length=2_000)]


def _by_comma(values: list[str]) -> list[str]:
    """Return what a field lists, with commas or spaces between."""
    return [part for value in values for part in value.replace(",", " ").split()]


class SignIn(BaseModel):
    """The first half of signing in."""

    email: Email
    password: Password
    next: Next = "/account"


class SignInCode(BaseModel):
    """The second half."""

    carried: SecretStr = Field(max_length=2_000)
    code: Code
    next: Next = "/account"


class Prove(BaseModel):
    """Who somebody is, once more."""

    password: Password
    code: str = Field(default="", max_length=40)
    next: Next = "/account"


class Used(BaseModel):
    """What the browser answered with a passkey."""

    credential: Json[UsedCredential]
    next: Next = "/account"


class Made(BaseModel):
    """What the browser answered with a new passkey."""

    credential: Json[MadeCredential]
    name: Name


class Register(BaseModel):
    """A new account."""

    email: Email
    name: Name
    password: NewPassword
    next: Next = "/account"


class Mailed(BaseModel):
    """A code that was mailed."""

    token: MailedToken


class Address(BaseModel):
    """An address."""

    email: Email


class Forgotten(Address):
    """Whose password is forgotten."""

    next: Next = "/account"


class Reset(Mailed):
    """A new password with a mailed code."""

    password: NewPassword


class ChangePassword(BaseModel):
    """A new password."""

    password: NewPassword


class Shown(BaseModel):
    """A code that an authenticator shows."""

    code: Code


class Named(BaseModel):
    """Which row of a list."""

    id: str = Field(min_length=1, max_length=200)


class Team(BaseModel):
    """A workspace's name."""

    name: Name


class Renamed(Team):
    """Another name for the version that was shown."""

    version: int = Field(ge=1, le=2**31 - 1)


class Seat(BaseModel):
    """Which member of a workspace."""

    account_id: str = Field(min_length=1, max_length=200)


class Seated(Seat):
    """What a member is to be."""

    role: Role


class WorkspaceInvite(Address):
    """Whom to invite, as what."""

    role: Role


class NewKey(BaseModel):
    """A key for a program."""

    name: Name
    scopes: list[Scope] = Field(min_length=1, max_length=10)
    networks: Annotated[list[Network], BeforeValidator(_by_comma)] = Field(default=[], max_length=20)
    lasts_days: int = Field(default=90, ge=1, le=366)


class Decision(BaseModel):
    """What somebody decides about a device that shows a code."""

    user_code: str = Field(min_length=8, max_length=20)
    is_allowed: bool = False
