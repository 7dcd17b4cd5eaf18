"""Opening a database on this machine: WAL, `synchronous=FULL`, every transaction `BEGIN IMMEDIATE`, one at a time.

A commit that returned is on disk. One connection, used under a lock, so any thread may call; another process waits
for its turn. What the disk refuses is undone as a whole and raised as `StorageRefusedError`.
"""

import contextlib
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from sync.storage.errors import StorageError, StorageRefusedError

_BUSY_S = 5.0
_REFUSALS = {
    sqlite3.SQLITE_FULL: "its disk is full: free some space",
    sqlite3.SQLITE_READONLY: "it is read-only: check its permissions",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: check the folder's permissions",
    sqlite3.SQLITE_IOERR: "its disk fails: check it",
    sqlite3.SQLITE_BUSY: "another program holds it: close that one",
    sqlite3.SQLITE_NOTADB: "it is no database: move it away",
    sqlite3.SQLITE_CORRUPT: "it is damaged: move it away",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """What is in a file: its tables, their version, and the mark that says so."""

    tables: sa.MetaData
    version: int
    application_id: int


class Database:
    """A database of one person's on this machine, with what its layout says."""

    def __init__(self, place: str, engine: sa.Engine, layout: Layout) -> None:
        self._place, self._engine, self._layout = place, engine, layout
        self._lock = threading.RLock()
        try:
            with self.transaction() as connection:
                self._prepare(connection)
        except StorageError:
            self.close()
            raise

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Yield a connection whose changes are durable, all or none, when the block ends."""
        with self._lock:
            try:
                with self._engine.begin() as connection:
                    yield connection
            except sa.exc.DBAPIError as error:
                reason = _REFUSALS.get(getattr(error.orig, "sqlite_errorcode", 0) & 0xFF)
                if reason is None:
                    raise
                raise StorageRefusedError(f"{self._place} takes nothing: {reason}.") from error

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._engine.dispose()

    def _prepare(self, connection: sa.Connection) -> None:
        found = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        layout = self._layout
        if found > layout.version:
            raise StorageError(f"{self._place} was written by a newer program: update this one.")
        if found < layout.version:
            layout.tables.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA application_id = {layout.application_id}")
            connection.exec_driver_sql(f"PRAGMA user_version = {layout.version}")


def open_database(path: Path, layout: Layout) -> Database:
    """Open or make the database; raises StorageRefusedError, or StorageError when a newer program wrote it."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            if sys.platform == "darwin":
                connection.execute("PRAGMA fullfsync = 1")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    return Database(str(path), engine_on(connect), layout)


def engine_on(connect: Callable[[], sqlite3.Connection]) -> sa.Engine:
    """Return an engine on the one connection that `connect` opens."""
    engine = sa.create_engine("sqlite+pysqlite://", creator=connect, poolclass=sa.pool.StaticPool)
    sa.event.listen(engine, "begin", _begin_immediate)
    return engine


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
