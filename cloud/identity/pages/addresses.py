"""Pages for an account's address: to change it, to confirm the new one, to put the old one back."""

from typing import Annotated

from fastapi import Form, Response

from cloud.foundation.problems import ProblemError
from cloud.identity.pages.account import account_values
from cloud.identity.pages.forms import Address, Mailed, Reset
from cloud.identity.pages.registering import CodeQuery
from cloud.identity.pages.signing_in import sign_in_values
from cloud.identity.pages.visit import Posted, Visited, go, page_router

router = page_router()


@router.post("/account/email", dependencies=[Posted])
def change_email(visit: Visited, form: Annotated[Address, Form()]) -> Response:
    """Mail the new address a code."""
    visit.require_somebody()
    try:
        visit.run(visit.identity.accounts.change_email(visit.call, form.email))
    except ProblemError as error:
        return visit.refuse(error, "account.html", account_values(visit))
    said = f"We have mailed {form.email} what confirms it; until then nothing changes."
    return visit.show("email_confirm.html", {"code": "", "said": said})


@router.get("/email/confirmation")
def show_confirmation(visit: Visited, code: CodeQuery = "") -> Response:
    """Ask for the code; looking at the page confirms nothing."""
    return visit.show("email_confirm.html", {"code": code})


@router.post("/email/confirmation", dependencies=[Posted])
def confirm_email(visit: Visited, form: Annotated[Mailed, Form()]) -> Response:
    """Change the address."""
    code = form.token.get_secret_value()
    try:
        visit.run(visit.identity.accounts.confirm_email(code))
    except ProblemError as error:
        return visit.refuse(error, "email_confirm.html", {"code": code})
    if visit.account is not None:
        return go("/account")
    said = "Your address is changed: sign in with it."
    return visit.show("sign_in.html", {**sign_in_values(visit, "/account"), "said": said})


@router.get("/email/undo")
def show_undo(visit: Visited, code: CodeQuery = "") -> Response:
    """Ask for the code and a new password."""
    return visit.show("email_undo.html", {"code": code})


@router.post("/email/undo", dependencies=[Posted])
def put_email_back(visit: Visited, form: Annotated[Reset, Form()]) -> Response:
    """Put the old address back; nobody is signed in by it."""
    code, password = form.token.get_secret_value(), form.password.get_secret_value()
    try:
        visit.run(visit.identity.accounts.put_email_back(visit.call, code, password))
    except ProblemError as error:
        return visit.refuse(error, "email_undo.html", {"code": code})
    said = "Your address is put back and your password changed: sign in with them."
    return visit.show("sign_in.html", {**sign_in_values(visit, "/account"), "said": said})
