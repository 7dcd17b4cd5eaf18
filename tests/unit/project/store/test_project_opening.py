"""What can be opened, how, and the one sentence when it cannot."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state_codec import state_hash
from maxbooster_desktop.project.store import backups, database, opening
from maxbooster_desktop.project.store.errors import (
    FolderNotWritableError,
    NotAProjectError,
    ProjectExistsError,
    ProjectLockedError,
    ProjectMissingError,
    ProjectReadOnlyError,
    ProjectTooNewError,
)
from maxbooster_desktop.project.store.opening import create_project, open_project
from tests.factories.projects import add_clip, add_track, move_clip

_AS_NOBODY = """
import os, sys
from pathlib import Path
from maxbooster_desktop.project.store.opening import create_project, open_project
from maxbooster_desktop.foundation.errors import MaxBoosterError
# Only now: another user may not even be able to read the interpreter.
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
try:
    project = globals()[sys.argv[1]](Path(sys.argv[2]))
    print(project.read_only_reason, len(project.state.track_order))
except MaxBoosterError as error:
    print(type(error).__name__, error)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed project with a track."""
    folder = tmp_path / "song"
    with create_project(folder) as project:
        project.do(add_track, "A")
    return folder


def sql(folder: Path, statement: str) -> None:
    engine = sa.create_engine(f"sqlite:///{folder / 'project.sqlite'}")
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def as_nobody(verb: str, folder: Path) -> str:
    """Run as a user without rights, as root may do everything everywhere."""
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root can start a process of another user")
    command = [sys.executable, "-c", _AS_NOBODY, verb, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_a_second_writer_is_refused_with_the_holder(folder: Path) -> None:
    with open_project(folder), pytest.raises(ProjectLockedError, match=rf"song is already open.*process {os.getpid()}"):
        open_project(folder)
    open_project(folder).close()


def test_what_is_no_project_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProjectMissingError, match="nowhere"):
        open_project(tmp_path / "nowhere")
    with pytest.raises(NotAProjectError, match="is not a Max Booster project"):
        open_project(tmp_path)
    file = tmp_path / "file"
    file.write_text("text")
    with pytest.raises(NotAProjectError, match="file"):
        open_project(file, read_only=True)


def test_a_new_project_never_covers_what_is_there(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ProjectExistsError, match="choose another folder"):
        create_project(folder)
    (tmp_path / "file").write_text("text")
    with pytest.raises(FolderNotWritableError, match="file"):
        create_project(tmp_path / "file")
    with pytest.raises(FolderNotWritableError, match="inside"):
        create_project(tmp_path / "file" / "inside")
    assert (tmp_path / "file").read_text() == "text"
    (tmp_path / "empty").mkdir()
    create_project(tmp_path / "empty").close()


def test_a_project_that_moved_just_opens(folder: Path) -> None:
    moved = folder.rename(folder.with_name("renamed"))
    with open_project(moved) as project:
        project.do(add_track, "B")
        assert project.recovery is None
        assert project.state.meta.name == "song"


def test_a_newer_layout_opens_for_reading(folder: Path) -> None:
    sql(folder, "PRAGMA user_version = 2")
    with open_project(folder) as project:
        assert project.read_only_reason == "it was made by a newer Max Booster: update this one to edit it."
        assert len(project.state.track_order) == 1
        with pytest.raises(ProjectReadOnlyError, match="newer Max Booster"):
            project.do(add_track, "B")
    sql(folder, "DROP TABLE snapshots")
    with pytest.raises(ProjectTooNewError, match="update this one"):
        open_project(folder)


def test_a_newer_format_opens_for_reading_and_leaves_no_lock(folder: Path) -> None:
    def from_the_future(document: ProjectDocument) -> None:
        with document.edit("Future") as edit:
            edit.changes["meta", "project.format"] = 99

    with open_project(folder) as project:
        project.submit(from_the_future).result()
    before = (folder / "project.sqlite").read_bytes()
    for _ in range(2):
        with open_project(folder) as project:
            assert project.read_only_reason is not None
            assert "newer" in project.read_only_reason
    assert (folder / "project.sqlite").read_bytes() == before


@pytest.fixture
def seen_by_all() -> Iterator[Path]:
    """A folder that others may enter: that of all runs is closed again whenever another run begins."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_an_unwritable_project_opens_for_reading(folder: Path, seen_by_all: Path) -> None:
    shutil.copytree(folder, seen_by_all / "song")
    said = as_nobody("open_project", seen_by_all / "song")
    assert "song cannot be written: change its permissions to edit the project. 1" in said


def test_a_project_cannot_be_made_where_nothing_can_be_written(seen_by_all: Path) -> None:
    assert as_nobody("create_project", seen_by_all / "new").startswith("FolderNotWritableError")
    assert not (seen_by_all / "new").exists()


def test_reading_changes_nothing_but_what_sqlite_keeps_beside(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    open_project(folder, read_only=True).close()
    after = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert {name: after[name] for name in before} == before
    assert after.keys() - before.keys() <= {"project.sqlite-shm", "project.sqlite-wal"}


def test_the_stored_state_is_that_of_the_document(folder: Path) -> None:
    with open_project(folder) as project:
        project.do(add_clip, project.state.track_order[0], 960, 16)
        project.do(move_clip, next(iter(project.state.clips)), 1920)
        expected = state_hash(project.state)
    with open_project(folder) as project:
        assert state_hash(project.state) == expected
        project.history()
        assert state_hash(project.state) == expected


def test_a_copy_made_while_the_project_was_open_opens(folder: Path) -> None:
    with open_project(folder) as project:
        project.do(add_track, "B")
        copy = folder.with_name("copy")
        shutil.copytree(folder, copy)
        with open_project(copy) as twin:
            assert twin.recovery is None
            assert state_hash(twin.state) == state_hash(project.state)


def test_backups_are_made_once_per_changed_session(folder: Path) -> None:
    def open_and_edit(*, edits: bool) -> None:
        with open_project(folder) as project:
            if edits:
                project.do(add_track, "More")

    for _ in range(3):
        open_and_edit(edits=True)
    count = len(backups.list_backups(folder))
    open_and_edit(edits=True)
    assert len(backups.list_backups(folder)) == count + 1
    open_and_edit(edits=False)
    assert len(backups.list_backups(folder)) == count + 1
    with database.reading_backup(backups.list_backups(folder)[0]) as connection:
        database.check_structure(connection, thorough=True)
    assert not list((folder / "backups").glob(".*"))


def test_of_older_backups_one_a_day_is_kept_for_a_week(folder: Path) -> None:
    place = folder / "backups"
    for day in range(1, 13):
        for hour in (8, 20):
            (place / f"2020-01-{day:02d}_{hour:02d}-00-00-000000.sqlite").write_bytes(b"old")
    with open_project(folder) as project:
        project.do(add_track, "B")
    open_project(folder).close()
    kept = sorted(path.name[:13] for path in backups.list_backups(folder))
    recent = [name for name in kept if not name.startswith("2020")]
    last_old = [f"2020-01-{day:02d}_{hour:02d}" for day in range(9, 13) for hour in (8, 20)][-(10 - len(recent)) :]
    daily = [f"2020-01-{day:02d}_20" for day in range(2, 9)]
    assert kept == [*daily, *last_old, *recent]


@pytest.mark.parametrize(
    ("name", "expected"), [(b"caf\xe9", "caf\N{REPLACEMENT CHARACTER}"), (b"a\nb\x07", "a b"), (b"\t", "Project")]
)
def test_any_folder_name_makes_a_name_that_can_be_shown(tmp_path: Path, name: bytes, expected: str) -> None:
    if os.name != "posix":
        pytest.skip("only POSIX file names are bytes")
    with create_project(tmp_path / os.fsdecode(name)) as project:
        assert project.state.meta.name == expected


@pytest.mark.parametrize("is_there", [True, False])
def test_a_project_that_is_interrupted_while_it_is_made_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_there: bool
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    folder = tmp_path / "song"
    if is_there:
        folder.mkdir()
    monkeypatch.setattr("maxbooster_desktop.project.store.fresh_database.write_snapshot", interrupt)
    with pytest.raises(KeyboardInterrupt):
        create_project(folder)
    assert list(tmp_path.rglob("*")) == ([folder] if is_there else [])


def test_what_only_edits_need_waits_for_the_first_question_or_the_end_of_the_rest(folder: Path) -> None:
    with open_project(folder, rest_s=60.0) as project:
        assert len(project.state.track_order) == 1
        assert project._session._document is None
        project.do(add_track, "B")
        assert [step.name for step in project.history()][-1:] == ["Add track B"]
    with open_project(folder, rest_s=60.0) as project:
        assert len(project.state.track_order) == 2
    with open_project(folder, rest_s=0.01) as project:
        deadline = time.monotonic() + 20.0
        while project._session._document is None and time.monotonic() < deadline:
            time.sleep(0.005)
        assert project._session._document is not None


def test_of_two_that_make_a_project_at_once_one_finds_that_it_exists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, write = tmp_path / "song", opening.write_fresh_database
    folder.mkdir()

    def overtaken(*arguments: Any) -> Any:
        with pytest.raises(ProjectExistsError):
            create_project(folder)
        return write(*arguments)

    monkeypatch.setattr(opening, "write_fresh_database", overtaken)
    with create_project(folder) as project:
        project.do(add_track, "A")
    with open_project(folder) as project:
        assert (len(project.state.track_order), project.recovery) == (1, None)
