"""The handle: durable edits from any thread, shared commits, errors that disturb nobody, history, subscribers."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.errors import EditError
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import ProjectState, TrackId
from maxbooster_desktop.project.document.state_codec import state_hash
from maxbooster_desktop.project.store import database, op_log
from maxbooster_desktop.project.store.errors import ProjectClosedError, ProjectReadOnlyError
from maxbooster_desktop.project.store.opening import create_project, open_project
from maxbooster_desktop.project.store.project import Project
from tests.factories.projects import add_clip, add_track, delete, rename_track, set_gain


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with create_project(tmp_path / "Ärger & Söhne #1%20?") as project:
        yield project


def ops_on_disk(project: Project) -> int:
    with database.reading(project.folder / database.DATABASE_NAME) as connection:
        return op_log.last_number(connection)


def test_an_edit_is_on_disk_when_do_returns(project: Project) -> None:
    change = project.do(add_track, "Bass")
    assert ops_on_disk(project) == 1
    assert change.created == set(project.state.track_order)
    assert project.durability.is_durable
    assert project.durability.reason == ""


def test_a_new_project_has_its_folders_name_and_rate(tmp_path: Path) -> None:
    with create_project(tmp_path / "deep" / "Song", sample_rate=96_000) as project:
        assert (project.state.meta.name, project.state.meta.sample_rate) == ("Song", 96_000)
        assert project.audio.folder.is_dir()


def test_edits_that_wait_together_share_commits(project: Project) -> None:
    commits: list[sa.Connection] = []

    def count(connection: sa.Connection) -> None:
        commits.append(connection)

    release = threading.Event()
    sa.event.listen(sa.Engine, "commit", count)
    try:
        project.submit(lambda _: release.wait())
        futures = [project.submit(add_track, f"T{number}") for number in range(50)]
        release.set()
        assert [len(future.result().created) for future in futures] == [1] * 50
    finally:
        sa.event.remove(sa.Engine, "commit", count)
    assert ops_on_disk(project) == 50
    assert 1 <= len(commits) <= 25


def test_a_verb_that_fails_disturbs_nobody(project: Project) -> None:
    before = project.submit(add_track, "Before")
    failing = project.submit(delete, "nothing")
    after = project.submit(add_track, "After")
    with pytest.raises(EditError):
        failing.result()
    assert failing.projected.is_set()
    assert before.result().created
    assert after.result().created
    assert [project.state.tracks[track].name for track in project.state.track_order] == ["Before", "After"]
    assert ops_on_disk(project) == 2


def test_an_edit_shows_before_it_is_stored(project: Project) -> None:
    future = project.submit(add_track, "Bass")
    assert future.projected.wait(10)
    assert len(project.state.track_order) == 1
    assert future.result(10).step == 1


def test_edits_from_many_threads_all_arrive(project: Project) -> None:
    def work(name: str) -> None:
        for number in range(20):
            project.do(add_track, f"{name}{number}")

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = {project.state.tracks[track].name for track in project.state.track_order}
    assert names == {f"{name}{number}" for name in "abcd" for number in range(20)}


def test_several_verbs_in_one_step_are_one_op_and_one_undo(project: Project) -> None:
    def both(document: ProjectDocument) -> Change:
        with document.step("Add two"):
            add_track(document, "A")
            return add_track(document, "B")

    project.do(both)
    assert ops_on_disk(project) == 1
    assert [step.name for step in project.history()] == ["Add two"]
    assert project.undo().result() is not None
    assert project.state.track_order == ()


def test_history_survives_reopening_and_can_be_walked(tmp_path: Path) -> None:
    folder = tmp_path / "song"
    with create_project(folder) as project:
        project.do(add_track, "A")
        track = project.state.track_order[0]
        for gain_db in (-1.0, -2.0, -3.0):
            project.do(set_gain, track, gain_db)
        project.undo().result()
    with open_project(folder) as project:
        assert [(step.name, step.is_undone) for step in project.history()] == [
            ("Add track A", False),
            ("Set gain", False),
            ("Set gain", False),
            ("Set gain", True),
        ]
        assert project.state.tracks[track].gain_db == -2.0
        project.redo().result()
        assert project.state.tracks[track].gain_db == -3.0
        project.jump_to(2).result()
        assert project.state.tracks[track].gain_db == -1.0
        project.jump_to(0).result()
        assert project.state.track_order == ()
        assert project.undo().result() is None
        project.jump_to(4).result()
        assert project.state.tracks[track].gain_db == -3.0


def test_subscribers_hear_each_change_until_they_leave(project: Project) -> None:
    heard: list[tuple[Change, ProjectState, str]] = []
    leave = project.subscribe(lambda change, state: heard.append((change, state, threading.current_thread().name)))
    change = project.do(add_track, "A")
    leave()
    project.do(add_track, "B")
    assert [entry[0] for entry in heard] == [change]
    assert len(heard[0][1].track_order) == 1
    assert heard[0][2].startswith("document ")


def test_a_subscriber_that_fails_is_logged_and_keeps_nobody_from_hearing(
    project: Project, expected_log: Callable[[str], None]
) -> None:
    expected_log("A subscriber failed on Add track A")
    heard = []

    def fail(change: Change, state: ProjectState) -> None:
        raise RuntimeError("painted into a corner")

    project.subscribe(fail)
    project.subscribe(lambda change, _: heard.append(change))
    change = project.do(add_track, "A")
    assert heard == [change]


def test_history_can_be_asked_on_the_document_thread(project: Project) -> None:
    lengths = []
    project.subscribe(lambda *_: lengths.append(len(project.history())))
    project.do(add_track, "A")
    assert lengths == [1]


def test_a_closed_project_refuses_edits_and_can_be_closed_again(project: Project) -> None:
    waiting = [project.submit(add_track, f"T{number}") for number in range(20)]
    project.close()
    assert all(future.result().created for future in waiting)
    project.close()
    with pytest.raises(ProjectClosedError, match="open it again"):
        project.do(add_track, "Late")
    assert len(project.state.track_order) == 20


def test_reading_beside_a_writer_sees_what_was_committed(project: Project) -> None:
    project.do(add_track, "A")
    with open_project(project.folder, read_only=True) as reader:
        project.do(rename_track, project.state.track_order[0], "B")
        assert [track.name for track in reader.state.tracks.values() if track.kind == "midi"] == ["A"]
        with pytest.raises(ProjectReadOnlyError, match="opened for reading"):
            reader.do(add_track, "C")
    with open_project(project.folder, read_only=True) as reader:
        assert state_hash(reader.state) == state_hash(project.state)


def test_a_cancelled_edit_is_not_made(project: Project) -> None:
    release = threading.Event()
    project.submit(lambda _: release.wait())
    cancelled = project.submit(add_track, "A")
    assert cancelled.cancel()
    release.set()
    project.do(add_track, "B")
    assert len(project.state.track_order) == 1


def test_copies_of_a_project_do_not_share_a_client_id(tmp_path: Path) -> None:
    """Two copies edited apart must merge: with one client id the second one's edits would silently be dropped."""
    import shutil

    with create_project(tmp_path / "one") as project:
        project.do(add_track, "A")
        track = TrackId(project.state.track_order[0])
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    updates = []
    for name in ("one", "two"):
        with open_project(tmp_path / name) as project:
            project.do(add_clip, track, 960)
            updates.append(project.submit(lambda document: document.registers.encode()).result())
    with open_project(tmp_path / "one") as project:
        project.do(lambda document: document.merge(updates[1]))
        assert len(project.state.clips) == 2
