"""The objects that a backup of the database names: copied beside it, put back, and checked by their hashes.

The database is written first: what is stored after that is in neither, and what a backup names is removed a day after
it was found to be needed by nobody at the earliest. Objects never change, so a folder of copies only grows, and the
next backup beside the same file adds what is new. Whatever is read is compared with its name.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from blake3 import blake3

from cloud.blobs.tables import blob
from cloud.foundation.database import Database
from cloud.ops.backup import BackupError

_READ_BYTES = 1 << 20


class Store(Protocol):
    """The object store, as far as a backup needs it."""

    def size(self, hash_: str) -> int | None:
        """Return how large an object is, None when it is not there."""
        ...

    def read(self, hash_: str, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes from `start` up to `end`."""
        ...

    def put(self, hash_: str, source: Path) -> None:
        """Store a file's bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of it.

    Attributes:
        objects: so many there should be.
        copied: of these, those that were written.
        bad: the hashes of those that are missing or damaged.
    """

    objects: int
    copied: int
    bad: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What an operator is told of the bad ones; empty when there is none."""
        if not self.bad:
            return ""
        named = ", ".join(self.bad[:3]) + (f" and {len(self.bad) - 3} more" if len(self.bad) > 3 else "")
        return f"{len(self.bad)} of {self.objects} objects are missing or damaged: {named}."


def folder_beside(backup: Path) -> Path:
    """Return where the copies of a backup's objects lie."""
    return backup.with_name(f"{backup.name}.objects")


def check_objects(address: str, store: Store) -> Checked:
    """Look whether the store has every object that the database names, by size: for one that keeps its own copies."""
    named = _named(address)
    return Checked(len(named), 0, tuple(hash_ for hash_, size in named if store.size(hash_) != size))


def copy_objects(address: str, store: Store, folder: Path) -> Checked:
    """Copy every object that the database names into a folder, but for those that are there. Raises BackupError."""
    named, copied, bad = _named(address), 0, []
    try:
        for hash_, size in named:
            target = folder / hash_[:2] / hash_[2:4] / hash_
            if target.is_file() and _hash(_pieces(target)) == hash_:
                continue
            if store.size(hash_) == size and _copy(store.read(hash_, 0, size), target, hash_):
                copied += 1
            else:
                bad.append(hash_)
    except OSError as error:
        raise BackupError(f"{folder} cannot be written ({error.strerror}): choose another file.") from error
    return Checked(len(named), copied, tuple(bad))


def restore_objects(address: str, store: Store, folder: Path) -> Checked:
    """Bring back every object that the database names and the store has not whole. Raises BackupError."""
    named, copied, bad = _named(address), 0, []
    for hash_, size in named:
        if store.size(hash_) == size and _hash(store.read(hash_, 0, size)) == hash_:
            continue
        source = folder / hash_[:2] / hash_[2:4] / hash_
        if source.is_file() and _hash(_pieces(source)) == hash_:
            store.put(hash_, source)
            copied += 1
        else:
            bad.append(hash_)
    return Checked(len(named), copied, tuple(bad))


def _named(address: str) -> list[tuple[str, int]]:
    """Return hash and size of every object that the database names."""
    database = Database(address, pool_size=2)
    try:
        with database.connection() as connection:
            query = sa.select(blob.c.hash, blob.c.size).where(sa.not_(blob.c.is_going)).order_by(blob.c.hash)
            return [(row.hash, row.size) for row in connection.execute(query)]
    finally:
        database.close()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_READ_BYTES):
            yield piece


def _hash(pieces: Iterator[bytes]) -> str:
    digest = blake3()
    for piece in pieces:
        digest.update(piece)
    return str(digest.hexdigest())


def _copy(pieces: Iterator[bytes], target: Path, hash_: str) -> bool:
    """Write an object whole; return False, with nothing written, when it is damaged."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial, digest = target.with_suffix(".partial"), blake3()
    with partial.open("wb") as file:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if digest.hexdigest() != hash_:
        partial.unlink()
        return False
    partial.replace(target)
    return True
