"""Every bad input: exit 2, one sentence, no traceback, and everything is as it was before."""

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from maxbooster_desktop.cli.analyze import lines
from maxbooster_desktop.project.store.opening import open_project
from tests.e2e.conftest import Song
from tests.e2e.program import ROOT, maxbooster, refused, succeeded, tree
from tests.factories.audio_files import damaged_files, noise, wav_bytes, write_audio


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a project of one short sound, made by the program, and the sound's file."""
    home = tmp_path_factory.mktemp("made")
    succeeded(maxbooster("new", home / "Song", "--rate", 48_000))
    succeeded(maxbooster("import", home / "Song", write_audio(home / "in.wav", noise(4_800))))
    return home


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """The project in a copy of the test's own, with the sound's file beside it."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "Song"


@pytest.fixture
def unwritable(tmp_path: Path) -> Path:
    """A folder in which nothing can be made, for root neither."""
    if os.geteuid() == 0:
        return Path("/proc")
    folder = tmp_path / "shut"
    folder.mkdir(mode=0o500)
    return folder


def test_damaged_sounds_are_refused_one_by_one_and_good_ones_come_in(tmp_path: Path) -> None:
    bad = damaged_files(tmp_path)
    missing, folder = tmp_path / "bad_missing.wav", tmp_path / "bad_folder"
    folder.mkdir()
    wrong = [*bad.values(), missing, folder]
    good = write_audio(tmp_path / "good.wav", noise(4_800))
    succeeded(maxbooster("new", tmp_path / "Song"))
    before = tree(tmp_path / "Song")
    sentences = refused(maxbooster("import", tmp_path / "Song", *wrong), sentences=len(wrong))
    for path, sentence in zip(wrong, sentences.splitlines(), strict=True):
        assert path.name in sentence, (path, sentence)
    assert [name for name in tree(tmp_path / "Song") if name.startswith("audio")] == []
    assert set(tree(tmp_path / "Song")) >= set(before)
    mixed = maxbooster("import", tmp_path / "Song", missing, good, "--json")
    refused(mixed, "bad_missing.wav")
    assert [file["outcome"] for file in mixed.report["files"]] == ["refused", "imported"]


def test_a_sound_that_was_cut_is_used_and_named(project: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.wav"
    cut.write_bytes(wav_bytes(np.full(500, 9_000, "<i2").tobytes(), data_size=2**32 - 100))
    sentence = "is cut short: it announces 2,147,483,598 frames and holds 500; copy or download it again"
    imported = maxbooster("import", project, cut, "--json")
    succeeded(imported)
    assert sentence in imported.report["files"][0]["notes"][0]
    measured = maxbooster("analyze", cut, "--json")
    succeeded(measured)
    assert measured.report["warnings"][0].startswith(sentence)
    assert f"{cut} {sentence}" in "\n".join(lines(measured.report))


@pytest.mark.parametrize("kind", ["missing", "all_nan.wav"])
def test_a_sound_that_cannot_be_analysed(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "missing.wav" if kind == "missing" else damaged_files(tmp_path)[kind]
    done = maxbooster("analyze", path, "--json")
    refused(done, path.name)
    assert done.out == ""


def test_new_refuses_what_is_there_and_what_cannot_be_written(project: Path, unwritable: Path, tmp_path: Path) -> None:
    before = tree(project)
    refused(maxbooster("new", project), str(project), "choose another folder")
    assert tree(project) == before
    refused(maxbooster("new", unwritable / "deep" / "Song"), "cannot be written")
    assert not (unwritable / "deep").exists()
    refused(maxbooster("new", tmp_path / "in.wav"), "in.wav")
    refused(maxbooster("new", tmp_path / "in.wav" / "Song"), "in.wav")


def test_a_render_into_places_that_take_nothing(song: Song, unwritable: Path, tmp_path: Path) -> None:
    before = tree(song.folder)
    refused(maxbooster("render", song.folder, "-o", unwritable / "out.wav"), str(unwritable))
    refused(maxbooster("render", song.folder, "-o", tmp_path / "gone" / "out.wav"), "does not exist")
    refused(maxbooster("render", song.folder, "-o", tmp_path), "end its name in")
    assert list(tmp_path.iterdir()) in ([], [unwritable])
    assert tree(song.folder) == before


def test_a_full_disk_leaves_no_part_of_a_render(song: Song, tmp_path: Path) -> None:
    old = b"what was there before"
    (tmp_path / "whole.wav").write_bytes(old)
    full = maxbooster("render", song.folder, "-o", tmp_path / "whole.wav", limit=_small_files)
    refused(full, "whole.wav", "free some space")
    assert [path.name for path in tmp_path.iterdir()] == ["whole.wav"]
    assert (tmp_path / "whole.wav").read_bytes() == old


def test_a_full_disk_leaves_no_part_of_an_import(project: Path, tmp_path: Path) -> None:
    large = write_audio(tmp_path / "large.wav", noise(200_000))
    before = tree(project / "audio")
    refused(maxbooster("import", project, large, limit=_small_files), "large.wav")
    assert tree(project / "audio") == before
    with open_project(project, read_only=True) as opened:
        assert len(opened.state.track_order) == 1


def _small_files() -> None:
    """Let no file grow beyond 600 kB: writing more fails like a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))


def test_projects_that_are_not_there(tmp_path: Path, song: Song) -> None:
    for verb in (("import", tmp_path / "gone", song.file), ("render", tmp_path / "gone", "-o", tmp_path / "x.wav")):
        refused(maxbooster(*verb), "There is no project at", "gone")
    refused(maxbooster("render", tmp_path, "-o", tmp_path / "x.wav"), "not a Max Booster project")
    assert list(tmp_path.iterdir()) == []


def test_a_project_that_lost_its_sound(project: Path, tmp_path: Path) -> None:
    [sound] = [path for path in (project / "audio").rglob("*") if path.is_file()]
    sound.rename(tmp_path / "elsewhere.wav")
    # Another home: what was decoded before must not hide that the file is gone.
    home = tmp_path / "home"
    refused(maxbooster("render", project, "-o", tmp_path / "x.wav", home=home), "'in'", "import it again")
    assert not (tmp_path / "x.wav").exists()


def test_a_damaged_project_is_not_read(project: Path, tmp_path: Path) -> None:
    (project / "project.sqlite").write_bytes(b"no database " * 500)
    refused(maxbooster("render", project, "-o", tmp_path / "x.wav"), "Song", "damaged")
    assert not (tmp_path / "x.wav").exists()


def test_a_project_from_the_future_is_not_written(project: Path, tmp_path: Path) -> None:
    with sqlite3.connect(project / "project.sqlite") as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    before = tree(project)
    refused(maxbooster("import", project, tmp_path / "in.wav"), "newer Max Booster", "update")
    assert tree(project) == before


def test_a_project_open_elsewhere_is_read_but_not_written(project: Path, tmp_path: Path) -> None:
    with open_project(project):
        refused(maxbooster("import", project, tmp_path / "in.wav"), "already open", "close it there")
        succeeded(maxbooster("render", project, "-o", tmp_path / "x.wav"))
    assert (tmp_path / "x.wav").is_file()


def test_a_home_that_is_no_folder(song: Song, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("a file")
    refused(maxbooster("render", song.folder, "-o", tmp_path / "x.wav", home=home), "home")


def test_arguments_that_make_no_sense(song: Song, tmp_path: Path) -> None:
    out = tmp_path / "x.wav"
    refused(maxbooster("rendr", song.folder), "rendr", "--help")
    refused(maxbooster("render", song.folder, "-o", out, "--from", "3", "--to", "1"), "choose an end after the start")
    refused(maxbooster("render", song.folder, "-o", out, "--from", "1.5.1"), "bar 1 has 4 beats")
    assert not out.exists()


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_render_leaves_nothing(song: Song, tmp_path: Path, sent: signal.Signals, code: int) -> None:
    # A frame at a time, so that there is something to interrupt.
    words = ["render", song.folder, "-o", tmp_path / "x.wav", "--block", "1", "--stems", tmp_path / "stems"]
    started = subprocess.Popen(
        [sys.executable, "-m", "maxbooster_desktop", *map(str, words)], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not any(path.stat().st_size for path in tmp_path.rglob(".maxbooster-*.partial")):
        assert time.monotonic() < deadline, "nothing is rendered"
        time.sleep(0.005)
    started.send_signal(sent)
    _, err = started.communicate(timeout=60)
    assert (started.returncode, "Traceback" in err, len(err.splitlines())) == (code, False, 1)
    assert list(tmp_path.iterdir()) == []
