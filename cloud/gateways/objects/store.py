"""Whole objects by hash: in the data folder, or in an S3-compatible store when OBJECT_STORE_URL names one.

Only hashes are ever passed as names, below `ab/cd/`. Putting an object twice changes nothing: its name is its content.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store, from_url

from cloud.blobs.errors import DiskFullError
from cloud.foundation.errors import OperatorError
from cloud.foundation.problems import UNAVAILABLE, ProblemError
from cloud.foundation.settings import CloudSettings, require_secret_way
from cloud.gateways.objects.signing import endpoint_in

_PIECE_BYTES = 256 << 10
_HASH = re.compile(r"[0-9a-f]{64}")
#: How the store words ENOSPC and EDQUOT, which have no exception of their own there.
_FULL = re.compile(r"os error (28|122)|No space left|quota exceeded", re.IGNORECASE)


class ObjectStoreError(OperatorError):
    """The object store cannot be used."""


class StoreTroubleError(ProblemError):
    """The store does not do what it should."""

    problem = UNAVAILABLE


class ObjectStore:
    """One object store; any thread may use it. What it cannot do at the moment raises StoreTroubleError (503)."""

    def __init__(self, store: LocalStore | S3Store, folder: Path | None = None) -> None:
        self._store, self._folder = store, folder

    def put(self, hash_: str, source: Path) -> None:
        """Store a file's bytes, durable when this returns; raises DiskFullError."""
        name = name_of(hash_)
        try:
            obstore.put(self._store, name, source)
            if self._folder is not None:
                _sync(self._folder / name)
        except (BaseError, OSError) as error:
            if _FULL.search(str(error)):
                raise DiskFullError("The store has no room at the moment: try again later.") from error
            if not isinstance(error, BaseError):
                raise
            raise _trouble() from error

    def read(self, hash_: str, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes from `start` up to `end`; raises FileNotFoundError."""
        with _asking():
            found = obstore.get(self._store, name_of(hash_), options={"range": (start, end)})
        return (bytes(piece) for piece in found.stream(min_chunk_size=_PIECE_BYTES))

    def size(self, hash_: str) -> int | None:
        """Return how large an object is, None when it is not there."""
        try:
            with _asking():
                return int(obstore.head(self._store, name_of(hash_))["size"])
        except FileNotFoundError:
            return None

    @property
    def remote(self) -> S3Store | None:
        """The S3-compatible store, if it is one."""
        return self._store if isinstance(self._store, S3Store) else None

    @property
    def is_own(self) -> bool:
        """Whether the objects lie in the data folder, and nobody else looks after them."""
        return self._folder is not None

    def delete(self, hash_: str) -> None:
        """Remove an object, if it is there."""
        try:
            with _asking():
                obstore.delete(self._store, name_of(hash_))
        except FileNotFoundError:  # a run that was killed had removed it
            return

    def signed_address(self, hash_: str, lasts: timedelta) -> str | None:
        """Return an address that anybody can read the object at for a while; None where only we can read it."""
        if isinstance(self._store, LocalStore):
            return None
        return obstore.sign(self._store, "GET", name_of(hash_), lasts)


def open_store(url: str | None, folder: Path) -> ObjectStore:
    """Return the store that a URL names (`s3://bucket/prefix`, access by AWS_... variables), or else the folder's.

    Raises ObjectStoreError.
    """
    if url is None:
        try:
            return ObjectStore(LocalStore(folder, mkdir=True), folder)
        except (BaseError, OSError) as error:
            raise ObjectStoreError(f"Blobs cannot be kept in {folder}: check its permissions.") from error
    if not url.isprintable() or "@" in urlsplit(url).netloc:
        raise _not_usable()
    try:
        store = from_url(url)
    except (BaseError, ValueError) as error:
        raise _not_usable() from error
    if not isinstance(store, S3Store):
        raise _not_usable()
    return ObjectStore(store)


def store_of(settings: CloudSettings) -> ObjectStore:
    """Return the store that the settings name; raises ObjectStoreError, SettingsError."""
    if settings.object_store_url is not None:
        variable, endpoint = endpoint_in(os.environ)
        require_secret_way(variable, endpoint, settings)
    return open_store(settings.object_store_url, settings.data / "objects")


@contextmanager
def _asking() -> Iterator[None]:
    """Let the store's own troubles be StoreTroubleError; what is not there stays FileNotFoundError."""
    try:
        yield
    except BaseError as error:
        raise _trouble() from error


def _trouble() -> StoreTroubleError:
    return StoreTroubleError(
        "The object store cannot do this at the moment: try again later.", headers={"Retry-After": "5"}
    )


def _not_usable() -> ObjectStoreError:
    """Return what is said of an address, which is not shown: it may hold a key."""
    return ObjectStoreError(
        "OBJECT_STORE_URL names no S3-compatible store: write s3://bucket/prefix with the AWS_... variables, or "
        "leave it out for a folder."
    )


def name_of(hash_: str) -> str:
    """Return where an object lies in its store."""
    if not _HASH.fullmatch(hash_):
        raise ValueError("only hashes name objects")
    return f"{hash_[:2]}/{hash_[2:4]}/{hash_}"


def _sync(path: Path) -> None:
    """Make a new file and its place in its folders durable; Windows has no call for folders and needs none."""
    for each in (path, path.parent, path.parent.parent) if os.name != "nt" else (path,):
        descriptor = os.open(each, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
