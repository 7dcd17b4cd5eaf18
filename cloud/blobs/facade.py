"""What routes ask blobs for. Disks and stores are spoken to with no unit of work open."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel

from cloud.blobs import receiving, rules, store, upload_store
from cloud.blobs.contracts import About, Address, Attached, PartAddress, Upload, Usage, storage_of
from cloud.blobs.direct import DirectUploads
from cloud.blobs.errors import BlobTooLargeError, ContentMismatchError
from cloud.blobs.finishing import Finishing
from cloud.blobs.operations.attach_blob import attach_blob
from cloud.blobs.operations.begin_upload import begin_upload
from cloud.blobs.operations.finish_upload import finish_upload, require_storable
from cloud.blobs.ports import Direct, Incoming, Objects
from cloud.blobs.receiving import Part
from cloud.foundation.answers import answer
from cloud.foundation.calls import Call
from cloud.foundation.paging import Cursors, Listed, newest_first
from cloud.foundation.policy import authorize
from cloud.foundation.problems import NotFoundError
from cloud.foundation.runtime import Runtime
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.projects import access

T = TypeVar("T")
#: How a route shows a value: what it makes is kept as the reply.
Present = Callable[[T], BaseModel]


class Blobs:
    """Blobs in one process's runtime."""

    def __init__(self, runtime: Runtime, objects: Objects, incoming: Incoming, direct: Direct | None = None) -> None:
        self._runtime, self._objects, self._incoming = runtime, objects, incoming
        self._direct = DirectUploads(runtime.units, direct)
        self.finishing = Finishing()

    def largest(self, call: Call) -> int:
        """Return how many bytes a blob may have."""
        authorize(call.who, "blob.upload", storage_of(rules.account_of(call.who)))
        return self._runtime.settings.blob_bytes

    def begin(self, call: Call, about: About, length: int, present: Present[Upload]) -> Response:
        """Begin an upload."""
        largest = self.largest(call)
        if length > largest:
            raise BlobTooLargeError(f"A blob has at most {largest:,} bytes.")
        quota = self._runtime.settings.storage_bytes

        def where(made: Upload) -> dict[str, str]:
            return {"Location": f"/v1/uploads/{made.id}", **expiry_header(made), "Tus-Resumable": rules.TUS_VERSION}

        verb: Callable[[UnitOfWork], Upload] = lambda work: begin_upload(work, about, length, quota)  # noqa: E731 - typed
        return answer(self._runtime.units, call, verb, present, status=201, headers=where)

    def upload(self, call: Call, upload_id: str) -> tuple[Upload, int]:
        """Return one of the caller's uploads and how much of it has arrived."""
        found = self.own_upload(call, upload_id)
        if found.completed_at:
            return found, found.length
        return found, self._direct.offset(found) if found.store_id else self._incoming.length(upload_id)

    def uploads(self, call: Call, cursor: str | None, size: int) -> Listed[Upload]:
        """Return a page of the caller's uploads that are not whole, newest first."""
        account_id = rules.account_of(call.who)
        authorize(call.who, "blob.uploads", storage_of(account_id))
        units = self._runtime.units
        return newest_first(
            Cursors(self._runtime.keyring.derived("cursor"), "upload", {"account": account_id}),
            cursor,
            size,
            lambda after: units.run(call, lambda work: upload_store.unfinished(work, account_id, after, size)),
        )

    def end(self, call: Call, upload_id: str) -> None:
        """End one of the caller's uploads: what it held of their quota is free. A blob that it has become stays."""
        found = self.own_upload(call, upload_id)
        self._runtime.units.run(call, lambda work: upload_store.remove(work, found.id))
        self._incoming.remove(found.id)
        self._direct.end(found)

    def own_upload(self, call: Call, upload_id: str, *, is_being_sent: bool = False) -> Upload:
        """Return one of the caller's uploads; raises NotFoundError (404), ExpiredError (410)."""
        account_id = rules.account_of(call.who)
        authorize(call.who, "blob.upload", storage_of(account_id))

        def read(work: UnitOfWork) -> Upload:
            found = upload_store.upload(work, account_id, upload_id)
            return upload_store.being_sent(work, found) if is_being_sent else found

        return self._runtime.units.run(call, read)

    def part_bytes(self, length: int) -> int | None:
        """Return how large the parts of an upload straight into the store are; None when it goes to its own address."""
        return self._direct.part_bytes(length)

    def part_addresses(self, call: Call, upload_id: str, numbers: list[int]) -> list[PartAddress]:
        """Return where parts of one of the caller's uploads are put, at the store."""
        return self._direct.addresses(call, self.own_upload(call, upload_id, is_being_sent=True), numbers)

    def complete(self, call: Call, upload: Upload) -> None:
        """Make an upload whose parts went straight into the store a blob; in `finishing` alone."""
        self._direct.complete(call, upload)

    def begin_part(self, call: Call, upload_id: str, offset: int, announced: int | None, checksum: str | None) -> Part:
        """Take an upload for writing; whoever takes it closes it."""
        upload = self.own_upload(call, upload_id, is_being_sent=True)
        return receiving.begin_part(self._incoming, upload, offset, announced, rules.checksum_from(checksum))

    def finish(self, call: Call, part: Part) -> None:
        """Make an upload whose last part has arrived a blob; in `finishing` alone.

        Raises ContentMismatchError (422), DiskFullError (507), BeingRemovedError (503), ExpiredError (410: it ended
        meanwhile).
        """
        upload, units = part.upload, self._runtime.units
        if receiving.hash_of(part.growing.path) != upload.about.hash:
            units.run(call, lambda work: upload_store.remove(work, upload.id))
            part.growing.discard()
            raise ContentMismatchError("What arrived has another hash than announced and was discarded: begin anew.")
        units.run(call, lambda work: require_storable(work, upload))
        self._objects.put(upload.about.hash, part.growing.path)
        is_wanted = units.run(call, lambda work: finish_upload(work, upload))
        part.growing.discard()
        if not is_wanted:
            raise receiving.ended(upload)

    def have(self, call: Call, hashes: list[str]) -> list[str]:
        """Return which of some blobs the caller has stored; what others have is not said."""
        account_id = rules.account_of(call.who)
        authorize(call.who, "blob.upload", storage_of(account_id))
        return self._runtime.units.run(call, lambda work: store.held(work, account_id, hashes))

    def usage(self, call: Call) -> Usage:
        """Return how much the caller has stored and may."""
        account_id = rules.account_of(call.who)
        authorize(call.who, "blob.usage", storage_of(account_id))
        used = self._runtime.units.run(call, lambda work: store.used_bytes(work, account_id))
        return Usage(used, self._runtime.settings.storage_bytes)

    def attach(self, call: Call, project_id: str, hash_: str, present: Present[Attached]) -> Response:
        """Put a blob into a project."""
        rules.account_of(call.who)
        return answer(self._runtime.units, call, lambda work: attach_blob(work, project_id, hash_), present)

    def attached(self, call: Call, project_id: str, hash_: str) -> Attached:
        """Return a project's blob; raises NotFoundError (404) for whoever may not see the project, too."""

        def read(work: UnitOfWork) -> Attached | None:
            access.allowed(work, project_id, "blob.read")
            return store.attached(work, project_id, hash_)

        found = self._runtime.units.run(call, read)
        if found is None:
            raise NotFoundError(f"There is no blob {hash_} in this project.")
        return found

    def attached_page(
        self, call: Call, project_id: str, originals: list[str], cursor: str | None, size: int
    ) -> Listed[Attached]:
        """Return a page of a project's blobs, newest first."""
        which = {"project": project_id, "originals": ",".join(sorted(originals))}
        cursors = Cursors(self._runtime.keyring.derived("cursor"), "blob", which)

        def read(work: UnitOfWork, after: list[Any] | None) -> list[Attached]:
            access.allowed(work, project_id, "blob.read")
            return store.attached_page(work, project_id, originals, after, size)

        return newest_first(
            cursors,
            cursor,
            size,
            lambda after: self._runtime.units.run(call, lambda work: read(work, after)),
            lambda row: (row.attached_at, row.about.hash),
        )

    def address(self, found: Attached) -> Address:
        """Return where a blob is read: at the store if it signs addresses, or else at our own route."""
        signed = self._objects.signed_address(found.about.hash, rules.ADDRESS_LASTS)
        if signed is None:
            return Address(f"/v1/projects/{found.project_id}/blobs/{found.about.hash}/content", None)
        return Address(signed, self._runtime.units.clock.now() + rules.ADDRESS_LASTS)

    def bytes_of(self, found: Attached, start: int, end: int) -> Iterator[bytes]:
        """Yield a part of a blob."""
        return self._objects.read(found.about.hash, start, end)


def expiry_header(upload: Upload) -> dict[str, str]:
    """Return the header that says when an upload is over."""
    return {"Upload-Expires": upload.expires_at.strftime("%a, %d %b %Y %H:%M:%S GMT")}


def blobs_in(request: Request) -> Blobs:
    """Return blobs in the application that handles a request."""
    blobs = request.app.state.blobs
    assert isinstance(blobs, Blobs)
    return blobs
