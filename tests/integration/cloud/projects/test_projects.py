"""Shared projects over real HTTP: made, listed, renamed, deleted; people come in, change, leave; tickets."""

import pytest

from maxbooster_desktop.cloudlink import links
from tests.integration.cloud.projects.bands import Band


def test_a_project_is_made_read_renamed_and_deleted(band: Band) -> None:
    owner = band.player("owner")
    made = owner.send("POST", "/v1/projects", {"name": "Song"})
    project_id, tag = made.json()["id"], made.headers["ETag"]
    fork = owner.send("POST", "/v1/projects", {"name": "Remix", "forked_from": project_id}).json()
    assert (fork["forked_from"], made.json()["role"]) == (project_id, "owner")
    path = f"/v1/projects/{project_id}"
    assert owner.send("PATCH", path, {"name": "Tune"}).status_code == 428
    renamed = owner.send("PATCH", path, {"name": "Tune"}, If_Match=tag)
    assert (renamed.json()["name"], renamed.headers["ETag"]) == ("Tune", '"2"')
    assert owner.send("PATCH", path, {"name": "Late"}, If_Match=tag).status_code == 412
    assert owner.send("GET", path).headers["ETag"] == '"2"'
    assert owner.send("DELETE", path).status_code == 200
    assert owner.send("GET", path).status_code == 404
    assert [one["id"] for one in owner.send("GET", "/v1/projects").json()["items"]] == [fork["id"]]
    assert owner.send("POST", "/v1/projects", {"name": "Again", "forked_from": project_id}).status_code == 404
    for action in ("project.created", "project.renamed", "project.deleted"):
        assert band.city.audited(action), action
    assert "Tune" not in str(band.city.rows("SELECT before, after FROM audit_entry"))


def test_pages_show_every_project_once(band: Band) -> None:
    made = [band.project() for _ in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        page = band.player("owner").send("GET", f"/v1/projects?limit=2{cursor and f'&cursor={cursor}'}").json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert sorted(seen) == sorted(made)


def test_members_change_their_role_and_leave(band: Band) -> None:
    project_id = band.project(ann="editor", ben="viewer")
    owner, path = band.player("owner"), f"/v1/projects/{project_id}"
    names = {one["name"]: one["role"] for one in owner.send("GET", f"{path}/members").json()["items"]}
    assert names == {"Owner": "owner", "Ann": "editor", "Ben": "viewer"}
    ann, ben = band.ids["ann"], band.ids["ben"]
    assert owner.send("PUT", f"{path}/members/{ben}", {"role": "editor"}).json()["role"] == "editor"
    assert owner.send("PUT", f"{path}/members/{ben}", {"role": "owner"}).status_code == 422
    assert owner.send("PUT", f"{path}/members/{band.ids['owner']}", {"role": "viewer"}).status_code == 409
    assert owner.send("DELETE", f"{path}/members/me").status_code == 409
    assert band.player("ben").send("DELETE", f"{path}/members/{ann}").status_code == 403
    assert band.player("ben").send("DELETE", f"{path}/members/me").json()["name"] == "Ben"
    assert band.player("ben").send("GET", path).status_code == 404
    given = owner.send("POST", f"{path}/owner", {"account_id": ann})
    assert given.json()["role"] == "editor"
    assert band.player("ann").send("GET", path).json()["role"] == "owner"
    assert owner.send("DELETE", f"{path}/members/me").status_code == 200
    (entry,) = band.city.audited("project.transferred")
    assert entry[3] == {"account": ann, "role": "owner"}


def test_a_link_lets_in_as_often_as_it_says_and_never_lowers_a_role(band: Band) -> None:
    project_id = band.project(ann="editor")
    path = f"/v1/projects/{project_id}/invitations"
    made = band.invite(project_id, role="commenter", max_uses=2)

    def join(name: str) -> tuple[int, str | None]:
        reply = band.player(name).send("POST", "/v1/project-invitations/acceptance", {"token": made["token"]})
        return reply.status_code, reply.json().get("role")

    assert [join("ben"), join("ann"), join("ben"), join("owner")] == [
        (200, "commenter"),
        (200, "editor"),
        (200, "commenter"),
        (200, "owner"),
    ]
    assert [join("cara"), join("dan")[0]] == [(200, "commenter"), 404]
    shown = band.player("owner").send("GET", path).json()["items"]
    assert [(one["uses"], "token" in one) for one in shown if one["id"] == made["id"]] == [(2, False)]
    other = band.invite(project_id)
    assert band.player("owner").send("DELETE", f"{path}/{other['id']}").status_code == 200
    made = other
    assert join("eve")[0] == 404
    made = band.invite(project_id, lasts_days=1)
    band.city.advance(days=1)
    assert join("eve")[0] == 404
    assert str(made["token"]) not in band.city.dump()


def test_no_address_of_anybody_s_choice_stands_in_our_mails(band: Band) -> None:
    project_id = band.project("owner", "Locked! See https://evil.example/in")
    band.invite(project_id, email="Ann@example.org")
    band.city.run_jobs()
    (text,) = band.player("ann").mails("invited")
    assert "invites you to a project in Max Booster" in text
    assert "evil" not in text


def test_a_mailed_invitation_is_for_its_reader_alone(band: Band) -> None:
    project_id = band.project(name='Duet "two"')
    made = band.invite(project_id, email="Ann@example.org", max_uses=5)
    assert (made["token"], made["max_uses"]) == (None, 1)
    assert "invites you" not in band.city.dump()
    band.city.run_jobs()
    ann = band.player("ann")
    link = links.read(ann.mailed_code("invited"))
    assert isinstance(link, links.InvitationLink)
    token = link.token
    assert link.address == band.city.origin
    assert '“Owner” invites you to “Duet "two"”' in ann.mails("invited")[0]
    join = "/v1/project-invitations/acceptance"
    wrong = band.player("ben").send("POST", join, {"token": token})
    assert (wrong.status_code, wrong.json()["type"]) == (403, "urn:maxbooster:problem:invitation-not-for-you")
    assert ann.send("POST", join, {"token": token}).json()["role"] == "editor"


def test_a_ticket_is_shown_once_kept_hashed_and_forgotten(band: Band, run_kind) -> None:
    project_id = band.project(ann="viewer")
    path, ann = f"/v1/projects/{project_id}/tickets", band.player("ann")
    body = {"device": "laptop", "role": "editor", "lasts_s": 120}
    first, again = (ann.send("POST", path, body, Idempotency_Key="one") for _ in range(2))
    assert (first.json()["role"], again.json()["ticket"]) == ("viewer", None)
    assert first.json()["ticket"].startswith("mb_ticket_")
    assert first.json()["ticket"] not in band.city.dump()
    assert ann.send("POST", path, {"device": "x", "lasts_s": 86_401}).status_code == 422
    band.city.advance(minutes=3)
    run_kind("projects.forget")
    assert band.city.rows("SELECT * FROM room_ticket") == []


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 101])
def test_names_that_are_none_are_refused(band: Band, name: str) -> None:
    assert band.player("owner").send("POST", "/v1/projects", {"name": name}).status_code == 422
