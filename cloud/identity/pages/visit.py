"""Somebody at a browser: who it is, what a page shows them, and how a page of ours fails.

Pages know people by a cookie, the API never does: so no other site makes a browser use the API. A problem becomes one
sentence on the form that it came from; who has not signed in, or has to prove it again, is sent there and back.
"""

import re
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from markupsafe import Markup

from cloud.foundation import browsers, wording
from cloud.foundation.admission import admitted_as
from cloud.foundation.calls import Call
from cloud.foundation.pages import HOME, explained, page
from cloud.foundation.principals import ANONYMOUS
from cloud.foundation.problems import ProblemError, UnauthenticatedError
from cloud.foundation.runtime import address_of
from cloud.identity.authenticators import SessionTokens
from cloud.identity.contracts import Account, Opened
from cloud.identity.core import Verb
from cloud.identity.errors import StepUpNeededError
from cloud.identity.facade import Identity, identity_of
from cloud.identity.rules import DEVICE_LASTS, session_lifetimes
from cloud.identity.webauthn_checks import Site

T = TypeVar("T")
_PACKAGE = "cloud.identity"
_OWN_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")
_FAILED = "That did not work"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a browser."""

    request: Request
    identity: Identity
    call: Call
    account: Account | None

    def show(
        self,
        template: str,
        values: dict[str, Any] | None = None,
        *,
        status: int = 200,
        targets: Sequence[str] = (),
        package: str = _PACKAGE,
    ) -> Response:
        """Show a page, of another domain's templates if `package` says so; its forms get their token."""
        token, browser = browsers.form_token(self.request)
        field = Markup('<input type="hidden" name="{}" value="{}">').format(browsers.FORM_FIELD, token)
        given = {"who": self.account, "own": lambda: field, "problem": None, "said": None, **(values or {})}
        response = page(package, template, given, status=status, targets=targets)
        if browser is not None:
            browsers.keep_cookie(self.request, response, browsers.FORM_COOKIE, browser)
        return response

    def leave(self, template: str, values: dict[str, Any]) -> Response:
        """Show a page to somebody whose session has ended."""
        response = self.show(template, {"who": None, **values})
        browsers.drop_cookie(self.request, response, browsers.SESSION_COOKIE)
        browsers.clear(response)
        return response

    def refuse(self, error: ProblemError, template: str, values: dict[str, Any] | None = None) -> Response:
        """Show the page again with what went wrong; raises what another page takes care of."""
        if isinstance(error, (UnauthenticatedError, StepUpNeededError)):
            raise error
        return self.show(template, {**(values or {}), "problem": error.detail}, status=error.problem.status)

    @property
    def site(self) -> Site:
        """Return our address as passkeys know it."""
        return Site(address_of(self.request))

    def run(self, verb: Verb[T]) -> T:
        """Run a verb of the facade as whoever visits."""
        return self.identity.run(self.call, verb)

    def require_somebody(self) -> Account:
        """Return who has signed in; raises UnauthenticatedError, which sends everybody else to sign in."""
        if self.account is None:
            raise UnauthenticatedError
        return self.account

    def keep_session(self, opened: Opened, path: str) -> Response:
        """Send somebody who has signed in on to a page, with the cookies that say so."""
        response = go(path)
        _idle, absolute = session_lifetimes(["member"])
        lasts_s = round(absolute.total_seconds())
        browsers.keep_cookie(self.request, response, browsers.SESSION_COOKIE, opened.token, lasts_s=lasts_s)
        if opened.device is not None:
            lasts_s = round(DEVICE_LASTS.total_seconds())
            browsers.keep_cookie(self.request, response, browsers.DEVICE_COOKIE, opened.device, lasts_s=lasts_s)
        return response


class PageRoute(APIRoute):
    """A route that fails with a page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler with problems turned into pages."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            if request.method == "GET" and browsers.is_elsewhere(request):
                query = f"?{request.url.query}" if request.url.query else ""
                return RedirectResponse(f"{address_of(request)}{request.url.path}{query}", 307)
            try:
                return await handle(request)
            except RequestValidationError as error:
                first = error.errors()[0]
                field = str([*first["loc"], ""][1])
                sentence = f"What was entered for “{field}” cannot be used: {wording.of(first)}. Go back and change it."
                return explained(_FAILED, sentence, 422)
            except ProblemError as error:
                return _sent_on(request, error) or explained(_FAILED, error.detail, error.problem.status)

        return handled


def page_router() -> APIRouter:
    """Return a router for pages, which the description of the API leaves out."""
    return APIRouter(include_in_schema=False, route_class=PageRoute)


def visited(request: Request) -> Visit:
    """Return the visit of a request, counted like any other."""
    identity = identity_of(request)
    token = browsers.cookie(request, browsers.SESSION_COOKIE)
    who = SessionTokens(identity.units).principal_with(request, token) if token else None
    call = admitted_as(request, who or ANONYMOUS)
    return Visit(request, identity, call, identity.current(call)[0] if who else None)


Visited = Annotated[Visit, Depends(visited)]
#: Before anything else: a form of another site finds out nothing.
Posted = Depends(browsers.own_form)


def go(path: str) -> Response:
    """Send the browser to one of our pages; anything else becomes the account's."""
    return RedirectResponse(own_path(path), 303)


def own_path(path: str) -> str:
    """Return a path of ours, for what came from outside."""
    return path if _OWN_PATH.fullmatch(path) else HOME


def _sent_on(request: Request, error: ProblemError) -> Response | None:
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = quote(back if request.method == "GET" else HOME, safe="/")
    if isinstance(error, UnauthenticatedError):
        return go(f"/sign-in?next={target}")
    if isinstance(error, StepUpNeededError):
        return go(f"/prove?next={target}")
    return None
