"""One part of an upload while it arrives: appended piece by piece, kept as far as it came, checked at its end."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blake3 import blake3

from cloud.blobs.contracts import Upload
from cloud.blobs.errors import BlobTooLargeError, ChecksumError, ExpiredError, UploadBusyError, WrongOffsetError
from cloud.blobs.ports import Growing, Incoming

_READ_BYTES = 1 << 20


@dataclass(slots=True)
class Part:
    """What a PATCH request adds; others are refused until it is closed."""

    upload: Upload
    growing: Growing
    start: int
    checksum: tuple[Any, bytes] | None

    @property
    def is_whole(self) -> bool:
        """Return whether all of the upload has arrived."""
        return self.growing.length == self.upload.length

    def take(self, piece: bytes) -> None:
        """Append what arrived; raises BlobTooLargeError (413) with nothing added, DiskFullError (507)."""
        if self.growing.length + len(piece) > self.upload.length:
            self.growing.cut_back(self.start)
            raise _too_long(self.upload)
        self.growing.add(piece)
        if self.checksum is not None:
            self.checksum[0].update(piece)

    def end(self) -> int:
        """Check and keep the part; return where the next one begins.

        Raises ChecksumError (460) with nothing added.
        """
        if self.checksum is not None and not hmac.compare_digest(self.checksum[0].digest(), self.checksum[1]):
            self.growing.cut_back(self.start)
            raise ChecksumError("The part has another checksum than its header says: send it again.")
        self.growing.keep()
        return self.growing.length


def begin_part(
    incoming: Incoming, upload: Upload, offset: int, announced: int | None, checksum: tuple[Any, bytes] | None
) -> Part:
    """Take an upload for writing at `offset`.

    Raises UploadBusyError (409), WrongOffsetError (409), BlobTooLargeError (413); then nothing was changed.
    """
    if upload.completed_at is not None:
        raise elsewhere(upload.length)
    if upload.store_id is not None:
        raise UploadBusyError("The parts of this upload go straight into the store: ask for their addresses.")
    if announced is not None and offset + announced > upload.length:
        raise _too_long(upload)
    growing = incoming.open(upload.id)
    if growing.length != offset:
        growing.close()
        raise elsewhere(growing.length)
    return Part(upload, growing, offset, checksum)


def hash_of(path: Path) -> str:
    """Return the BLAKE3 of a file's bytes."""
    return hash_over(_pieces(path))


def hash_over(pieces: Iterator[bytes]) -> str:
    """Return the BLAKE3 of what comes in pieces."""
    digest = blake3()
    for piece in pieces:
        digest.update(piece)
    return str(digest.hexdigest())


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_READ_BYTES):
            yield piece


def elsewhere(length: int) -> WrongOffsetError:
    """Return the refusal that says where an upload goes on."""
    return WrongOffsetError(f"The upload goes on at byte {length}.", headers={"Upload-Offset": str(length)})


def ended(upload: Upload) -> ExpiredError:
    """Return the refusal of an upload that ended while it was finished."""
    return ExpiredError(f"The upload {upload.id} has ended meanwhile: begin anew.")


def _too_long(upload: Upload) -> BlobTooLargeError:
    return BlobTooLargeError(f"The upload has {upload.length} bytes as announced, and this part goes beyond.")
