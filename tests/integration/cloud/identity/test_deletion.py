"""An account's end: everything closes at once, two weeks to come back, then nothing tells that it was there."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from cloud.foundation.calls import system_call
from cloud.identity.operations.delete_account import erase_account
from tests.integration.cloud.identity.browsing import Browser
from tests.integration.cloud.identity.desktops import signed_in
from tests.integration.cloud.identity.people import PASSWORD, City, Person


def _delete(person: Person):
    reply = person.send("POST", "/v1/account/deletion")
    person.city.run_jobs()
    return reply


def _key(person: Person) -> Person:
    made = person.send("POST", "/v1/api-keys", {"name": "Planted key", "scopes": ["account:read"]}).json()
    return Person(person.city, "", token=made["key"])


def test_everything_ends_at_once_and_is_told_by_mail(city: City) -> None:
    member = city.member()
    desktop = signed_in(member)
    robot = _key(member)
    assert (robot.account().status_code, desktop.account()) == (200, 200)
    reply = _delete(member)
    assert (reply.status_code, desktop.account()) == (200, 401)
    assert [one.account().status_code for one in (member, robot)] == [401, 401]
    (text,) = member.mails("Your account will be deleted")
    assert f"{city.origin}/sign-in\n" in text
    (after,) = (after for _, _, _, after in city.audited("account.deletion_asked_for"))
    assert (after["ended"], after["deletion_at"]) == (2, reply.json()["deletion_at"].replace("Z", "+00:00"))


def test_a_deletion_needs_a_fresh_proof(city: City) -> None:
    member = city.member()
    city.advance(minutes=15)
    assert _delete(member).json()["type"] == "urn:maxbooster:problem:step-up-needed"
    assert member.account().status_code == 200


def test_signing_in_keeps_the_account(city: City, run_kind: Callable[[str], None]) -> None:
    member = city.member()
    robot = _key(member)
    _delete(member)
    city.advance(days=13, hours=23)
    assert member.sign_in().status_code == 201
    city.advance(hours=2)
    run_kind("identity.erase")
    assert [one.account().status_code for one in (member, robot)] == [200, 200]
    assert len(member.mails("Your account stays")) == 1
    assert member.mails("Your account is deleted") == []
    assert len(city.audited("account.kept")) == 1


def test_nothing_tells_that_it_was_there(city: City, run_kind: Callable[[str], None]) -> None:
    member = city.person("planted.address")
    member.register("Planted Name")
    member.confirm()
    member.sign_in(label="Planted device")
    _key(member)
    member.send("POST", "/v1/workspaces", {"name": "Planted team"})
    member.add_authenticator()
    member.send("POST", "/v1/account/email", {"email": "planted.new@example.org"})
    ada = city.member()
    team = ada.send("POST", "/v1/workspaces", {"name": "Band"}).json()["id"]
    ada.send("POST", f"/v1/workspaces/{team}/invitations", {"email": member.email, "role": "member"})
    _delete(member)
    city.advance(days=13, hours=23)
    run_kind("identity.erase")
    assert "planted" in city.dump().lower()
    city.advance(hours=1)
    run_kind("identity.erase")
    assert "planted" not in city.dump().lower()
    assert len(member.mails("Your account is deleted")) == 1
    assert member.sign_in().status_code == 401
    assert [resource for _, resource, _, _ in city.audited("account.erased")] == [
        resource for _, resource, _, _ in city.audited("account.deletion_asked_for")
    ]
    assert ada.sign_in().status_code == 201


def test_erasing_is_one_transaction_of_all_domains(city: City) -> None:
    member = city.member()
    _delete(member)
    city.advance(days=14)
    ((account_id,),) = city.rows("SELECT id FROM account")
    runtime, seen = city.api.runtime, []

    def fail(connection: sa.Connection, erased: str) -> None:
        connection.execute(sa.text("DELETE FROM workspace"))
        seen.append(erased)
        raise LookupError("a domain cannot")

    def erase() -> None:
        call = system_call("test")
        runtime.units.run(call, lambda work: erase_account(work, runtime.keyring, runtime.erasers, account_id))

    runtime.erasers.register(fail)
    with pytest.raises(LookupError):
        erase()
    assert seen == [account_id]
    assert city.rows("SELECT count(*) FROM account, workspace") == [(1,)]
    assert city.audited("account.erased") == []


def test_a_team_goes_to_whoever_has_been_in_it_longest(city: City, run_kind: Callable[[str], None]) -> None:
    ada, bob, eve = city.member(), city.member("bob"), city.member("eve")
    teams = [
        ada.send("POST", "/v1/workspaces", {"name": name}).json()["id"] for name in ("All", "Two", "Alone", "Owned")
    ]
    put = (
        "INSERT INTO membership (workspace_id, account_id, role, joined_at) "
        "SELECT %(team)s, id, %(role)s, %(at)s FROM account WHERE email = %(email)s"
    )
    now = city.clock.now()
    joined = ((0, bob, "member"), (0, eve, "admin"), (1, eve, "finance"), (1, bob, "member"), (3, bob, "owner"))
    for team, person, role in (*joined, (3, eve, "admin")):
        city.execute(put, team=teams[team], role=role, at=now, email=person.email)
    _delete(ada)
    city.advance(days=14)
    run_kind("identity.erase")

    def roles(person: Person) -> dict[str, str]:
        person.sign_in()
        found = person.send("GET", "/v1/workspaces").json()["items"]
        return {one["name"]: one["role"] for one in found if not one["is_personal"]}

    assert roles(bob) == {"All": "member", "Two": "owner", "Owned": "owner"}
    assert roles(eve) == {"All": "owner", "Two": "finance", "Owned": "admin"}
    assert city.rows("SELECT count(*) FROM workspace WHERE id = %(team)s", team=teams[2]) == [(0,)]


def test_an_account_is_deleted_and_kept_on_its_pages(city: City) -> None:
    member, browser = city.member(), Browser(city)
    browser.sign_in(member.email, PASSWORD)
    shown = browser.send("/account/deletion")
    assert "Your account is going" in shown.text
    assert "sign-out" not in browser.forms()
    kept = browser.sign_in(member.email, PASSWORD)
    assert kept.status_code == 200
    assert "your account is kept" in kept.text
    assert city.rows("SELECT deletion_at FROM account") == [(None,)]
    browser.wire.close()
