"""What was fetched is kept here up to a size; what was used longest ago goes first.

Never evicted: what open projects pin, and what has not reached the cloud. A file is read whole and compared with its
name before it is given out; one that does not fit is removed, and whoever wants it fetches it again.
"""

import threading
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import sqlalchemy as sa
from blake3 import blake3
from sqlalchemy.dialects.sqlite import insert

from sync.blobs.queue import UP, kept, transfer
from sync.storage.database import Database

_READ_BYTES = 1 << 20


class BlobCache:
    """A folder of content by hash, `ab/cd/<hash>`; any thread may use it."""

    def __init__(self, folder: Path, database: Database, most_bytes: int, wall_s: Callable[[], float]) -> None:
        self._folder, self._database, self._wall_s = folder, database, wall_s
        self.most_bytes = most_bytes
        self._pins: dict[str, frozenset[str]] = {}
        self._lock = threading.Lock()

    def put(self, original: str, kind: str, file: Path, hash_: str) -> Path:
        """Take over a file with this hash, and make room for it; return where it lies now."""
        place, size = self._place(hash_), file.stat().st_size
        place.parent.mkdir(parents=True, exist_ok=True)
        file.replace(place)
        values = {"hash": hash_, "size": size, "used_at": self._wall_s()}
        row = insert(kept).values(original=original, kind=kind, **values)
        with self._database.transaction() as connection:
            connection.execute(row.on_conflict_do_update(index_elements=["original", "kind"], set_=values))
        self.evict()
        return place

    def get(self, original: str, kind: str) -> Path | None:
        """Return a verified file; None when it is not here or was damaged."""
        which = (kept.c.original == original, kept.c.kind == kind)
        with self._database.transaction() as connection:
            hash_ = connection.execute(sa.select(kept.c.hash).where(*which)).scalar()
            connection.execute(sa.update(kept).where(*which).values(used_at=self._wall_s()))
        if hash_ is None:
            return None
        place = self._place(hash_)
        if place.is_file() and hash_of(place) == hash_:
            return place
        self._forget([hash_])
        return None

    def drop(self, original: str) -> None:
        """Let go of everything of an original: it lies where it is needed."""
        query = sa.select(kept.c.hash).where(kept.c.original == original)
        with self._database.transaction() as connection:
            hashes = list(connection.execute(query).scalars())
        self._forget(hashes)

    def pin(self, project_id: str, originals: Collection[str]) -> None:
        """Keep what an open project needs, until `unpin`."""
        with self._lock:
            self._pins[project_id] = frozenset(originals)

    def unpin(self, project_id: str) -> None:
        """Let what a project needed go when room is needed."""
        with self._lock:
            self._pins.pop(project_id, None)
        self.evict()

    def size_bytes(self) -> int:
        """Return how much is kept."""
        with self._database.transaction() as connection:
            return int(connection.execute(sa.select(sa.func.coalesce(sa.func.sum(kept.c.size), 0))).scalar_one())

    def evict(self) -> int:
        """Remove what was used longest ago until the rest fits or is pinned; return how much was removed."""
        over = self.size_bytes() - self.most_bytes
        gone: list[str] = []
        removed = 0
        for hash_, size in self._evictable() if over > 0 else ():
            if removed >= over:
                break
            gone.append(hash_)
            removed += size
        self._forget(gone)
        return removed

    def _evictable(self) -> Iterator[tuple[str, int]]:
        with self._lock:
            pinned = sorted(frozenset[str]().union(*self._pins.values()))
        not_uploaded = sa.select(transfer.c.original).where(transfer.c.direction == UP)
        query = sa.select(kept.c.hash, kept.c.size).where(
            kept.c.original.not_in(pinned), kept.c.original.not_in(not_uploaded)
        )
        with self._database.transaction() as connection:
            rows = connection.execute(query.order_by(kept.c.used_at, kept.c.original, kept.c.kind)).all()
        yield from ((row.hash, row.size) for row in rows)

    def _forget(self, hashes: Collection[str]) -> None:
        with self._database.transaction() as connection:
            connection.execute(sa.delete(kept).where(kept.c.hash.in_(sorted(hashes))))
        for hash_ in hashes:
            self._place(hash_).unlink(missing_ok=True)

    def _place(self, hash_: str) -> Path:
        return self._folder / hash_[:2] / hash_[2:4] / hash_


def hash_of(path: Path) -> str:
    """Return the BLAKE3 of a file's bytes."""
    digest = blake3()
    with path.open("rb") as file:
        while piece := file.read(_READ_BYTES):
            digest.update(piece)
    return digest.hexdigest()
