"""Uploads by tus over real HTTP: what is refused, what stays, and when a blob becomes visible."""

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.cloud.blobs.uploads import CHUNK, Studio, checksum, content, metadata, name


def test_a_blob_is_visible_when_all_of_it_is_there_and_not_before(studio: Studio) -> None:
    data, project = content(1, 100_000), studio.band.project()
    path = studio.begin(data)
    assert studio.part(path, data[:40_000], 0, **checksum(data[:40_000])).headers["Upload-Offset"] == "40000"
    head = studio.send("owner", "HEAD", path)
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("40000", "100000")
    assert (head.headers["Cache-Control"], head.headers["Tus-Resumable"]) == ("no-store", "1.0.0")
    assert (studio.objects, studio.have(name(data))) == (set(), [])
    assert studio.attach(project, name(data)).status_code == 404
    reply = studio.part(path, data[40_000:], 40_000)
    assert (reply.status_code, reply.headers["Upload-Offset"]) == (204, "100000")
    assert (studio.objects, studio.parts, studio.offset(path)) == ({name(data)}, [], 100_000)
    assert studio.have(name(data), name(b"no")) == [name(data)]
    assert studio.part(path, b"", 100_000).status_code == 409  # done: there is nowhere to go on
    assert studio.attach(project, name(data)).status_code == 200
    assert studio.read(project, name(data)).content == data


def test_the_protocol_says_what_it_can(studio: Studio) -> None:
    found = studio.send("owner", "OPTIONS", "/v1/uploads").headers
    assert (found["Tus-Version"], found["Tus-Extension"]) == ("1.0.0", "creation,expiration,checksum,termination")
    assert (found["Tus-Max-Size"], found["Tus-Checksum-Algorithm"]) == (str(4 << 30), "blake3,sha256,sha1")


def test_a_part_at_another_offset_changes_nothing(studio: Studio) -> None:
    data = content(2, 5_000)
    path = studio.begin(data)
    assert studio.part(path, data[:2_000], 0).status_code == 204
    for offset in (0, 1_999, 2_001, 5_000):
        reply = studio.part(path, b"", offset)
        assert (reply.status_code, reply.headers["Upload-Offset"]) == (409, "2000")
    assert studio.parts == [2_000]


def test_another_version_of_the_protocol_is_refused(studio: Studio) -> None:
    data = content(3, 100)
    path = studio.begin(data)
    begin = {"Upload_Length": "9", "Upload_Metadata": metadata(hash=name(data), kind="audio")}
    for version in (None, "0.2.2", "2.0.0"):
        for method, where, more in (
            ("HEAD", path, {}),
            ("PATCH", path, {"Content_Type": CHUNK, "Upload_Offset": "0"}),
            ("POST", "/v1/uploads", begin),
        ):
            reply = studio.send("owner", method, where, Tus_Resumable=version, **more)
            assert (reply.status_code, reply.headers["Tus-Version"]) == (412, "1.0.0")


def test_more_bytes_than_announced_leave_nothing_behind(studio: Studio) -> None:
    data = content(4, 10_000)
    path = studio.begin(data)
    assert studio.part(path, data[:4_000], 0).status_code == 204
    assert studio.part(path, data[4_000:] + b"more", 4_000).status_code == 413
    assert studio.parts == [4_000]
    pieces = (piece for piece in (data[4_000:], b"more"))  # sent without saying how many
    assert studio.part(path, pieces, 4_000).status_code == 413
    assert studio.parts == [4_000]
    assert studio.part(path, data[4_000:], 4_000).status_code == 204
    assert studio.objects == {name(data)}


def test_an_upload_says_what_it_is(studio: Studio) -> None:
    right = metadata(hash=name(b"x"), kind="audio")
    refusals = {("-1", right): 400, ("0", right): 400, ("1e3", right): 400, (str(5 << 30), right): 413}
    for about in (
        "",
        "hash",
        "hash !!!",
        metadata(kind="audio"),
        metadata(hash="../../etc/passwd", kind="audio"),
        metadata(hash=name(b"x"), kind="video"),
        metadata(hash=name(b"x"), kind="peaks"),
        metadata(hash=name(b"x").upper(), kind="audio"),
        metadata(hash=name(b"x"), kind="preview", original=name(b"x")),
    ):
        refusals["9", about] = 400
    for (length, about), status in refusals.items():
        reply = studio.send("owner", "POST", "/v1/uploads", Upload_Length=length, Upload_Metadata=about)
        assert reply.status_code == status, (length, about)


def test_a_part_of_another_content_type_is_refused(studio: Studio) -> None:
    path = studio.begin(content(5, 10))
    for kind in ("application/json", "application/octet-stream", None):
        assert studio.part(path, b"12345", 0, Content_Type=kind).status_code == 415
    assert studio.offset(path) == 0


def test_a_part_that_is_packed_is_refused(studio: Studio) -> None:
    path = studio.begin(content(5, 10))
    reply = studio.part(path, b"12345", 0, Content_Encoding="gzip")
    assert (reply.status_code, reply.json()["type"]) == (415, "urn:maxbooster:problem:content-encoding")
    assert studio.offset(path) == 0


def test_a_damaged_part_is_discarded(studio: Studio) -> None:
    data = content(6, 4_000)
    path = studio.begin(data)
    assert studio.part(path, data[:1_000], 0, **checksum(data[:1_000])).status_code == 204
    assert studio.part(path, data[1_000:], 1_000, **checksum(b"other")).status_code == 460
    assert studio.parts == [1_000]
    for wrong in ("md5 AAAA", "blake3", "blake3 AAAA", "sha1 !"):
        assert studio.part(path, data[1_000:], 1_000, Upload_Checksum=wrong).status_code == 400
    assert studio.part(path, data[1_000:], 1_000, **checksum(data[1_000:])).status_code == 204


def test_content_with_another_hash_than_announced_is_never_visible(studio: Studio) -> None:
    data = content(7, 4_000)
    path = studio.begin(data)
    assert studio.part(path, data[:-1] + b"?", 0).status_code == 422
    assert (studio.objects, studio.parts, studio.have(name(data))) == (set(), [], [])
    assert studio.send("owner", "HEAD", path).status_code == 404
    assert studio.store(data) == name(data)


def test_an_upload_is_its_owners_and_ends(studio: Studio, run_kind: Callable[[str], None]) -> None:
    data = content(8, 4_000)
    path = studio.begin(data)
    assert studio.part(path, data[:10], 0).status_code == 204
    for who, each in (("other", path), ("owner", "/v1/uploads/upl_" + "0" * 26)):
        assert studio.send(who, "HEAD", each).status_code == 404
        assert studio.part(each, b"x", 10, who).status_code == 404
    studio.band.city.advance(days=8)
    assert studio.send("owner", "HEAD", path).status_code == 410
    assert studio.part(path, data[10:], 10).status_code == 410
    run_kind("blobs.forget")
    assert (studio.send("owner", "HEAD", path).status_code, studio.parts) == (404, [])


def _cut(studio: Studio, path: str, data: bytes, offset: int, *, sent: int) -> None:
    """Announce the rest, send some of it, and break the connection when that has arrived."""
    host, port = studio.band.city.api.url.removeprefix("http://").split(":")
    head = f"PATCH {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {studio.band.player('owner').token}\r\n"
    head += f"Tus-Resumable: 1.0.0\r\nContent-Type: {CHUNK}\r\nUpload-Offset: {offset}\r\n"
    with socket.create_connection((host, int(port)), 10) as wire:
        wire.sendall(f"{head}Content-Length: {len(data) - offset}\r\n\r\n".encode() + data[offset : offset + sent])
        end = time.monotonic() + 10
        while studio.offset(path) != offset + sent:
            assert time.monotonic() < end, "what was sent has not arrived"
            time.sleep(0.01)


def _is_busy(studio: Studio, path: str, length: int) -> bool:
    """Return whether the request that was broken off has not ended."""
    reply = studio.part(path, b"", length)
    return bool(reply.json()["type"].endswith("busy"))


_BLOCK = 65_536
_CUTS = [sent + by for sent in range(0, 5 * _BLOCK, _BLOCK) for by in (-1, 0, 1) if sent + by > 0]


@pytest.mark.parametrize(
    "cuts", [[_BLOCK - 1, _BLOCK, _BLOCK + 1], *(pytest.param([cut], marks=pytest.mark.full) for cut in _CUTS)]
)
def test_what_arrived_of_a_part_stays_when_the_connection_breaks(studio: Studio, cuts: list[int]) -> None:
    data = content(9, 5 * _BLOCK + 17)
    path, offset = studio.begin(data), 0
    for sent in cuts:
        while _is_busy(studio, path, len(data)):
            time.sleep(0.01)
        _cut(studio, path, data, offset, sent=sent)
        offset += sent
    while _is_busy(studio, path, len(data)):
        time.sleep(0.01)
    assert studio.offset(path) == offset
    assert studio.part(path, data[offset:], offset).status_code == 204
    assert studio.objects == {name(data)}


def test_one_of_several_parts_at_once_is_taken(studio: Studio) -> None:
    data = content(10, 400_000)
    path, statuses = studio.begin(data), []
    threads = [
        threading.Thread(target=lambda: statuses.append(studio.part(path, data[:200_000], 0).status_code))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [204, 409, 409]
    assert studio.part(path, data[200_000:], 200_000).status_code == 204


def test_a_full_disk_keeps_what_arrived_and_the_upload_goes_on(
    start_studio: Callable[..., Studio], small_disk: Path
) -> None:
    studio = start_studio(data=small_disk)
    data = content(11, 1_200_000)
    path = studio.begin(data)
    filler = small_disk / "filler"
    filler.write_bytes(bytes(2_000_000))
    reply = studio.part(path, data, 0)
    assert (reply.status_code, reply.json()["type"]) == (507, "urn:maxbooster:problem:disk-full")
    offset = studio.offset(path)
    assert 500_000 < offset < len(data)
    filler.write_bytes(bytes(1_000_000))  # enough for what arrives, not for the object beside it
    assert studio.part(path, data[offset:], offset).status_code == 507
    assert (studio.offset(path), studio.objects) == (len(data), set())
    filler.unlink()
    assert studio.part(path, b"", len(data)).status_code == 204
    assert studio.objects == {name(data)}


def test_an_account_stores_as_much_as_it_may(start_studio: Callable[..., Studio]) -> None:
    studio = start_studio(storage_bytes=10_000)
    studio.store(content(12, 6_000))
    open_one = content(13, 3_000)
    path = studio.begin(open_one)
    assert studio.send("owner", "GET", "/v1/storage").json() == {"used_bytes": 9_000, "quota_bytes": 10_000}
    about = metadata(hash=name(content(14, 1_001)), kind="audio")
    reply = studio.send("owner", "POST", "/v1/uploads", Upload_Length="1001", Upload_Metadata=about)
    assert (reply.status_code, reply.json()["type"]) == (403, "urn:maxbooster:problem:storage-quota")
    assert studio.part(path, open_one, 0).status_code == 204
    assert studio.send("owner", "GET", "/v1/storage").json()["used_bytes"] == 9_000
    assert studio.send("other", "GET", "/v1/storage").json()["used_bytes"] == 0


def test_an_upload_that_was_never_sent_holds_the_quota_for_an_hour(
    studio: Studio, run_kind: Callable[[str], None]
) -> None:
    studio.begin(content(15, 6_000))
    path = studio.begin(content(16, 4_000))
    assert studio.part(path, content(16, 4_000)[:1], 0).status_code == 204
    studio.band.city.advance(minutes=59)
    assert _used(studio) == 10_000
    studio.band.city.advance(minutes=2)
    assert _used(studio) == 4_000
    run_kind("blobs.forget")
    assert studio.band.city.rows("SELECT length FROM blob_upload") == [(4_000,)]
    studio.band.city.advance(days=6, hours=22)
    assert _used(studio) == 4_000
    studio.band.city.advance(hours=2)
    assert _used(studio) == 0


def test_uploads_that_are_not_whole_are_listed_and_ended_by_their_owner(studio: Studio) -> None:
    studio.store(content(17, 100))
    paths = []
    for number in (18, 19, 20):
        paths.append(studio.begin(content(number, 1_000)))
        studio.band.city.advance(seconds=1)
    studio.begin(content(18, 1_000), "other")
    assert studio.part(paths[1], content(19, 1_000)[:400], 0).status_code == 204
    first = studio.send("owner", "GET", "/v1/uploads?limit=2").json()
    rest = studio.send("owner", "GET", f"/v1/uploads?limit=2&cursor={first['next']}").json()
    listed = [one["id"] for one in (*first["items"], *rest["items"])]
    assert (listed, rest["next"]) == ([path.rpartition("/")[2] for path in reversed(paths)], None)
    assert (_used(studio), studio.parts) == (3_100, [400])
    for path in paths[:2]:
        assert studio.send("other", "DELETE", path).status_code == 404
        assert studio.send("owner", "DELETE", path, Tus_Resumable=None).status_code == 412
        reply = studio.send("owner", "DELETE", path)
        assert (reply.status_code, reply.headers["Tus-Resumable"]) == (204, "1.0.0")
        assert {studio.send("owner", method, path).status_code for method in ("HEAD", "DELETE")} == {404}
    assert (_used(studio), studio.parts) == (1_100, [])
    assert studio.have(name(content(17, 100))) == [name(content(17, 100))]


def test_what_is_stored_for_an_upload_that_ends_meanwhile_does_not_stay(
    studio: Studio, run_kind: Callable[[str], None]
) -> None:
    data = content(21, 1_000)
    path = studio.begin(data)
    with studio.at_the_end("DELETE FROM blob_upload; RETURN NULL;"):
        status = studio.part(path, data, 0).status_code
    assert status == 410
    assert (studio.objects, studio.have(name(data)), studio.parts) == ({name(data)}, [], [])
    run_kind("blobs.collect")
    studio.band.city.advance(days=1, minutes=1)
    run_kind("blobs.collect")
    assert studio.objects == set()


def _used(studio: Studio, who: str = "owner") -> int:
    return int(studio.send(who, "GET", "/v1/storage").json()["used_bytes"])
