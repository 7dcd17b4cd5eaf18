"""Pages that ask whether a desktop may come in: the one that opened the browser, or one that shows a code."""

from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import TypeAdapter, ValidationError

from cloud.foundation.problems import MALFORMED, ProblemError
from cloud.foundation.runtime import address_of
from cloud.identity.grants import CLIENT_ID, DesktopRequest, is_challenge, is_redirect
from cloud.identity.oauth_schemas import Device
from cloud.identity.pages.forms import Decision
from cloud.identity.pages.visit import Posted, Visited, page_router
from cloud.identity.schemas import Name

router = page_router()
_DEVICE: TypeAdapter[str] = TypeAdapter(Device)
_NAME: TypeAdapter[str] = TypeAdapter(Name)
_STATE_LENGTHS = range(8, 501)


class DesktopUnknownError(ProblemError):
    """A request that nobody may be redirected for: its program or its address is not ours."""

    problem = MALFORMED


@router.get("/oauth/authorize")
def show_consent(request: Request, visit: Visited) -> Response:
    """Ask whether the desktop may come in."""
    return _consent(request, visit) if visit.account else _signed_in_first(request, visit)


@router.post("/oauth/authorize", dependencies=[Posted])
def consent(request: Request, visit: Visited, is_allowed: Annotated[bool, Form()] = False) -> Response:
    """Send the browser back to the desktop, with a code or with the refusal."""
    visit.require_somebody()
    redirect = _redirect_of(request)
    wish = _wish_of(request)
    if isinstance(wish, str):
        return _answered(request, redirect, error=wish)
    if not is_allowed:
        return _answered(request, redirect, error="access_denied")
    return _answered(request, redirect, code=visit.run(visit.identity.desktop.allow(wish)))


@router.get("/device")
def show_device(visit: Visited, code: Annotated[str, Query(max_length=20)] = "") -> Response:
    """Ask for the code that a device shows."""
    visit.require_somebody()
    return visit.show("device.html", {"code": code})


@router.post("/device", dependencies=[Posted])
def find_device(visit: Visited, user_code: Annotated[str, Form(min_length=1, max_length=20)]) -> Response:
    """Show which device it is and ask whether it may come in."""
    visit.require_somebody()
    try:
        found = visit.identity.desktop.device(visit.call, user_code)
    except ProblemError as error:
        return visit.refuse(error, "device.html", {"code": user_code})
    return visit.show("device_decision.html", {"device": found})


@router.post("/device/decision", dependencies=[Posted])
def decide_device(visit: Visited, form: Annotated[Decision, Form()]) -> Response:
    """Let the device in, or not."""
    visit.require_somebody()
    desktop = visit.identity.desktop
    try:
        device = visit.run(desktop.decide(visit.call, form.user_code, is_allowed=form.is_allowed))
    except ProblemError as error:
        return visit.refuse(error, "device.html", {"code": form.user_code})
    said = f"“{device.label}” is signed in." if form.is_allowed else f"“{device.label}” was refused."
    return visit.show("device_decided.html", {"said": f"{said} You can close this page."})


def _signed_in_first(request: Request, visit: Visited) -> Response:
    _redirect_of(request)  # whoever asks wrongly is told before anybody signs in for it
    visit.require_somebody()
    raise AssertionError("nobody has signed in")


def _consent(request: Request, visit: Visited) -> Response:
    redirect, wish = _redirect_of(request), _wish_of(request)
    if isinstance(wish, str):
        return _answered(request, redirect, error=wish)
    address = urlsplit(redirect)
    values = {"label": wish.label, "query": request.url.query, "address": address.netloc}
    return visit.show("consent.html", values, targets=[f"http://{address.netloc}"])


def _redirect_of(request: Request) -> str:
    """Return where the answer goes; raises DesktopUnknownError, as a wrong address gets no answer at all."""
    asked = request.query_params
    if asked.get("client_id") != CLIENT_ID or not is_redirect(asked.get("redirect_uri", "")):
        raise DesktopUnknownError("This link is not from Max Booster's studio: begin again there.")
    return asked["redirect_uri"]


def _wish_of(request: Request) -> DesktopRequest | str:
    """Return what the desktop asks for, or the error it is told (RFC 6749, 4.1.2.1)."""
    asked = request.query_params
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    challenge = asked.get("code_challenge", "")
    is_proven = asked.get("code_challenge_method") == "S256" and is_challenge(challenge)
    if not is_proven or len(asked.get("state", "")) not in _STATE_LENGTHS:
        return "invalid_request"
    try:
        device = _DEVICE.validate_python(asked.get("device"))
        label = _NAME.validate_python(asked.get("label", "A desktop"))
    except ValidationError:
        return "invalid_request"
    return DesktopRequest(asked["redirect_uri"], challenge, device, label)


def _answered(request: Request, redirect: str, **answer: str) -> Response:
    state = request.query_params.get("state", "")
    query = urlencode({**answer, "state": state, "iss": address_of(request)})
    return RedirectResponse(f"{redirect}?{query}", 303)
