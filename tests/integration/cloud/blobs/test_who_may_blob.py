"""Every cell of the table of who may use the routes of blobs."""

import json

import requests

from cloud.blobs import store, upload_store
from cloud.blobs.contracts import About
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.projects import store as projects
from tests.integration.cloud.blobs.uploads import CHUNK, TUS, Studio, metadata, name
from tests.integration.cloud.blobs.who_may import MATRIX, ROLES
from tests.integration.cloud.conftest import OPERATOR_KEY
from tests.integration.cloud.identity.people import Person
from tests.integration.cloud.projects.bands import CALL, Band


def _people(band: Band) -> dict[str, Person]:
    people = {role: band.player(role) for role in ROLES[1:6]} | {"admin": band.player("admin", "admin")}
    people |= {"reading key": band.key("owner", "projects:read"), "working key": band.key("owner", "projects:write")}
    return people | {"anonymous": band.city.person(), "operator": Person(band.city, "", token=OPERATOR_KEY)}


def _prepared(band: Band, about: About) -> dict[str, str]:
    """Make a project with members in each role and a blob, and an upload of the owner's."""

    def prepare(work: UnitOfWork) -> dict[str, str]:
        made = projects.add_project(work, "Song", band.ids["owner"], forked_from=None)
        for member in ("viewer", "commenter", "editor"):
            projects.put_member(work, made.id, band.ids[member], member)
        store.put_blob(work, about.hash, 4)
        store.put_holding(work, band.ids["owner"], about)
        store.attach(work, made.id, about)
        upload = upload_store.add(work, band.ids["owner"], about, 4)
        return {"project_id": made.id, "blob_hash": about.hash, "upload_id": upload.id}

    return band.city.api.runtime.units.run(CALL, prepare)


def _cell(band: Band, person: Person, route: str, about: About) -> int:
    method, path = route.split()
    headers = {**TUS}
    if method == "PATCH":
        headers |= {"Content_Type": CHUNK, "Upload_Offset": "0"}
    if route == "POST /v1/uploads":
        headers |= {"Upload_Length": "4", "Upload_Metadata": metadata(hash=about.hash, kind="audio")}
    body = {"have": {"hashes": [about.hash]}, "parts": {"numbers": [1]}}.get(path.rpartition("/")[2])
    return person.send(method, path.format(**_prepared(band, about)), body, **headers).status_code


def test_who_may_use_a_route(studio: Studio) -> None:
    people = _people(studio.band)
    data = b"data"
    studio.store(data)
    about = About(name(data), "audio", name(data))
    found = {route: tuple(_cell(studio.band, people[role], route, about) for role in ROLES) for route in MATRIX}
    assert found == MATRIX


def test_a_blob_of_others_looks_like_one_that_does_not_exist(studio: Studio) -> None:
    theirs, stranger = studio.band.project(), studio.band.player("stranger")
    there, nowhere = studio.store(b"data"), name(b"nothing")
    assert studio.attach(theirs, there).status_code == 200

    def shown(reply: requests.Response) -> str:
        assert reply.status_code == 404, reply.text
        text = json.dumps({**reply.json(), "request_id": ""})
        return (
            text.replace(there, "HASH")
            .replace(nowhere, "HASH")
            .replace(theirs, "PROJECT")
            .replace("prj_none", "PROJECT")
        )

    for path in ("/blobs/{}", "/blobs/{}/content", "/blobs"):
        replies = [
            stranger.send("GET", f"/v1/projects/{project}" + path.format(hash_))
            for project, hash_ in ((theirs, there), (theirs, nowhere), ("prj_none", there))
        ]
        assert len({shown(reply) for reply in replies}) == 1, path
    assert studio.have(there, who="stranger") == []
    own = studio.band.project("stranger")
    assert {shown(studio.attach(own, hash_, "stranger")) for hash_ in (there, nowhere)} == {
        shown(studio.attach(own, there, "stranger"))
    }
    assert studio.store(b"data", "stranger") == there  # all of it had to be sent
    assert (studio.attach(own, there, "stranger").status_code, len(studio.objects)) == (200, 1)
