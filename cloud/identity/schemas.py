"""Accounts, sessions and what opens them as the API takes and shows them. Unknown fields are refused."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from cloud.foundation.wording import spoken
from cloud.identity import rules
from cloud.identity.contracts import NewAuthenticator, Opened, Profile, Session

_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = spoken(
    rf"^[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(\.{_LABEL})+$",
    "it must be a mail address such as ada@example.org",
)
#: No control characters, no ends of lines, nothing that turns the direction of what stands around a name.
_NEVER = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
_UNSEEN = r" \xa0\u115f\u1160\u2000-\u200f\u2060\u3000\u3164\ufeff"
_TEXT = spoken(
    rf"^[^{_NEVER}]*[^{_NEVER}{_UNSEEN}][^{_NEVER}]*$",
    "it must be one line of text that can be seen",
)


def _as_text(secret: SecretStr) -> SecretStr:
    try:
        secret.get_secret_value().encode()
    except UnicodeEncodeError:
        raise ValueError("half of a surrogate pair is no text") from None
    return secret


Secret = Annotated[SecretStr, AfterValidator(_as_text)]
Email = Annotated[str, Field(max_length=254, pattern=_EMAIL, examples=["ada@example.org"])]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=_TEXT)]
NewPassword = Annotated[
    Secret,
    Field(
        min_length=rules.SHORTEST_PASSWORD,
        max_length=rules.LONGEST_PASSWORD,
        description="Taken as it is; 15 or more characters are recommended, none is demanded.",
        examples=["correct horse battery staple"],
    ),
]
Password = Annotated[Secret, Field(min_length=1, max_length=rules.LONGEST_PASSWORD)]
MailedToken = Annotated[Secret, Field(min_length=20, max_length=100, description="The code in the mail.")]
Code = Annotated[
    Secret,
    Field(min_length=6, max_length=40, description="Of the authenticator, a recovery code, or one that was mailed."),
]
ONCE = "Shown once: null when the request is repeated."


class Form(BaseModel):
    """What somebody sends; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class RegistrationForm(Form):
    """Somebody who wants an account."""

    email: Email
    name: Name = Field(description="The artist's or label's.")
    password: NewPassword


class TokenForm(Form):
    """What was mailed."""

    token: MailedToken


class SignInForm(Form):
    """Who signs in, and on what."""

    email: Email
    password: Password
    code: Code | None = None
    attempt: Secret | None = Field(
        default=None, max_length=100, description="With a mailed code: `attempt` of the problem that asked for it."
    )
    device: Secret | None = Field(default=None, max_length=100, description="`device` of an earlier sign-in here.")
    label: Name = Field(default="A device", description="What the device is called in the list of sessions.")


class ProofForm(Form):
    """Who they are, once more."""

    password: Password
    code: Code | None = None


class Accepted(BaseModel):
    """What was asked for is being done; if there is something to tell, it is mailed."""

    accepted: Literal[True] = True


class Ended(BaseModel):
    """How many sessions have ended."""

    ended: int


class Deletion(BaseModel):
    """An account that is going."""

    deletion_at: datetime = Field(description="When it is erased, unless its owner signs in before.")


class AccountModel(BaseModel):
    """A person, an artist or a label."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    email: str
    name: str
    roles: list[str]
    created_at: datetime
    password_changed_at: datetime
    has_second_factor: bool = False
    recovery_codes_left: int = 0

    @classmethod
    def of(cls, profile: Profile) -> "AccountModel":
        """Show an account."""
        model = cls.model_validate(profile.account)
        model.has_second_factor = profile.has_second_factor
        model.recovery_codes_left = profile.recovery_codes_left
        return model


class SessionModel(BaseModel):
    """A device that is signed in."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    label: str
    methods: list[str] = Field(description="What was proven: pwd, otp, recovery, mail, passkey.")
    created_at: datetime
    authenticated_at: datetime
    seen_at: datetime
    client_id: str | None = Field(default=None, description="The program that was let in; null: signed in directly.")
    is_current: bool = False

    @classmethod
    def among(cls, current_id: str | None, session: Session) -> "SessionModel":
        """Show one of several sessions."""
        return cls.model_validate(session).model_copy(update={"is_current": session.id == current_id})


class OpenedSession(SessionModel):
    """A session with its token."""

    account_id: str
    token: str | None = Field(default=None, description=f"Send it as bearer token. {ONCE}")
    device: str | None = Field(default=None, description=f"Send it when signing in here again. {ONCE}")

    @classmethod
    def of(cls, opened: Opened) -> "OpenedSession":
        """Show a session that somebody else asked for: one that was signed in."""
        tokens = {"token": opened.token, "device": opened.device}
        return cls.model_validate(opened.session).model_copy(update=tokens)

    @classmethod
    def of_current(cls, opened: Opened) -> "OpenedSession":
        """Show the session that asks."""
        return cls.of(opened).model_copy(update={"is_current": True})


class EmailForm(Form):
    """Whose password it is."""

    email: Email


class NewPasswordForm(Form):
    """A new password."""

    password: NewPassword


class ResetForm(NewPasswordForm):
    """A new password and what was mailed."""

    token: MailedToken


class CodeForm(Form):
    """A code that the new authenticator shows."""

    code: Code


class AuthenticatorModel(BaseModel):
    """The secret of a new authenticator, in force when a code confirms it."""

    secret: str | None = Field(default=None, description=f"To type. {ONCE}")
    uri: str | None = Field(default=None, description=f"To scan. {ONCE}")

    @classmethod
    def of(cls, new: NewAuthenticator) -> "AuthenticatorModel":
        """Show a new secret."""
        return cls(secret=new.secret, uri=new.uri)


class RecoveryCodes(BaseModel):
    """What lets in without the authenticator, each once."""

    codes: list[str] | None = Field(default=None, description=ONCE)
