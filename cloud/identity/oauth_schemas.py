"""What the desktop's sign-in takes and shows, in the words of the RFCs. Unknown fields are ignored, as they demand."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from cloud.foundation.wording import spoken
from cloud.identity.grants import ACCESS_LASTS, CLIENT_ID, DeviceCode, Refusal, Tokens
from cloud.identity.schemas import Name

_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
GRANT_TYPES = ("authorization_code", "refresh_token", _DEVICE_GRANT)
Word = Annotated[str, Field(max_length=300)]
#: Another is refused in the words of RFC 6749, 5.2.
Client = Annotated[Word, Field(json_schema_extra={"enum": [CLIENT_ID]})]
#: What is sent without a value counts as left out (RFC 6749, 3.2).
_Empty = Literal[""]
#: A field of a form may be left out, and is never null: forms have no null.
_Absent = SkipJsonSchema[None]
_SECRET = spoken(r"^[A-Za-z0-9._~-]+$", "it must have letters, digits, ., ~, - and _ only")
Device = Annotated[
    str,
    Field(
        min_length=32,
        max_length=200,
        pattern=_SECRET,
        description="A secret that the installation made once and keeps: the sign-in belongs to it.",
    ),
]


class TokenRequest(BaseModel):
    """What tokens are wanted for: which fields count depends on `grant_type`."""

    grant_type: Word | _Absent = Field(default=None, description=", ".join(GRANT_TYPES))
    client_id: Word | _Absent = None
    code: Word | _Absent = None
    code_verifier: Word | _Absent = None
    redirect_uri: Word | _Absent = None
    refresh_token: Word | _Absent = None
    device: Device | _Empty | _Absent = None
    device_code: Word | _Absent = None


class DeviceRequest(BaseModel):
    """A device without a browser."""

    client_id: Client
    device: Device
    label: Name | _Empty = Field(default="A desktop", description="What the device is called in the list of sessions.")


class RevocationRequest(BaseModel):
    """The token to revoke."""

    token: Word
    token_type_hint: Word | _Absent = None
    client_id: Client


class TokensModel(BaseModel):
    """What a desktop works with."""

    access_token: str = Field(description="Send it as bearer token.")
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the kind, not a token
    expires_in: int = Field(description="Seconds.")
    refresh_token: str = Field(description="For new tokens; works once, and a minute longer for the same device.")
    session_id: str = Field(description="As in the list of sessions.")

    @classmethod
    def of(cls, tokens: Tokens) -> "TokensModel":
        """Show tokens."""
        lasts_s = round(ACCESS_LASTS.total_seconds())
        return cls(
            access_token=tokens.access,
            expires_in=lasts_s,
            refresh_token=tokens.refresh,
            session_id=tokens.session.id,
        )


class RefusalModel(BaseModel):
    """Why there are no tokens (RFC 6749, 5.2)."""

    model_config = ConfigDict(from_attributes=True)

    error: str
    error_description: str

    @classmethod
    def of(cls, refusal: Refusal) -> "RefusalModel":
        """Show a refusal."""
        return cls(error=refusal.error, error_description=refusal.description)


class DeviceCodeModel(BaseModel):
    """What a device shows and polls with (RFC 8628, 3.2)."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int

    @classmethod
    def of(cls, code: DeviceCode, page: str) -> "DeviceCodeModel":
        """Show codes; `page` is where a person types theirs."""
        return cls(
            device_code=code.device_code,
            user_code=code.user_code,
            verification_uri=page,
            verification_uri_complete=f"{page}?code={code.user_code}",
            expires_in=code.lasts_s,
            interval=code.interval_s,
        )


class Revoked(BaseModel):
    """The token opens nothing any more, if it ever did."""


class Metadata(BaseModel):
    """The authorization server (RFC 8414)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    device_authorization_endpoint: str
    revocation_endpoint: str
    response_types_supported: list[str] = ["code"]
    grant_types_supported: list[str] = list(GRANT_TYPES)
    code_challenge_methods_supported: list[str] = ["S256"]
    token_endpoint_auth_methods_supported: list[str] = ["none"]
    authorization_response_iss_parameter_supported: bool = True

    @classmethod
    def at(cls, address: str) -> "Metadata":
        """Describe the server at an address."""
        return cls(
            issuer=address,
            authorization_endpoint=f"{address}/oauth/authorize",
            token_endpoint=f"{address}/oauth/token",
            device_authorization_endpoint=f"{address}/oauth/device",
            revocation_endpoint=f"{address}/oauth/revocation",
        )
