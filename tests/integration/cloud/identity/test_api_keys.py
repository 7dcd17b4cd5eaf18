"""API keys: shown once, kept as a hash, limited to scopes, networks and a time, rotated with a week to spare."""

import hashlib
import re

import pytest

from cloud.identity.tokens import is_api_key, new_api_key
from tests.integration.cloud.identity.people import City, Person


def _create(person: Person, **more: object):
    return person.send("POST", "/v1/api-keys", {"name": "Robot", "scopes": ["account:read"]} | more)


def _robot(city: City, key: str) -> Person:
    return Person(city, "", token=key)


def test_a_key_has_a_prefix_and_a_checksum() -> None:
    keys = {new_api_key() for _ in range(200)}
    assert len(keys) == 200
    for key in keys:
        assert re.fullmatch(r"mb_live_[0-9A-Za-z]{49}", key)
        assert is_api_key(key)
        assert not is_api_key(key[:-1] + ("A" if key[-1] != "A" else "B"))
        assert not is_api_key(key[:20] + ("A" if key[20] != "A" else "B") + key[21:])
    assert not any(map(is_api_key, ("", "mb_live_", "mb_live_" + "0" * 49 + "x", "mb_live_" + "ä" * 49)))


def test_a_key_is_shown_once_and_kept_as_a_hash(city: City) -> None:
    member = city.member()
    body = {"name": "Robot", "scopes": ["account:read", "account:read"]}
    first, again = (member.send("POST", "/v1/api-keys", body, Idempotency_Key="k") for _ in range(2))
    key = first.json()["key"]
    assert (first.status_code, again.status_code, again.json()["key"]) == (201, 201, None)
    assert (first.json()["scopes"], first.json()["last_four"]) == (["account:read"], key[-4:])
    assert key not in city.dump()
    ((kept,),) = city.rows("SELECT key_hash FROM api_key")
    assert bytes(kept) == hashlib.sha256(key.encode()).digest()
    assert "key" not in member.send("GET", f"/v1/api-keys/{first.json()['id']}").json()
    ((actor, resource, _, after),) = city.audited("key.created")
    assert (actor, resource) == (f"user:{member.account().json()['id']}", f"key:{first.json()['id']}")
    assert after["scopes"] == ["account:read"]


def test_a_key_does_what_its_scopes_say_and_nothing_else(city: City) -> None:
    member = city.member()
    reader = _robot(city, _create(member).json()["key"])
    other = _robot(city, _create(member, scopes=["projects:write"]).json()["key"])
    assert reader.account().json()["email"] == member.email
    assert [item["name"] for item in reader.send("GET", "/v1/api-keys").json()["items"]] == ["Robot"] * 2
    for path in ("/v1/account", "/v1/sessions", "/v1/api-keys"):
        assert other.send("GET", path).status_code == 403
    for robot in (reader, other):
        assert _create(robot).status_code == 403
        assert robot.send("DELETE", "/v1/sessions").status_code == 403
        assert robot.send("PUT", "/v1/account/password", {"password": "eleven slow trams"}).status_code == 403
        assert robot.send("POST", "/v1/account/authenticator").status_code == 403
    assert city.rows("SELECT count(*) FROM api_key WHERE used_at IS NOT NULL") == [(2,)]


def test_a_key_looks_at_workspaces_and_changes_none(city: City) -> None:
    member, bob = city.member(), city.member("bob")
    team = member.send("POST", "/v1/workspaces", {"name": "Band"}).json()["id"]
    others = bob.send("POST", "/v1/workspaces", {"name": "Others"}).json()["id"]
    robot = _robot(city, _create(member, scopes=["workspaces:read"]).json()["key"])
    assert {one["name"] for one in robot.send("GET", "/v1/workspaces").json()["items"]} == {"Ada", "Band"}
    assert robot.send("GET", f"/v1/workspaces/{team}").json()["role"] == "owner"
    assert [one["email"] for one in robot.send("GET", f"/v1/workspaces/{team}/members").json()["items"]] == [
        member.email
    ]
    assert robot.send("GET", f"/v1/workspaces/{others}").status_code == 404
    assert robot.account().status_code == 403
    body = {"email": bob.email, "role": "member"}
    assert robot.send("POST", f"/v1/workspaces/{team}/invitations", body).status_code == 403
    account_id = member.account().json()["id"]
    assert robot.send("DELETE", f"/v1/workspaces/{team}/members/{account_id}").status_code == 403
    assert robot.send("PATCH", f"/v1/workspaces/{team}", {"name": "Mine"}, If_Match="*").status_code == 403


def test_a_key_works_on_drafts_as_its_scope_says(city: City) -> None:
    member = city.member()
    reader, writer = (
        _robot(city, _create(member, scopes=[f"drafts:{verb}"]).json()["key"]) for verb in ("read", "write")
    )
    path, body = "/v1/drafts/release/r", {"values": {"title": "One"}}
    assert reader.send("PUT", path, body, If_None_Match="*").status_code == 403
    assert writer.send("PUT", path, body, If_None_Match="*").status_code == 201
    assert [who.send("GET", path).json()["values"] for who in (reader, writer, member)] == [{"title": "One"}] * 3
    assert reader.send("GET", "/v1/workspaces").status_code == 403


def test_a_new_key_needs_a_fresh_proof_and_money_a_second_factor(city: City) -> None:
    member = city.member()
    money = _create(member, scopes=["money:read"])
    assert (money.status_code, money.json()["type"]) == (403, "urn:maxbooster:problem:second-factor-needed")
    member.add_authenticator()
    assert _create(member, scopes=["money:read"]).status_code == 201
    city.advance(minutes=15)
    assert _create(member).json()["type"] == "urn:maxbooster:problem:step-up-needed"


def test_a_key_expires_and_is_revoked_at_once(city: City) -> None:
    member = city.member()
    short, long = (_create(member, lasts_days=days).json() for days in (1, 2))
    city.advance(days=1)
    assert _robot(city, short["key"]).account().status_code == 401
    assert member.send("POST", f"/v1/api-keys/{short['id']}/rotation").status_code == 403
    assert _robot(city, long["key"]).account().status_code == 200
    assert member.send("DELETE", f"/v1/api-keys/{long['id']}").status_code == 200
    assert _robot(city, long["key"]).account().status_code == 401
    member.prove()
    assert member.send("POST", f"/v1/api-keys/{short['id']}/rotation").status_code == 409
    assert member.send("POST", f"/v1/api-keys/{long['id']}/rotation").status_code == 404


def test_a_rotated_key_works_for_seven_more_days(city: City) -> None:
    member = city.member()
    old = _create(member, networks=["127.0.0.0/8"]).json()
    new = member.send("POST", f"/v1/api-keys/{old['id']}/rotation").json()
    assert (new["scopes"], new["networks"], new["name"]) == (old["scopes"], old["networks"], old["name"])
    assert new["key"] != old["key"]
    city.advance(days=6, hours=23)
    assert [_robot(city, one["key"]).account().status_code for one in (old, new)] == [200, 200]
    city.advance(hours=1)
    assert [_robot(city, one["key"]).account().status_code for one in (old, new)] == [401, 200]


@pytest.mark.parametrize(("networks", "status"), [([], 200), (["127.0.0.1"], 200), (["10.0.0.0/8", "::/0"], 401)])
def test_a_key_works_from_its_networks(city: City, networks: list[str], status: int) -> None:
    key = _create(city.member(), networks=networks).json()["key"]
    assert _robot(city, key).account().status_code == status
    # What was tried from elsewhere is no use of it.
    assert city.rows("SELECT used_at IS NOT NULL FROM api_key") == [(status == 200,)]


def test_a_key_that_was_found_is_stopped_and_its_owner_told(city: City) -> None:
    member, finder = city.member(), city.person()
    kept, found = _create(member).json(), _create(member, name="Lost").json()
    bent = found["key"][:-1] + ("A" if found["key"][-1] != "A" else "B")
    replies = [
        finder.send("POST", "/v1/leaked-keys", {"key": key})
        for key in (found["key"], found["key"], bent, new_api_key())
    ]
    assert {(reply.status_code, reply.content) for reply in replies} == {(202, replies[0].content)}
    assert [_robot(city, one["key"]).account().status_code for one in (found, kept)] == [401, 200]
    city.run_jobs()
    (text,) = member.mails("A key of yours was stopped")
    assert f"“Lost”, which ends with {found['last_four']}," in text
    assert member.send("POST", f"/v1/api-keys/{found['id']}/rotation").status_code == 409
    assert member.send("GET", f"/v1/api-keys/{found['id']}").json()["disabled_at"] is not None
    ((actor, resource, _, _),) = city.audited("key.disabled")
    assert (actor, resource) == ("anonymous:anonymous", f"key:{found['id']}")
    assert found["key"] not in city.dump()


@pytest.mark.parametrize(("hours", "status"), [(23, 200), (24, 409)])
def test_an_admin_puts_a_key_in_force_again_within_a_day(city: City, hours: int, status: int) -> None:
    member, admin = city.member(), city.member("admin")
    found = _create(member).json()
    path = f"/v1/leaked-keys/{found['id']}/restoration"
    admin.add_authenticator()
    city.execute("UPDATE account SET roles = '{member,admin}' WHERE email = %(email)s", email=admin.email)
    assert admin.send("POST", path).status_code == 409
    city.person().send("POST", "/v1/leaked-keys", {"key": found["key"]})
    city.advance(hours=hours)
    assert admin.account().status_code == 401
    city.execute("UPDATE account_session SET seen_at = %(now)s, created_at = %(now)s", now=city.clock.now())
    assert admin.send("POST", path).json()["type"] == "urn:maxbooster:problem:step-up-needed"
    city.execute("UPDATE account_session SET authenticated_at = %(now)s", now=city.clock.now())
    assert admin.send("POST", path).status_code == status
    assert _robot(city, found["key"]).account().status_code == (200 if status == 200 else 401)
    assert len(city.audited("key.restored")) == (status == 200)


def test_keys_of_others_do_not_exist(city: City) -> None:
    key, bob = _create(city.member()).json(), city.member("bob")
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/rotation")):
        foreign = bob.send(method, f"/v1/api-keys/{key['id']}{path}")
        none = bob.send(method, f"/v1/api-keys/key_none{path}")
        assert (foreign.status_code, none.status_code) == (404, 404)
        assert foreign.json()["detail"].replace(key["id"], "key_none") == none.json()["detail"]
    assert _robot(city, key["key"]).account().status_code == 200


def test_keys_that_are_not_usable(city: City) -> None:
    member = city.member()
    for change in (
        {"scopes": []},
        {"scopes": ["everything"]},
        {"lasts_days": 0},
        {"lasts_days": 367},
        {"networks": ["10.0.0.1/8"]},
        {"networks": ["nowhere"]},
        {"account_id": "acc_other"},
    ):
        assert _create(member, **change).status_code == 422, change
