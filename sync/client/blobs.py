"""Blobs over HTTP: uploads by tus 1.0, downloads in ranges, from the cloud or where it says that they are."""

import base64
import contextlib
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TypeVar

from blake3 import blake3

from sync.blobs.ports import Blob, ContentRefusedError, NotThereError, UploadOverError
from sync.client.asked import asked
from sync.client.generated import api
from sync.client.http import Wire, readable
from sync.outbox import ports

T = TypeVar("T")
_TUS = {"Tus-Resumable": "1.0.0"}
_NOT_THERE, _OVER, _CONTENT = 404, 410, 422
#: An address has room for so many hashes.
_MOST_ASKED = 50
_LARGEST_PAGE = 100


class HttpBlobs:
    """The cloud's blobs, as who is signed in; any thread may use it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @property
    def host(self) -> str:
        """Return which host it leads to."""
        return self._wire.host

    def have(self, hash_: str) -> bool:
        """Return whether the account has stored a blob."""
        return hash_ in _asked(lambda: api.ask_for_blobs(self._wire, hashes=[hash_])).hashes

    def begin(self, blob: Blob) -> str:
        """Begin an upload and return its address."""
        about = {"hash": blob.hash, "kind": blob.kind, "original": blob.original}
        pairs = (f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in about.items())
        headers = {**_TUS, "Upload-Length": str(blob.size), "Upload-Metadata": ",".join(pairs)}
        headers |= {"Idempotency-Key": _new_key()}
        reply = _asked(lambda: self._wire.send_bytes("POST", "/v1/uploads", headers=headers))
        part_bytes = readable(lambda: reply.json()["part_bytes"])
        return str(reply.headers["Location"]) + (f"#{part_bytes}/{blob.size}" if part_bytes else "")

    def part_bytes(self, upload: str) -> int | None:
        """Return how large the parts of an upload must be; None when it takes any."""
        return int(upload.partition("#")[2].partition("/")[0]) if "#" in upload else None

    def offset(self, upload: str) -> int:
        """Return how much of an upload has arrived; raises UploadOverError."""
        path = upload.partition("#")[0]
        reply = _asked(lambda: self._wire.send_bytes("HEAD", path, headers=_TUS), _NOT_THERE_UPLOAD)
        return int(reply.headers["Upload-Offset"])

    def append(self, upload: str, offset: int, piece: bytes) -> None:
        """Send a part; raises UploadOverError, ContentRefusedError."""
        if "#" in upload:
            self._append_directly(upload, offset, piece)
            return
        checksum = base64.b64encode(blake3(piece).digest()).decode()
        headers = {**_TUS, "Upload-Offset": str(offset), "Upload-Checksum": f"blake3 {checksum}"}
        headers |= {"Content-Type": "application/offset+octet-stream"}
        _asked(lambda: self._wire.send_bytes("PATCH", upload, piece, headers=headers), _NOT_THERE_UPLOAD)

    def _append_directly(self, upload: str, offset: int, piece: bytes) -> None:
        """Put a part into the store where the cloud says; have all of it verified after the last one."""
        path, _, sizes = upload.partition("#")
        part_bytes, whole = map(int, sizes.split("/"))
        if piece:
            form = {"numbers": [offset // part_bytes + 1]}
            found = _asked(lambda: self._wire.send("POST", f"{path}/parts", form), _NOT_THERE_UPLOAD)
            url = readable(lambda: str(found["parts"][0]["url"]))
            _asked(lambda: self._wire.write_elsewhere(url, piece))
        if offset + len(piece) == whole:
            _asked(lambda: self._wire.send_bytes("POST", f"{path}/completion", headers={}), _NOT_THERE_UPLOAD)

    def end(self, upload: str) -> None:
        """Let the cloud forget an upload that nobody goes on with."""
        path = upload.partition("#")[0]
        with contextlib.suppress(UploadOverError):
            _asked(lambda: self._wire.send_bytes("DELETE", path, headers=_TUS), _NOT_THERE_UPLOAD)

    def attach(self, project_id: str, hash_: str) -> None:
        """Put a blob into a project; raises NotThereError."""
        _asked(lambda: api.attach_blob(self._wire, project_id, hash_))

    def find(self, project_id: str, original: str, kind: str) -> list[Blob]:
        """Return what a project has of an original, newest first; raises NotThereError."""
        return [blob for blob in self._page(project_id, [original])[0] if blob.kind == kind]

    def all_of(self, project_id: str, originals: Collection[str] = ()) -> list[Blob]:
        """Return everything that a project has, or has of some originals; raises NotThereError."""
        wanted = sorted(originals)
        parts = [wanted[start : start + _MOST_ASKED] for start in range(0, len(wanted), _MOST_ASKED)] or [[]]
        return [blob for part in parts for blob in self._pages(project_id, part)]

    def _pages(self, project_id: str, originals: list[str]) -> Iterator[Blob]:
        cursor: str | None = None
        while True:
            blobs, cursor = self._page(project_id, originals, cursor)
            yield from blobs
            if not cursor:
                return

    def _page(self, project_id: str, originals: list[str], cursor: str | None = None) -> tuple[list[Blob], str | None]:
        found = _asked(
            lambda: api.list_blobs(self._wire, project_id, original=originals, cursor=cursor, limit=_LARGEST_PAGE)
        )
        return [Blob(one.hash, one.kind, one.original, one.size) for one in found.items], found.next

    def read(self, project_id: str, blob: Blob, start: int, end: int) -> bytes:
        """Return a part of a blob, neither more nor less; raises NotThereError."""
        url = _asked(lambda: api.read_blob(self._wire, project_id, blob.hash)).url or ""
        return _asked(lambda: self._wire.read_range(url, start, end))


_Refusals = Mapping[int, type[ports.RefusedError]]
_OF_PROJECTS: _Refusals = {_NOT_THERE: NotThereError}
_NOT_THERE_UPLOAD: _Refusals = {_NOT_THERE: UploadOverError, _OVER: UploadOverError, _CONTENT: ContentRefusedError}


def _asked(ask: Callable[[], T], refusals: _Refusals = _OF_PROJECTS) -> T:
    return asked(ask, lambda refused: refusals.get(refused.status, ports.RefusedError)(str(refused)))


def _new_key() -> str:
    return secrets.token_urlsafe(16)
