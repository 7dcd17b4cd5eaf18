"""Files of a render before they have their names, and what renders that were killed have left of them.

A render locks each of its files from making it until it has its name; the system lets go of a lock however its holder
ends. So whoever can lock such a file has found a leftover. Windows needs no locks: there nobody can remove a file that
is open. A disk without locks keeps its leftovers.
"""

import contextlib
import os
import re
import secrets
import sys
from pathlib import Path
from typing import BinaryIO

from maxbooster_desktop.foundation.file_lock import try_lock

_NAME = re.compile(r"\.maxbooster-[0-9a-f]{16}\.partial")


def open_partial(folder: Path) -> tuple[Path, BinaryIO]:
    """Make a file in `folder` that nobody takes for a leftover while it is open."""
    while True:
        path = folder / f".maxbooster-{secrets.token_hex(8)}.partial"
        file = open(path, "xb")  # noqa: SIM115 - the caller closes it
        if _is_claimed(file):
            return path, file
        # Somebody cleared the folder between the two calls.
        file.close()


def _is_claimed(file: BinaryIO) -> bool:
    if sys.platform == "win32":
        return True
    try:
        return try_lock(file) and os.fstat(file.fileno()).st_nlink > 0
    except OSError:
        return True


def clear_leftovers(folder: Path) -> None:
    """Remove the files of renders that were killed; those of running ones stay, and so does everything else."""
    for path in folder.glob(".maxbooster-*.partial"):
        # Gone meanwhile, still open (Windows), of somebody else, or on a disk without locks: it stays.
        with contextlib.suppress(OSError):
            if _NAME.fullmatch(path.name) and path.is_file() and not path.is_symlink():
                _remove_if_left(path)


def _remove_if_left(path: Path) -> None:
    if sys.platform == "win32":
        path.unlink()
        return
    with open(path, "rb") as file:
        if try_lock(file):
            path.unlink()
