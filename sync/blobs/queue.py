"""What waits to be transferred, and what is kept here: `transfers.sqlite`, durable before a call returns.

The order: peaks and device states, then previews, then originals; within each what can be heard now comes first.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from sync.storage.database import Database, Layout, open_database

FILE_NAME = "transfers.sqlite"
UP, DOWN = "up", "down"
_RANKS = {"peaks": 0, "state": 0, "preview": 1, "audio": 2}

metadata = sa.MetaData()
transfer = sa.Table(
    "transfer",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("project_id", sa.Text, nullable=False),
    sa.Column("original", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("is_audible", sa.Boolean, nullable=False),
    # Of an upload: the original's file, and the address in the cloud once it has begun.
    sa.Column("source", sa.Text),
    sa.Column("upload", sa.Text),
    sa.Column("upload_hash", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),
    # By the wall clock: it outlives the program.
    sa.Column("not_before", sa.Float, nullable=False),
    # Why it waits for a person; NULL while it goes by itself.
    sa.Column("problem", sa.Text),
    sa.UniqueConstraint("direction", "project_id", "original", "kind"),
    sqlite_autoincrement=True,
)
kept = sa.Table(
    "kept",
    metadata,
    sa.Column("original", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    # The BLAKE3 of the file, and its name.
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("used_at", sa.Float, nullable=False),
)
#: "MBTR": marks the file as ours.
LAYOUT = Layout(metadata, 1, 0x4D425452)


@dataclass(frozen=True, slots=True)
class Transfer:
    """Something to bring to the cloud or to fetch from it."""

    number: int
    direction: str
    project_id: str
    original: str
    kind: str
    source: Path | None
    upload: str | None
    upload_hash: str | None
    attempts: int


class TransferQueue:
    """The queue; any thread may use it. A transfer that somebody took is given to nobody else until it is put back."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._taken: set[int] = set()

    def add_upload(self, project_id: str, original: str, kind: str, source: Path) -> None:
        """Bring a file, or what is made from it, to the cloud; the second time only where it lies is noted."""
        self._add((UP, project_id, original, kind), str(source))

    def add_download(self, project_id: str, original: str, kind: str) -> None:
        """Fetch something from the cloud; one that waits for a person is tried again."""
        self._add((DOWN, project_id, original, kind), None)

    def hear(self, originals: Collection[str]) -> None:
        """Let what can be heard now come first, and nothing else."""
        now = transfer.c.original.in_(sorted(originals))
        with self.database.transaction() as connection:
            connection.execute(sa.update(transfer).values(is_audible=now))

    def take(self, direction: str, now: float, kinds: Collection[str]) -> Transfer | None:
        """Return the next transfer of a direction that may go now; None when all wait."""
        query = sa.select(transfer).where(
            transfer.c.direction == direction,
            transfer.c.not_before <= now,
            transfer.c.problem.is_(None),
            transfer.c.kind.in_(sorted(kinds)),
        )
        order = (transfer.c.rank, sa.desc(transfer.c.is_audible), transfer.c.number)
        with self.database.transaction() as connection:
            free = transfer.c.number.not_in(sorted(self._taken))
            row = connection.execute(query.where(free).order_by(*order).limit(1)).mappings().first()
            if row is None:
                return None
            self._taken.add(row["number"])
        own = {name: row[name] for name in Transfer.__slots__ if name != "source"}
        return Transfer(**own, source=Path(row["source"]) if row["source"] else None)

    def note_upload(self, one: Transfer, upload: str | None, upload_hash: str | None) -> None:
        """Keep where an upload goes on."""
        self._change(one, upload=upload, upload_hash=upload_hash)

    def done(self, one: Transfer) -> None:
        """Forget a transfer that has come to its end."""
        try:
            with self.database.transaction() as connection:
                connection.execute(sa.delete(transfer).where(transfer.c.number == one.number))
        finally:  # what the disk does not note is done again
            self._taken.discard(one.number)

    def put_back(self, one: Transfer, not_before: float, problem: str | None = None) -> None:
        """Let a transfer wait: for a moment, or for a person."""
        try:
            self._change(one, attempts=one.attempts + 1, not_before=not_before, problem=problem)
        finally:  # as above
            self._taken.discard(one.number)

    def drop(self, project_id: str, direction: str, originals: Collection[str] | None = None) -> None:
        """Give up a project's transfers of a direction, or those of some originals."""
        gone = sa.delete(transfer).where(transfer.c.project_id == project_id, transfer.c.direction == direction)
        if originals is not None:
            gone = gone.where(transfer.c.original.in_(sorted(originals)))
        with self.database.transaction() as connection:
            connection.execute(gone)

    def waiting(self, direction: str) -> int:
        """Return how many transfers of a direction there are."""
        query = sa.select(sa.func.count()).where(transfer.c.direction == direction)
        with self.database.transaction() as connection:
            return int(connection.execute(query).scalar_one())

    def originals(self, project_id: str, direction: str) -> set[str]:
        """Return of which originals something of a project waits or is under way."""
        which = transfer.c.project_id == project_id, transfer.c.direction == direction
        with self.database.transaction() as connection:
            return set(connection.execute(sa.select(transfer.c.original).where(*which).distinct()).scalars())

    def work_names(self) -> set[str]:
        """Return what files are called that transfers need: by their numbers, and by sound and kind."""
        query = sa.select(transfer.c.number, transfer.c.original, transfer.c.kind)
        with self.database.transaction() as connection:
            rows = connection.execute(query).all()
        return {name for row in rows for name in (str(row.number), f"{row.original}.{row.kind}")}

    def problems(self, project_id: str | None = None) -> list[tuple[str, str, str]]:
        """Return what waits for a person, in all projects or one: original, kind and why."""
        query = sa.select(transfer.c.original, transfer.c.kind, transfer.c.problem)
        if project_id is not None:
            query = query.where(transfer.c.project_id == project_id)
        with self.database.transaction() as connection:
            rows = connection.execute(query.where(transfer.c.problem.is_not(None)).order_by(transfer.c.number)).all()
        return [(row.original, row.kind, row.problem) for row in rows]

    def _add(self, key: tuple[str, str, str, str], source: str | None) -> None:
        which = dict(zip(("direction", "project_id", "original", "kind"), key, strict=True))
        values = {**which, "rank": _RANKS[which["kind"]], "is_audible": False, "source": source}
        same = sa.and_(*(transfer.c[name] == value for name, value in which.items()))
        with self.database.transaction() as connection:
            again = sa.update(transfer).where(same).values(problem=None, not_before=0.0, source=source)
            if connection.execute(again).rowcount == 0:
                connection.execute(sa.insert(transfer).values(**values, attempts=0, not_before=0.0))

    def _change(self, one: Transfer, **values: object) -> None:
        with self.database.transaction() as connection:
            connection.execute(sa.update(transfer).where(transfer.c.number == one.number).values(**values))


def open_queue(folder: Path) -> TransferQueue:
    """Open or make the queue in a folder; raises StorageError."""
    folder.mkdir(parents=True, exist_ok=True)
    return TransferQueue(open_database(folder / FILE_NAME, LAYOUT))
