"""The API for passkeys. Options are asked for first and answered within five minutes, once."""

from typing import Any

from fastapi import APIRouter, Request, Response

from cloud.foundation.admission import ToChange, ToRead
from cloud.foundation.runtime import address_of
from cloud.identity.facade import identity_of
from cloud.identity.passkey_schemas import (
    NewPasskeyForm,
    PasskeyList,
    PasskeyModel,
    PasskeyOptions,
    PasskeyProofForm,
    PasskeySignInForm,
)
from cloud.identity.routes import CHANGE, PUBLIC, READ, Id
from cloud.identity.schemas import OpenedSession
from cloud.identity.webauthn_checks import Site

router = APIRouter(prefix="/v1", tags=["passkeys"])
_TOKENS = ("token", "device")


@router.get("/account/passkeys", responses=READ)
def list_passkeys(request: Request, call: ToRead) -> PasskeyList:
    """List one's passkeys, newest first."""
    found = identity_of(request).passkeys.list(call)
    return PasskeyList(items=[PasskeyModel.model_validate(one) for one in found])


@router.post("/account/passkeys/options", responses=CHANGE, response_model=PasskeyOptions)
def begin_passkey(request: Request, call: ToChange) -> Response:
    """Ask what a browser makes a passkey with; needs a proof of the last 15 minutes."""
    identity = identity_of(request)
    return identity.answer(call, identity.passkeys.begin(site_of(request)), _options)


@router.post("/account/passkeys", status_code=201, responses=CHANGE, response_model=PasskeyModel)
def add_passkey(request: Request, call: ToChange, form: NewPasskeyForm) -> Response:
    """Add the passkey that the browser made."""
    identity = identity_of(request)
    verb = identity.passkeys.add(site_of(request), form.credential.model_dump(), form.name)
    return identity.answer(call, verb, PasskeyModel.model_validate, status=201)


@router.delete("/account/passkeys/{passkey_id}", responses=CHANGE, response_model=PasskeyModel)
def remove_passkey(request: Request, call: ToChange, passkey_id: Id) -> Response:
    """Remove a passkey; needs a proof of the last 15 minutes."""
    identity = identity_of(request)
    return identity.answer(call, identity.passkeys.remove(passkey_id), PasskeyModel.model_validate)


@router.post("/passkey-sessions/options", responses=CHANGE, response_model=PasskeyOptions, openapi_extra=PUBLIC)
def begin_passkey_sign_in(request: Request, call: ToChange) -> Response:
    """Ask what a browser signs in with."""
    identity = identity_of(request)
    return identity.answer_anybody(call, identity.passkeys.begin_sign_in(site_of(request)), _options)


@router.post("/passkey-sessions", status_code=201, responses=CHANGE, response_model=OpenedSession, openapi_extra=PUBLIC)
def sign_in_with_passkey(request: Request, call: ToChange, form: PasskeySignInForm) -> Response:
    """Sign in with a passkey, which is as good as a password and a code."""
    identity, credential = identity_of(request), form.credential.model_dump()
    network = identity.network_of(request)
    verb = identity.passkeys.sign_in(
        call, site_of(request), credential, network=network, label=form.label, device=form.device
    )
    return identity.answer_anybody(call, verb, OpenedSession.of, status=201, once=_TOKENS)


@router.post("/sessions/current/passkey-proof/options", responses=CHANGE, response_model=PasskeyOptions)
def begin_passkey_proof(request: Request, call: ToChange) -> Response:
    """Ask what a browser proves with who uses it."""
    identity = identity_of(request)
    return identity.answer(call, identity.passkeys.begin_proof(site_of(request)), _options)


@router.post("/sessions/current/passkey-proof", responses=CHANGE, response_model=OpenedSession)
def prove_with_passkey(request: Request, call: ToChange, form: PasskeyProofForm) -> Response:
    """Prove again who you are, with a passkey; the session's token changes."""
    identity = identity_of(request)
    verb = identity.passkeys.prove(site_of(request), form.credential.model_dump())
    return identity.answer(call, verb, OpenedSession.of_current, once=_TOKENS)


def site_of(request: Request) -> Site:
    """Return our address as passkeys know it."""
    return Site(address_of(request))


def _options(found: dict[str, Any]) -> PasskeyOptions:
    return PasskeyOptions(public_key=found)
