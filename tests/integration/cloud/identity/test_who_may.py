"""Every cell of the table of who may use identity's routes."""

import secrets
from datetime import timedelta

from cloud.foundation.calls import system_call
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import key_store, passkey_store, session_store, store
from cloud.identity.throttle import Limits, Rule
from cloud.identity.webauthn_checks import NewCredential
from tests.integration.cloud.conftest import OPERATOR_KEY
from tests.integration.cloud.identity.people import City, Person, add_member
from tests.integration.cloud.identity.who_may import BODIES, FORMS, MATRIX, ROLES

_DAY = timedelta(days=1)
_NO_LIMITS = Limits(Rule("account", 999, _DAY), Rule("minute", 999, _DAY), Rule("day", 999, _DAY), mails=999)
_STAFF = ("support", "admin")


def _accounts(work: UnitOfWork) -> dict[str, str]:
    """Add an account for each role that has one; return their ids."""
    return {
        role: add_member(work, f"{role}@example.org", *({role} & set(_STAFF)))
        for role in ("stranger", "owner", *_STAFF)
    }


def _cell(city: City, accounts: dict[str, str], role: str, name: str) -> int:
    """Send a route's request as a role, with a session, a session to name and a key of its own; return the status."""

    def prepare(work: UnitOfWork) -> tuple[dict[str, str | None], dict[str, str]]:
        owner = accounts["owner"]
        for account_id in accounts.values():
            store.change_account(work, account_id, deletion_at=None)  # another cell has asked for it
        named, _ = session_store.open_session(work, owner, "Named", ["pwd"])
        until = work.clock.now() + _DAY
        key, text = key_store.add_key(work, owner, name="Robot", scopes=["account:read"], networks=[], expires_at=until)
        tokens: dict[str, str | None] = {"anonymous": None, "operator": OPERATOR_KEY, "owner's key": text}
        for member, account_id in accounts.items():
            tokens[member] = session_store.open_session(work, account_id, "Own", ["pwd", "otp"])[1]
        ids = {"session_id": named, "key_id": key.id, "account_id": owner}
        if "restoration" in name:
            more = {"name": "Found", "scopes": ["account:read"], "networks": [], "expires_at": until}
            found = ids["key_id"] = key_store.add_key(work, owner, **more)[0].id
            key_store.change_key(work, found, disabled_at=work.clock.now())
        if "passkey_id" in name:
            new = NewCredential(secrets.token_bytes(16), b"", 0)
            ids["passkey_id"] = passkey_store.add(work, owner, "Finger", new).id
        return tokens, ids

    tokens, ids = city.api.runtime.units.run(system_call("test"), prepare)
    method, path = name.split()
    person, path = Person(city, "", token=tokens[role]), path.format(**ids)
    return person.send(method, path, BODIES.get(name), FORMS.get(name)).status_code


def test_who_may_use_a_route(city: City) -> None:
    city.limit(_NO_LIMITS)
    accounts = city.api.runtime.units.run(system_call("test"), _accounts)
    found = {name: tuple(_cell(city, accounts, role, name) for role in ROLES) for name in MATRIX}
    assert found == MATRIX


def test_who_has_not_signed_in_learns_of_no_id(city: City) -> None:
    accounts = city.api.runtime.units.run(system_call("test"), _accounts)
    for path in ("/v1/sessions/ses_none", "/v1/api-keys/key_none", f"/v1/accounts/{accounts['owner']}/sessions"):
        assert city.person().send("DELETE", path).status_code == 401
    assert city.person().send("GET", "/v1/api-keys/key_none").status_code == 401


def test_who_has_not_signed_in_learns_of_no_key_that_was_used(city: City) -> None:
    person = city.person()
    paths = ("/v1/account/recovery-codes", "/v1/account/authenticator", "/v1/api-keys/key_none/rotation")
    assert {person.send("POST", path, Idempotency_Key="same").status_code for path in paths} == {401}
    assert {person.send("DELETE", path, Idempotency_Key="same").status_code for path in ("/v1/sessions",)} == {401}


def test_an_address_names_all_its_methods(city: City) -> None:
    reply = city.person().send("PUT", "/v1/sessions")
    assert (reply.status_code, reply.headers["Allow"]) == (405, "DELETE, GET, POST")
