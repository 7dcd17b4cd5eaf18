"""The journal of takes comes with projects that others send: no row of it reaches a file outside the project."""

import pytest
import sqlalchemy as sa

from maxbooster_desktop.project.store import database
from maxbooster_desktop.project.store.opening import create_project, open_project
from maxbooster_desktop.project.store.tables import takes
from maxbooster_desktop.project.store.takes_journal import RECORDING_NAME, open_takes


@pytest.fixture
def folder(tmp_path):
    create_project(tmp_path / "Song").close()
    return tmp_path / "Song"


def changed(folder, *statements):
    engine = database.writing_engine(folder / database.DATABASE_NAME)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)
    engine.dispose()


def row(path, *, started_at="2026-11-27T12:00:00+00:00"):
    values = {"id": "a", "track": "t", "start_sample": 5, "path": path, "format": "FLOAT", "started_at": started_at}
    return sa.insert(takes).values(values)


@pytest.mark.parametrize(
    "path", ["../mine.wav", "..\\..\\mine.wav", "C:\\mine.wav", "C:mine.wav", "\\\\host\\mine.wav"]
)
def test_a_take_lies_in_the_folder_of_takes_whatever_its_row_says(folder, path):
    changed(folder, row(path))
    with open_project(folder) as project:
        assert [take.path for take in open_takes(project)] in ([], [folder / RECORDING_NAME / "mine.wav"])


@pytest.mark.parametrize("path", ["", ".", "..", "recording/..", "recording\\.."])
def test_a_row_that_names_no_file_is_none(folder, path):
    changed(folder, row(path))
    with open_project(folder) as project:
        assert open_takes(project) == []


@pytest.mark.parametrize("started_at", ["", "soon", "0001-01-01T00:00:00", "9999-12-31T23:59:59"])
def test_any_time_is_a_time(folder, started_at):
    changed(folder, row("recording/a.wav", started_at=started_at))
    with open_project(folder) as project:
        assert open_takes(project)[0].recorded_at_ms >= 0


def test_a_project_of_a_newer_program_is_read_without_its_journal(folder):
    changed(folder, sa.text("PRAGMA user_version = 999"), sa.text("DROP TABLE takes"))
    with open_project(folder) as project:
        assert project.read_only_reason is not None
        assert open_takes(project) == []
