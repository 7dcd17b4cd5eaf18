"""Bytes that went wrong before their digest was taken: the digest is right, and what it stands for is no document."""

import logging
import sqlite3
import zlib
from pathlib import Path

import pytest

from maxbooster_desktop.project.store import database
from maxbooster_desktop.project.store.errors import ProjectDamagedError, ProjectNeedsRepairError, VersionDamagedError
from maxbooster_desktop.project.store.opening import create_project, open_project
from maxbooster_desktop.project.store.project import Project
from tests.factories.projects import add_track

_NO_DOCUMENT = zlib.compress(b"\xff\xfe no update at all \xff" * 20)


@pytest.fixture(autouse=True)
def _expected_warnings(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """A project of three sessions."""
    folder = tmp_path / "song"
    with create_project(folder) as project:
        project.do(add_track, "A")
    for name in ("B", "C"):
        with open_project(folder) as project:
            project.do(add_track, name)
    return folder


def execute(folder: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(folder / "project.sqlite")
    connection.execute(statement, values)
    connection.commit()
    connection.close()


def spoil_snapshots(folder: Path, where: str, *, is_state_lost: bool) -> None:
    digest = database.digest(_NO_DOCUMENT)
    execute(folder, f"UPDATE snapshots SET document = ?, document_digest = ? WHERE {where}", _NO_DOCUMENT, digest)
    if is_state_lost:
        state = b"of an older version"
        execute(
            folder, f"UPDATE snapshots SET state = ?, state_digest = ? WHERE {where}", state, database.digest(state)
        )


def names(project: Project) -> list[str]:
    return [project.state.tracks[track].name for track in project.state.track_order]


@pytest.mark.parametrize("is_state_lost", [True, False])
def test_a_snapshot_that_is_no_document_is_passed_over(song: Path, *, is_state_lost: bool) -> None:
    spoil_snapshots(song, "number = (SELECT max(number) FROM snapshots)", is_state_lost=is_state_lost)
    with open_project(song) as project:
        assert project.history()[-1].name == "Add track C"
        assert names(project) == ["A", "B", "C"]
        assert project.recovery is not None
        project.do(add_track, "D")
    with open_project(song) as project:
        assert names(project) == ["A", "B", "C", "D"]
        assert project.recovery is None


def test_an_edit_that_is_no_update_ends_the_history_before_it(song: Path) -> None:
    """The newest snapshot is gone too, so that the edit must be read."""
    execute(song, "DELETE FROM snapshots WHERE number = (SELECT max(number) FROM snapshots)")
    connection = sqlite3.connect(song / "project.sqlite")
    number, record, previous = connection.execute(
        "SELECT number, record, previous FROM ops ORDER BY number DESC LIMIT 1"
    ).fetchone()
    connection.close()
    head, _, rest = record.partition(b"\n")
    wrong = head + b"\n" + b"\xff" * 20 + rest[20:]
    execute(
        song, "UPDATE ops SET record = ?, digest = ? WHERE number = ?", wrong, database.digest(previous, wrong), number
    )
    for backup in (song / "backups").iterdir():
        backup.unlink()
    with open_project(song) as project:
        assert names(project) == ["A", "B"]
        assert project.recovery is not None
        project.do(add_track, "D")


def test_reading_says_how_it_is_repaired_and_nothing_left_says_so(song: Path) -> None:
    spoil_snapshots(song, "1", is_state_lost=True)
    for backup in (song / "backups").iterdir():
        backup.unlink()
    with pytest.raises(ProjectNeedsRepairError):
        open_project(song, read_only=True)
    with pytest.raises(ProjectDamagedError, match="restore the folder from a copy"):
        open_project(song)


def test_a_version_that_is_no_document_is_refused_and_changes_nothing(song: Path) -> None:
    with open_project(song) as project:
        version = project.save_version("Then").result()
    digest = database.digest(_NO_DOCUMENT)
    execute(song, "UPDATE versions SET document = ?, digest = ? WHERE id = ?", _NO_DOCUMENT, digest, version.id)
    with open_project(song) as project:
        before, kept = project.state, len(project.versions())
        with pytest.raises(VersionDamagedError):
            project.restore_version(version.id).result()
        assert project.state == before
        assert len(project.versions()) == kept
