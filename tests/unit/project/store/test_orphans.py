"""Sounds that a killed import left: gone with the next opening, unless anything still names them."""

import os
import shutil
import time
from pathlib import Path

import pytest

from maxbooster_desktop.project.exchange.import_audio import import_audio
from maxbooster_desktop.project.store import backups
from maxbooster_desktop.project.store.audio_files import hash_file
from maxbooster_desktop.project.store.backups import list_backups
from maxbooster_desktop.project.store.opening import create_project, open_project
from maxbooster_desktop.project.store.orphans import remove_unnamed
from tests.factories.audio_files import noise, write_audio


@pytest.fixture
def song(tmp_path: Path) -> Path:
    with create_project(tmp_path / "Song") as project:
        import_audio(project, [write_audio(tmp_path / "kept.wav", noise(500, seed=1))])
    return tmp_path / "Song"


def leave_sound(song: Path, *, age_s: float = 3600.0) -> Path:
    """Do what an import does before its edit."""
    with open_project(song) as project:
        source = write_audio(song.parent / "left.wav", noise(500, seed=2))
        stored = project.audio.add(source, hash_file(source))
    os.utime(stored, (time.time() - age_s,) * 2)
    return stored


def test_an_old_sound_that_nothing_names_goes(song: Path) -> None:
    left = leave_sound(song)
    with open_project(song) as project:
        assert not left.exists()
        assert project.audio.missing(project.state.assets.values()) == ()


def test_a_young_sound_stays_and_so_does_one_from_the_future(song: Path) -> None:
    for age_s in (0.0, -3600.0):
        left = leave_sound(song, age_s=age_s)
        with open_project(song):
            assert left.exists()


def test_reading_only_removes_nothing(song: Path) -> None:
    left = leave_sound(song)
    with open_project(song, read_only=True):
        assert left.exists()


def age_all(song: Path) -> None:
    for path in (song / "audio").rglob("*.wav"):
        os.utime(path, (time.time() - 3600,) * 2)


def test_the_sounds_of_an_import_that_was_undone_stay(song: Path) -> None:
    with open_project(song) as project:
        import_audio(project, [write_audio(song.parent / "more.wav", noise(500, seed=3))])
        count = len(list((song / "audio").rglob("*.wav")))
        project.undo().result()
        project.do(lambda document: document.registers.register_count())
    age_all(song)
    with open_project(song) as project:
        project.redo().result()
        assert project.audio.missing(project.state.assets.values()) == ()
    assert len(list((song / "audio").rglob("*.wav"))) == count


@pytest.mark.parametrize("is_in_backup", [False, True])
def test_a_sound_that_only_the_history_names_stays(song: Path, is_in_backup: bool) -> None:
    """As after a restored folder: the document is older than the ops or the backup that name the sound."""
    left = leave_sound(song)
    name = left.stem
    with open_project(song / ".." / "Song", read_only=True):
        pass
    if is_in_backup:
        with create_project(song.parent / "Other", name=name):
            pass
        (song / "backups").mkdir(exist_ok=True)
        shutil.copy(song.parent / "Other" / "project.sqlite", song / "backups" / "2026-01-01_00-00-00-000000.sqlite")
    else:
        left_copy = left.read_bytes()
        with open_project(song) as project:
            project.do(rename, f"{name}")
            project.do(rename, "Song")
        left.parent.mkdir(parents=True, exist_ok=True)
        left.write_bytes(left_copy)
        age_all(song)
    with open_project(song):
        assert left.exists()


def rename(document, name):
    from dataclasses import replace

    with document.edit("Rename") as edit:
        edit.set_meta(replace(document.state.meta, name=name))
    return edit.change


def test_with_a_damaged_file_kept_nothing_goes(song: Path) -> None:
    left = leave_sound(song)
    (song / "project.sqlite.damaged-2026-01-01_00-00-00").write_bytes(b"what was rescued from")
    with open_project(song):
        assert left.exists()


def test_what_is_no_stored_sound_is_left_alone(song: Path) -> None:
    odd = [song / "audio" / "notes.txt", song / "audio" / "ab" / "cd" / "mine.wav", song / "audio" / "ab" / "x.wav"]
    for path in odd:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"mine")
    age_all(song)
    with open_project(song):
        assert all(path.exists() for path in odd)


def test_a_backup_dropped_meanwhile_holds_nothing_up(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The document thread removes its oldest copies at its first pause, perhaps just after they were listed."""
    left = leave_sound(song)
    listed = list_backups(song)
    monkeypatch.setattr(backups, "list_backups", lambda folder: [*listed, folder / "backups" / "2020-01-01.sqlite"])
    assert remove_unnamed(song, {left.stem: left}) == [left]
