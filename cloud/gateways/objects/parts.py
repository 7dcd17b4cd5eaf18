"""Uploads straight into an S3-compatible store, in parts by signed addresses; what is whole is not yet a blob.

Parts come together below `incoming/`, where the content is verified before a copy in the store gives it its name. What
was begun and never ended is given up by age: it costs room that nobody sees.
"""

import html
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import obstore
import requests
from defusedxml.ElementTree import fromstring
from obstore.store import S3Store

from cloud.blobs.ports import Part
from cloud.gateways.objects.signing import Bucket
from cloud.gateways.objects.store import StoreTroubleError, name_of

_INCOMING = "incoming"
_SOON = timedelta(minutes=5)
_TIMEOUT_S = (5.0, 60.0)
_PIECE_BYTES = 1 << 20
_NOT_THERE, _FIRST_ERROR = 404, 400
#: An element of XML as defusedxml reads it.
_Element = Any
_NOTHING: _Element = fromstring("<Nothing/>")


class StoreParts:
    """The uploads of one store (`cloud.blobs.ports.Direct`); any thread may use it."""

    def __init__(self, bucket: Bucket, store: S3Store) -> None:
        self._bucket, self._store = bucket, store
        self._prefix = f"{store.prefix}/" if store.prefix else ""

    def begin(self, upload_id: str) -> str:
        """Begin an upload; return what the store calls it."""
        return _text(self._ask("POST", self._key(upload_id), {"uploads": ""}), "UploadId")

    def address(self, upload_id: str, store_id: str, number: int, lasts: timedelta) -> str:
        """Return where a part is put, counted from 1."""
        query = {"partNumber": str(number), "uploadId": store_id}
        return self._bucket.address("PUT", self._key(upload_id), query, _now(), lasts)

    def arrived(self, upload_id: str, store_id: str) -> dict[int, Part]:
        """Return every part that has arrived, by number."""
        parts: dict[int, Part] = {}
        marker: str | None = "0"
        while marker is not None:
            query = {"uploadId": store_id, "part-number-marker": marker}
            found = self._ask("GET", self._key(upload_id), query)
            for one in _all(found, "Part"):
                parts[int(_text(one, "PartNumber"))] = Part(_text(one, "ETag"), int(_text(one, "Size")))
            is_more = _text(found, "IsTruncated", "false") == "true"
            marker = _text(found, "NextPartNumberMarker") if is_more else None
        return parts

    def join(self, upload_id: str, store_id: str, parts: Mapping[int, Part]) -> None:
        """Make one object of the parts; the second time nothing happens."""
        body = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>{html.escape(part.tag, quote=False)}</ETag></Part>"
            for number, part in sorted(parts.items())
        )
        body = f"<CompleteMultipartUpload>{body}</CompleteMultipartUpload>"
        self._ask("POST", self._key(upload_id), {"uploadId": store_id}, body)

    def size(self, upload_id: str) -> int | None:
        """Return how large the object made of the parts is; None before there is one."""
        try:
            return int(obstore.head(self._store, _place(upload_id))["size"])
        except FileNotFoundError:
            return None

    def read(self, upload_id: str) -> Iterator[bytes]:
        """Yield the bytes of the object made of the parts; raises FileNotFoundError."""
        found = obstore.get(self._store, _place(upload_id))
        return (bytes(piece) for piece in found.stream(min_chunk_size=_PIECE_BYTES))

    def keep(self, upload_id: str, hash_: str) -> None:
        """Give what was verified its name; raises FileNotFoundError."""
        obstore.copy(self._store, _place(upload_id), name_of(hash_))

    def forget(self, upload_id: str, store_id: str) -> None:
        """Remove what has arrived of an upload."""
        self._ask("DELETE", self._key(upload_id), {"uploadId": store_id})
        obstore.delete(self._store, _place(upload_id))

    def forget_old(self, before: datetime) -> int:
        """Remove what has arrived of every upload that began before a moment; return how many there were."""
        old = [(upload, store_id) for upload, store_id, began in self._begun() if began < before]
        for upload_id, store_id in old:
            self.forget(upload_id, store_id)
        joined = [one for page in obstore.list(self._store, _INCOMING) for one in page if one["last_modified"] < before]
        for one in joined:
            obstore.delete(self._store, one["path"])
        return len(old) + len(joined)

    def _begun(self) -> Iterator[tuple[str, str, datetime]]:
        marks: dict[str, str] | None = {}
        while marks is not None:
            found = self._ask("GET", "", {"uploads": "", "prefix": self._key(""), **marks})
            for one in _all(found, "Upload"):
                began = datetime.fromisoformat(_text(one, "Initiated"))
                yield _text(one, "Key").removeprefix(self._key("")), _text(one, "UploadId"), began
            is_more = _text(found, "IsTruncated", "false") == "true"
            names = {"key-marker": "NextKeyMarker", "upload-id-marker": "NextUploadIdMarker"}
            marks = {key: _text(found, name) for key, name in names.items()} if is_more else None

    def _key(self, upload_id: str) -> str:
        return self._prefix + _place(upload_id)

    def _ask(self, method: str, key: str, query: Mapping[str, str], body: str | None = None) -> _Element:
        """Ask the store; what it does not know (any more) is an empty answer. Raises StoreTroubleError (503)."""
        url = self._bucket.address(method, key, query, _now(), _SOON)
        try:
            reply = requests.request(method, url, data=body, timeout=_TIMEOUT_S, allow_redirects=False)
        except requests.RequestException as error:
            raise StoreTroubleError("The object store does not answer: try again later.") from error
        found = fromstring(reply.content) if reply.content else _NOTHING
        if reply.status_code == _NOT_THERE:
            return _NOTHING
        # Whoever joins parts may be told of an error after the headers have said that all is well.
        if reply.status_code >= _FIRST_ERROR or found.tag.rpartition("}")[2] == "Error":
            raise StoreTroubleError(f"The object store refuses ({_text(found, 'Code', '?')}): try again later.")
        return found


def _place(upload_id: str) -> str:
    return f"{_INCOMING}/{upload_id}"


def _now() -> datetime:
    """Return the time by this machine's clock, which stores compare with theirs."""
    return datetime.now(UTC)


def _all(found: _Element, name: str) -> Iterator[_Element]:
    """Yield elements whatever their namespace, which some stores leave out."""
    return (one for one in found.iter() if one.tag.rpartition("}")[2] == name)


def _text(found: _Element, name: str, default: str | None = None) -> str:
    text = next((one.text for one in _all(found, name)), None) or default
    if text is None:
        raise StoreTroubleError("The object store's answer cannot be read: try again later.")
    return text
