"""A project's folder that is moved, deleted or replaced while it is open: noticed before an edit counts as stored."""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from maxbooster_desktop.project.document.state_codec import state_hash
from maxbooster_desktop.project.store.ballast import BALLAST_NAME
from maxbooster_desktop.project.store.errors import ProjectUnreachableError, StorageFullError
from maxbooster_desktop.project.store.opening import create_project, open_project
from maxbooster_desktop.project.store.project import Project
from tests.factories.projects import add_track


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    assert condition()


def edit_in_vain(project: Project) -> None:
    """Make an edit that is shown and must not be acknowledged, then one that must be refused."""
    future = project.submit(add_track, "Waiting")
    assert future.projected.wait(10)
    wait_for(lambda: not project.durability.is_durable)
    assert not future.done()
    assert any(track.name == "Waiting" for track in project.state.tracks.values())
    with pytest.raises(StorageFullError, match="while it was open"):
        project.do(add_track, "Refused")


def names(project: Project) -> list[str]:
    return [project.state.tracks[track].name for track in project.state.track_order]


@pytest.fixture
def project(tmp_path: Path):
    with create_project(tmp_path / "song") as opened:
        opened.do(add_track, "Stored")
        yield opened
        opened.close(discard_unstored=True)


def test_a_deleted_folder_stores_nothing_and_is_named(project: Project) -> None:
    shutil.rmtree(project.folder)
    with pytest.raises(ProjectUnreachableError, match="cannot be read any more: put the folder back"):
        project.versions()
    edit_in_vain(project)
    assert project.durability.reason.startswith(
        f"{project.folder} was moved, renamed or deleted while it was open: put"
    )
    with pytest.raises(StorageFullError, match="moved, renamed or deleted"):
        project.close()
    assert names(project) == ["Stored", "Waiting"]
    project.close(discard_unstored=True)
    assert not project.folder.exists()


def test_who_waits_for_an_edit_is_told_instead_of_waiting_for_ever(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maxbooster_desktop.project.store.project._PATIENCE_S", 0.3)
    shutil.rmtree(project.folder)
    with pytest.raises(StorageFullError, match="moved, renamed or deleted"):
        project.do(add_track, "Waiting")
    assert names(project) == ["Stored", "Waiting"]


def test_a_moved_folder_keeps_what_was_acknowledged(project: Project, tmp_path: Path) -> None:
    project.folder.rename(tmp_path / "elsewhere")
    edit_in_vain(project)
    project.close(discard_unstored=True)
    with open_project(tmp_path / "elsewhere") as moved:
        assert names(moved) == ["Stored"]
        assert moved.recovery is None


def test_a_folder_put_back_takes_what_waited(project: Project, tmp_path: Path) -> None:
    project.folder.rename(tmp_path / "elsewhere")
    edit_in_vain(project)
    (tmp_path / "elsewhere").rename(project.folder)
    wait_for(lambda: project.durability.is_durable)
    project.do(add_track, "Later")
    expected = state_hash(project.state)
    project.close()
    with open_project(project.folder) as again:
        assert names(again) == ["Stored", "Waiting", "Later"]
        assert state_hash(again.state) == expected


def test_another_project_in_its_place_is_not_touched(project: Project, tmp_path: Path) -> None:
    """A twin copied back to the old path, as a synchronising program does, with its own log and reserved room."""
    project.folder.rename(tmp_path / "elsewhere")
    with create_project(project.folder) as other:
        other.do(add_track, "Other")
        wait_for((project.folder / BALLAST_NAME).exists)
        with pytest.raises(StorageFullError, match="while it was open"):
            project.do(add_track, "Refused")
        assert "project.sqlite was replaced by another file" in project.durability.reason
        project.close(discard_unstored=True)
        assert (project.folder / BALLAST_NAME).exists()
        assert (project.folder / "project.sqlite-wal").exists()
        other.do(add_track, "More")
    with open_project(project.folder) as other:
        assert names(other) == ["Other", "More"]
    with open_project(tmp_path / "elsewhere") as own:
        assert names(own) == ["Stored"]


def test_a_folder_that_goes_while_nothing_is_edited_is_noticed_on_closing(tmp_path: Path) -> None:
    threads = threading.active_count()
    project = create_project(tmp_path / "song")
    project.do(add_track, "Stored")
    wait_for((project.folder / BALLAST_NAME).exists)
    shutil.rmtree(project.folder)
    with pytest.raises(StorageFullError, match="moved, renamed or deleted"):
        project.close()
    project.close(discard_unstored=True)
    assert threading.active_count() == threads


def test_a_folder_that_goes_before_the_first_rest_leaves_nothing_behind(tmp_path: Path) -> None:
    """Reserving room and copying backups must neither fail aloud nor make the folder anew."""
    project = create_project(tmp_path / "song")
    project.do(add_track, "Stored")
    shutil.rmtree(project.folder)
    wait_for(lambda: not project.durability.is_durable)
    assert not project.folder.exists()
    project.close(discard_unstored=True)
