"""Saving a copy elsewhere: whole, with what waits, while the project's own folder is gone, moved or full."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from maxbooster_desktop.project.document.state_codec import state_hash
from maxbooster_desktop.project.exchange.import_audio import import_audio
from maxbooster_desktop.project.store.cloud_link import CloudLink
from maxbooster_desktop.project.store.errors import FolderNotWritableError, NotAProjectError, ProjectExistsError
from maxbooster_desktop.project.store.opening import create_project, open_project
from maxbooster_desktop.project.store.project import Project
from maxbooster_desktop.project.store.sharing import Sharing
from tests.factories.audio_files import noise, write_audio
from tests.factories.projects import add_track
from tests.unit.project.store.test_displaced_project import wait_for


@pytest.fixture
def project(tmp_path: Path):
    """A project with two sounds, a named version and some history."""
    opened = create_project(tmp_path / "song")
    files = [write_audio(tmp_path / f"{name}.wav", noise(2_000, seed=len(name))) for name in ("kick", "snare")]
    import_audio(opened, files)
    opened.save_version("Rough").result()
    opened.do(add_track, "Stored")
    yield opened
    opened.close(discard_unstored=True)


def _wait_in_memory(project: Project, name: str) -> None:
    """Make an edit that cannot be stored."""
    assert project.submit(add_track, name).projected.wait(10)
    wait_for(lambda: not project.durability.is_durable)


def _assert_same(copy: Path, project: Project, missing: set[str]) -> None:
    """Compare a copy with the project it was made of, as far as a person can tell them apart."""
    with open_project(copy) as opened:
        assert state_hash(opened.state) == state_hash(project.state)
        assert [step.name for step in opened.history()] == [step.name for step in project.history()]
        assert "Rough" in [version.name for version in opened.versions()]
        assert {asset.name for asset in opened.audio.missing(opened.state.assets.values())} == missing
        assert (opened.recovery, opened.read_only_reason) == (None, None)
        opened.do(add_track, "Goes on")
        opened.undo().result()
        assert state_hash(opened.state) == state_hash(project.state)


def test_a_deleted_project_is_saved_elsewhere_with_what_waited(project: Project, tmp_path: Path) -> None:
    shutil.rmtree(project.folder)
    _wait_in_memory(project, "Waiting")
    assert "save a copy elsewhere" in project.durability.reason
    copied = project.copy_to(tmp_path / "rescued" / "song")
    assert sorted(copied.missing) == ["kick", "snare"]
    _assert_same(copied.folder, project, {"kick", "snare"})
    # The copy changes nothing about the one that is open.
    assert not project.durability.is_durable


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux tells where an open file lies")
def test_a_moved_project_brings_its_sounds(project: Project, tmp_path: Path) -> None:
    project.folder.rename(tmp_path / "elsewhere")
    _wait_in_memory(project, "Waiting")
    copied = project.copy_to(tmp_path / "rescued")
    assert copied.missing == ()
    _assert_same(copied.folder, project, set())


def test_a_healthy_project_is_copied_while_it_is_open(project: Project, tmp_path: Path) -> None:
    next(project.audio.folder.rglob("*.wav")).write_bytes(b"another sound")
    copied = project.copy_to(tmp_path / "copy")
    assert len(copied.missing) == 1
    _assert_same(copied.folder, project, set(copied.missing))


def test_a_copy_that_fails_leaves_nothing(project: Project, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(ProjectExistsError, match="choose another folder"):
        project.copy_to(tmp_path / "taken")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FolderNotWritableError, match="choose another folder"):
        project.copy_to(tmp_path / "file" / "copy")
    resource = pytest.importorskip("resource")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, usual[1]))
    try:
        with pytest.raises(FolderNotWritableError):
            project.copy_to(tmp_path / "copy")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert not (tmp_path / "copy").exists()
    assert project.durability.is_durable


def test_the_copy_of_a_shared_project_is_an_ordinary_one(project: Project, tmp_path: Path) -> None:
    project.submit_shared(Sharing.share, CloudLink("prj_1", "https://cloud.example", "device")).result()
    copied = project.copy_to(tmp_path / "copy")
    _assert_same(copied.folder, project, set())
    with open_project(copied.folder) as opened:
        assert opened.link is None
    assert project.link is not None


def test_the_copy_of_a_shared_project_that_cannot_be_stored_goes_on_as_another_device(
    project: Project, tmp_path: Path
) -> None:
    project.submit_shared(Sharing.share, CloudLink("prj_1", "https://cloud.example", "device")).result()
    shutil.rmtree(project.folder)
    _wait_in_memory(project, "Waiting")
    copied = project.copy_to(tmp_path / "rescued")
    with open_project(copied.folder) as opened:
        assert opened.link is not None
        assert (opened.link.project_id, opened.link.device == "device") == ("prj_1", False)


@pytest.mark.parametrize("name", ["x" * 300, "nul\0"])
def test_a_place_that_cannot_be_leaves_no_folders_above_it(project: Project, tmp_path: Path, name: str) -> None:
    with pytest.raises(FolderNotWritableError, match="choose another folder"):
        project.copy_to(tmp_path / "new" / "above" / name)
    assert not (tmp_path / "new").exists()


def test_a_folder_that_somebody_makes_meanwhile_stays_theirs(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Path.mkdir

    def overtaken(path: Path, **how: Any) -> None:
        if path == tmp_path / "copy":
            make(path)
            (path / "theirs").write_bytes(b"x")
        make(path, **how)

    monkeypatch.setattr(Path, "mkdir", overtaken)
    with pytest.raises(ProjectExistsError):
        project.copy_to(tmp_path / "copy")
    assert (tmp_path / "copy" / "theirs").read_bytes() == b"x"


def test_a_copy_that_was_killed_is_named_for_what_it_is(project: Project, tmp_path: Path) -> None:
    copied = project.copy_to(tmp_path / "copy")
    (copied.folder / "project.sqlite").rename(copied.folder / "project.sqlite.partial")
    with pytest.raises(NotAProjectError, match="never finished: delete the folder"):
        open_project(copied.folder)
