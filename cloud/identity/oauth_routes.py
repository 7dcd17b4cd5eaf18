"""The desktop's sign-in for programs: tokens, device codes, revocation, and where everything is.

Requests are forms and refusals have the shape that RFC 6749 gives them; only what is wrong before that (too large, too
often) is a problem document. Nothing here needs an Idempotency-Key: a code works once, a refresh token gives the same
answer for a minute.
"""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from cloud.foundation import problems
from cloud.foundation.admission import ToRead
from cloud.foundation.runtime import address_of
from cloud.identity.core import Verb
from cloud.identity.desktop import Desktop
from cloud.identity.facade import identity_of
from cloud.identity.grants import CLIENT_ID, Refusal, Tokens
from cloud.identity.oauth_schemas import (
    GRANT_TYPES,
    DeviceCodeModel,
    DeviceRequest,
    Metadata,
    RefusalModel,
    RevocationRequest,
    Revoked,
    TokenRequest,
    TokensModel,
)
from cloud.identity.routes import PUBLIC

router = APIRouter(tags=["desktop sign-in"])
_LOOK = problems.problem_responses(problems.TOO_LARGE, problems.INTERNAL, problems.UNAVAILABLE)
_ASK: dict[int | str, dict[str, Any]] = _LOOK | problems.problem_responses(
    *(problems.MALFORMED, problems.UNAUTHENTICATED, problems.INVALID, problems.QUOTA_EXCEEDED),
)
_ASK[400] = {
    "description": "Refused; `error` says why",
    "content": {**_ASK[400]["content"], "application/json": {"schema": {"$ref": "#/components/schemas/RefusalModel"}}},
}
#: Named in the description of the API, though replies are made by hand.
_REFUSED: dict[int | str, dict[str, Any]] = {400: {"model": RefusalModel, **_ASK[400]}}


@router.get("/.well-known/oauth-authorization-server", responses=_LOOK)
async def read_metadata(request: Request) -> Metadata:
    """Say where and how the desktop signs in."""
    return Metadata.at(address_of(request))


@router.post("/oauth/token", responses=_ASK | _REFUSED, response_model=TokensModel, openapi_extra=PUBLIC)
def give_tokens(request: Request, call: ToRead, form: Annotated[TokenRequest, Form()]) -> Response:
    """Give tokens for a code, a device code or a refresh token."""
    identity = identity_of(request)
    verb = _wanted(identity.desktop, form)
    found = verb if isinstance(verb, Refusal) else identity.run(call, verb)
    if isinstance(found, Refusal):
        return _refused(found)
    return _reply(TokensModel.of(found).model_dump_json())


@router.post("/oauth/device", responses=_ASK | _REFUSED, response_model=DeviceCodeModel, openapi_extra=PUBLIC)
def begin_device(request: Request, call: ToRead, form: Annotated[DeviceRequest, Form()]) -> Response:
    """Give a device without a browser a code to show."""
    if form.client_id != CLIENT_ID:
        return _refused(_UNKNOWN_CLIENT)
    identity = identity_of(request)
    codes = identity.run(call, identity.desktop.begin(device=form.device, label=form.label))
    return _reply(DeviceCodeModel.of(codes, f"{address_of(request)}/device").model_dump_json())


@router.post("/oauth/revocation", responses=_ASK | _REFUSED, response_model=Revoked, openapi_extra=PUBLIC)
def revoke_token(request: Request, call: ToRead, form: Annotated[RevocationRequest, Form()]) -> Response:
    """End the sign-in that a token belongs to; the reply is the same for a token that nobody knows."""
    if form.client_id != CLIENT_ID:
        return _refused(_UNKNOWN_CLIENT)
    identity = identity_of(request)
    identity.run(call, identity.desktop.revoke(form.token))
    return _reply(Revoked().model_dump_json())


_UNKNOWN_CLIENT = Refusal("invalid_client", f"The only program that is let in is {CLIENT_ID}.")
_FIELDS: dict[str, tuple[tuple[str, ...], Callable[..., Verb[Tokens | Refusal]]]] = {
    GRANT_TYPES[0]: (("code", "code_verifier", "redirect_uri"), Desktop.exchange),
    GRANT_TYPES[1]: (("refresh_token", "device"), Desktop.refresh),
    GRANT_TYPES[2]: (("device_code",), Desktop.poll),
}


def _wanted(desktop: Desktop, form: TokenRequest) -> Verb[Tokens | Refusal] | Refusal:
    """Return what a form asks for, or why it cannot be."""
    if form.client_id != CLIENT_ID:
        return _UNKNOWN_CLIENT
    if form.grant_type not in _FIELDS:
        return Refusal("unsupported_grant_type", f"Send as grant_type one of {', '.join(GRANT_TYPES)}.")
    names, verb = _FIELDS[form.grant_type]
    missing = [name for name in names if not getattr(form, name)]
    if missing:
        return Refusal("invalid_request", f"Send {', '.join(missing)}, too.")
    return verb(desktop, *(getattr(form, name) for name in names))


def _refused(refusal: Refusal) -> Response:
    return _reply(RefusalModel.of(refusal).model_dump_json(), 400)


def _reply(text: str, status: int = 200) -> Response:
    return Response(text, status, media_type="application/json")
