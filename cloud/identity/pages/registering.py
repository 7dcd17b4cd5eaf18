"""Pages to open an account, to confirm its address, and to choose another password when one is forgotten.

Where somebody was going who registers or forgot the password on the way (an invitation) is kept in their own browser
until they come back with the mail's code: in the mail's link, others could send them where they like.
"""

from datetime import timedelta
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import Form, Query, Response

from cloud.foundation import browsers
from cloud.foundation.pages import HOME
from cloud.foundation.problems import ProblemError
from cloud.identity.pages.forms import Forgotten, Mailed, Register, Reset
from cloud.identity.pages.signing_in import Next, sign_in_values
from cloud.identity.pages.visit import Posted, Visit, Visited, own_path, page_router
from cloud.identity.rules import RESET_LASTS, VERIFICATION_LASTS

router = page_router()
CodeQuery = Annotated[str, Query(max_length=200)]


@router.get("/register")
def show_register(visit: Visited, next: Next = HOME) -> Response:  # noqa: A002 - the address's word
    """Ask who wants an account."""
    return visit.show("register.html", {"email": "", "name": "", "next": own_path(next)})


@router.post("/register", dependencies=[Posted])
def register(visit: Visited, form: Annotated[Register, Form()]) -> Response:
    """Begin a registration and ask for the code in the mail."""
    password = form.password.get_secret_value()
    try:
        visit.run(visit.identity.register(visit.call, email=form.email, name=form.name, password=password))
    except ProblemError as error:
        values = {"email": form.email, "name": form.name, "next": own_path(form.next)}
        return visit.refuse(error, "register.html", values)
    response = visit.show("confirm.html", {"code": "", "said": f"We have mailed a code to {form.email}."})
    _keep_path(visit, response, form.next, VERIFICATION_LASTS)
    return response


@router.get("/confirm")
def show_confirm(visit: Visited, code: CodeQuery = "") -> Response:
    """Ask for the code; looking at the page confirms nothing, as programs that read mail do that, too."""
    return visit.show("confirm.html", {"code": code})


@router.post("/confirm", dependencies=[Posted])
def confirm(visit: Visited, form: Annotated[Mailed, Form()]) -> Response:
    """Confirm an address."""
    code = form.token.get_secret_value()
    try:
        profile = visit.run(visit.identity.verify_email(code))
    except ProblemError as error:
        return visit.refuse(error, "confirm.html", {"code": code})
    return _signs_in_next(visit, "Your address is confirmed: sign in.", profile.account.email)


@router.get("/reset")
def show_reset(visit: Visited, next: Next = HOME) -> Response:  # noqa: A002 - the address's word
    """Ask whose password is forgotten."""
    return visit.show("reset.html", {"email": "", "next": own_path(next)})


@router.post("/reset", dependencies=[Posted])
def request_reset(visit: Visited, form: Annotated[Forgotten, Form()]) -> Response:
    """Mail a code; the page is the same for an address without an account."""
    try:
        visit.run(visit.identity.credentials.request_reset(visit.call, form.email))
    except ProblemError as error:
        return visit.refuse(error, "reset.html", {"email": form.email, "next": own_path(form.next)})
    said = f"If {form.email} has an account, we have mailed it a code."
    response = visit.show("new_password.html", {"code": "", "said": said})
    _keep_path(visit, response, form.next, RESET_LASTS)
    return response


@router.get("/reset/completion")
def show_new_password(visit: Visited, code: CodeQuery = "") -> Response:
    """Ask for the code and a new password."""
    return visit.show("new_password.html", {"code": code})


@router.post("/reset/completion", dependencies=[Posted])
def complete_reset(visit: Visited, form: Annotated[Reset, Form()]) -> Response:
    """Set a new password; nobody is signed in by it."""
    code, password = form.token.get_secret_value(), form.password.get_secret_value()
    try:
        visit.run(visit.identity.credentials.reset_password(visit.call, code, password))
    except ProblemError as error:
        return visit.refuse(error, "new_password.html", {"code": code})
    return _signs_in_next(visit, "Your password is changed: sign in with the new one.")


def _keep_path(visit: Visit, response: Response, path: str, lasts: timedelta) -> None:
    """Keep in the browser where somebody was going, as long as the mailed code is valid."""
    lasts_s = round(lasts.total_seconds())
    browsers.keep_cookie(visit.request, response, browsers.NEXT_COOKIE, quote(own_path(path)), lasts_s=lasts_s)


def _signs_in_next(visit: Visit, said: str, email: str = "") -> Response:
    """Show the page to sign in, from which it goes on to where somebody was going."""
    path = unquote(browsers.cookie(visit.request, browsers.NEXT_COOKIE) or HOME)
    response = visit.show("sign_in.html", {**sign_in_values(visit, path, email), "said": said})
    browsers.drop_cookie(visit.request, response, browsers.NEXT_COOKIE)
    return response
