"""A damaged `project.sqlite`: everything readable of it and of the backups, put together again.

The state comes from the snapshot that reaches furthest: a snapshot reaches as far as ops of its own epoch follow it
without a gap, wherever each was readable. The damaged file is kept as `project.sqlite.damaged-<when>`; it is moved
only when its successor is complete.
"""

import datetime as dt
import logging
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from maxbooster_desktop.project.document.errors import DamagedRecordError
from maxbooster_desktop.project.store import backups, database
from maxbooster_desktop.project.store.contents import STORE_ORIGIN
from maxbooster_desktop.project.store.errors import ProjectDamagedError
from maxbooster_desktop.project.store.record_blob import decode_record
from maxbooster_desktop.project.store.tables import facts, ops, snapshots, takes, versions
from maxbooster_desktop.project.store.versions import draft_of
from sync.document.errors import RefusedUpdateError
from sync.document.register_document import RegisterDocument

_LOG = logging.getLogger(__name__)
_REBUILT_SUFFIX = ".rebuilt"
_LOG_SUFFIXES = ("-wal", "-shm")
_READ_ERRORS = (
    sa.exc.SQLAlchemyError,
    database.DamageFoundError,
    RefusedUpdateError,
    DamagedRecordError,
    ValueError,
    TypeError,
    OSError,
    zlib.error,
)

_Rows = dict[Any, dict[str, Any]]


@dataclass
class _Finds:
    """Rows that were readable and whole, by table and key; the first source that has one counts."""

    ops: _Rows = field(default_factory=dict)
    snapshots: _Rows = field(default_factory=dict)
    versions: _Rows = field(default_factory=dict)
    takes: _Rows = field(default_factory=dict)
    facts: _Rows = field(default_factory=dict)

    def collect(self, connection: sa.Connection) -> None:
        """Add what this database has and nobody before it had."""
        for table, key, is_whole in (
            (ops, "number", _is_whole_op),
            (snapshots, "number", _is_whole_snapshot),
            (versions, "made_at", _is_whole_version),
            (takes, "id", _is_anything),
            (facts, "name", _is_text),
        ):
            rows: _Rows = getattr(self, table.name)
            for row in _readable_rows(connection, table):
                try:
                    if is_whole(row):
                        rows.setdefault(row[key], row)
                except _READ_ERRORS as error:
                    _LOG.warning("A row of %s is not what was written: %s", table.name, error)


def recover(folder: Path, cause: str) -> str:
    """Rebuild the project's database and return what happened as one sentence.

    Raises:
        ProjectDamagedError: nothing could be read; the file is left where it is.
    """
    path = folder / database.DATABASE_NAME
    finds = _Finds()
    from_file = _collect(database.reading(path), finds) if path.exists() else 0
    for backup in backups.list_backups(folder):
        _collect(database.reading_backup(backup), finds)
    base, history = _furthest(finds)
    if base is None:
        raise ProjectDamagedError(folder, path.name)
    rebuilt = path.with_name(path.name + _REBUILT_SUFFIX)
    _remove(rebuilt)
    database.create_database(rebuilt)
    _fill(rebuilt, finds, base, history)
    kept = _move_aside(path)
    rebuilt.replace(path)
    reach = max(base["number"], history[-1]["number"] if history else 0)
    _LOG.warning("%s was rebuilt up to edit %d: %s", path, reach, cause)
    return _report(folder, kept, lost=max(finds.ops, default=0) - reach, is_from_backup=not from_file)


def _collect(source: AbstractContextManager[sa.Connection], finds: _Finds) -> int:
    """Take what can be read of one source; return how many ops and snapshots are known now."""
    try:
        with source as connection:
            finds.collect(connection)
    except _READ_ERRORS as error:
        _LOG.warning("A copy of the project could not be read to its end: %s", error)
    return len(finds.ops) + len(finds.snapshots)


def _readable_rows(connection: sa.Connection, table: sa.Table) -> Iterator[dict[str, Any]]:
    """Yield rows from the front until damage is met, then from the back."""
    for order in (sa.asc, sa.desc):
        try:
            for row in connection.execute(sa.select(table).order_by(order(sa.literal_column("rowid")))).mappings():
                yield dict(row)
        except _READ_ERRORS as error:
            _LOG.warning("Rows of %s could not be read: %s", table.name, error)
        else:
            return


def _is_whole_op(row: dict[str, Any]) -> bool:
    if row["digest"] != database.digest(row["previous"], row["record"]) or not isinstance(row["epoch"], int):
        return False
    update = decode_record(row["record"]).update
    if update:
        RegisterDocument().apply(update, STORE_ORIGIN)  # raises where the digest was taken of something else
    return True


def _is_whole_snapshot(row: dict[str, Any]) -> bool:
    is_whole = all(row[f"{blob}_digest"] == database.digest(row[blob]) for blob in ("document", "state"))
    if not is_whole or not isinstance(row["epoch"], int) or not isinstance(row["op_digest"], bytes):
        return False
    RegisterDocument().load(zlib.decompress(row["document"]))  # as above
    return True


def _is_whole_version(row: dict[str, Any]) -> bool:
    draft_of(row)  # raises where anything of it cannot be read
    return True


def _is_anything(_: dict[str, Any]) -> bool:
    return True


def _is_text(row: dict[str, Any]) -> bool:
    return all(isinstance(value, str) for value in row.values())


def _furthest(finds: _Finds) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Return the snapshot that reaches furthest and all ops of its history, before and after it."""
    best: tuple[dict[str, Any] | None, list[dict[str, Any]]] = (None, [])
    best_reach = (-1, False, -1)
    for number, snapshot in finds.snapshots.items():
        after = list(_ops_after(finds, snapshot))
        own = finds.ops.get(number)
        is_linked = own is None or own["digest"] == snapshot["op_digest"]
        reach = (number + len(after), is_linked, number)
        if reach > best_reach:
            best_reach, best = reach, (snapshot, [*_ops_until(finds, snapshot), *after])
    return best


def _ops_after(finds: _Finds, snapshot: dict[str, Any]) -> Iterator[dict[str, Any]]:
    digest, number = snapshot["op_digest"], snapshot["number"]
    while (op := finds.ops.get(number + 1)) is not None:
        if op["previous"] != digest or op["epoch"] != snapshot["epoch"]:
            return
        yield op
        digest, number = op["digest"], number + 1


def _ops_until(finds: _Finds, snapshot: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the ops up to the snapshot, as far back as they are one history: what undo can reach."""
    digest, number, found = snapshot["op_digest"], snapshot["number"], []
    while (op := finds.ops.get(number)) is not None and op["digest"] == digest:
        found.append(op)
        digest, number = op["previous"], number - 1
    return found[::-1]


def _fill(path: Path, finds: _Finds, base: dict[str, Any], history: list[dict[str, Any]]) -> None:
    engine = database.writing_engine(path)
    try:
        with engine.begin() as connection:
            connection.execute(sa.insert(snapshots).values(**base))
            for table, rows in (
                (ops, history),
                (versions, [{k: v for k, v in row.items() if k != "id"} for row in finds.versions.values()]),
                (takes, list(finds.takes.values())),
                (facts, list(finds.facts.values())),
            ):
                if rows:
                    connection.execute(sa.insert(table), rows)
    finally:
        engine.dispose()


def _move_aside(path: Path) -> str:
    """Rename the damaged file and what belongs to it; return its new name."""
    stamp = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d_%H-%M-%S")
    kept = path.with_name(f"{path.name}.damaged-{stamp}")
    for suffix in ("", *_LOG_SUFFIXES):
        old = path.with_name(path.name + suffix)
        if old.exists():
            old.replace(kept.with_name(kept.name + suffix))
    return kept.name


def _remove(path: Path) -> None:
    for suffix in ("", *_LOG_SUFFIXES):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _report(folder: Path, kept: str, *, lost: int, is_from_backup: bool) -> str:
    if is_from_backup:
        what = "was rebuilt from its last backup, so the newest edits may be missing"
    elif lost > 0:
        what = f"was rebuilt without its last {lost} edits"
    else:
        what = "was rebuilt from everything that could be read"
    return f"The project {folder.name} was damaged and {what}; the damaged file is kept as {kept}."
