"""One writer per project: a lock on `project.lock` that the system releases when its holder ends, however it ends.

The file's text names the holder. It is emptied when the project is closed in order, so text in a file that nobody
locks means that the last session ended otherwise, or that the folder was copied while it was open.
"""

import json
import os
import socket
import time
from pathlib import Path
from typing import BinaryIO, Self

from maxbooster_desktop.foundation.file_lock import try_lock
from maxbooster_desktop.project.store.errors import FolderNotWritableError, ProjectLockedError
from maxbooster_desktop.project.store.full_disk import is_full

LOCK_NAME = "project.lock"


class ProjectLock:
    """Held from opening to closing. `was_unclean` says that the session before did not close the project.

    Raises:
        ProjectLockedError: somebody else holds it.
        FolderNotWritableError: the lock file cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / LOCK_NAME
        try:
            self._file: BinaryIO = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b", buffering=0)
        except OSError as error:
            raise FolderNotWritableError(folder, error.strerror or str(error), is_full=is_full(error)) from error
        text = self._file.read()
        if not try_lock(self._file):
            self._file.close()
            raise ProjectLockedError(folder, _holder_in(text))
        self.was_unclean = bool(text.strip())
        try:
            self._write(_own_name())
        except OSError as error:
            # What stood there is as good a mark, if there was one; half a name is one too.
            self._file.close()
            raise FolderNotWritableError(folder, error.strerror or str(error), is_full=is_full(error)) from error

    def release(self) -> None:
        """Give the project back as closed in order; a second call does nothing."""
        if not self._file.closed:
            self._write(b"")
            self._file.close()

    def abandon(self) -> None:
        """Give the project back but leave the mark that the session did not end in order."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def _write(self, text: bytes) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._file.write(text)


def _own_name() -> bytes:
    about = {
        "program": "Max Booster",
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": time.strftime("%Y-%m-%d %H:%M"),
    }
    return json.dumps(about).encode()


def _holder_in(text: bytes) -> str:
    try:
        fields = json.loads(text)
        return f"{fields['program']} on {fields['host']} (process {fields['pid']}, since {fields['since']})"
    except (ValueError, KeyError, TypeError):
        # Between its lock and its name, or an unreadable name: the lock itself is what counts.
        return "another program"
