"""Opening `project.sqlite`: the settings that make a commit durable, and the checks that find damage.

Writing: WAL, `synchronous=FULL`, every transaction `BEGIN IMMEDIATE` (a transaction that reads first and writes later
can fail in a way no waiting cures), one connection. Reading beside a writer: one deferred transaction, which sees one
commit and nothing after it.
"""

import contextlib
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from blake3 import blake3

from maxbooster_desktop.project.store.tables import LAYOUT_VERSION, metadata

DATABASE_NAME = "project.sqlite"
#: What a database is called until it is whole.
PARTIAL_NAME = "project.sqlite.partial"
#: "MBDP": marks the file as ours.
APPLICATION_ID = 0x4D424450
_BUSY_MS = 5000
_DAMAGE_CODES = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_REFUSAL_CODES = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
}
DIGEST_BYTES = 16


class DamageFoundError(Exception):
    """The database, or a row in it, is not what was written; opening turns it into a recovery."""


def digest(*blobs: bytes) -> bytes:
    """Return what is stored beside a blob, or several in a row, to recognise damage.

    Raises:
        DamageFoundError: one is no blob; SQLite lets another program put anything into a column.
    """
    if not all(isinstance(blob, bytes) for blob in blobs):
        raise DamageFoundError("a value of another type")
    return blake3(b"".join(blobs)).digest(DIGEST_BYTES)


def checked(blob: bytes, expected: bytes, what: str) -> bytes:
    """Return `blob` if it is what was stored.

    Raises:
        DamageFoundError: it is not.
    """
    if digest(blob) != expected:
        raise DamageFoundError(what)
    return blob


def create_database(path: Path) -> None:
    """Make an empty database with our tables."""
    engine = writing_engine(path, mode="rwc")
    try:
        with engine.begin() as connection:
            metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version = {LAYOUT_VERSION}")
    finally:
        engine.dispose()


def writing_engine(path: Path, *, mode: Literal["rw", "rwc"] = "rw") -> sa.Engine:
    """Return an engine whose transactions are durable when they have committed."""

    def connect() -> sqlite3.Connection:
        connection = _connect(path, mode)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA wal_autocheckpoint = 1000")
            if sys.platform == "darwin":
                connection.execute("PRAGMA fullfsync = 1")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    # One connection for the engine's life: closing the last one would checkpoint the log each time.
    return _engine(connect, "BEGIN IMMEDIATE", sa.pool.StaticPool)


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sa.Connection]:
    """Yield a connection that sees one consistent commit, while another program may be writing.

    Where the folder does not allow the files SQLite wants beside a database, a copy is read.

    Raises:
        DamageFoundError: not even what SQLite says of the damage can be read.
    """
    with contextlib.ExitStack() as stack:
        try:
            connection = stack.enter_context(_reading_in_place(path, "ro"))
        except UnicodeDecodeError as error:
            raise DamageFoundError("the names of its tables") from error
        except sa.exc.DBAPIError as error:
            if is_damage(error):
                raise
            connection = stack.enter_context(_reading_copy(path))
        yield connection


def reading_backup(path: Path) -> contextlib.AbstractContextManager[sa.Connection]:
    """Return a connection to a finished copy, which nobody writes, so that no files appear beside it."""
    return _reading_in_place(path, "ro&immutable=1")


@contextlib.contextmanager
def _reading_in_place(path: Path, mode: str) -> Iterator[sa.Connection]:
    engine = _engine(lambda: _connect(path, mode), "BEGIN")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar_one()
            yield connection
    finally:
        engine.dispose()


@contextlib.contextmanager
def _reading_copy(path: Path) -> Iterator[sa.Connection]:
    with tempfile.TemporaryDirectory(prefix="maxbooster-") as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        log = path.with_name(path.name + "-wal")
        if log.exists():
            shutil.copyfile(log, copy.with_name(log.name))
        engine = _engine(lambda: _connect(copy, "rw"), "BEGIN")
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()


def check_structure(connection: sa.Connection, *, thorough: bool) -> None:
    """Let SQLite look for damage in its own structure.

    Raises:
        DamageFoundError: it found some.
    """
    pragma = "integrity_check" if thorough else "quick_check"
    try:
        answer = connection.exec_driver_sql(f"PRAGMA {pragma}(1)").scalar_one()
        names = set(sa.inspect(connection).get_table_names())
    except sa.exc.DBAPIError as error:
        if is_damage(error):
            raise DamageFoundError(str(error.orig)) from error
        raise
    if answer != "ok":
        raise DamageFoundError(str(answer))
    if not set(metadata.tables) <= names:
        raise DamageFoundError("tables are missing")


def move_log_into_file(engine: sa.Engine) -> None:
    """Checkpoint the write-ahead log and empty it; what a reader still needs stays."""
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    finally:
        connection.close()


def layout_in_header(path: Path) -> int:
    """Return the `user_version` without opening the database, 0 where the file is not ours or cannot be read.

    Offsets: https://www.sqlite.org/fileformat.html, 1.3 "The Database Header".
    """
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except OSError:
        return 0
    is_ours = header.startswith(b"SQLite format 3\0") and header[68:72] == APPLICATION_ID.to_bytes(4, "big")
    return int.from_bytes(header[60:64], "big") if is_ours else 0


def layout_of(connection: sa.Connection) -> int:
    """Return the `user_version` of the file."""
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def is_damage(error: sa.exc.DBAPIError) -> bool:
    """Whether SQLite says that the file itself is broken."""
    return _code(error) in _DAMAGE_CODES


def is_refusal(error: sa.exc.DBAPIError) -> bool:
    """Whether the disk refused: full, unwritable or failing. Trying again later may help."""
    return _code(error) in _REFUSAL_CODES


def is_full(error: sa.exc.DBAPIError) -> bool:
    """Whether the disk is full."""
    return _code(error) == sqlite3.SQLITE_FULL


def _code(error: sa.exc.DBAPIError) -> int:
    # The low byte is the primary code, the rest tells its variants apart.
    return int(getattr(error.orig, "sqlite_errorcode", 0)) & 0xFF


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_BUSY_MS / 1000, isolation_level=None
    )


def _engine(
    connect: Callable[[], sqlite3.Connection], begin: str, pool: type[sa.pool.Pool] = sa.pool.NullPool
) -> sa.Engine:
    engine = sa.create_engine("sqlite+pysqlite://", creator=connect, poolclass=pool)

    def start(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    sa.event.listen(engine, "begin", start)
    return engine


def copy_into(engine: sa.Engine, target: Path) -> None:
    """Copy the database as of now into a new file through SQLite's backup call.

    Raises:
        sqlite3.Error: the copy could not be finished.
    """
    source = engine.raw_connection()
    copy = sqlite3.connect(target)
    try:
        assert isinstance(source.dbapi_connection, sqlite3.Connection)
        source.dbapi_connection.backup(copy)
    finally:
        copy.close()
        source.close()
