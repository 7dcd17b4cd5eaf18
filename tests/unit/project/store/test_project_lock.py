"""One writer per project, whoever holds it and however it ended."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from maxbooster_desktop.project.store.errors import FolderNotWritableError, ProjectLockedError
from maxbooster_desktop.project.store.lock import LOCK_NAME, ProjectLock

_HOLDER = """
import sys, time
from pathlib import Path
from maxbooster_desktop.project.store.lock import ProjectLock
lock = ProjectLock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_lock_is_refused_and_names_the_first(tmp_path: Path) -> None:
    with ProjectLock(tmp_path):
        with pytest.raises(ProjectLockedError, match=f"process {os.getpid()}") as refusal:
            ProjectLock(tmp_path)
        assert tmp_path.name in str(refusal.value)
    ProjectLock(tmp_path).release()


def test_a_released_lock_is_clean(tmp_path: Path) -> None:
    ProjectLock(tmp_path).release()
    with ProjectLock(tmp_path) as lock:
        assert not lock.was_unclean


def test_a_killed_holder_leaves_a_free_but_unclean_lock(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", _HOLDER, str(tmp_path)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    with holder.stdout:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(ProjectLockedError, match=f"process {holder.pid}"):
            ProjectLock(tmp_path)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with ProjectLock(tmp_path) as lock:
        assert lock.was_unclean


def test_an_unreadable_name_still_locks(tmp_path: Path) -> None:
    with ProjectLock(tmp_path):
        (tmp_path / LOCK_NAME).write_bytes(b"\xff\xfe nonsense")
        with pytest.raises(ProjectLockedError, match="another program"):
            ProjectLock(tmp_path)


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(FolderNotWritableError, match="gone"):
        ProjectLock(tmp_path / "gone")
