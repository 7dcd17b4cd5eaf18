"""What a cloud says of an upload is judged: where it goes, how large its parts are, and how much has arrived."""

import itertools
import json
from contextlib import closing, contextmanager

import pytest

from sync.blobs.bucket import TokenBucket
from sync.blobs.cache import BlobCache
from sync.blobs.ports import Blob
from sync.blobs.queue import DOWN, UP, open_queue
from sync.blobs.transfers import Limits, Transfers
from sync.client.blobs import HttpBlobs
from sync.client.http import Wire
from sync.outbox.pacing import Pacing
from sync.outbox.ports import ServerTroubleError, SystemClock
from tests.factories.hostile_server import hostile, reply

_BLOB = Blob("0" * 64, "state", "0" * 64, 100)
_PLACE = "/v1/uploads/upl_1"


@contextmanager
def wire_to(answers):
    """Give a wire to a cloud of answers by (method, path)."""

    def answer(request):
        words = request.split(b" ", 2)
        return iter([answers(words[0].decode(), words[1].decode())])

    with hostile(answer) as server, closing(Wire(server.address, lambda: "token")) as wire:
        yield wire


@pytest.mark.parametrize(
    "place",
    [
        "@evil.example/v1/uploads/1",
        ".evil.example/v1/uploads/1",
        "http://evil.example/v1/uploads/1",
        "//evil.example/v1/uploads/1",
        "/v1/account",
        "/v1/uploads/../account",
        "/v1/uploads/1#0/0",
        "/v1/uploads/",
        "",
    ],
)
def test_an_upload_lies_at_the_cloud(place):
    with (
        wire_to(lambda *_: reply(b'{"part_bytes": null}', "201 Created", f"Location: {place}")) as wire,
        pytest.raises(ServerTroubleError, match="cannot be read"),
    ):
        HttpBlobs(wire).begin(_BLOB)


@pytest.mark.parametrize("part_bytes", [0, -1, 1, 1.5, 1 << 40, True, "16", [1]])
def test_parts_have_a_size_that_can_be_sent(part_bytes):
    body = json.dumps({"part_bytes": part_bytes}).encode()
    with (
        wire_to(lambda *_: reply(body, "201 Created", f"Location: {_PLACE}")) as wire,
        pytest.raises(ServerTroubleError, match="cannot be read"),
    ):
        HttpBlobs(wire).begin(_BLOB)


def test_an_upload_without_a_place_has_not_begun():
    with (
        wire_to(lambda *_: reply(b'{"part_bytes": null}', "201 Created")) as wire,
        pytest.raises(ServerTroubleError, match="cannot be read"),
    ):
        HttpBlobs(wire).begin(_BLOB)


@pytest.mark.parametrize("header", ["", "Upload-Offset: -1", "Upload-Offset: x", "Upload-Offset: " + "9" * 5_000])
def test_an_offset_is_a_number(header):
    with (
        wire_to(lambda *_: reply(b"", "200 OK", *filter(None, [header]))) as wire,
        pytest.raises(ServerTroubleError, match="cannot be read"),
    ):
        HttpBlobs(wire).offset(_PLACE)


@pytest.mark.parametrize("offset", [0, 9, 11, 99])
def test_what_was_sent_counts_when_the_cloud_has_it(offset):
    with (
        wire_to(lambda *_: reply(b"", "204 No Content", f"Upload-Offset: {offset}")) as wire,
        pytest.raises(ServerTroubleError, match="does not say that it has"),
    ):
        HttpBlobs(wire).append(_PLACE, 5, b"12345")


@pytest.mark.parametrize("status", ["204 No Content", "404 Not Found", "405 Method Not Allowed", "410 Gone"])
def test_ending_an_upload_holds_nothing_up_whatever_a_cloud_knows_of_it(status):
    asked = []
    with wire_to(lambda *request: (asked.append(request), reply(b"", status))[1]) as wire:
        HttpBlobs(wire).end(f"{_PLACE}#8388608/9000000")
    assert asked == [("DELETE", _PLACE)]


@pytest.mark.parametrize(
    ("hash_", "size"), [("../../x", 1), ("/x", 1), ("A" * 64, 1), ("0" * 64, -1), ("0" * 64, 1 << 40)]
)
def test_a_blob_is_called_by_its_hash_and_has_a_size(hash_, size):
    blob = {"hash": hash_, "kind": "audio", "original": "0" * 64, "size": size, "attached_at": ""}
    body = json.dumps({"items": [blob], "next": None}).encode()
    with wire_to(lambda *_: reply(body)) as wire, pytest.raises(ServerTroubleError, match="cannot be read"):
        HttpBlobs(wire).find("p", "0" * 64, "audio")


@pytest.fixture
def transfers(tmp_path):
    """Return a function that makes transfers with a cloud over a wire."""
    queue, clock = open_queue(tmp_path / "queue"), SystemClock()
    cache = BlobCache(tmp_path / "cache", queue.database, 1 << 30, clock.wall_s)
    buckets = (TokenBucket(None, clock.monotonic_s) for _ in range(2))
    yield lambda wire: Transfers(
        *(queue, cache, HttpBlobs(wire), tmp_path / "work", clock, Pacing(clock.monotonic_s), Limits(*buckets))
    )
    queue.database.close()


@pytest.mark.parametrize("offset", ["101", "9999999999999999"])
def test_an_upload_that_is_further_than_its_end_begins_anew(transfers, tmp_path, offset):
    """And is asked for once: a cloud that says so again has all of it sent again only at the next try.

    What is not gone on with is ended, and holds no quota.
    """
    (tmp_path / "state").write_bytes(bytes(100))
    asked, numbers = [], itertools.count(1)

    def answer(method, path):
        asked.append((method, path))
        if path.endswith("have"):
            return reply(b'{"hashes": []}')
        if method == "POST":
            return reply(b'{"part_bytes": null}', "201 Created", f"Location: /v1/uploads/u{next(numbers)}")
        if method == "HEAD":
            return reply(b"", "200 OK", f"Upload-Offset: {offset}")
        return reply(b"", "204 No Content" if method == "DELETE" else "500 No")

    with wire_to(answer) as wire:
        work = transfers(wire)
        work.queue.add_upload("p", "0" * 64, "state", tmp_path / "state")
        for _ in range(2):
            assert work.step(UP)
            work.pacing.forgive(wire.host)
    kinds = [(method, path.rpartition("/")[2]) for method, path in asked]
    begin, have = ("POST", "uploads"), ("POST", "have")
    first, again = [have, begin, ("PATCH", "u1")], [have, ("HEAD", "u1"), ("DELETE", "u1"), begin, ("PATCH", "u2")]
    assert kinds == first + again


def test_a_sound_that_has_no_end_is_not_fetched(transfers):
    """Somewhere a part comes that is longer than announced: nothing of it is kept."""
    blob = {"hash": "0" * 64, "kind": "state", "original": "1" * 64, "size": 10, "attached_at": "", "url": "/bytes"}

    def answer(_method, path):
        if path == "/bytes":
            return reply(bytes(1 << 20), "206 Partial")
        return reply(json.dumps(blob if path.endswith("0" * 64) else {"items": [blob], "next": None}).encode())

    with wire_to(answer) as wire:
        work = transfers(wire)
        work.queue.add_download("p", "1" * 64, "state")
        assert work.step(DOWN)
    assert [part.stat().st_size for part in work.folder.glob("*")] == [0]
