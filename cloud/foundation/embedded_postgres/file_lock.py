"""A lock on a file that ends with the process that holds it, and holds within one process, too."""

import sys
from pathlib import Path
from types import TracebackType
from typing import Self

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class FileLock:
    """Holds a file for as long as the object is entered; `is_held` is false when somebody else had it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")
        self.is_held = self._try()

    def _try(self) -> bool:
        try:
            if sys.platform == "win32":
                msvcrt.locking(self._file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False  # another holder
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
