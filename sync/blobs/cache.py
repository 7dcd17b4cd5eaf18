"""What was fetched is kept here up to a size; what was used longest ago goes first.

Never evicted: what open projects pin, and what has not reached the cloud. A file is read whole and compared with its
name before it is given out; one that does not fit is removed, and whoever wants it fetches it again.
"""

import threading
from collections import Counter
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
        values = {"hash": hash_, "size": size, "used_at": self._wall_s()}
        row = insert(kept).values(original=original, kind=kind, **values)
        with self._database.transaction() as connection:  # nobody removes the file before a row names it
            file.replace(place)
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
        self._forget(kept.c.hash == hash_)
        return None

    def drop(self, original: str) -> None:
        """Let go of everything of an original: it lies where it is needed."""
        self._forget(kept.c.original == original)

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
        files = sa.select(kept.c.hash, kept.c.size).distinct().subquery()
        with self._database.transaction() as connection:
            return int(connection.execute(sa.select(sa.func.coalesce(sa.func.sum(files.c.size), 0))).scalar_one())

    def evict(self) -> int:
        """Remove what was used longest ago until the rest fits or is pinned; return how much was removed."""
        over = self.size_bytes() - self.most_bytes
        gone: list[tuple[str, str]] = []
        removed = 0
        for original, kind, size in self._evictable() if over > 0 else ():
            if removed >= over:
                break
            gone.append((original, kind))
            removed += size
        if gone:
            self._forget(sa.tuple_(kept.c.original, kept.c.kind).in_(gone))
        return removed

    def _evictable(self) -> Iterator[tuple[str, str, int]]:
        """Yield (original, kind, how much its file frees): nothing before the last that names the file."""
        with self._lock:
            pinned = sorted(frozenset[str]().union(*self._pins.values()))
        not_uploaded = sa.select(transfer.c.original).where(transfer.c.direction == UP)
        may_go = sa.and_(kept.c.original.not_in(pinned), kept.c.original.not_in(not_uploaded)).label("may_go")
        query = sa.select(kept.c.original, kept.c.kind, kept.c.hash, kept.c.size, may_go)
        with self._database.transaction() as connection:
            rows = connection.execute(query.order_by(kept.c.used_at, kept.c.original, kept.c.kind)).all()
        names = Counter(row.hash for row in rows)
        for row in rows:
            if row.may_go:
                names[row.hash] -= 1
                yield row.original, row.kind, 0 if names[row.hash] else row.size

    def _forget(self, which: sa.ColumnElement[bool]) -> None:
        """Let rows go, and the files that no other row names."""
        with self._database.transaction() as connection:
            hashes = set(connection.execute(sa.select(kept.c.hash).where(which)).scalars())
            connection.execute(sa.delete(kept).where(which))
            named = sa.select(kept.c.hash).where(kept.c.hash.in_(sorted(hashes)))
            for hash_ in hashes - set(connection.execute(named).scalars()):
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
