"""Whether the database that is open still lies at its path: a person may move, delete or replace the folder meanwhile.

SQLite goes on writing to a file that lost its name, and what it stores there is gone with the process. So each commit
first compares the file at the path with the one that was opened: by device and inode on POSIX, by volume and file id
on Windows (`os.stat` gives both as `st_dev` and `st_ino`). The file is never opened for this: closing it again would
release SQLite's locks on it.
"""

import contextlib
import os
from pathlib import Path

_WAIT = "or save a copy elsewhere, the last edits wait in memory until then"
_OPEN_FILES = Path("/proc/self/fd")


class Whereabouts:
    """Remembers which file was opened at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened = os.stat(path)

    def present_folder(self) -> Path:
        """Return the folder that holds the opened file now; where the system does not tell, the one it was in."""
        with contextlib.suppress(OSError):
            for entry in _OPEN_FILES.iterdir():
                with contextlib.suppress(OSError):  # closed since it was listed
                    if os.path.samestat(os.stat(entry), self._opened):
                        return Path(os.readlink(entry)).parent
        return self._path.parent

    def problem(self) -> str:
        """Return in one sentence why nothing may be stored now; empty while the file is where it was."""
        folder = self._path.parent
        try:
            found = os.stat(self._path)
        except (FileNotFoundError, NotADirectoryError):
            return f"{folder} was moved, renamed or deleted while it was open: put it back {_WAIT}."
        except OSError as error:
            return f"{folder} cannot be reached ({error.strerror}): bring its disk back {_WAIT}."
        if os.path.samestat(found, self._opened):
            return ""
        return f"{self._path} was replaced by another file while it was open: put the one before back {_WAIT}."
