"""A lock on an open file that the system lets go of when its holder ends, however it ends."""

import sys
from typing import BinaryIO

# Windows keeps others from reading locked bytes, so the lock lies far behind what a lock file says.
_LOCK_BYTE = 1 << 20

if sys.platform == "win32":
    import msvcrt

    def try_lock(file: BinaryIO) -> bool:
        """Lock a file for this opening of it; returns False when another one holds it. The position moves."""
        file.seek(_LOCK_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def try_lock(file: BinaryIO) -> bool:
        """Lock a file for this opening of it; returns False when another one holds it.

        Raises:
            OSError: the disk knows no locks.
        """
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
