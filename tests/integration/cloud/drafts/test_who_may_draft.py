"""Every cell of the table of who may use the drafts' routes."""

from tests.integration.cloud.drafts.conftest import Desk, release
from tests.integration.cloud.drafts.who_may import MATRIX, ROLES

_QUERIES = {"GET /v1/sync/changes": "?schema_version=1"}


def _cell(desk: Desk, role: str, name: str, number: int) -> int:
    """Send a route's request as a role, about a draft of the owner's; return the status."""
    if name == "POST /v1/sync/operations":
        return desk.push(role, "owners", {**release(f"new{number}"), "seq": number}).status_code
    if name == "DELETE /v1/sync/clients/{client_id}":
        desk.register("owner", f"gone{number}")
        return desk.send(role, "DELETE", f"/v1/sync/clients/gone{number}").status_code
    method, path = name.split()
    draft_id = f"rel{role.rsplit(maxsplit=1)[-1]}{method}"
    made = desk.send("owner", "PUT", f"/v1/drafts/release/{draft_id}", {"values": {}}, If_None_Match="*")
    path = path.format(client_id="owners", kind="release", draft_id=draft_id) + _QUERIES.get(name, "")
    bodies = {"PUT /v1/sync/clients/{client_id}": {"label": "Mine"}, "PUT /v1/drafts/{kind}/{draft_id}": {"values": {}}}
    return desk.send(role, method, path, bodies.get(name), If_Match=made.headers.get("ETag", "*")).status_code


def test_who_may_use_a_route(desk: Desk) -> None:
    desk.register("owner", "owners")
    number = {"writer": 2, "operator": 3}
    found = {name: tuple(_cell(desk, role, name, number.get(role, 1)) for role in ROLES) for name in MATRIX}
    assert found == MATRIX


def test_who_has_not_signed_in_learns_of_no_draft(desk: Desk) -> None:
    assert desk.send("anonymous", "GET", "/v1/drafts/release/none").status_code == 401
    assert desk.send("anonymous", "PUT", "/v1/drafts/release/none", {"values": {}}).status_code == 401


def test_the_same_id_is_another_draft_for_somebody_else(desk: Desk) -> None:
    for who in ("owner", "stranger"):
        reply = desk.send(who, "PUT", "/v1/drafts/release/same", {"values": {"title": who}}, If_None_Match="*")
        assert reply.status_code == 201
    assert desk.send("owner", "GET", "/v1/drafts/release/same").json()["values"] == {"title": "owner"}
    assert [draft["values"] for draft in desk.changes("stranger")["drafts"]] == [{"title": "stranger"}]
