"""Backup and restore: the whole database in one file, with what it needs to be read again.

A backup is PostgreSQL's own archive (`pg_dump -Fc`) with a line of JSON before it: format, state of the tables, and
which encryption keys it needs, by fingerprint. The keys themselves are never in it. A restore goes into an empty
database only, in one transaction.
"""

import json
import os
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

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
            _run(["pg_dump", "-Fc", "--no-owner", "--no-privileges"], address, output=file.fileno())
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
        with source.open("rb", buffering=0) as file:
            head = _read_head(file.read(_LONGEST_HEAD), source)
            file.seek(len(json.dumps(asdict(head))) + 1)
            archive = source.with_name(f"{source.name}.archive")
            with archive.open("wb") as copy:
                shutil.copyfileobj(file, copy)
    except OSError as error:
        raise BackupError(f"{source} cannot be read ({error.strerror}).") from error
    try:
        command = ["pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
        _run([*command, "-d", postgres_url(address).database or "", str(archive)], address)
    finally:
        archive.unlink()
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
    line = text.partition(b"\n")[0]
    try:
        head = Head(**json.loads(line))
    except (ValueError, TypeError):
        head = Head("", "", {})
    if head.format != _FORMAT:
        raise BackupError(f"{source} is no backup of the cloud.")
    return head


def _run(command: list[str], address: str, *, output: int | None = None) -> None:
    """Run one of PostgreSQL's programs on a database; passwords go through the environment, never the command."""
    url = postgres_url(address)
    host = url.query.get("host", url.host)
    values = {"PGHOST": host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password}
    values |= {"PGDATABASE": url.database}
    environment = {**os.environ, **{name: str(value) for name, value in values.items() if value is not None}}
    program = installed(NEWEST_MAJOR).path(command[0])
    ran = subprocess.run(
        [program, *command[1:]], check=False, stdout=output, stderr=subprocess.PIPE, env=environment, text=True
    )
    if ran.returncode != 0:
        reason = (ran.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise BackupError(f"{command[0]} failed: {reason}.")
