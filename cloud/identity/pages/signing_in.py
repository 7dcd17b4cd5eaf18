"""Pages to sign in, with a password and then a code, to sign out, and to prove again who one is."""

import json
from contextlib import suppress
from typing import Annotated, Any

from fastapi import Form, Query, Response
from pydantic import SecretStr

from cloud.foundation import browsers
from cloud.foundation.pages import HOME
from cloud.foundation.problems import NotFoundError, ProblemError
from cloud.identity.contracts import Opened
from cloud.identity.core import Verb
from cloud.identity.errors import CodeError, CodeNeededError
from cloud.identity.pages import half_way
from cloud.identity.pages.forms import Prove, SignIn, SignInCode, Used
from cloud.identity.pages.half_way import HalfWay
from cloud.identity.pages.visit import Posted, Visit, Visited, go, own_path, page_router
from cloud.identity.proving import Claim

router = page_router()
Next = Annotated[str, Query(max_length=2_000)]
_LABEL = "A browser"


@router.get("/sign-in")
def show_sign_in(visit: Visited, next: Next = "/account") -> Response:  # noqa: A002 - the address's word
    """Ask for address and password."""
    return go(next) if visit.account else visit.show("sign_in.html", sign_in_values(visit, next))


@router.post("/sign-in", dependencies=[Posted])
def sign_in(visit: Visited, form: Annotated[SignIn, Form()]) -> Response:
    """Sign in, or ask for the code."""
    try:
        return _signed_in(visit, HalfWay(form.email, form.password.get_secret_value()), None, form.next)
    except CodeNeededError as needed:
        half = HalfWay(form.email, form.password.get_secret_value(), needed.more.get("attempt"))
        carried = half_way.sealed(visit.identity.keyring, _browser(visit), half, _now_s(visit))
        values = {"next": own_path(form.next), "carried": carried, "said": needed.detail}
        return visit.show("sign_in_code.html", values)
    except ProblemError as error:
        return visit.refuse(error, "sign_in.html", sign_in_values(visit, form.next, form.email))


@router.post("/sign-in/code", dependencies=[Posted])
def sign_in_with_code(visit: Visited, form: Annotated[SignInCode, Form()]) -> Response:
    """Sign in with the code, too."""
    carried = form.carried.get_secret_value()
    try:
        half = half_way.opened(visit.identity.keyring, _browser(visit), carried, _now_s(visit))
        return _signed_in(visit, half, form.code, form.next)
    except CodeError as error:
        return visit.refuse(error, "sign_in_code.html", {"next": own_path(form.next), "carried": carried})
    except ProblemError as error:
        return visit.refuse(error, "sign_in.html", sign_in_values(visit, form.next))


@router.post("/sign-in/passkey", dependencies=[Posted])
def sign_in_with_passkey(visit: Visited, form: Annotated[Used, Form()]) -> Response:
    """Sign in with a passkey."""
    identity, kept = visit.identity, browsers.cookie(visit.request, browsers.DEVICE_COOKIE)
    network, credential = identity.network_of(visit.request), form.credential.model_dump()
    try:
        verb = identity.passkeys.sign_in(visit.call, visit.site, credential, network=network, label=_LABEL, device=kept)
        return _opened(visit, verb, form.next)
    except ProblemError as error:
        return visit.refuse(error, "sign_in.html", sign_in_values(visit, form.next))


@router.post("/sign-out", dependencies=[Posted])
def sign_out(visit: Visited) -> Response:
    """End the session; whoever has none is signed out."""
    if visit.account is not None:
        visit.run(visit.identity.end_session("current"))
    response = go("/sign-in")
    browsers.drop_cookie(visit.request, response, browsers.SESSION_COOKIE)
    browsers.clear(response)
    return response


@router.get("/prove")
def show_prove(visit: Visited, next: Next = "/account") -> Response:  # noqa: A002 - the address's word
    """Ask once more who somebody is."""
    visit.require_somebody()
    return visit.show("prove.html", _proof_values(visit, next))


@router.post("/prove", dependencies=[Posted])
def prove(visit: Visited, form: Annotated[Prove, Form()]) -> Response:
    """Make the session fresh."""
    visit.require_somebody()
    owner, session = visit.identity.current(visit.call)
    code = SecretStr(form.code) if form.code else None
    claim = Claim(owner.email, form.password, visit.identity.network_of(visit.request), code, session=session.id)
    try:
        opened = visit.run(visit.identity.prove(visit.call, claim))
    except ProblemError as error:
        return visit.refuse(error, "prove.html", _proof_values(visit, form.next))
    return visit.keep_session(opened, form.next)


@router.post("/prove/passkey", dependencies=[Posted])
def prove_with_passkey(visit: Visited, form: Annotated[Used, Form()]) -> Response:
    """Make the session fresh with a passkey."""
    visit.require_somebody()
    try:
        opened = visit.run(visit.identity.passkeys.prove(visit.site, form.credential.model_dump()))
    except ProblemError as error:
        return visit.refuse(error, "prove.html", _proof_values(visit, form.next))
    return visit.keep_session(opened, form.next)


def sign_in_values(visit: Visit, path: str, email: str = "") -> dict[str, Any]:
    """Return what the page to sign in shows; it asks for a passkey, too."""
    options = visit.run(visit.identity.passkeys.begin_sign_in(visit.site))
    return {"next": own_path(path), "email": email, "options": json.dumps(options)}


def _signed_in(visit: Visit, half: HalfWay, code: SecretStr | None, path: str) -> Response:
    kept = browsers.cookie(visit.request, browsers.DEVICE_COOKIE)
    network = visit.identity.network_of(visit.request)
    device, attempt = (SecretStr(text) if text else None for text in (kept, half.attempt))
    claim = Claim(half.email, SecretStr(half.password), network, code, device, attempt=attempt)
    return _opened(visit, visit.identity.sign_in(visit.call, claim, _LABEL), path)


def _opened(visit: Visit, verb: Verb[Opened], path: str) -> Response:
    opened = visit.run(verb)
    if visit.account is not None:
        with suppress(NotFoundError):  # it has ended meanwhile
            visit.run(visit.identity.end_session("current"))
    is_told = opened.is_kept and own_path(path) == HOME  # else somebody is on the way somewhere
    return visit.keep_session(opened, f"{HOME}?said=kept" if is_told else path)


def _proof_values(visit: Visit, path: str) -> dict[str, Any]:
    options = None
    if visit.identity.passkeys.list(visit.call):
        options = json.dumps(visit.run(visit.identity.passkeys.begin_proof(visit.site)))
    has_second_factor = visit.identity.account(visit.call).has_second_factor
    return {"next": own_path(path), "has_second_factor": has_second_factor, "options": options}


def _browser(visit: Visit) -> str:
    return browsers.cookie(visit.request, browsers.FORM_COOKIE) or ""


def _now_s(visit: Visit) -> float:
    return visit.identity.units.clock.now().timestamp()
