"""What has arrived of uploads that are not whole: a file for each, which only ever grows.

Its length is the truth about how much arrived, also after the process was killed. One request writes at a time: the
lock ends with the process.
"""

import os
import re
from pathlib import Path

from cloud.blobs.errors import DiskFullError, UploadBusyError
from cloud.foundation.data_folder import NO_ROOM
from cloud.foundation.embedded_postgres.file_lock import FileLock

_ID = re.compile(r"upl_[0-9a-z]{26}")


class GrowingFile:
    """One upload's file, held by one request."""

    def __init__(self, path: Path, lock: FileLock) -> None:
        self.path, self._lock = path, lock
        self._file = path.open("ab", buffering=0)
        self.length = path.stat().st_size

    def add(self, piece: bytes) -> None:
        """Append bytes; raises DiskFullError after keeping what fitted."""
        left = memoryview(piece)
        try:
            while left:
                written = self._file.write(left) or 0
                self.length += written
                left = left[written:]
        except OSError as error:
            raise _refusal(error) from error

    def keep(self) -> None:
        """Make what has arrived durable; raises DiskFullError."""
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise _refusal(error) from error

    def cut_back(self, length: int) -> None:
        """Forget everything behind `length`."""
        self._file.truncate(length)
        self.length = length

    def discard(self) -> None:
        """Forget all of it."""
        self._file.close()
        self.path.unlink(missing_ok=True)
        self.path.with_suffix(".lock").unlink(missing_ok=True)

    def close(self) -> None:
        """Let others write."""
        self._file.close()
        self._lock.__exit__(None, None, None)


class IncomingFolder:
    """A folder of such files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def length(self, upload_id: str) -> int:
        """Return how many bytes have arrived."""
        try:
            return self._path(upload_id).stat().st_size
        except FileNotFoundError:  # nothing yet
            return 0

    def open(self, upload_id: str) -> GrowingFile:
        """Take an upload for writing; raises UploadBusyError when another request has it, DiskFullError."""
        path = self._path(upload_id)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FileLock(path.with_suffix(".lock"))
        except OSError as error:
            raise _refusal(error) from error
        if not lock.is_held:
            lock.__exit__(None, None, None)
            raise UploadBusyError("Another request is writing to this upload: ask where it is, then go on.")
        try:
            return GrowingFile(path, lock)
        except OSError as error:
            lock.__exit__(None, None, None)
            raise _refusal(error) from error

    def ids(self) -> list[str]:
        """Return the uploads of which something has arrived."""
        return sorted({path.stem for path in self._folder.glob("upl_*") if _ID.fullmatch(path.stem)})

    def remove(self, upload_id: str) -> None:
        """Forget an upload; one that is being written to is left alone."""
        if not self._path(upload_id).exists():
            return
        lock = self._path(upload_id).with_suffix(".lock")
        with FileLock(lock) as held:
            if held.is_held:
                self._path(upload_id).unlink(missing_ok=True)
                lock.unlink(missing_ok=True)

    def _path(self, upload_id: str) -> Path:
        if not _ID.fullmatch(upload_id):
            raise ValueError("only ids name uploads")
        return self._folder / f"{upload_id}.part"


def _refusal(error: OSError) -> Exception:
    if error.errno in NO_ROOM:
        return DiskFullError("There is no room at the moment; what arrived is kept: go on later.")
    return error
