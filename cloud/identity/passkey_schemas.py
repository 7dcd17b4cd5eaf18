"""Passkeys as the API takes and shows them: the JSON that browsers make of a credential (WebAuthn level 3, 5.1)."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from cloud.foundation.wording import spoken
from cloud.identity.schemas import Form, Name

_BYTES = spoken(r"^[A-Za-z0-9_-]+$", "it must have letters, digits, - and _ only")
_Bytes = Annotated[str, Field(min_length=1, max_length=20_000, pattern=_BYTES)]


class PasskeyOptions(BaseModel):
    """What `navigator.credentials` is asked."""

    public_key: dict[str, Any] = Field(description="For PublicKeyCredential.parse...OptionsFromJSON.")


class _Credential(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: _Bytes
    rawId: _Bytes  # noqa: N815 - the standard's name
    type: Literal["public-key"]


class _Made(BaseModel):
    clientDataJSON: _Bytes  # noqa: N815 - the standard's name
    attestationObject: _Bytes  # noqa: N815 - the standard's name


class _Used(BaseModel):
    clientDataJSON: _Bytes  # noqa: N815 - the standard's name
    authenticatorData: _Bytes  # noqa: N815 - the standard's name
    signature: _Bytes
    userHandle: _Bytes | None = None  # noqa: N815 - the standard's name


class MadeCredential(_Credential):
    """What `credentials.create` gave, `toJSON()`."""

    response: _Made


class UsedCredential(_Credential):
    """What `credentials.get` gave, `toJSON()`."""

    response: _Used


class NewPasskeyForm(Form):
    """A new passkey."""

    credential: MadeCredential
    name: Name = Field(default="A passkey", description="What the passkey is called in the list.")


class PasskeyProofForm(Form):
    """Who somebody is, once more."""

    credential: UsedCredential


class PasskeySignInForm(PasskeyProofForm):
    """Somebody who signs in with a passkey."""

    device: str | None = Field(default=None, max_length=100, description="`device` of an earlier sign-in here.")
    label: Name = Field(default="A device", description="What the device is called in the list of sessions.")


class PasskeyModel(BaseModel):
    """A passkey."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    created_at: datetime
    used_at: datetime | None


class PasskeyList(BaseModel):
    """All of somebody's passkeys."""

    items: list[PasskeyModel]
