"""Scanning: blacklist first, a process a file, 15 s, a log, and nothing loaded twice for nothing."""

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from plugins_host.catalog import scanning
from plugins_host.catalog.scanning import Scan, plugin_files
from plugins_host.catalog.store import UNFINISHED, CatalogStore
from tests.factories.vst3_plugins import plugin_path


@pytest.fixture
def store(tmp_path):
    return CatalogStore(tmp_path / "known")


@pytest.fixture
def folder(tmp_path):
    """Return a folder with two real plug-ins, one of them deeper."""
    place = tmp_path / "vst3"
    shutil.copytree(plugin_path("Hostile"), place / "Hostile.vst3")
    shutil.copytree(plugin_path("3BandEQ"), place / "deep" / "down" / "3BandEQ.vst3")
    return place


def _outcomes(results):
    return {Path(one.path).name: one.outcome for one in results}


def test_what_is_found_is_kept_with_its_parameters(store, folder):
    assert _outcomes(Scan(store).run([folder])) == {"Hostile.vst3": "found", "3BandEQ.vst3": "found"}
    by_name = {entry.name: entry for entry in CatalogStore(store.log_path.parent).entries().values()}
    assert set(by_name) == {"Hostile", "3 Band EQ"}
    equaliser = by_name["3 Band EQ"]
    assert (equaliser.device_id, equaliser.vendor, equaliser.is_effect) == ("vst3.3_band_eq_ce8fae1b", "DISTRHO", True)
    assert [one.title for one in equaliser.parameters][1:4] == ["Low", "Mid", "High"]
    assert by_name["Hostile"].parameters[0].words == tuple("01234567")
    assert by_name["Hostile"].parameters[0].highest == 7.0
    assert store.blacklist() == {}


def test_what_is_known_is_not_loaded_again(store, folder, monkeypatch):
    Scan(store).run([folder])
    monkeypatch.setenv("HOSTILE_AT_LOAD", "crash")
    assert _outcomes(Scan(store).run([folder])) == {"Hostile.vst3": "known", "3BandEQ.vst3": "known"}


def test_a_crash_leaves_the_file_on_the_blacklist_and_the_others_are_found(store, folder, monkeypatch):
    monkeypatch.setenv("HOSTILE_AT_LOAD", "crash")
    assert _outcomes(Scan(store).run([folder])) == {"Hostile.vst3": "failed", "3BandEQ.vst3": "found"}
    ((path, (_, reason)),) = store.blacklist().items()
    assert Path(path).name == "Hostile.vst3"
    assert reason == "it crashed while it was loaded (signal 11)"
    monkeypatch.delenv("HOSTILE_AT_LOAD")
    assert _outcomes(Scan(store).run([folder]))["Hostile.vst3"] == "blacklisted"
    assert _outcomes(Scan(store, is_again=True).run([folder]))["Hostile.vst3"] == "found"
    assert store.blacklist() == {}
    log = store.log_path.read_text(encoding="utf-8").splitlines()
    assert [line.split()[2] for line in log if "Hostile" in line] == ["failed", "blacklisted", "found"]


def test_what_a_plugin_prints_while_it_is_loaded_is_no_answer(store, folder, monkeypatch, capfd):
    monkeypatch.setenv("HOSTILE_AT_LOAD", "print")
    assert _outcomes(Scan(store).run([folder]))["Hostile.vst3"] == "found"
    assert capfd.readouterr() == ("", "")


def test_a_file_that_changed_gets_another_chance(store, folder, monkeypatch):
    monkeypatch.setenv("HOSTILE_AT_LOAD", "crash")
    Scan(store).run([folder])
    monkeypatch.delenv("HOSTILE_AT_LOAD")
    binary = next((folder / "Hostile.vst3").rglob("*.so"))
    os.utime(binary, (1, 1))
    assert _outcomes(Scan(store).run([folder]))["Hostile.vst3"] == "found"


def test_a_hang_is_ended_at_the_limit(store, folder, monkeypatch):
    monkeypatch.setenv("HOSTILE_AT_LOAD", "hang")
    begun = time.monotonic()
    results = Scan(store, limit_s=1.5).run([folder / "Hostile.vst3"])
    assert (results[0].outcome, results[0].note) == ("failed", "it was not loaded after 1.5 s")
    assert 1.5 <= time.monotonic() - begun < 4.0
    assert scanning.LIMIT_S == 15.0


def test_a_scan_that_is_cut_off_leaves_the_file_blacklisted(store, folder, monkeypatch):
    class CutOffError(Exception):
        """The computer went off."""

    def described(_path, _limit_s):
        raise CutOffError

    monkeypatch.setattr(scanning, "described", described)
    with pytest.raises(CutOffError):
        Scan(store).run([folder / "Hostile.vst3"])
    monkeypatch.undo()
    (result,) = Scan(store).run([folder / "Hostile.vst3"])
    assert (result.outcome, result.note) == ("blacklisted", UNFINISHED)


def test_what_is_no_plugin_is_said_to_be_none(store, tmp_path):
    bad = tmp_path / "bad.vst3"
    bad.write_bytes(b"no plug-in")
    (result,) = Scan(store).run([tmp_path])
    assert result.outcome == "failed"
    assert result.note


def test_what_is_gone_leaves_the_catalogue_and_other_folders_stay(store, folder):
    told = []
    Scan(store, told=lambda *row: told.append(row)).run([folder])
    assert [row[:2] for row in told] == [(0, 2), (1, 2)]
    shutil.rmtree(folder / "Hostile.vst3")
    Scan(store).run([folder / "deep"])
    assert len(store.entries()) == 2
    Scan(store).run([folder])
    assert [entry.name for entry in store.entries().values()] == ["3 Band EQ"]


def test_files_that_cannot_be_read_count_as_empty(store):
    store.log_path.parent.mkdir()
    for name in ("catalogue.json", "blacklist.json"):
        (store.log_path.parent / name).write_text('[1, "', encoding="utf-8")
    assert (store.entries(), store.blacklist()) == ({}, {})
    (store.log_path.parent / "catalogue.json").write_text(json.dumps({"plugins": [{"path": "x"}, 3]}), "utf-8")
    assert store.entries() == {}


def test_a_log_does_not_grow_without_end(store):
    store.log("first")
    with store.log_path.open("a", encoding="utf-8") as log:
        log.write(("x" * 99 + "\n") * 20_000)
    store.log("last")
    text = store.log_path.read_text(encoding="utf-8")
    assert len(text) < 600_000
    assert text.endswith("last\n")
    assert "first" not in text


def test_links_in_a_circle_end(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "x.vst3").write_bytes(b"")
    assert [path.name for path in plugin_files(tmp_path)] == ["x.vst3"]
