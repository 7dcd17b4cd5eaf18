"""Keeps the media cache from growing for ever: what was not used for longest goes first.

A file's time of change is the last time it was used (`mark_used`). Files in use are never removed; a file that another
running program has mapped stays readable there, or cannot be removed (Windows). What was removed is decoded again when
it is needed.
"""

import contextlib
import os
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

#: The cache takes at most this much, and at most this share of what the disk would have free without it.
LARGEST_BYTES = 20_000_000_000
DISK_SHARE = 0.1
_SUFFIXES = frozenset({".f32", ".peaks"})


def trim(folder: Path, in_use: Collection[str], needed_bytes: int = 0, limit_bytes: int | None = None) -> int:
    """Remove the files used longest ago until `needed_bytes` more stay within the limit; returns the bytes removed.

    Args:
        folder: The cache's folder of decoded sounds.
        in_use: Names of files that stay, whatever the limit.
        needed_bytes: What is about to be written.
        limit_bytes: The limit; by default 20 GB or a tenth of the disk's free room, whichever is less.
    """
    files = sorted(_files(folder), key=lambda file: (file[0].st_mtime_ns, file[1].name))
    total = sum(status.st_size for status, _ in files)
    if limit_bytes is None:
        limit_bytes = min(LARGEST_BYTES, int(DISK_SHARE * (shutil.disk_usage(folder).free + total)))
    removed = 0
    for status, path in files:
        if total - removed + needed_bytes <= limit_bytes:
            break
        if path.name not in in_use and _remove(path):
            removed += status.st_size
    return removed


def mark_used(paths: Iterable[Path]) -> None:
    """Note that files are used now."""
    for path in paths:
        # A cache that cannot be written is not trimmed either; a file that is gone is decoded again.
        with contextlib.suppress(OSError):
            os.utime(path)


def _files(folder: Path) -> list[tuple[os.stat_result, Path]]:
    found = []
    for path in folder.iterdir():
        # Another run may remove it meanwhile.
        with contextlib.suppress(FileNotFoundError):
            if path.suffix in _SUFFIXES and path.is_file():
                found.append((path.stat(), path))
    return found


def _remove(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except PermissionError:  # mapped by another run, on Windows
        return False
    return True
