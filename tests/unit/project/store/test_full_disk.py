"""A disk that refuses: nothing is lost, the reason is named, and all is stored as soon as there is room."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from maxbooster_desktop.project.document.state_codec import state_hash
from maxbooster_desktop.project.store.ballast import BALLAST_NAME, Ballast
from maxbooster_desktop.project.store.errors import FolderNotWritableError, StorageFullError
from maxbooster_desktop.project.store.opening import create_project, open_project
from maxbooster_desktop.project.store.project import Project
from maxbooster_desktop.project.versions.branching import start_branch
from tests.factories.projects import add_clip, add_track, set_gain
from tests.factories.small_disks import small_disk

_DISK_BYTES = 8 << 20


@pytest.fixture
def disk() -> Iterator[Path]:
    """A small disk of its own."""
    with small_disk(_DISK_BYTES) as mount:
        yield mount


@pytest.fixture(autouse=True)
def _expected_warnings(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)


def fill(disk: Path) -> Path:
    """Take up all room that is left."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return filler


def edit_until_refused(project: Project) -> list[str]:
    """Edit until nothing more is stored; return the hash of each state."""
    track, hashes = project.state.track_order[0], []
    for number in range(5000):
        future = project.submit(add_clip, track, number * 100, 50)
        assert future.projected.wait(10)
        hashes.append(state_hash(project.state))
        if not future.done():
            time.sleep(0.05)
        if not project.durability.is_durable:
            return hashes
    raise AssertionError("the disk never filled up")


def test_nothing_is_lost_when_the_disk_is_full(disk: Path) -> None:
    folder = disk / "song"
    with create_project(folder) as project:
        project.do(add_track, "A")
        filler = fill(disk)
        hashes = edit_until_refused(project)
        assert project.durability.reason.startswith(f"The disk of {folder} is full: free some space")
        with pytest.raises(StorageFullError, match="New edits are taken again"):
            project.do(set_gain, project.state.track_order[0], -6.0)
        with pytest.raises(StorageFullError):
            project.close()
        assert state_hash(project.state) == hashes[-1]
        filler.unlink()
        project.do(set_gain, project.state.track_order[0], -3.0)
        assert project.durability.is_durable
        expected = state_hash(project.state)
    with open_project(folder) as project:
        assert state_hash(project.state) == expected
        assert len(project.history()) == len(hashes) + 2


def test_waiting_edits_are_stored_by_themselves_when_there_is_room(disk: Path) -> None:
    with create_project(disk / "song") as project:
        project.do(add_track, "A")
        filler = fill(disk)
        edit_until_refused(project)
        filler.unlink()
        until = time.monotonic() + 10
        while not project.durability.is_durable and time.monotonic() < until:
            time.sleep(0.05)
        assert project.durability.is_durable
        assert project.durability.reason == ""


def test_closing_by_force_keeps_what_was_acknowledged(disk: Path) -> None:
    with create_project(disk / "song") as project:
        project.do(add_track, "A")
        filler = fill(disk)
        hashes = [state_hash(project.state), *edit_until_refused(project)]
        project.close(discard_unstored=True)
        filler.unlink()
    with open_project(disk / "song") as project:
        assert state_hash(project.state) in hashes


def test_the_ballast_is_given_up_first(disk: Path) -> None:
    """With the ballast held, a full disk still takes the next edits."""
    with create_project(disk / "song") as project:
        project.do(add_track, "A")
        ballast = disk / "song" / BALLAST_NAME
        until = time.monotonic() + 10
        while not ballast.exists() and time.monotonic() < until:
            time.sleep(0.05)
        filler = fill(disk)
        track = project.state.track_order[0]
        for number in range(100):
            project.do(add_clip, track, number * 100, 50)
            if not ballast.exists():
                break
        assert not ballast.exists()
        project.do(add_clip, track, 77, 5)
        filler.unlink()


def test_a_project_is_not_half_made_on_a_full_disk(disk: Path) -> None:
    fill(disk)
    with pytest.raises(FolderNotWritableError, match="new cannot be written"):
        create_project(disk / "new")
    assert not (disk / "new").exists()


def test_a_full_disk_is_named_with_its_way_out_on_making_and_opening(disk: Path) -> None:
    with create_project(disk / "song") as project:
        project.do(add_track, "A")
    filler = fill(disk)
    with pytest.raises(
        FolderNotWritableError, match=r"new cannot be written \(.*\): free some space on its disk or choose"
    ):
        create_project(disk / "new")
    with pytest.raises(FolderNotWritableError, match=r"song cannot be written \(.*\): free some space on its disk or"):
        open_project(disk / "song")
    with open_project(disk / "song", read_only=True) as project:
        assert len(project.state.track_order) == 1
    filler.unlink()
    with open_project(disk / "song") as project:
        assert project.recovery is None
        project.do(add_track, "B")


def test_the_ballast_takes_a_small_share_of_a_small_disk(disk: Path) -> None:
    ballast = Ballast(disk)
    ballast.hold()
    assert ballast.is_held
    assert 0 < (disk / BALLAST_NAME).stat().st_size <= _DISK_BYTES // 16
    ballast.release()
    assert list(disk.iterdir()) == []


def test_sqlite_saying_full_is_enough(tmp_path: Path) -> None:
    """Where no disk can be mounted: SQLite itself refuses to let the file grow."""
    engines: list[sa.Connection] = []

    def remember(connection: sa.Connection) -> None:
        engines.append(connection)

    with create_project(tmp_path / "song") as project:
        sa.event.listen(sa.Engine, "commit", remember)
        try:
            project.do(add_track, "A")
        finally:
            sa.event.remove(sa.Engine, "commit", remember)
        limit = engines[-1]

        def set_limit(pages: int) -> None:
            raw = limit.engine.raw_connection()
            raw.cursor().execute(f"PRAGMA max_page_count = {pages}")
            raw.close()

        project.submit(lambda _: set_limit(1)).result()
        hashes = edit_until_refused(project)
        project._writer.thread.ask(lambda _: set_limit(1 << 30))
        project.do(set_gain, project.state.track_order[0], -3.0)
        assert len(project.history()) == len(hashes) + 2


def test_a_version_restored_on_a_full_disk_waits_and_is_stored_later(disk: Path) -> None:
    with create_project(disk / "Song") as project:
        project.do(add_track, "Wanted")
        version = project.save_version("Then").result()
        project.do(set_gain, project.state.track_order[0], -6.0)
        filler = fill(disk)
        edit_until_refused(project)
        with pytest.raises(StorageFullError):
            project.restore_version(version.id).result(timeout=10)
        filler.unlink()
        deadline = time.monotonic() + 10
        while not project.durability.is_durable and time.monotonic() < deadline:
            time.sleep(0.05)
        project.restore_version(version.id).result(timeout=10)
        restored = state_hash(project.state)
    with open_project(disk / "Song") as project:
        assert state_hash(project.state) == restored
        assert [project.state.tracks[track].name for track in project.state.track_order] == ["Wanted"]
        assert project.state.tracks[project.state.track_order[0]].gain_db == 0.0


def test_a_branch_that_finds_no_room_says_so_in_a_sentence(disk: Path, tmp_path: Path) -> None:
    with create_project(tmp_path / "song") as project:
        fill(disk)
        with pytest.raises(
            FolderNotWritableError, match=r"^[^\n]*\(database or disk is full\): free some space[^\n]*$"
        ):
            start_branch(project, disk / "branch")
    assert [path.name for path in disk.iterdir()] == ["filler"]
