"""Roles on the platform: two admins for each, a second factor for all, the first ones made on the machine."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest

from cloud import commands
from cloud.foundation.calls import system_call
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import key_store, passkey_store, session_store, staff_store, store
from cloud.identity.staff_contracts import RoleRequest
from cloud.identity.webauthn_checks import NewCredential
from tests.integration.cloud.conftest import OPERATOR_KEY
from tests.integration.cloud.identity.people import City, Person, add_member
from tests.integration.cloud.identity.staff_who_may import MATRIX, ROLES

_REQUESTS = "/v1/platform/role-requests"
_WEAK = "This account needs an authenticator or a passkey first: its owner adds one on the page of the account."


def _with_passkey(work: UnitOfWork, name: str, *roles: str) -> str:
    account_id = add_member(work, f"{name}@example.org", *roles)
    passkey_store.add(work, account_id, "Finger", NewCredential(name.encode(), b"", 0))
    return account_id


def _person(city: City, name: str, *roles: str) -> Person:
    """Return somebody who has signed in with a passkey."""

    def made(work: UnitOfWork) -> str:
        return session_store.open_session(work, _with_passkey(work, name, *roles), "Own", ["passkey"])[1]

    token = city.api.runtime.units.run(system_call("test"), made)
    return Person(city, f"{name}@example.org", token=token)


def _id(person: Person) -> str:
    ((account_id,),) = person.city.rows("SELECT id FROM account WHERE email = %(email)s", email=person.email)
    return str(account_id)


def _ask(admin: Person, about: Person, role: str = "support", *, is_grant: bool = True):
    reply = admin.send("POST", _REQUESTS, {"account_id": _id(about), "role": role, "is_grant": is_grant})
    admin.city.run_jobs()
    return reply


def _confirm(admin: Person, asked) -> int:
    return admin.send("POST", f"{_REQUESTS}/{asked.json()['id']}/confirmation").status_code


def _roles(person: Person) -> list[str]:
    ((roles,),) = person.city.rows("SELECT roles FROM account WHERE email = %(email)s", email=person.email)
    return list(roles)


def test_who_may_use_a_route(city: City) -> None:
    units = city.api.runtime.units
    people = {"member": (), "support": ("support",), "runner": ("operator",), "asker": ("admin",), "admin": ("admin",)}

    def added(work: UnitOfWork) -> dict[str, str]:
        return {name: _with_passkey(work, name, *roles) for name, roles in people.items()}

    ids = units.run(system_call("test"), added)

    def prepared(work: UnitOfWork) -> dict[str, str | None]:
        """Let a request wait, and sign everybody in: what another cell did has ended sessions."""
        store.change_account(work, ids["member"], roles=["member"])
        now = work.clock.now()
        until = now + timedelta(hours=1)
        staff_store.add_request(work, RoleRequest("rrq_1", ids["member"], "support", True, ids["asker"], now, until))
        tokens: dict[str, str | None] = {"anonymous": None, "operator": OPERATOR_KEY}
        tokens |= {name: session_store.open_session(work, ids[name], "Own", ["passkey"])[1] for name in people}
        tokens["admin by password"] = session_store.open_session(work, ids["admin"], "Own", ["pwd"])[1]
        more = {"name": "Robot", "scopes": ["account:read"], "networks": []}
        tokens["admin's key"] = key_store.add_key(work, ids["admin"], expires_at=until, **more)[1]
        return tokens

    def cell(name: str, role: str) -> int:
        tokens = units.run(system_call("test"), prepared)
        method, path = name.split()
        body = {"account_id": ids["member"], "role": "operator"} if path == _REQUESTS and method == "POST" else None
        return Person(city, "", token=tokens[role]).send(method, path.format(request_id="rrq_1"), body).status_code

    assert {name: tuple(cell(name, role) for role in ROLES) for name in MATRIX} == MATRIX


def test_one_admin_asks_and_another_confirms(city: City) -> None:
    ada, bob, eve = _person(city, "ada", "admin"), _person(city, "bob", "admin"), _person(city, "eve")
    asked = _ask(ada, eve)
    assert (asked.status_code, len(bob.mails("A role waits")), len(ada.mails())) == (201, 1, 0)
    assert [one["id"] for one in bob.send("GET", _REQUESTS).json()["items"]] == [asked.json()["id"]]
    assert (_confirm(ada, asked), _roles(eve)) == (403, ["member"])
    assert (_confirm(bob, asked), _confirm(bob, asked), _roles(eve)) == (200, 404, ["member", "support"])
    assert eve.account().status_code == 401
    city.run_jobs()
    assert any("You were made support" in text for text in eve.mails("Your account was changed"))
    found = {one["email"]: one["roles"] for one in ada.send("GET", "/v1/platform/staff").json()["items"]}
    assert found == {ada.email: ["admin"], bob.email: ["admin"], eve.email: ["support"]}
    taken = _ask(bob, eve, is_grant=False)
    assert (_confirm(bob, taken), _confirm(ada, taken), _roles(eve)) == (403, 200, ["member"])
    ((actor, resource, _, after),) = city.audited("role.granted")
    assert (actor, resource) == (f"user:{_id(bob)}", f"account:{_id(eve)}")
    assert (after["role"], after["asked_by"]) == ("support", _id(ada))
    assert len(city.audited("role.asked_for")) == 2
    assert len(city.audited("role.revoked")) == 1


def test_both_need_a_fresh_proof(city: City) -> None:
    ada, bob, eve = _person(city, "ada", "admin"), _person(city, "bob", "admin"), _person(city, "eve")
    asked = _ask(ada, eve)
    city.advance(minutes=16)
    assert _ask(ada, eve, "admin").json()["type"] == "urn:maxbooster:problem:step-up-needed"
    assert (_confirm(bob, asked), _roles(eve)) == (403, ["member"])


def test_a_request_is_refused_taken_back_replaced_or_too_old(city: City, run_kind: Callable[[str], None]) -> None:
    ada, bob, eve = _person(city, "ada", "admin"), _person(city, "bob", "admin"), _person(city, "eve")
    for admin in (ada, bob):
        asked = _ask(ada, eve)
        assert admin.send("DELETE", f"{_REQUESTS}/{asked.json()['id']}").status_code == 200
        assert _confirm(bob, asked) == 404
    first, second = _ask(ada, eve), _ask(ada, eve)
    assert _confirm(bob, first) == 404
    city.execute("UPDATE role_request SET expires_at = %(now)s", now=city.clock.now())
    assert (_confirm(bob, second), bob.send("GET", _REQUESTS).json()["items"]) == (404, [])
    city.advance(seconds=1)
    run_kind("identity.forget")
    assert city.rows("SELECT count(*) FROM role_request") == [(0,)]


def test_what_cannot_be(city: City) -> None:
    ada, bob, eve = _person(city, "ada", "admin"), _person(city, "bob", "admin"), city.member("eve")
    assert _ask(ada, eve).json()["detail"] == _WEAK
    assert _ask(ada, eve, is_grant=False).json()["detail"] == "This account is no support."
    assert _ask(ada, bob, "admin").json()["detail"] == "This account is admin already."
    body = {"account_id": "acc_none", "role": "admin"}
    assert ada.send("POST", _REQUESTS, body).status_code == 404
    assert ada.send("POST", _REQUESTS, {**body, "role": "king"}).status_code == 422
    assert _confirm(bob, _ask(ada, ada, "admin", is_grant=False)) == 200
    assert _ask(bob, bob, "admin", is_grant=False).json()["detail"].startswith("This is the last admin")


def test_what_an_admin_asked_for_ends_with_the_role(city: City) -> None:
    ada, bob, eve = _person(city, "ada", "admin"), _person(city, "bob", "admin"), _person(city, "eve")
    asked, against = _ask(ada, eve, "admin"), _ask(bob, ada, "admin", is_grant=False)
    assert _confirm(ada, against) == 200
    assert _confirm(bob, asked) == 404


def test_staff_keeps_a_second_factor_and_its_account(city: City) -> None:
    ada = _person(city, "ada", "admin")
    secret = ada.send("POST", "/v1/account/authenticator").json()["secret"]
    code = pyotp.TOTP(secret).at(city.clock.now())
    assert ada.send("POST", "/v1/account/authenticator/confirmation", {"code": code}).status_code == 200
    assert ada.send("DELETE", "/v1/account/authenticator").status_code == 200
    (passkey,) = ada.send("GET", "/v1/account/passkeys").json()["items"]
    refused = ada.send("DELETE", f"/v1/account/passkeys/{passkey['id']}")
    assert (refused.status_code, "keeps a second factor" in refused.json()["detail"]) == (409, True)
    assert ada.send("POST", "/v1/account/deletion").status_code == 409
    with_code = city.member("bob")
    with_code.add_authenticator()
    city.execute("UPDATE account SET roles = '{member,operator}' WHERE email = %(email)s", email=with_code.email)
    assert with_code.send("DELETE", "/v1/account/authenticator").status_code == 409


def test_the_first_admins_are_made_on_the_machine(city: City, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    settings = city.api.runtime.settings
    monkeypatch.setenv("DATABASE_URL", city.database.app)
    monkeypatch.setenv("MAXBOOSTER_CLOUD_KEYS", settings.keys.get_secret_value())

    def make(email: str) -> tuple[int, str, str]:
        code = commands.main(["admin", email, "--data", str(settings.data)])
        return (code, *capsys.readouterr())

    assert make("none@example.org") == (
        2,
        "",
        "There is no account with the address none@example.org: register it first.\n",
    )
    assert make(city.member("weak").email) == (2, "", f"{_WEAK}\n")
    people = [_person(city, name) for name in ("ada", "bob", "eve")]
    assert [make(person.email)[0] for person in people] == [0, 0, 2]
    assert [_roles(person) for person in people] == [["member", "admin"], ["member", "admin"], ["member"]]
    assert make(people[2].email)[2] == "There are two admins, who make others: ask them.\n"
    assert [(actor, after["by"]) for actor, _, _, after in city.audited("role.granted")] == [
        ("system:system", "command")
    ] * 2
