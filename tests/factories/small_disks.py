"""A small disk of its own, to be filled: a tmpfs where one may be mounted, and the test is skipped where not."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(size: int, prefix: str = "maxbooster-disk-", *, may_stay_open: bool = False) -> Iterator[Path]:
    """Mount a disk of `size` bytes; unless it `may_stay_open`, what is still open on it at the end fails the test."""
    mount = Path(tempfile.mkdtemp(prefix=prefix))
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(mount)]
    if os.name != "posix" or subprocess.run(command, check=False, capture_output=True).returncode != 0:
        mount.rmdir()
        pytest.skip("no right to mount a small disk")
    yield mount
    left_open = subprocess.run(["umount", str(mount)], check=False, capture_output=True).returncode != 0
    if left_open:
        subprocess.run(["umount", "--lazy", str(mount)], check=True)
    mount.rmdir()
    assert may_stay_open or not left_open, "something on the disk was left open"
