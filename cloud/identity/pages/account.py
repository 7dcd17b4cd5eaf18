"""The account's page: devices, what proves who somebody is, keys for programs."""

import json
from typing import Annotated, Any

import segno
from fastapi import Form, Query, Response
from markupsafe import Markup

from cloud.foundation.problems import ProblemError
from cloud.identity import contracts
from cloud.identity.core import Verb
from cloud.identity.pages.forms import ChangePassword, Made, Named, NewKey, Shown
from cloud.identity.pages.visit import Posted, Visit, Visited, go, page_router

router = page_router()
_SHOWN = 100
_SAID = {
    "kept": "You have signed in, so your account is kept: it is not deleted.",
    "password": "The password is changed, and all other devices are signed out.",
}
#: Scopes in words. What nothing can be done with yet is not offered.
_MAY = {
    "account:read": "read the account",
    "workspaces:read": "read workspaces and who is in them",
    "projects:read": "read projects",
    "projects:write": "change projects",
    "drafts:read": "read drafts",
    "drafts:write": "change drafts",
    "money:read": "read what was earned",
    "money:write": "move money",
}
_OFFERED = [scope for scope in _MAY if scope != "money:write"]


@router.get("/")
def show_home() -> Response:
    """Go to the account."""
    return go("/account")


@router.get("/account")
def show_account(visit: Visited, said: Annotated[str, Query(max_length=20)] = "") -> Response:
    """Show the account, and what was just done to it."""
    visit.require_somebody()
    return visit.show("account.html", {**account_values(visit), "said": _SAID.get(said)})


@router.post("/account/sessions/end", dependencies=[Posted])
def end_session(visit: Visited, form: Annotated[Named, Form()]) -> Response:
    """Sign a device out."""
    return _done(visit, visit.identity.end_session(form.id))


@router.post("/account/sessions/end-others", dependencies=[Posted])
def end_other_sessions(visit: Visited) -> Response:
    """Sign all other devices out."""
    return _done(visit, visit.identity.end_sessions(but_current=True))


@router.post("/account/password", dependencies=[Posted])
def change_password(visit: Visited, form: Annotated[ChangePassword, Form()]) -> Response:
    """Set another password."""
    visit.require_somebody()
    try:
        opened = visit.run(visit.identity.credentials.change_password(visit.call, form.password.get_secret_value()))
    except ProblemError as error:
        return visit.refuse(error, "account.html", account_values(visit))
    return visit.keep_session(opened, "/account?said=password")


@router.post("/account/authenticator", dependencies=[Posted])
def add_authenticator(visit: Visited) -> Response:
    """Show a new secret, to scan or to type."""
    visit.require_somebody()
    try:
        new = visit.run(visit.identity.credentials.add_authenticator())
    except ProblemError as error:
        return visit.refuse(error, "account.html", account_values(visit))
    picture = segno.make(new.uri, micro=False).svg_inline(scale=4, border=2, dark="black", light="white")
    return visit.show("authenticator.html", {"secret": new.secret, "picture": Markup(picture)})  # noqa: S704 - drawn here


@router.post("/account/authenticator/confirmation", dependencies=[Posted])
def confirm_authenticator(visit: Visited, form: Annotated[Shown, Form()]) -> Response:
    """Put the authenticator in force and show the recovery codes."""
    visit.require_somebody()
    code = form.code.get_secret_value()
    try:
        codes = visit.run(visit.identity.credentials.confirm_authenticator(visit.call, code))
    except ProblemError as error:
        return visit.refuse(error, "authenticator.html", {"secret": None, "picture": None})
    return visit.show("recovery_codes.html", {"codes": codes, "said": "The authenticator is in force."})


@router.post("/account/authenticator/removal", dependencies=[Posted])
def remove_authenticator(visit: Visited) -> Response:
    """Remove the authenticator."""
    return _done(visit, visit.identity.credentials.remove_authenticator())


@router.post("/account/recovery-codes", dependencies=[Posted])
def renew_recovery_codes(visit: Visited) -> Response:
    """Show new recovery codes."""
    visit.require_somebody()
    try:
        codes = visit.run(visit.identity.credentials.renew_recovery_codes())
    except ProblemError as error:
        return visit.refuse(error, "account.html", account_values(visit))
    return visit.show("recovery_codes.html", {"codes": codes})


@router.post("/account/passkeys/options", dependencies=[Posted])
def begin_passkey(visit: Visited) -> Response:
    """Ask the browser for a new passkey."""
    visit.require_somebody()
    try:
        options = visit.run(visit.identity.passkeys.begin(visit.site))
    except ProblemError as error:
        return visit.refuse(error, "account.html", account_values(visit))
    return visit.show("passkey.html", {"options": json.dumps(options)})


@router.post("/account/passkeys", dependencies=[Posted])
def add_passkey(visit: Visited, form: Annotated[Made, Form()]) -> Response:
    """Add the passkey that the browser made."""
    return _done(visit, visit.identity.passkeys.add(visit.site, form.credential.model_dump(), form.name))


@router.post("/account/passkeys/removal", dependencies=[Posted])
def remove_passkey(visit: Visited, form: Annotated[Named, Form()]) -> Response:
    """Remove a passkey."""
    return _done(visit, visit.identity.passkeys.remove(form.id))


@router.post("/account/keys", dependencies=[Posted])
def create_key(visit: Visited, form: Annotated[NewKey, Form()]) -> Response:
    """Show a new key, once."""
    verb = visit.identity.credentials.create_key(
        name=form.name, scopes=list(dict.fromkeys(form.scopes)), networks=form.networks, lasts_days=form.lasts_days
    )
    return _shown_once(visit, verb)


@router.post("/account/keys/rotation", dependencies=[Posted])
def rotate_key(visit: Visited, form: Annotated[Named, Form()]) -> Response:
    """Show a new key like another, which works for seven more days."""
    return _shown_once(visit, visit.identity.credentials.rotate_key(form.id))


@router.post("/account/keys/revocation", dependencies=[Posted])
def revoke_key(visit: Visited, form: Annotated[Named, Form()]) -> Response:
    """Revoke a key."""
    return _done(visit, visit.identity.credentials.revoke_key(form.id))


@router.post("/account/deletion", dependencies=[Posted])
def delete_account(visit: Visited) -> Response:
    """Have the account erased in two weeks; nobody is signed in any more."""
    visit.require_somebody()
    try:
        at = visit.run(visit.identity.accounts.delete())
    except ProblemError as error:
        return visit.refuse(error, "account.html", account_values(visit))
    return visit.leave("deleted.html", {"at": at})


def account_values(visit: Visit) -> dict[str, Any]:
    """Return what the account's page shows."""
    identity, call = visit.identity, visit.call
    return {
        "profile": identity.account(call),
        "sessions": identity.sessions(call, None, _SHOWN).items,
        "current_id": call.session,
        "passkeys": identity.passkeys.list(call),
        "keys": identity.credentials.keys(call, None, _SHOWN).items,
        "may": _MAY,
        "offered": _OFFERED,
    }


def _shown_once(visit: Visit, verb: Verb[contracts.NewKey]) -> Response:
    visit.require_somebody()
    try:
        new = visit.run(verb)
    except ProblemError as error:
        return visit.refuse(error, "account.html", account_values(visit))
    return visit.show("new_key.html", {"key": new.text, "name": new.key.name})


def _done(visit: Visit, verb: Verb[Any]) -> Response:
    """Run a verb and show the account again."""
    visit.require_somebody()
    try:
        visit.run(verb)
    except ProblemError as error:
        return visit.refuse(error, "account.html", account_values(visit))
    return go("/account")
