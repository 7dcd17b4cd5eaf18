"""Who runs the database: whoever starts it, or, started by root, an account that can do nothing else.

PostgreSQL refuses to run as root. The account owns its own folder and nothing else, and no mode or owner of a folder
that was there before is changed.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cloud.foundation.errors import OperatorError

_NAME = "maxbooster-db"


class NoAccountError(OperatorError):
    """Root started the database and no account for it could be made."""


@dataclass(frozen=True, slots=True)
class Account:
    """A system account by number."""

    uid: int
    gid: int

    def process_options(self) -> dict[str, Any]:
        """Return what `subprocess` needs to run as this account and with none of root's groups."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give a path that we have just made to this account."""
        os.chown(path, self.uid, self.gid)


def database_account() -> Account | None:
    """Return the account to run the database as, made when missing; None where the present user will do."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    return _found() or _made()


def _found() -> Account | None:
    import pwd  # noqa: PLC0415 - not on Windows

    try:
        entry = pwd.getpwnam(_NAME)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _made() -> Account:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", _NAME]
    try:
        ran = subprocess.run(command, check=False, capture_output=True, text=True)
        said = ran.stderr.strip()
    except OSError as error:
        said = str(error)
    # Looked up again in any case: another process may have made it a moment ago.
    account = _found()
    if account is None:
        raise NoAccountError(
            f"PostgreSQL does not run as root, and the account {_NAME} could not be made ({said}): "
            f"run `useradd --system {_NAME}`, or start the cloud as another user."
        )
    return account
