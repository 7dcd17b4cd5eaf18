"""What blobs need from outside: a place for whole objects, a place for what has arrived, and the documents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from cloud.foundation.unit_of_work import UnitOfWork
from sync.document.register_document import RegisterDocument


class Objects(Protocol):
    """Whole objects by hash. A reader sees an object whole or not at all."""

    def put(self, hash_: str, source: Path) -> None:
        """Store a file's bytes, durable when this returns; raises DiskFullError."""
        ...

    def read(self, hash_: str, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes from `start` up to `end`; raises FileNotFoundError."""
        ...

    def delete(self, hash_: str) -> None:
        """Remove an object, if it is there."""
        ...

    def signed_address(self, hash_: str, lasts: timedelta) -> str | None:
        """Return an address that anybody can read the object at for a while; None where only we can read it."""
        ...


class Growing(Protocol):
    """What has arrived of one upload, held by one request."""

    path: Path
    length: int

    def add(self, piece: bytes) -> None:
        """Append bytes; raises DiskFullError after keeping what fitted."""
        ...

    def keep(self) -> None:
        """Make what has arrived durable."""
        ...

    def cut_back(self, length: int) -> None:
        """Forget everything behind `length`."""
        ...

    def discard(self) -> None:
        """Forget all of it."""
        ...

    def close(self) -> None:
        """Let others write."""
        ...


class Incoming(Protocol):
    """What has arrived of uploads that are not whole."""

    def length(self, upload_id: str) -> int:
        """Return how many bytes have arrived."""
        ...

    def open(self, upload_id: str) -> Growing:
        """Take an upload for writing; raises UploadBusyError when another request has it."""
        ...

    def ids(self) -> list[str]:
        """Return the uploads of which something has arrived."""
        ...

    def remove(self, upload_id: str) -> None:
        """Forget an upload; one that is being written to is left alone."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """A part that has arrived in the store, by the tag that the store gave it."""

    tag: str
    size: int


class Direct(Protocol):
    """Uploads in parts straight into the store, until they are whole and verified."""

    def begin(self, upload_id: str) -> str:
        """Begin an upload; return what the store calls it."""
        ...

    def address(self, upload_id: str, store_id: str, number: int, lasts: timedelta) -> str:
        """Return where a part is put, counted from 1."""
        ...

    def arrived(self, upload_id: str, store_id: str) -> dict[int, Part]:
        """Return every part that has arrived, by number."""
        ...

    def join(self, upload_id: str, store_id: str, parts: Mapping[int, Part]) -> None:
        """Make one object of the parts; the second time nothing happens."""
        ...

    def size(self, upload_id: str) -> int | None:
        """Return how large the object made of the parts is; None before there is one."""
        ...

    def read(self, upload_id: str) -> Iterator[bytes]:
        """Yield the bytes of the object made of the parts; raises FileNotFoundError."""
        ...

    def keep(self, upload_id: str, hash_: str) -> None:
        """Give what was verified its name; raises FileNotFoundError."""
        ...

    def forget(self, upload_id: str, store_id: str) -> None:
        """Remove what has arrived of an upload."""
        ...

    def forget_old(self, before: datetime) -> int:
        """Remove what has arrived of every upload that began before a moment; return how many there were."""
        ...


class Documents(Protocol):
    """The documents of projects, as far as they say which blobs are needed."""

    def states_of(self, work: UnitOfWork, project_id: str) -> Iterator[RegisterDocument | None]:
        """Yield each document a project has or may come back to (every version), one at a time.

        None for one that cannot be read. Nothing at all when they are not known here.
        """
        ...
