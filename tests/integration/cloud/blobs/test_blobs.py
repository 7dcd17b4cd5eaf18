"""The blobs of a project: attached, listed, read in parts; removed when nobody needs them, and never while one does."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import requests
from obstore.store import S3Store

from cloud.blobs import rules, store
from cloud.gateways.objects.incoming import IncomingFolder
from cloud.gateways.objects.store import ObjectStore, ObjectStoreError, StoreTroubleError, open_store
from sync.document.register_document import RegisterDocument
from tests.integration.cloud.blobs.uploads import Studio, content, name
from tests.integration.cloud.projects.bands import CALL


def test_members_read_blobs_in_parts(studio: Studio) -> None:
    data, project = content(1, 700_000), studio.band.project(vera="viewer")
    blob = studio.store(data)
    assert studio.attach(project, blob).json()["size"] == len(data)
    shown = studio.send("vera", "GET", f"/v1/projects/{project}/blobs/{blob}").json()
    assert shown["url"] == f"/v1/projects/{project}/blobs/{blob}/content"
    whole = studio.read(project, blob, "vera")
    assert (whole.content, whole.headers["ETag"], whole.headers["Accept-Ranges"]) == (data, f'"{blob}"', "bytes")
    assert whole.headers["Content-Disposition"] == f'attachment; filename="{blob}"'
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    ranges = {"bytes=0-0": (0, 1), "bytes=100-": (100, 700_000), "bytes=-5": (699_995, 700_000)}
    ranges |= {"bytes=5-9999999": (5, 700_000), "bytes=-9999999": (0, 700_000)}
    for text, (start, end) in ranges.items():
        reply = studio.read(project, blob, "vera", Range=text)
        assert (reply.status_code, reply.content) == (206, data[start:end]), text
        assert reply.headers["Content-Range"] == f"bytes {start}-{end - 1}/700000"
    for text in ("bytes=9-3", "bytes=0-1,5-6", "lines=1-2", "bytes=-"):
        assert studio.read(project, blob, "vera", Range=text).status_code == 200, text
    behind = studio.read(project, blob, "vera", Range="bytes=700000-")
    assert (behind.status_code, behind.headers["Content-Range"]) == (416, "bytes */700000")
    assert studio.read(project, blob, "vera", Range="bytes=0-0", If_Range='"other"').status_code == 200
    assert studio.read(project, blob, "vera", If_None_Match=f'"{blob}"').status_code == 304


def test_a_projects_blobs_are_found_by_what_they_stand_for(studio: Studio) -> None:
    project, song = studio.band.project(), content(2, 100)
    made = [studio.store(song), studio.store(b"peaks", kind="peaks", original=name(song))]
    made += [studio.store(content(3, 50), original=name(b"a file")), studio.store(content(4, 50))]
    for blob in made:
        assert studio.attach(project, blob).status_code == 200
        studio.band.city.advance(seconds=1)
    path = f"/v1/projects/{project}/blobs"
    found = studio.send("owner", "GET", f"{path}?original={name(song)}&original={name(b'a file')}").json()["items"]
    assert [(one["hash"], one["kind"]) for one in found] == [(made[2], "audio"), (made[1], "peaks"), (made[0], "audio")]
    seen, cursor = [], ""
    while cursor is not None:
        page = studio.send("owner", "GET", f"{path}?limit=3{cursor and f'&cursor={cursor}'}").json()
        seen += [one["hash"] for one in page["items"]]
        cursor = page["next"]
    assert seen == made[::-1]


def _written(studio: Studio, project: str, update: bytes) -> None:
    """Put an update into the log of a project's room."""
    studio.band.city.execute(
        "INSERT INTO room_update (project_id, epoch, seq, fence, account_id, device, base_seq, data)"
        " SELECT %(project)s, 1, count(*) + 1, 1, 'acc', 'dev', 0, %(data)s FROM room_update",
        project=project,
        data=update,
    )


def test_what_documents_name_stays_and_the_rest_goes_after_a_month(
    studio: Studio, run_kind: Callable[[str], None]
) -> None:
    project, other = studio.band.project(), studio.band.project(name="Unwritten")
    named, state, left = (studio.store(content(number, 100)) for number in (5, 6, 7))
    peaks = studio.store(b"peaks", kind="peaks", original=name(b"song"))
    unwritten, loose = studio.store(content(8, 100)), studio.store(content(9, 100))
    for blob in (named, state, left, peaks):
        studio.attach(project, blob)
    studio.attach(other, unwritten)
    document = RegisterDocument()
    assets = {("assets", "one.a"): (48_000, 2, 9, "PCM_24", named, "wav"), ("assets", "one.x"): (True, "a", 1)}
    assets |= {("assets", "two.a"): (48_000, 2, 9, "PCM_24", name(b"song"), "wav")}
    _written(studio, project, document.write(assets, "me:1").update)
    _written(studio, project, document.write({("plug", "eq.st"): (state, "uid", "1")}, "me:1").update)
    everything = studio.objects
    for days in (29, 2):
        studio.band.city.advance(days=days)
        run_kind("blobs.collect")
        assert studio.objects == everything
    studio.band.city.advance(days=1.1)
    run_kind("blobs.collect")
    assert everything - studio.objects == {left, loose}
    assert studio.have(named, left, loose) == [named]
    assert studio.read(project, left).status_code == 404
    studio.band.city.execute("UPDATE project SET deleted_at = now()")
    for _ in range(2):
        studio.band.city.advance(days=31)
        run_kind("blobs.collect")
    assert studio.objects == set()
    assert studio.send("owner", "GET", "/v1/storage").json()["used_bytes"] == 0


def test_nothing_is_removed_while_an_upload_names_it(studio: Studio, run_kind: Callable[[str], None]) -> None:
    data = content(10, 1_000)
    studio.store(data)
    studio.band.city.advance(days=31)
    run_kind("blobs.collect")
    path = studio.begin(data, "other")
    assert studio.part(path, data[:1], 0, "other").status_code == 204
    studio.band.city.advance(days=2)
    run_kind("blobs.collect")
    assert studio.objects == {name(data)}
    assert studio.part(path, data[1:], 1, "other").status_code == 204
    studio.band.city.advance(days=2)
    run_kind("blobs.collect")
    assert studio.objects == {name(data)}


@pytest.mark.parametrize("rounds", [4, pytest.param(60, marks=pytest.mark.full)])
def test_removing_and_uploading_the_same_content_at_once_loses_nothing(
    studio: Studio, run_kind: Callable[[str], None], rounds: int
) -> None:
    project, data = studio.band.project(), content(11, 20_000)
    for _ in range(rounds):
        studio.store(data)
        studio.band.city.advance(days=31)
        run_kind("blobs.collect")
        studio.band.city.advance(days=2)
        collector = threading.Thread(target=run_kind, args=["blobs.collect"])
        collector.start()
        path = studio.begin(data)
        reply = studio.part(path, data, 0)
        while reply.status_code == 503:
            reply = studio.part(path, b"", len(data))
        collector.join()
        assert reply.status_code == 204, reply.text
        assert studio.attach(project, name(data)).status_code == 200
        assert studio.read(project, name(data)).content == data
        studio.band.city.execute("DELETE FROM project_blob")


def test_content_that_is_going_is_stored_again_when_it_is_gone(studio: Studio) -> None:
    data, units = content(12, 1_000), studio.band.city.api.runtime.units
    studio.store(data)
    units.run(CALL, lambda work: store.doom(work, work.clock.now() + timedelta(seconds=1)))
    studio.band.city.execute("DELETE FROM blob_upload")
    later = units.clock.now() + timedelta(seconds=1)
    assert units.run(CALL, lambda work: store.begin_removal(work, name(data), later))
    assert studio.have(name(data)) == []
    path = studio.begin(data)
    reply = studio.part(path, data, 0)
    assert (reply.status_code, reply.headers["Retry-After"], studio.offset(path)) == (503, "1", len(data))
    units.run(CALL, lambda work: store.end_removal(work, name(data)))
    assert studio.part(path, b"", len(data)).status_code == 204
    assert studio.have(name(data)) == [name(data)]


def test_only_hashes_and_ids_become_names(tmp_path) -> None:
    objects, incoming = open_store(None, tmp_path / "objects"), IncomingFolder(tmp_path / "uploads")
    for wrong in ("../x", "", "a" * 63, name(b"x").upper(), f"{name(b'x')}\n"):
        with pytest.raises(ValueError, match="only hashes"):
            objects.read(wrong, 0, 1)
        with pytest.raises(ValueError, match="only ids"):
            incoming.length(wrong)
    objects.delete(name(b"x"))  # not there: nothing to do
    with pytest.raises(ObjectStoreError, match="s3://bucket"):
        open_store("ftp://somewhere", tmp_path)
    with pytest.raises(ObjectStoreError, match="s3://bucket"):
        open_store(f"file://{tmp_path}", tmp_path)


def test_a_store_that_does_not_answer_is_a_trouble_that_passes(tmp_path) -> None:
    never = {"max_retries": 0, "retry_timeout": timedelta(seconds=1)}
    access = {"access_key_id": "k", "secret_access_key": "s", "region": "us-east-1"}
    remote = S3Store(
        "b", endpoint="http://127.0.0.1:9", client_options={"allow_http": True}, retry_config=never, **access
    )
    objects, source = ObjectStore(remote), tmp_path / "source"
    source.write_bytes(b"x")
    hash_ = name(b"x")
    for verb in (objects.size, objects.delete, lambda it: objects.put(it, source), lambda it: objects.read(it, 0, 1)):
        with pytest.raises(StoreTroubleError, match="try again later") as caught:
            verb(hash_)
        assert caught.value.problem.status == 503


def test_a_store_that_signs_is_read_without_us(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "hidden", "AWS_REGION": "eu-west-1"}
    for key, value in keys.items():
        monkeypatch.setenv(key, value)
    objects = open_store("s3://bucket/blobs", tmp_path)
    assert isinstance(objects, ObjectStore)
    address = requests.utils.urlparse(objects.signed_address(name(b"x"), rules.ADDRESS_LASTS))
    assert address.path.endswith(f"/blobs/{name(b'x')[:2]}/{name(b'x')[2:4]}/{name(b'x')}")
    assert "X-Amz-Expires=900" in address.query
    assert "hidden" not in address.query
