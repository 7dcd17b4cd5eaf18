"""A file that only takes up room, to be given up when the disk is full.

A full disk refuses even deleting rows and moving the write-ahead log into the database, so the room to finish cleanly
is set aside while there is some. It exists only while a project is open.
"""

import contextlib
import os
import shutil
from pathlib import Path

BALLAST_NAME = "project.ballast"
_FULL_BYTES = 64 << 20
# On a small or nearly full disk the ballast must not be what fills it.
_SHARE_OF_FREE = 16


class Ballast:
    """The reserved room beside a project's database."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / BALLAST_NAME

    @property
    def is_held(self) -> bool:
        """Whether there is room to give up."""
        return self._path.exists()

    def hold(self) -> None:
        """Reserve the room; where the disk has none, hold nothing."""
        try:
            size = min(_FULL_BYTES, shutil.disk_usage(self._path.parent).free // _SHARE_OF_FREE)
            with self._path.open("wb") as file:
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, size)
                else:
                    file.truncate(size)
        except OSError:
            self.release()

    def release(self) -> None:
        """Give the room up."""
        with contextlib.suppress(OSError):
            self._path.unlink()
