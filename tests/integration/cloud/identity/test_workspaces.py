"""Workspaces: one's own and teams', who may do what in them, invitations that only their address accepts."""

from datetime import timedelta

import pytest

from cloud.foundation.calls import system_call
from cloud.foundation.migrations.versions import m0007_workspaces
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import key_store, session_store, store, workspace_store
from cloud.identity.throttle import Limits
from tests.integration.cloud.conftest import OPERATOR_KEY
from tests.integration.cloud.identity.people import City, Person, add_member
from tests.integration.cloud.identity.workspace_who_may import BODIES, MATRIX, ROLES

_INSIDE = ("member", "finance", "admin", "owner")


def _team(person: Person, name: str = "Band") -> str:
    return person.send("POST", "/v1/workspaces", {"name": name}).json()["id"]


def _invite(person: Person, team: str, email: str, role: str = "member"):
    return person.send("POST", f"/v1/workspaces/{team}/invitations", {"email": email, "role": role})


def _join(person: Person, verb: str = "acceptance"):
    """Answer the newest invitation."""
    person.city.run_jobs()
    code = person.mails("An invitation")[-1].split("\n\n")[1].strip()
    return person.send("POST", f"/v1/workspace-invitations/{verb}", {"token": code})


def _joined(owner: Person, team: str, name: str, role: str) -> Person:
    person = owner.city.member(name)
    assert _invite(owner, team, person.email, role).status_code == 201
    assert _join(person).status_code == 200
    return person


def _id(person: Person) -> str:
    return person.account().json()["id"]


def _people(work: UnitOfWork) -> tuple[dict[str, str], dict[str, str | None]]:
    """Add somebody for each role; return their accounts and their tokens."""
    accounts = {name: add_member(work, f"{name}@example.org") for name in ("outsider", *_INSIDE, "target")}
    accounts["platform"] = add_member(work, "platform@example.org", "admin")
    tokens: dict[str, str | None] = {"anonymous": None, "operator": OPERATOR_KEY}
    for name, account_id in accounts.items():
        tokens[name] = session_store.open_session(work, account_id, "Own", ["pwd", "otp"])[1]
    until = work.clock.now() + timedelta(days=1)
    more = {"name": "Robot", "scopes": ["account:read"], "networks": [], "expires_at": until}
    tokens["owner's key"] = key_store.add_key(work, accounts["owner"], **more)[1]
    return accounts, tokens


def test_who_may_use_a_route(city: City) -> None:
    city.limit(Limits(mails=999, mails_asked_for=999))
    units = city.api.runtime.units
    accounts, tokens = units.run(system_call("test"), _people)

    def prepared(work: UnitOfWork) -> dict[str, str]:
        team = workspace_store.add(work, "Band", accounts["owner"])
        for role in ("member", "finance", "admin"):
            workspace_store.put_member(work, team.id, accounts[role], role)
        workspace_store.put_member(work, team.id, accounts["target"], "member")
        until, token = work.clock.now() + timedelta(days=1), f"token of {team.id}"
        made = workspace_store.add_invitation(work, team.id, email="x@y.z", role="member", token=token, until=until)
        return {"workspace_id": team.id, "account_id": accounts["target"], "invitation_id": made.id}

    def cell(name: str, role: str) -> int:
        method, path = name.split()
        ids = units.run(system_call("test"), prepared)
        body = {"account_id": accounts["target"]} if "transfer" in path else BODIES.get(name)
        more = {"If_Match": '"1"'} if method == "PATCH" else {}
        reply = Person(city, "", token=tokens[role]).send(method, path.format(**ids), body, **more)
        units.run(system_call("test"), lambda work: workspace_store.remove(work, ids["workspace_id"]))
        return reply.status_code

    found = {name: tuple(cell(name, role) for role in ROLES) for name in MATRIX}
    assert found == MATRIX


def test_everybody_has_a_workspace_of_their_own(city: City) -> None:
    person = city.person()
    person.register("Ada")
    person.confirm()
    person.sign_in()
    (own,) = person.send("GET", "/v1/workspaces").json()["items"]
    assert (own["name"], own["role"], own["is_personal"]) == ("Ada", "owner", True)
    path = f"/v1/workspaces/{own['id']}"
    assert _invite(person, own["id"], "bob@example.org").status_code == 403
    assert person.send("DELETE", path).status_code == 403
    assert person.send("DELETE", f"{path}/members/{_id(person)}").status_code == 409
    assert person.send("PATCH", path, {"name": "Ada's"}, If_Match='"1"').headers["ETag"] == '"2"'
    assert person.send("PATCH", path, {"name": "Late"}, If_Match='"1"').status_code == 412
    assert person.send("PATCH", path, {"name": "None"}).status_code == 428
    assert person.send("GET", path).headers["ETag"] == '"2"'


def test_an_invitation_is_for_its_address_and_works_once(city: City) -> None:
    ada, bob, eve = city.member(), city.member("bob"), city.member("eve")
    team = _team(ada)
    assert _invite(ada, team, "BOB@example.org", "finance").status_code == 201
    city.run_jobs()
    (text,) = bob.mails("An invitation")
    assert "“Band” as finance" in text
    code = text.split("\n\n")[1].strip()
    assert code not in city.dump()
    for verb in ("acceptance", "refusal"):
        assert eve.send("POST", f"/v1/workspace-invitations/{verb}", {"token": code}).status_code == 404
    joined = bob.send("POST", "/v1/workspace-invitations/acceptance", {"token": code})
    assert (joined.status_code, joined.json()["role"]) == (200, "finance")
    assert bob.send("POST", "/v1/workspace-invitations/acceptance", {"token": code}).status_code == 404
    assert _invite(ada, team, bob.email).status_code == 409
    listed = ada.send("GET", f"/v1/workspaces/{team}/members").json()["items"]
    assert [(one["email"], one["role"]) for one in listed] == [(ada.email, "owner"), (bob.email, "finance")]
    chains = city.rows("SELECT chain, seq FROM audit_entry WHERE action = 'member.joined'")
    assert chains == [(team, 3)]


def test_an_invitation_is_declined_withdrawn_replaced_or_too_old(city: City) -> None:
    ada, bob = city.member(), city.member("bob")
    team = _team(ada)
    _invite(ada, team, bob.email)
    assert _join(bob, "refusal").status_code == 200
    assert ada.send("GET", f"/v1/workspaces/{team}/invitations").json()["items"] == []
    made = _invite(ada, team, bob.email).json()
    assert ada.send("DELETE", f"/v1/workspaces/{team}/invitations/{made['id']}").status_code == 200
    assert ada.send("DELETE", f"/v1/workspaces/{team}/invitations/{made['id']}").status_code == 404
    _invite(ada, team, bob.email)
    city.run_jobs()
    codes = {text.split("\n\n")[1].strip() for text in bob.mails("An invitation")}
    city.advance(days=7)
    statuses = {bob.send("POST", "/v1/workspace-invitations/acceptance", {"token": code}).status_code for code in codes}
    assert (len(codes), statuses) == (3, {404})
    _invite(ada, team, bob.email, "admin")
    assert len(ada.send("GET", f"/v1/workspaces/{team}/invitations").json()["items"]) == 1


def test_the_last_owner_stays_until_there_is_another(city: City) -> None:
    ada = city.member()
    team = _team(ada)
    bob = _joined(ada, team, "bob", "member")
    path, own = f"/v1/workspaces/{team}/members", _id(ada)
    assert ada.send("DELETE", f"{path}/{own}").json()["detail"] == "This is the last owner: make another one first."
    assert ada.send("PUT", f"{path}/{own}", {"role": "member"}).status_code == 409
    moved = ada.send("POST", f"/v1/workspaces/{team}/transfer", {"account_id": _id(bob)})
    assert (moved.status_code, moved.json()["role"]) == (200, "admin")
    assert bob.send("GET", f"/v1/workspaces/{team}").json()["role"] == "owner"
    assert ada.send("DELETE", f"{path}/{own}").status_code == 200
    assert ada.send("GET", f"/v1/workspaces/{team}").status_code == 404
    assert bob.send("DELETE", f"{path}/{_id(bob)}").status_code == 409
    city.advance(minutes=16)
    assert bob.send("DELETE", f"/v1/workspaces/{team}").json()["type"] == "urn:maxbooster:problem:step-up-needed"
    bob.prove()
    assert bob.send("DELETE", f"/v1/workspaces/{team}").status_code == 200
    assert city.rows("SELECT count(*) FROM membership WHERE workspace_id = %(team)s", team=team) == [(0,)]


def test_admins_make_and_unmake_no_owner(city: City) -> None:
    ada = city.member()
    team = _team(ada)
    bob, eve = _joined(ada, team, "bob", "admin"), _joined(ada, team, "eve", "member")
    path = f"/v1/workspaces/{team}/members"
    assert bob.send("PUT", f"{path}/{_id(eve)}", {"role": "owner"}).status_code == 403
    assert bob.send("PUT", f"{path}/{_id(ada)}", {"role": "member"}).status_code == 403
    assert bob.send("DELETE", f"{path}/{_id(ada)}").status_code == 403
    assert _invite(bob, team, "new@example.org", "owner").status_code == 403
    assert ada.send("PUT", f"{path}/{_id(eve)}", {"role": "owner"}).json()["role"] == "owner"
    assert eve.send("PUT", f"{path}/{_id(ada)}", {"role": "finance"}).json()["role"] == "finance"
    assert ada.send("GET", f"{path[:-8]}/invitations").status_code == 403
    assert eve.send("DELETE", f"{path}/{_id(bob)}").status_code == 200
    assert bob.send("GET", path).status_code == 404


def test_workspaces_of_others_look_like_none(city: City) -> None:
    team, bob = _team(city.member()), city.member("bob")
    foreign, none = (bob.send("GET", f"/v1/workspaces/{name}") for name in (team, "wsp_none"))
    assert (foreign.status_code, none.status_code) == (404, 404)
    assert foreign.json()["detail"].replace(team, "wsp_none") == none.json()["detail"]


@pytest.mark.parametrize("state", ["unverified", "active"])
def test_accounts_that_were_there_before_get_a_workspace(city: City, state: str) -> None:
    def before(work: UnitOfWork) -> str:
        account_id = store.add_account(work, "old@example.org", "Old", "x")
        store.change_account(work, account_id, state=state)
        return account_id

    account_id = city.api.runtime.units.run(system_call("test"), before)
    city.execute(m0007_workspaces._PERSONAL.split(";")[0])
    expected = [("Old", account_id)] if state == "active" else []
    assert city.rows("SELECT name, personal_of FROM workspace") == expected
