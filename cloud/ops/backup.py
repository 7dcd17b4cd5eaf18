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
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.engine import URL

from cloud.foundation.database import Database, postgres_url
from cloud.foundation.embedded_postgres.programs import NEWEST_MAJOR, installed
from cloud.foundation.encryption import Keyring
from cloud.foundation.errors import OperatorError
from cloud.foundation.migrations.upgrading import current_revision, known_revisions
from cloud.foundation.tables import encryption_key

#: What an address may say of TLS when it need not have it.
_MAY_BE_PLAIN = ("disable", "allow", "prefer")
#: What pg_restore says of the database that it fills, or of its own age; all else is what a damaged archive leads to.
_NO_DAMAGE = (
    "could not execute query",
    "COPY failed",
    "query failed",
    "PQputCopy",
    "connection",
    "server closed",
    "unsupported version",
)
_FORMAT = "maxbooster-cloud-backup-1"
_LONGEST_HEAD = 10_000


class BackupError(OperatorError):
    """A backup cannot be made or restored."""


class ProgramFailedError(BackupError):
    """One of PostgreSQL's programs could not do its part."""

    def __init__(self, program: str, reason: str) -> None:
        self.reason = reason.rstrip(".")
        super().__init__(f"{program} failed ({self.reason}): see to that, then run this again.")


@dataclass(frozen=True, slots=True)
class Head:
    """What a backup says about itself."""

    format: str
    revision: str
    keys: dict[str, str]


_HEAD = TypeAdapter(Head)


def back_up(address: str, target: Path) -> Head:
    """Write a backup that is consistent, while the cloud runs; nothing is left when it fails. Raises BackupError."""
    target = target.resolve()
    if target.exists() and not target.is_file():
        raise BackupError(f"{target} is a folder or a device, which a backup would take the place of: name a file.")
    database = Database(address, pool_size=2)
    try:
        with database.connection() as connection:
            revision = current_revision(connection)
            if revision is None:
                raise BackupError("The database is empty: there is nothing to back up.")
            rows = connection.execute(sa.select(encryption_key.c.version, encryption_key.c.fingerprint))
            keys = {str(version): _mark(fingerprint) for version, fingerprint in rows}
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


def require_restorable(source: Path, keyring: Keyring) -> None:
    """Check, before anything is changed, that this release can read a backup and decrypt it. Raises BackupError."""
    with _opened(source) as file:
        head = _read_head(file, source)
    if head.revision not in known_revisions():
        raise BackupError(
            f"{source} was made by a newer release (state {head.revision}): restore it with that. Nothing was changed."
        )
    held = {str(version): _mark(keyring.derived("fingerprint", version)) for version in keyring.versions}
    for version, mark in head.keys.items():
        if held.get(version) != mark:
            raise BackupError(
                f"{source} was made with another encryption key of version {version}, so nothing was changed: put the "
                "secrets.json of then into the data folder, or its keys into MAXBOOSTER_CLOUD_KEYS."
            )


def _mark(fingerprint: bytes) -> str:
    return fingerprint.hex()[:16]


def restore(address: str, source: Path) -> Head:
    """Fill an empty database from a backup, as a whole or not at all. Raises BackupError."""
    _require_empty(address)
    with _opened(source) as file:
        head = _read_head(file, source)
        try:
            _fill(address, file)
        except ProgramFailedError as error:
            if any(sign in error.reason for sign in _NO_DAMAGE):
                raise
            raise BackupError(
                f"{source} is damaged or was cut off, so nothing was restored ({error.reason}): take another backup."
            ) from error
    return head


@contextmanager
def _opened(source: Path) -> Iterator[BinaryIO]:
    """Open a backup; a pipe would be waited for without end."""
    if source.exists() and not source.is_file():
        raise BackupError(f"{source} is a folder or a device: name the file of a backup.")
    try:
        with source.open("rb") as file:
            yield file
    except OSError as error:
        raise BackupError(f"{source} cannot be read ({error.strerror}): choose another file.") from error


def _require_empty(address: str) -> None:
    database = Database(address, pool_size=2)
    try:
        with database.connection() as connection:
            if current_revision(connection) is not None:
                raise BackupError(
                    "The database holds something, which stays as it is: restore into an empty database, or name a new "
                    "folder with --data."
                )
    finally:
        database.close()


def _read_head(file: BinaryIO, source: Path) -> Head:
    try:
        head = _HEAD.validate_json(file.readline(_LONGEST_HEAD))
    except ValidationError:
        raise BackupError(
            f"{source} is no backup of the cloud: name a file that `maxbooster cloud backup` wrote."
        ) from None
    if head.format != _FORMAT:
        raise BackupError(f"{source} was made by a newer release (as {head.format}): restore it with that.")
    return head


def _dump(address: str, target: BinaryIO) -> None:
    """Write the archive behind the head. Through a pipe: an archive written into a file knows its own positions."""
    command = ["pg_dump", "-Fc", "--no-owner", "--no-privileges", "-d"]
    with _program(command, address, stdout=subprocess.PIPE) as ran:
        assert ran.stdout is not None
        shutil.copyfileobj(ran.stdout, target)


def _fill(address: str, source: BinaryIO) -> None:
    """Read the archive from where `source` stands."""
    command = ["pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", "-d"]
    with _program(command, address, stdin=subprocess.PIPE) as ran:
        assert ran.stdin is not None
        with suppress(BrokenPipeError), ran.stdin:  # it has ended early, and says why itself
            shutil.copyfileobj(source, ran.stdin)


def _path_of(program: str, url: URL) -> str:
    """Return where a program lies: ours, or for what must be encrypted the system's, because ours speak no TLS."""
    if url.query.get("sslmode", "prefer") in _MAY_BE_PLAIN:
        return str(installed(NEWEST_MAJOR).path(program))
    found = shutil.which(program)
    if found is None:
        raise BackupError(
            f"DATABASE_URL asks for TLS, which the {program} that comes along does not speak: install PostgreSQL's "
            f"client programs, version {NEWEST_MAJOR} or newer."
        )
    return found


@contextmanager
def _program(
    command: list[str], address: str, *, stdin: int | None = None, stdout: int | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run one of PostgreSQL's programs with a database as its last argument.

    It gets the address whole, for what it asks of TLS holds here, too; but the password through the environment.
    What it says is in English, because we look for words in it.
    """
    url = postgres_url(address)
    password = url.password or url.query.get("password")
    environment = {**os.environ, "LC_ALL": "C", **({"PGPASSWORD": str(password)} if password else {})}
    query = {name: value for name, value in url.query.items() if name != "password"}
    shown = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    command = [*command, shown.render_as_string()]
    program = _path_of(command[0], url)
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen([program, *command[1:]], stdin=stdin, stdout=stdout, stderr=said, env=environment) as ran:
            yield ran
        if ran.returncode != 0:
            said.seek(0)
            raise ProgramFailedError(command[0], _reason(said.read().decode(errors="replace")))


def _reason(said: str) -> str:
    """Return of what a program said its first error: what follows is where it was, and whole statements."""
    lines = said.strip().splitlines() or ["it said nothing"]
    errors = (line.partition("error:")[2] for line in lines if "error:" in line)
    return " ".join(next(errors, lines[-1]).split())
