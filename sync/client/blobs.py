"""Blobs over HTTP: uploads by tus 1.0, downloads in ranges, from the cloud or where it says that they are."""

import base64
import contextlib
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from blake3 import blake3

from sync.blobs.ports import Blob, ContentRefusedError, NotThereError, UploadOverError
from sync.client.asked import asked
from sync.client.generated import api
from sync.client.generated.models import Page, ProjectBlob
from sync.client.http import Reply, Wire, readable
from sync.client.listing import LARGEST_PAGE, listed
from sync.outbox import ports

T = TypeVar("T")
_TUS = {"Tus-Resumable": "1.0.0"}
_NOT_THERE, _OVER, _CONTENT = 404, 410, 422
#: An address has room for so many hashes.
_MOST_ASKED = 50
_UPLOAD = re.compile(r"/v1/uploads/[0-9A-Za-z_-]{1,100}")
_HASH = re.compile(r"[0-9a-f]{64}")
_DIGITS = re.compile(r"[0-9]{1,16}")
_MOST_BLOB_BYTES = 1 << 36
#: A part is read into memory as a whole; a store takes 10,000 of them, and none but the last below the smallest.
_PART_BYTES = range(1 << 10, (128 << 20) + 1)


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
        return _read(lambda: _begun(reply, blob.size))

    def part_bytes(self, upload: str) -> int | None:
        """Return how large the parts of an upload must be; None when it takes any."""
        return int(upload.partition("#")[2].partition("/")[0]) if "#" in upload else None

    def offset(self, upload: str) -> int:
        """Return how much of an upload has arrived; raises UploadOverError."""
        path = upload.partition("#")[0]
        reply = _asked(lambda: self._wire.send_bytes("HEAD", path, headers=_TUS), _NOT_THERE_UPLOAD)
        return _read(lambda: _offset(reply))

    def append(self, upload: str, offset: int, piece: bytes) -> None:
        """Send a part; raises UploadOverError, ContentRefusedError."""
        if "#" in upload:
            self._append_directly(upload, offset, piece)
            return
        checksum = base64.b64encode(blake3(piece).digest()).decode()
        headers = {**_TUS, "Upload-Offset": str(offset), "Upload-Checksum": f"blake3 {checksum}"}
        headers |= {"Content-Type": "application/offset+octet-stream"}
        reply = _asked(lambda: self._wire.send_bytes("PATCH", upload, piece, headers=headers), _NOT_THERE_UPLOAD)
        if _read(lambda: _offset(reply)) != offset + len(piece):
            raise ports.ServerTroubleError(f"{self.host} does not say that it has what it was sent.")

    def _append_directly(self, upload: str, offset: int, piece: bytes) -> None:
        """Put a part into the store where the cloud says; have all of it verified after the last one."""
        path, _, sizes = upload.partition("#")
        part_bytes, whole = map(int, sizes.split("/"))
        if piece:
            form = {"numbers": [offset // part_bytes + 1]}
            found = _asked(lambda: self._wire.send("POST", f"{path}/parts", form), _NOT_THERE_UPLOAD)
            url = _read(lambda: str(found["parts"][0]["url"]))
            _asked(lambda: self._wire.write_elsewhere(url, piece))
        if offset + len(piece) == whole:
            _asked(lambda: self._wire.send_bytes("POST", f"{path}/completion", headers={}), _NOT_THERE_UPLOAD)

    def end(self, upload: str) -> None:
        """Let the cloud forget an upload that nobody goes on with."""
        path = upload.partition("#")[0]
        with contextlib.suppress(ports.RefusedError):  # over, or a cloud that ends uploads by their age alone
            _asked(lambda: self._wire.send_bytes("DELETE", path, headers=_TUS))

    def attach(self, project_id: str, hash_: str) -> None:
        """Put a blob into a project; raises NotThereError."""
        _asked(lambda: api.attach_blob(self._wire, project_id, hash_))

    def find(self, project_id: str, original: str, kind: str) -> list[Blob]:
        """Return what a project has of an original, newest first; raises NotThereError."""
        return [blob for blob in _read(lambda: self._page(project_id, [original]).items) if blob.kind == kind]

    def all_of(self, project_id: str, originals: Collection[str] = ()) -> list[Blob]:
        """Return everything that a project has, or has of some originals; raises NotThereError."""
        wanted = sorted(originals)
        parts = [wanted[start : start + _MOST_ASKED] for start in range(0, len(wanted), _MOST_ASKED)] or [[]]
        return [blob for part in parts for blob in self._pages(project_id, part)]

    def _pages(self, project_id: str, originals: list[str]) -> list[Blob]:
        return _read(lambda: list(listed(lambda cursor: self._page(project_id, originals, cursor))))

    def _page(self, project_id: str, originals: list[str], cursor: str | None = None) -> Page[Blob]:
        found = api.list_blobs(self._wire, project_id, original=originals, cursor=cursor, limit=LARGEST_PAGE)
        return Page([_blob(one) for one in found.items], found.next)

    def read(self, project_id: str, blob: Blob, start: int, end: int) -> bytes:
        """Return a part of a blob, neither more nor less; raises NotThereError."""
        url = _asked(lambda: api.read_blob(self._wire, project_id, blob.hash)).url or ""
        return _asked(lambda: self._wire.read_range(url, start, end))


def _begun(reply: Reply, size: int) -> str:
    """Return the address of a new upload: a path of the cloud's, and how large its parts must be."""
    path, part_bytes = reply.headers["Location"], reply.json()["part_bytes"]
    if not _UPLOAD.fullmatch(path):
        raise ValueError("an upload is a path of the cloud's")
    if part_bytes is None:
        return path
    if type(part_bytes) is not int or part_bytes not in _PART_BYTES:
        raise ValueError("no part is so large")
    return f"{path}#{part_bytes}/{size}"


def _offset(reply: Reply) -> int:
    digits = reply.headers["Upload-Offset"]
    if not _DIGITS.fullmatch(digits):
        raise ValueError("an offset is a number")
    return int(digits)


def _blob(one: ProjectBlob) -> Blob:
    """Return a blob of a project; its hash becomes part of a file's name."""
    if not _HASH.fullmatch(one.hash) or not 0 <= one.size <= _MOST_BLOB_BYTES:
        raise ValueError("there is no such blob")
    return Blob(one.hash, one.kind, one.original, one.size)


_Refusals = Mapping[int, type[ports.RefusedError]]
_OF_PROJECTS: _Refusals = {_NOT_THERE: NotThereError}
_NOT_THERE_UPLOAD: _Refusals = {_NOT_THERE: UploadOverError, _OVER: UploadOverError, _CONTENT: ContentRefusedError}


def _asked(ask: Callable[[], T], refusals: _Refusals = _OF_PROJECTS) -> T:
    return asked(ask, lambda refused: refusals.get(refused.status, ports.RefusedError)(str(refused)))


def _read(read: Callable[[], T]) -> T:
    return _asked(lambda: readable(read))


def _new_key() -> str:
    return secrets.token_urlsafe(16)
