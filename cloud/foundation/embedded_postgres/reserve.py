"""Space on the database's disk that is kept for the moment when the disk is full.

A server that cannot begin its next piece of log ends, and on a full disk does not start again. So a file of `SIZE`
lies beside the database; when the disk is nearly full, whoever filled it, the file goes and the database has its space,
while the cloud refuses to write (`Database.is_full`) and so hardly needs any. When there is room again, the file comes
back. On a disk that never had the room for it, the cloud refuses to write at once.
"""

import os
import shutil
from pathlib import Path

import structlog

#: Four pieces of log (16 MiB): what is under way ends in them, and so does what recovery writes.
SIZE = 64 << 20
#: Free bytes below which the disk counts as full.
LEAST_FREE = 16 << 20
_PIECE = bytes(1 << 20)
_log = structlog.get_logger("maxbooster.cloud.disk")


class Reserve:
    """The file of one database. `look` belongs to one thread."""

    def __init__(self, base: Path) -> None:
        self._path = base / "reserve"
        self.is_full = False

    def look(self) -> bool:
        """Give the space up or take it again, as the disk is; return whether the disk is full."""
        free = shutil.disk_usage(self._path.parent).free
        if free < LEAST_FREE:
            self._path.unlink(missing_ok=True)
            self._become(is_full=True, free=free)
        elif not self._is_kept():
            self._become(is_full=free < SIZE + 2 * LEAST_FREE or not self._keep(), free=free)
        else:
            self._become(is_full=False, free=free)
        return self.is_full

    def _is_kept(self) -> bool:
        return self._path.exists() and self._path.stat().st_size == SIZE

    def _keep(self) -> bool:
        """Take space that is really there; return whether there was enough."""
        try:
            with self._path.open("wb", buffering=0) as file:
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, SIZE)
                else:
                    for _ in range(SIZE // len(_PIECE)):
                        file.write(_PIECE)
        except OSError:
            self._path.unlink(missing_ok=True)
        return self._is_kept()

    def _become(self, *, is_full: bool, free: int) -> None:
        if is_full and not self.is_full:
            _log.error("the database's disk is full: nothing is written until there is room", free_bytes=free)
        elif self.is_full and not is_full:
            _log.warning("the database's disk has room again", free_bytes=free)
        self.is_full = is_full
