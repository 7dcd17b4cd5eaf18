"""Every cell of the table of who may use the routes of shared projects."""

import json

from cloud.foundation.unit_of_work import UnitOfWork
from cloud.projects import invitation_store, store
from tests.integration.cloud.conftest import OPERATOR_KEY
from tests.integration.cloud.identity.people import Person
from tests.integration.cloud.projects.bands import CALL, Band
from tests.integration.cloud.projects.who_may import BODIES, MATRIX, ROLES

_MEMBERS = ("viewer", "commenter", "editor", "guest")


def _people(band: Band) -> dict[str, Person]:
    people = {role: band.player(role) for role in ROLES[1:6]} | {"admin": band.player("admin", "admin")}
    people |= {"reading key": band.key("owner", "projects:read"), "working key": band.key("owner", "projects:write")}
    band.player("guest")
    return people | {"anonymous": band.city.person(), "operator": Person(band.city, "", token=OPERATOR_KEY)}


def _cell(band: Band, person: Person, name: str) -> int:
    """Send a route's request in a fresh project with a member in each role; return the status."""

    def prepare(work: UnitOfWork) -> dict[str, str]:
        made = store.add_project(work, "Song", band.ids["owner"], forked_from=None)
        for member in _MEMBERS:
            store.put_member(work, made.id, band.ids[member], "viewer" if member == "guest" else member)
        until = work.clock.now().replace(year=work.clock.now().year + 1)
        wish = {"role": "viewer", "email": None, "max_uses": 9, "expires_at": until, "by": band.ids["owner"]}
        invitation, token = invitation_store.add(work, made.id, **wish)
        ids = {"project_id": made.id, "account_id": band.ids["guest"], "invitation_id": invitation.id}
        return ids | {"token": token}

    ids = band.city.api.runtime.units.run(CALL, prepare)
    method, path = name.split()
    body = {key: value.format(**ids) for key, value in BODIES.get(name, {}).items()} or None
    headers = {"If_Match": '"1"'} if method == "PATCH" else {}
    return person.send(method, path.format(**ids), body, **headers).status_code


def test_who_may_use_a_route(band: Band) -> None:
    people = _people(band)
    found = {name: tuple(_cell(band, people[role], name) for role in ROLES) for name in MATRIX}
    assert found == MATRIX


def test_a_project_of_others_looks_like_one_that_does_not_exist(band: Band) -> None:
    theirs, stranger = band.project(), band.player("stranger")
    for path in ("", "/members", "/invitations"):
        replies = [stranger.send("GET", f"/v1/projects/{each}{path}") for each in (theirs, "prj_none")]
        shown = [{**reply.json(), "request_id": ""} for reply in replies]
        assert json.dumps(shown[0]).replace(theirs, "prj_none") == json.dumps(shown[1]), path
        assert replies[0].status_code == 404
