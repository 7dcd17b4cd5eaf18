"""Where a data folder's database lies, and that only one process has it open.

    DATA/postgres/          started by anybody but root
    HOME/<id>/              started by root; <id> stands in DATA/postgres.id, HOME is the account's folder

Below either: `cluster/` (PostgreSQL's own), `server.log`, `reserve` (space for when the disk is full). The socket lies
in a short private folder of its own, because its path may have 100 characters and a data folder's any number.
"""

import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cloud.foundation import data_folder
from cloud.foundation.data_folder import DataFolderError
from cloud.foundation.embedded_postgres.account import Account
from cloud.foundation.embedded_postgres.file_lock import FileLock

_HOME = Path("/var/lib/maxbooster-db")
#: A socket's name adds 14 characters and macOS allows 103 in all.
_LONGEST_SOCKET_FOLDER = 85


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of one database."""

    base: Path
    home: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data directory."""
        return self.base / "cluster"

    @property
    def log(self) -> Path:
        """What the server and its set-up say."""
        return self.base / "server.log"


def prepare(data: Path, account: Account | None) -> Layout:
    """Make what is missing of the folders and return them; the data folder is private when it is made here."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if account is None:
            base, home = data / "postgres", data
            base.mkdir(mode=0o700, exist_ok=True)
        else:
            home = Path(os.environ.get("MAXBOOSTER_DB_HOME", _HOME))
            base = home / _id_of(data)
    except OSError as error:
        raise data_folder.refused(data, error) from error
    if account is not None:
        _make_owned(base, home, account)
    return Layout(base, home)


@contextmanager
def exclusive(layout: Layout, data: Path) -> Iterator[None]:
    """Hold the database for this process; raises DataFolderError while another has it."""
    try:
        lock = FileLock(layout.base.with_name(f"{layout.base.name}.lock"))
    except OSError as error:
        raise data_folder.refused(data, error) from error
    with lock:
        if not lock.is_held:
            raise DataFolderError(
                f"The data folder {data} is in use by another process: stop that one, or choose another with --data."
            )
        yield


def new_socket_folder(layout: Layout, account: Account | None) -> Path:
    """Make a short folder that only the server's account and root can enter."""
    homes = [Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108 - a private folder is made inside
    candidates = homes if account is None else [layout.home, homes[1]]
    short = [folder for folder in candidates if len(os.fsencode(folder)) + 12 <= _LONGEST_SOCKET_FOLDER]
    if not short:
        raise DataFolderError(f"The folder for temporary files, {candidates[0]}, has too long a path: set TMPDIR.")
    folder = Path(tempfile.mkdtemp(prefix="mb-", dir=short[0]))
    if account is not None:
        account.own(folder)
    return folder


def _id_of(data: Path) -> str:
    """Return the name of the database that belongs to a data folder, chosen once."""
    note = data / "postgres.id"
    with suppress(FileExistsError):  # chosen before
        data_folder.write_once(note, f"{secrets.token_hex(8)}\n")
    found = note.read_text(encoding="ascii", errors="replace").strip()
    if not re.fullmatch("[0-9a-f]{16}", found):
        raise DataFolderError(
            f"{note} names no database any more: put back a copy of it, or of the whole folder {data}."
        )
    return found


def _make_owned(base: Path, home: Path, account: Account) -> None:
    try:
        if not home.exists():
            home.mkdir(mode=0o711, parents=True, exist_ok=True)
        if not base.exists():
            base.mkdir(mode=0o700)
            account.own(base)
    except OSError as error:
        raise DataFolderError(
            f"Root's databases cannot be kept in {home} ({error.strerror}): name a folder in MAXBOOSTER_DB_HOME."
        ) from error
