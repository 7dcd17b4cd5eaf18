"""Blobs in a real S3-compatible store: read at signed addresses, sent there in parts, visible when verified."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
import pytest
import requests

from cloud.blobs import rules
from cloud.gateways.objects.parts import StoreParts
from cloud.gateways.objects.store import ObjectStore, open_store
from sync.blobs.ports import Blob
from sync.client.blobs import HttpBlobs
from sync.client.http import Wire
from tests.integration.cloud.blobs.real_store import RealStore, real_store
from tests.integration.cloud.blobs.uploads import Studio, content, name

#: As small as a store takes parts.
PART = 5 << 20


@pytest.fixture(scope="module")
def server() -> Iterator[RealStore]:
    with real_store() as started:
        started.make_bucket("sounds")
        yield started


@pytest.fixture
def store(server: RealStore, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """A store of the cloud's in that server, and small parts."""
    for variable, value in server.environment.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr(rules, "DIRECT_PART_BYTES", PART)
    return open_store("s3://sounds/of/ours", Path("/nowhere"))


@pytest.fixture
def band(store: ObjectStore, start_studio: Callable[..., Studio]) -> Studio:
    """A cloud that keeps its blobs there."""
    return start_studio(object_store_url="s3://sounds/of/ours")


@pytest.fixture
def line(band: Studio) -> Iterator[HttpBlobs]:
    """The owner's way to the cloud."""
    token = band.band.player("owner").token
    wire = Wire(band.band.city.api.url, lambda: token)
    yield HttpBlobs(wire)
    wire.close()


def _kept(store: ObjectStore) -> list[str]:
    """Return what is in the store, wherever."""
    assert store.remote is not None
    return sorted(one["path"] for page in obstore.list(store.remote) for one in page)


def _begun(band: Studio, data: bytes) -> tuple[str, list[str]]:
    """Begin an upload of large content; return its path and where its parts are put."""
    path = band.begin(data)
    numbers = list(range(1, -(-len(data) // PART) + 1))
    reply = band.send("owner", "POST", f"{path}/parts", body={"numbers": numbers})
    assert reply.status_code == 200, reply.text
    return path, [part["url"] for part in reply.json()["parts"]]


def _put(url: str, data: bytes) -> None:
    assert requests.put(url, data=data, timeout=30).status_code == 200


def test_small_blobs_go_through_the_cloud_and_are_read_at_signed_addresses(band: Studio, store: ObjectStore) -> None:
    data = content(1, 70_000)
    project = band.band.project(ben="viewer")
    hash_ = band.store(data)
    assert band.attach(project, hash_).status_code == 200
    assert _kept(store) == [f"{hash_[:2]}/{hash_[2:4]}/{hash_}"]
    shown = band.send("ben", "GET", f"/v1/projects/{project}/blobs/{hash_}").json()
    assert shown["url_expires_at"] is not None
    reply = requests.get(shown["url"], headers={"Range": "bytes=10-19"}, timeout=20)
    assert (reply.status_code, reply.content) == (206, data[10:20])
    assert requests.get(shown["url"].replace("Signature=", "Signature=0"), timeout=20).status_code == 403
    assert b"".join(store.read(hash_, 5, 9)) == data[5:9]
    assert (store.size(hash_), store.size(name(b"x"))) == (70_000, None)
    store.delete(hash_)
    assert _kept(store) == []


def test_large_blobs_go_straight_into_the_store_and_on_where_they_broke_off(
    band: Studio, line: HttpBlobs, store: ObjectStore
) -> None:
    data = content(2, 2 * PART + 99)
    upload = line.begin(Blob(name(data), "audio", name(data), len(data)))
    assert line.part_bytes(upload) == PART
    line.append(upload, 0, data[:PART])
    assert line.offset(upload) == PART
    again = upload  # what the queue keeps over a restart
    for start in range(line.offset(again), len(data), PART):
        line.append(again, start, data[start : start + PART])
    assert line.have(name(data))
    assert line.offset(upload) == len(data)
    assert b"".join(store.read(name(data), 0, len(data))) == data
    assert [path.rpartition("/")[2] for path in _kept(store)] == [name(data)], "nothing is left below incoming"
    project = band.band.project(ben="viewer")
    assert band.attach(project, name(data)).status_code == 200
    (found,) = line.find(project, name(data), "audio")
    assert line.read(project, found, PART - 5, PART + 5) == data[PART - 5 : PART + 5]
    store.delete(name(data))


def test_what_is_another_content_is_discarded_and_what_is_not_whole_waits(band: Studio, store: ObjectStore) -> None:
    data = content(3, PART + 10)
    path, (first, last) = _begun(band, data)
    _put(first, data[:PART])
    early = band.send("owner", "POST", f"{path}/completion")
    assert (early.status_code, early.headers["Upload-Offset"]) == (409, str(PART))
    _put(last, b"0123456789")
    assert band.send("stranger", "POST", f"{path}/completion").status_code == 404
    refused = band.send("owner", "POST", f"{path}/completion")
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:maxbooster:problem:content-mismatch")
    assert band.have(name(data)) == []
    assert _kept(store) == []
    assert band.send("owner", "HEAD", path).status_code == 404


@pytest.mark.full
def test_a_completion_may_be_asked_again_and_tus_takes_no_part_meanwhile(band: Studio, store: ObjectStore) -> None:
    data = content(4, PART + 10)
    path, (first, last) = _begun(band, data)
    assert band.part(path, data[:9], 0).status_code == 409
    _put(first, data[:PART])
    _put(last, data[PART:])
    for _ in range(2):
        done = band.send("owner", "POST", f"{path}/completion")
        assert (done.status_code, done.headers["Upload-Offset"]) == (204, str(len(data)))
    assert band.have(name(data)) == [name(data)]
    store.delete(name(data))


def test_an_upload_that_its_owner_ends_leaves_nothing_in_the_store(
    band: Studio, server: RealStore, store: ObjectStore
) -> None:
    data = content(6, PART + 10)
    path, (first, _) = _begun(band, data)
    _put(first, data[:PART])
    assert band.send("stranger", "DELETE", path).status_code == 404
    assert band.send("owner", "DELETE", path).status_code == 204
    assert band.send("owner", "GET", "/v1/storage").json()["used_bytes"] == 0
    assert store.remote is not None
    parts = StoreParts(server.bucket("sounds"), store.remote)
    assert parts.forget_old(datetime.now(UTC) + timedelta(days=1)) == 0
    assert _kept(store) == []


def test_orphans_are_forgotten_by_age(band: Studio, server: RealStore, store: ObjectStore) -> None:
    data = content(5, PART + 10)
    _, (first, _) = _begun(band, data)
    _put(first, data[:PART])
    assert store.remote is not None
    parts = StoreParts(server.bucket("sounds"), store.remote)
    now = datetime.now(UTC)
    assert parts.forget_old(now - timedelta(days=1)) == 0
    assert parts.forget_old(now + timedelta(days=1)) >= 1
    assert parts.forget_old(now + timedelta(days=1)) == 0
    assert _kept(store) == []
