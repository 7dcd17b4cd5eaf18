"""Backup and restore: the whole database in one file, with what it needs to be read again.

A backup is PostgreSQL's own archive (`pg_dump -Fc`) with a line of JSON before it: format, state of the tables, and
which encryption keys it needs, by fingerprint. The keys themselves are never in it. A restore goes into an empty
database only, in one transaction.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa

from cloud.foundation.database import Database, postgres_url
from cloud.foundation.embedded_postgres.programs import NEWEST_MAJOR, installed
from cloud.foundation.errors import OperatorError
from cloud.foundation.migrations.upgrading import current_revision
from cloud.foundation.tables import encryption_key

_FORMAT = "maxbooster-cloud-backup-1"
_LONGEST_HEAD = 10_000


class BackupError(OperatorError):
    """A backup cannot be made or restored."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a backup says about itself."""

    format: str
    revision: str
    keys: dict[str, str]


def back_up(address: str, target: Path) -> Head:
    """Write a backup that is consistent, while the cloud runs; nothing is left when it fails. Raises BackupError."""
    database = Database(address, pool_size=2)
    try:
        with database.connection() as connection:
            revision = current_revision(connection)
            if revision is None:
                raise BackupError("The database is empty: there is nothing to back up.")
            rows = connection.execute(sa.select(encryption_key.c.version, encryption_key.c.fingerprint))
            keys = {str(version): fingerprint.hex()[:16] for version, fingerprint in rows}
    finally:
        database.close()
    head = Head(_FORMAT, revision, keys)
    partial = target.with_name(f"{target.name}.partial")
    try:
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(json.dumps(asdict(head)).encode() + b"\n")
            file.flush()
            _dump(address, file)
            os.fsync(file.fileno())
        partial.replace(target)
    except OSError as error:
        raise BackupError(f"{target} cannot be written ({error.strerror}): choose another file.") from error
    finally:
        partial.unlink(missing_ok=True)
    return head


def restore(address: str, source: Path) -> Head:
    """Fill an empty database from a backup, as a whole or not at all. Raises BackupError."""
    _require_empty(address)
    try:
        with source.open("rb") as file:
            head = _read_head(file.readline(_LONGEST_HEAD), source)
            _fill(address, file)
    except OSError as error:
        raise BackupError(f"{source} cannot be read ({error.strerror}).") from error
    return head


def _require_empty(address: str) -> None:
    database = Database(address, pool_size=2)
    try:
        with database.connection() as connection:
            if current_revision(connection) is not None:
                raise BackupError("The database holds something: a backup is restored into an empty one only.")
    finally:
        database.close()


def _read_head(text: bytes, source: Path) -> Head:
    try:
        head = Head(**json.loads(text))
    except (ValueError, TypeError):
        head = Head("", "", {})
    if head.format != _FORMAT:
        raise BackupError(f"{source} is no backup of the cloud.")
    return head


def _dump(address: str, target: BinaryIO) -> None:
    """Write the archive behind the head. Through a pipe: an archive written into a file knows its own positions."""
    command = ["pg_dump", "-Fc", "--no-owner", "--no-privileges"]
    with _program(command, address, stdout=subprocess.PIPE) as ran:
        assert ran.stdout is not None
        shutil.copyfileobj(ran.stdout, target)


def _fill(address: str, source: BinaryIO) -> None:
    """Read the archive from where `source` stands."""
    command = ["pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", "-d"]
    with _program([*command, postgres_url(address).database or ""], address, stdin=subprocess.PIPE) as ran:
        assert ran.stdin is not None
        with suppress(BrokenPipeError), ran.stdin:  # it has ended early, and says why itself
            shutil.copyfileobj(source, ran.stdin)


@contextmanager
def _program(
    command: list[str], address: str, *, stdin: int | None = None, stdout: int | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run one of PostgreSQL's programs on a database; passwords go through the environment, never the command."""
    url = postgres_url(address)
    values = {"PGHOST": url.query.get("host", url.host), "PGPORT": url.port, "PGUSER": url.username}
    values |= {"PGPASSWORD": url.password, "PGDATABASE": url.database}
    environment = {**os.environ, **{name: str(value) for name, value in values.items() if value is not None}}
    program = installed(NEWEST_MAJOR).path(command[0])
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen([program, *command[1:]], stdin=stdin, stdout=stdout, stderr=said, env=environment) as ran:
            yield ran
        if ran.returncode != 0:
            said.seek(0)
            reason = (said.read().decode(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
            raise BackupError(f"{command[0]} failed: {reason}.")
