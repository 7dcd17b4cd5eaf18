"""Versions: made by themselves when it matters, by hand when wished; restoring is an edit like any other."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state_codec import state_hash
from maxbooster_desktop.project.store import session
from maxbooster_desktop.project.store.errors import VersionMissingError
from maxbooster_desktop.project.store.opening import create_project, open_project
from maxbooster_desktop.project.store.project import Project
from sync.document import compaction
from tests.factories.projects import add_clip, add_marker, add_track, delete, move_clip, rename_track, set_gain


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A track with two clips of notes and a marker."""
    with create_project(tmp_path / "song") as project:
        project.do(add_track, "A")
        for start in (0, 3840):
            project.do(add_clip, project.state.track_order[0], start, 8)
        project.do(add_marker, 960, "Verse")
        yield project


def kinds(project: Project) -> list[tuple[str, str]]:
    return [(version.kind, version.name) for version in project.versions()]


def change_everything(project: Project) -> None:
    first, second = project.state.clips
    project.do(move_clip, first, 9600)
    project.do(delete, second)
    project.do(rename_track, project.state.track_order[0], "B")
    project.do(add_track, "New")
    project.do(add_clip, project.state.track_order[-1], 100, 5)
    project.do(add_marker, 480, "Late")


def test_restoring_gives_the_same_project_and_can_be_undone(project: Project) -> None:
    version = project.save_version("Before the band came").result()
    saved = state_hash(project.state)
    change_everything(project)
    changed = state_hash(project.state)
    assert changed != saved
    change = project.restore_version(version.id).result()
    assert change.name == "Restore Before the band came"
    assert state_hash(project.state) == saved
    project.undo().result()
    assert state_hash(project.state) == changed
    project.redo().result()
    assert state_hash(project.state) == saved


def test_restoring_keeps_the_state_before_and_is_a_version_itself(project: Project) -> None:
    version = project.save_version("Mine").result()
    change_everything(project)
    before = state_hash(project.state)
    project.restore_version(version.id).result()
    assert kinds(project)[:3] == [("restored", "Mine"), ("before", "Before restoring Mine"), ("named", "Mine")]
    project.restore_version(project.versions()[1].id).result()
    assert state_hash(project.state) == before


def test_a_restored_project_is_the_same_after_reopening(project: Project) -> None:
    version = project.save_version("Mine").result()
    saved = state_hash(project.state)
    change_everything(project)
    project.restore_version(version.id).result()
    project.close()
    with open_project(project.folder) as again:
        assert state_hash(again.state) == saved
        again.undo().result()
        assert len(again.state.track_order) == 2


def test_a_version_that_does_not_exist_is_named(project: Project) -> None:
    last = project.history()[-1]
    with pytest.raises(VersionMissingError, match="There is no version 77"):
        project.restore_version(77).result()
    assert project.history()[-1] == last
    assert project.durability.is_durable


def test_a_large_deletion_keeps_the_state_before(project: Project) -> None:
    track = project.state.track_order[0]
    for number in range(60):
        project.do(add_clip, track, number * 100, 2)
    before = state_hash(project.state)
    project.do(delete, track)
    assert project.state.clips == {}
    assert kinds(project)[0] == ("before", "Before: Delete")
    project.restore_version(project.versions()[0].id).result()
    assert state_hash(project.state) == before


def test_a_small_deletion_keeps_none(project: Project) -> None:
    count = len(project.versions())
    project.do(delete, *project.state.clips)
    assert len(project.versions()) == count


def session_versions(folder: Path) -> list[str]:
    """Return the automatic versions of sessions, newest first, without opening the project for writing."""
    with open_project(folder, read_only=True) as reader:
        return [kind for kind, _ in kinds(reader) if kind in ("opened", "closed")]


def test_a_session_keeps_a_version_at_its_end_only_when_it_changed_something(project: Project) -> None:
    project.close()
    assert session_versions(project.folder) == ["closed", "opened"]
    for edits, expected in ((False, 1), (True, 2), (False, 2)):
        with open_project(project.folder) as again:
            if edits:
                again.do(add_track, "More")
        assert session_versions(project.folder).count("closed") == expected
    with open_project(project.folder) as last:
        latest = state_hash(last.state)
        last.do(add_track, "Later")
        last.restore_version(last.versions()[0].id).result()
        assert state_hash(last.state) == latest


def test_what_a_killed_session_left_becomes_a_version_when_it_is_opened(project: Project, tmp_path: Path) -> None:
    shutil.copytree(project.folder, tmp_path / "killed")
    with open_project(tmp_path / "killed") as again:
        again.history()
        assert kinds(again)[0] == ("opened", "Opened")
        assert again.versions()[0].number == 4


def test_named_versions_outlive_the_thinning_of_automatic_ones(project: Project) -> None:
    named = project.save_version("Keep me").result()
    for _ in range(30):
        project.restore_version(named.id).result()
        project.do(add_track, "More")
    found = kinds(project)
    assert ("named", "Keep me") in found
    assert len([kind for kind, _ in found if kind != "named"]) == 50


def test_versions_can_be_listed_while_only_reading(project: Project) -> None:
    project.save_version("Mine").result()
    with open_project(project.folder, read_only=True) as reader:
        assert reader.versions()[0].name == "Mine"


def test_a_history_much_longer_than_the_document_is_compacted_on_opening(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two values that keep overwriting each other grow a document for ever; opening makes it small again."""
    for module in (session, compaction):
        monkeypatch.setattr(module, "BYTES", 50_000)
    track = project.state.track_order[0]

    def scribble(document: ProjectDocument) -> None:
        for number in range(5_000):
            document.registers.write(
                {("tracks", f"{track}.g"): number / 7, ("tracks", f"{track}.pan"): 0.5 / (number + 1)}, "me"
            )

    project.submit(scribble).result()
    project.do(set_gain, track, -6.0)
    grown = len(project.submit(lambda document: document.registers.encode()).result())
    expected = state_hash(project.state)
    steps = project.history()
    project.close()
    with open_project(project.folder) as again:
        assert len(again.submit(lambda document: document.registers.encode()).result()) < grown / 4
        assert again.history() == steps
        again.do(rename_track, track, "Goes on")
        again.undo().result()
        assert state_hash(again.state) == expected
    with open_project(project.folder) as again:
        assert again.recovery is None
        assert state_hash(again.state) == expected
