"""How a browser's own requests are told from those that other sites make it send, and what is kept in it.

A form is accepted with our Origin and a token tied to two cookies, one of the browser and one of its session. Cookies
are `__Host-`, Secure, HttpOnly and SameSite=Lax; without TLS, which only this machine may do without, they lose the
prefix and `Secure`, as browsers would refuse them (docs/decisions/0012).
"""

import hmac
import secrets
from urllib.parse import urlsplit

from fastapi import Request, Response

from cloud.foundation.problems import FORBIDDEN, ProblemError
from cloud.foundation.runtime import address_of, runtime_of

SESSION_COOKIE = "mb_session"
DEVICE_COOKIE = "mb_device"
FORM_COOKIE = "mb_form"
#: Where somebody wanted to go who registers first or needs a new password.
NEXT_COOKIE = "mb_next"
FORM_FIELD = "form_token"


class ForeignFormError(ProblemError):
    """A form that was not sent from a page of ours."""

    problem = FORBIDDEN

    def __init__(self) -> None:
        super().__init__("This form is too old or came from another site: open the page again and repeat it.")


def cookie(request: Request, name: str) -> str | None:
    """Return what is kept under a name."""
    return request.cookies.get(_full_name(request, name))


def keep_cookie(request: Request, response: Response, name: str, value: str, *, lasts_s: int | None = None) -> None:
    """Keep something in the browser, until it is closed unless `lasts_s` says longer."""
    is_secure = _is_secure(request)
    response.set_cookie(
        _full_name(request, name), value, max_age=lasts_s, path="/", secure=is_secure, httponly=True, samesite="lax"
    )


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Keep nothing under a name any more."""
    keep_cookie(request, response, name, "", lasts_s=0)


def clear(response: Response) -> None:
    """Have the browser forget every page of ours that it shows or keeps; cookies go one by one."""
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def is_elsewhere(request: Request) -> bool:
    """Return whether the browser came by another name than ours."""
    return request.headers.get("host", "") != urlsplit(address_of(request)).netloc


def form_token(request: Request) -> tuple[str, str | None]:
    """Return the token for the forms of a page, and the cookie to keep with it when there is none yet."""
    kept = cookie(request, FORM_COOKIE)
    browser = kept or secrets.token_urlsafe(16)
    return _token(request, browser), None if kept else browser


async def own_form(request: Request) -> None:
    """Refuse a form that no page of ours sent; raises ForeignFormError."""
    given, browser = (await request.form()).get(FORM_FIELD), cookie(request, FORM_COOKIE)
    is_ours = request.headers.get("origin") == address_of(request)
    if not is_ours or browser is None or not isinstance(given, str):
        raise ForeignFormError
    if not hmac.compare_digest(given.encode(), _token(request, browser).encode()):
        raise ForeignFormError


def _token(request: Request, browser: str) -> str:
    keyring = runtime_of(request).keyring
    text = f"{browser}\0{cookie(request, SESSION_COOKIE) or ''}"
    return hmac.new(keyring.derived("forms", min(keyring.versions)), text.encode(), "sha256").hexdigest()


def _is_secure(request: Request) -> bool:
    return address_of(request).startswith("https:")


def _full_name(request: Request, name: str) -> str:
    return f"__Host-{name}" if _is_secure(request) else name
