"""Odd rows, foreign registers, odd folders and clocks: a project opens, or one sentence says why not."""

import contextlib
import datetime as dt
import logging
import multiprocessing
import os
import shutil
import sqlite3
import time
from pathlib import Path

import pycrdt
import pytest

from maxbooster_desktop.project.document.projection import project as project_state
from maxbooster_desktop.project.document.state_codec import decode_state, encode_state, state_hash
from maxbooster_desktop.project.store import backups, recovery, storage
from maxbooster_desktop.project.store.errors import ProjectError, ProjectLockedError, VersionDamagedError
from maxbooster_desktop.project.store.opening import create_project, open_project
from sync.document.register_document import RegisterDocument
from tests.factories.projects import add_clip, add_marker, add_track, rename_track


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project closed in order, with ops, two snapshots, versions, a take, facts and a backup."""
    folder = tmp_path_factory.mktemp("attacks") / "Song"
    with create_project(folder) as project:
        track = next(iter(project.do(add_track, "A").created))
        project.do(add_clip, track, 960, 4)
        project.save_version("By hand").result()
    with open_project(folder) as project:
        project.do(add_marker, 960, "M")
    connection = sqlite3.connect(folder / "project.sqlite")
    connection.execute("INSERT INTO takes VALUES ('t', 'A', 0, 'takes/t.wav', 'PCM_24', '2026')")
    connection.commit()
    connection.close()
    return folder


@pytest.fixture
def song(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "Song"))


_COLUMNS = {
    "ops": ["number", "epoch", "record", "previous", "digest"],
    "snapshots": ["number", "epoch", "op_digest", "document", "document_digest", "state", "state_digest"],
    "versions": ["name", "kind", "made_at", "number", "document", "digest", "patch"],
    "takes": ["track", "start_sample", "path", "started_at"],
    "facts": ["name", "value"],
}
_WRONG = {"text": "x", "blob": b"\xff\xfe"}


@pytest.mark.parametrize("wrong", _WRONG)
@pytest.mark.parametrize(("table", "column"), [(table, column) for table in _COLUMNS for column in _COLUMNS[table]])
def test_a_wrong_value_in_any_column_is_repaired_or_named(
    song: Path, table: str, column: str, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    connection = sqlite3.connect(song / "project.sqlite")
    last = f"(SELECT max(rowid) FROM {table})"
    try:
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = {last}", (_WRONG[wrong],))
    except sqlite3.IntegrityError:
        pytest.skip("SQLite itself refuses this value")
    connection.commit()
    connection.close()
    (song / "project.lock").write_text("left open, so every row is looked at")
    with open_project(song) as project:
        assert [project.state.tracks[track].name for track in project.state.track_order] == ["A"]
        project.history()
        for version in project.versions():
            with contextlib.suppress(VersionDamagedError):
                project.restore_version(version.id).result()
        project.do(add_track, "B")
    with open_project(song) as project:
        assert "B" in {track.name for track in project.state.tracks.values()}


_FOREIGN = [None, True, -1, 1.5, 2.0**60, float("nan"), float("inf"), "", "x", "\x00", b"", b"ab", [], [None] * 9,
            ["x", "y", "z"], [1, 2, 3, 4, 5, 6, 7], [float("nan"), 1, 2], {}, {"a": [1]}, [[[1]]], ["send", "t"],
            ["insert", "t", "d"], ["t", 1, 0], [-5, -5], "x" * 10_000]  # fmt: skip
_FACETS = {
    "tracks": ("k", "p", "n", "c", "h", "r", "g", "pan", "m", "so", "sf", "v.eq_on", "x", "q"),
    "clips": ("k", "p", "s", "t", "l", "n", "c", "g", "m", "fi", "fo", "o", "x"),
    "notes": ("n1", "n.2"),
    "auto": ("k", "on", "p.1", "x"),
    "plug": ("k", "to", "g", "pan", "tap", "on", "o", "v.a", "x", "st"),
    "tempo": ("e", "s", "x"),
    "markers": ("p", "n", "c", "x"),
    "assets": ("a", "n", "x"),
}


def foreign_update(base: bytes, seed: int) -> bytes:
    """Write wrong values as another program might, straight through the library."""
    document = pycrdt.Doc()
    document.apply_update(base)
    with document.transaction():
        for root, facets in _FACETS.items():
            shared = document.get(root, type=pycrdt.Map)
            ids = {key.partition(".")[0] for key in shared} | {"new1", "new2"}
            for place, entity in enumerate(sorted(ids)):
                for number, facet in enumerate(facets):
                    if (place + number + seed) % 3:
                        shared[f"{entity}.{facet}"] = _FOREIGN[(place * 7 + number + seed) % len(_FOREIGN)]
            shared[f"odd{seed}"] = 1
            shared["dot."] = "x"
            shared[".lead"] = "x"
            shared["Größe.k"] = "audio"
            shared["nested.k"] = pycrdt.Map({"a": 1})
            shared["nested.p"] = pycrdt.Text("text")
            shared["nested.n"] = pycrdt.Array([1])
        meta = document.get("meta", type=pycrdt.Map)
        for number, facet in enumerate(("name", "rate", "key", "loop", "loop_on", "rate_open", "id")):
            meta[f"project.{facet}"] = _FOREIGN[(number + seed) % len(_FOREIGN)]
    return bytes(document.get_update())


@pytest.mark.parametrize("seed", range(len(_FOREIGN)))
def test_registers_of_wrong_types_from_another_program_are_shown_as_far_as_they_can_be(seed: int) -> None:
    base = RegisterDocument()
    base.write(
        {("tracks", "t.k"): "audio", ("tracks", "t.p"): (None, "a"), ("clips", "c.p"): ("t", 0, 0),
         ("plug", "d.k"): ("insert", "t", "x.y"), ("meta", "project.format"): 1},
        "test",
    )  # fmt: skip
    update = foreign_update(base.encode(), seed)
    loaded = RegisterDocument()
    loaded.load(update)
    merged = RegisterDocument()
    merged.load(base.encode())
    merged.apply(update, "net")
    state = project_state(loaded)
    assert state_hash(state) == state_hash(project_state(merged))
    assert state_hash(decode_state(encode_state(state))) == state_hash(state)


_NAMES = ["Größe ▶ 曲 🎛 مشروع", "a" * 240, "two  spaces ", 'quote\'s "and" ;--', "percent %20 #hash?mode=ro", "-dash"]


@pytest.mark.parametrize("name", _NAMES)
def test_any_folder_name_will_do(tmp_path: Path, name: str) -> None:
    with create_project(tmp_path / name) as project:
        project.do(add_track, "A")
        project.save_version("v").result()
    with open_project(tmp_path / name) as project:
        assert len(project.state.track_order) == 1
        assert project.versions()


@pytest.mark.parametrize("name", ["a" * 300, "zero\x00byte"])
def test_a_name_the_disk_cannot_take_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    for attempt in (create_project, open_project):
        with pytest.raises(ProjectError):
            attempt(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_link_to_a_project_is_the_project(song: Path) -> None:
    link = song.with_name("link")
    link.symlink_to(song)
    with open_project(link), pytest.raises(ProjectLockedError):
        open_project(song)


def _open_and_edit(folder: str, answers: "multiprocessing.Queue[str]") -> None:
    try:
        with open_project(Path(folder)) as project:
            project.do(add_track, "Mine")
            time.sleep(0.5)
        answers.put("opened")
    except ProjectLockedError:
        answers.put("refused")


def test_of_processes_that_open_at_once_exactly_one_gets_it(song: Path) -> None:
    context = multiprocessing.get_context("spawn")
    answers: multiprocessing.Queue[str] = context.Queue()
    processes = [context.Process(target=_open_and_edit, args=(str(song), answers)) for _ in range(3)]
    for process in processes:
        process.start()
    found = [answers.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    opened = found.count("opened")
    assert opened >= 1
    with open_project(song) as project:
        assert sum(track.name == "Mine" for track in project.state.tracks.values()) == opened


class TurnedBack(dt.datetime):
    """A clock that was set back by ten years."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
        return super().now(tz) - dt.timedelta(days=3650)


def test_a_clock_that_was_set_back_costs_neither_backup_nor_version(
    song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(12):
        shutil.copy(song / "project.sqlite", song / "backups" / f"2099-01-{day + 1:02d}_00-00-00-000000.sqlite")
    for module in (backups, storage, recovery):
        monkeypatch.setattr(module.dt, "datetime", TurnedBack)
    monkeypatch.setattr(storage.time, "time", time.monotonic)
    with open_project(song) as project:
        project.do(rename_track, project.state.track_order[0], "Earlier")
        version = project.save_version("In the past").result()
        newest = project.versions()[0]
        assert newest.id == version.id
    names = {path.name[:4] for path in backups.list_backups(song)}
    assert names - {"2099"}, "the copy just made is not the first to go"
    with open_project(song) as project:
        assert project.state.tracks[project.state.track_order[0]].name == "Earlier"


def test_a_check_that_was_noted_in_the_future_is_made_again(song: Path) -> None:
    def checked_at() -> float:
        connection = sqlite3.connect(song / "project.sqlite")
        [(value,)] = connection.execute("SELECT value FROM facts WHERE name = 'checked_at'").fetchall()
        connection.close()
        return float(value)

    connection = sqlite3.connect(song / "project.sqlite")
    connection.execute("INSERT OR REPLACE INTO facts VALUES ('checked_at', ?)", (str(time.time() + 1e9),))
    connection.commit()
    connection.close()
    with open_project(song):
        pass
    assert abs(checked_at() - time.time()) < 60


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_opens_for_reading(song: Path) -> None:
    song.chmod(0o555)
    try:
        with open_project(song) as project:
            assert project.read_only_reason is not None
    finally:
        song.chmod(0o755)
