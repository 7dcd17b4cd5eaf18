"""Damage to a project's file: noticed on opening, repaired from what is readable and the backups, kept aside."""

import logging
import random
import shutil
from pathlib import Path

import pytest

from maxbooster_desktop.project.document.state_codec import state_hash
from maxbooster_desktop.project.store import backups
from maxbooster_desktop.project.store.errors import (
    ProjectDamagedError,
    ProjectNeedsRepairError,
    ProjectUnreachableError,
)
from maxbooster_desktop.project.store.opening import create_project, open_project
from maxbooster_desktop.project.store.project import Project
from maxbooster_desktop.project.versions.sources import kin, present_document
from tests.factories.projects import add_track, random_verb

_PAGE = 4096


@pytest.fixture(autouse=True)
def _expected_warnings(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)


def edit(project: Project, count: int, seed: int = 1) -> list[str]:
    """Make random edits; return the hash of each state."""
    source, hashes = random.Random(seed), []
    for _ in range(count):
        project.do(random_verb(project.state, source))
        hashes.append(state_hash(project.state))
    return hashes


@pytest.fixture
def hashes() -> list[str]:
    """The hash of the project's state after each edit."""
    return []


@pytest.fixture
def folder(tmp_path: Path, hashes: list[str]) -> Path:
    """A project of two closed sessions: its backup holds the first forty edits."""
    folder = tmp_path / "song"
    with create_project(folder) as project:
        hashes += [state_hash(project.state), *edit(project, 40)]
    with open_project(folder) as project:
        hashes += edit(project, 40, seed=2)
    backups.list_backups(folder)[0].unlink()
    return folder


def hash_of(folder: Path) -> str:
    with open_project(folder, read_only=True) as project:
        return state_hash(project.state)


def flip(path: Path, offset: int, mask: int = 0x10) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ mask]))


def set_aside(folder: Path) -> list[Path]:
    return list(folder.glob("project.sqlite.damaged-*"))


def test_a_file_that_is_no_database_is_rebuilt_from_the_backup(folder: Path) -> None:
    (folder / "project.sqlite").write_bytes(b"gone" * 5000)
    with open_project(folder) as project:
        assert project.recovery is not None
        assert "was rebuilt from its last backup" in project.recovery
        assert len(project.history()) == 40
        project.do(add_track, "Goes on")
    assert [path.read_bytes()[:4] for path in set_aside(folder)] == [b"gone"]
    assert set_aside(folder)[0].name in project.recovery
    with open_project(folder) as project:
        assert project.recovery is None
        assert len(project.history()) == 41


def test_a_missing_file_is_rebuilt_from_the_backup(folder: Path) -> None:
    (folder / "project.sqlite").unlink()
    with open_project(folder) as project:
        assert project.recovery is not None
        assert len(project.history()) == 40


def test_without_any_backup_the_file_stays_and_is_named(folder: Path) -> None:
    shutil.rmtree(folder / "backups")
    (folder / "project.sqlite").write_bytes(b"gone" * 5000)
    with pytest.raises(ProjectDamagedError, match="restore the folder from a copy"):
        open_project(folder)
    assert (folder / "project.sqlite").read_bytes() == b"gone" * 5000
    with pytest.raises(ProjectDamagedError):
        open_project(folder)


def test_reading_a_damaged_project_says_how_it_is_repaired(folder: Path) -> None:
    (folder / "project.sqlite").write_bytes(b"gone" * 5000)
    with pytest.raises(ProjectNeedsRepairError, match="open it in the studio once"):
        open_project(folder, read_only=True)
    assert set_aside(folder) == []


@pytest.mark.parametrize("was_crash", [True, False])
def test_a_damaged_record_costs_nothing_when_the_backup_has_it(folder: Path, was_crash: bool) -> None:
    """A flip inside a stored blob is invisible to SQLite; the digests see it, at the latest when history is loaded."""
    expected = hash_of(folder)
    path = folder / "project.sqlite"
    at = path.read_bytes().index(b'"number":7,')
    flip(path, at + 60, 0x01)
    if was_crash:
        (folder / "project.lock").write_text("{}")
    with open_project(folder) as project:
        assert len(project.history()) == 80
        assert project.recovery is not None
        assert "rebuilt from everything that could be read" in project.recovery
        assert state_hash(project.state) == expected


def test_a_damaged_snapshot_falls_back_to_the_one_before_and_the_log(folder: Path) -> None:
    expected = hash_of(folder)
    path = folder / "project.sqlite"
    flip(path, path.read_bytes().rindex(b"MaxBoosterState1") + 30)
    with open_project(folder) as project:
        assert state_hash(project.state) == expected
    assert hash_of(folder) == expected


@pytest.mark.parametrize("seed", range(12))
def test_flipped_bits_never_lose_more_than_the_session_nor_show_nonsense(
    folder: Path, hashes: list[str], seed: int
) -> None:
    """Whatever page is hit, the project opens with a state that it had, not older than the backup's."""
    source = random.Random(seed)
    path = folder / "project.sqlite"
    pages = path.stat().st_size // _PAGE
    for _ in range(3):
        flip(path, source.randrange(pages) * _PAGE + source.randrange(_PAGE), 1 << source.randrange(8))
    (folder / "project.lock").write_text("{}")
    with open_project(folder) as project:
        assert state_hash(project.state) in hashes[40:]
        project.do(add_track, "Goes on")
        after = state_hash(project.state)
    assert hash_of(folder) == after


def test_a_deleted_write_ahead_log_or_index_leaves_an_earlier_state(tmp_path: Path) -> None:
    folder = tmp_path / "song"
    with create_project(folder) as project:
        hashes = [state_hash(project.state), *edit(project, 30)]
        for name, removed in (("shm", ["-shm"]), ("wal", ["-wal"]), ("both", ["-wal", "-shm"])):
            copy = tmp_path / name
            shutil.copytree(folder, copy)
            for suffix in removed:
                (copy / f"project.sqlite{suffix}").unlink()
            with open_project(copy) as twin:
                found = state_hash(twin.state)
            assert found in hashes
            if name == "shm":
                assert found == hashes[-1]


@pytest.mark.parametrize("kept", [0, 1, 31, 32, 4000, 20_000, 100_001])
def test_a_truncated_write_ahead_log_leaves_an_earlier_state(tmp_path: Path, kept: int) -> None:
    folder, copy = tmp_path / "song", tmp_path / "copy"
    with create_project(folder) as project:
        hashes = [state_hash(project.state), *edit(project, 30)]
        shutil.copytree(folder, copy)
    log = copy / "project.sqlite-wal"
    log.write_bytes(log.read_bytes()[:kept])
    with open_project(copy) as twin:
        assert state_hash(twin.state) in hashes
        twin.do(add_track, "Goes on")


def test_a_truncated_file_is_rebuilt(folder: Path) -> None:
    path = folder / "project.sqlite"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with open_project(folder) as project:
        assert project.recovery is not None
        assert len(project.history()) >= 40


def test_an_empty_file_is_rebuilt(folder: Path) -> None:
    (folder / "project.sqlite").write_bytes(b"")
    with open_project(folder) as project:
        assert project.recovery is not None
        assert len(project.history()) == 40


def test_damage_that_sqlite_cannot_even_name_is_told_like_other_damage(folder: Path) -> None:
    with open_project(folder) as project:
        project.save_version("One").result()
    path = folder / "project.sqlite"
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE versions", b"CREATE TABLE \xf7ersions"))
    with pytest.raises(ProjectNeedsRepairError):
        present_document(folder)
    with pytest.raises(ProjectUnreachableError):
        kin(folder)
    with pytest.raises(ProjectNeedsRepairError):
        open_project(folder, read_only=True)
    with open_project(folder) as project:
        assert project.recovery is not None
        assert project.versions()
