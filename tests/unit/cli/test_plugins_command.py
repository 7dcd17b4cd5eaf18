"""`maxbooster plugins`: what is found, what is not loaded, in the words a person reads."""

import argparse
import json
import shutil

import pytest

from maxbooster_desktop.cli import plugins
from maxbooster_desktop.cli.commands import build_parser
from maxbooster_desktop.cli.output import plain
from maxbooster_desktop.engine.known_plugins import PluginCatalogueError
from tests.factories.vst3_plugins import plugin_path


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path / "home"))


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(plugin_path("Hostile"), tmp_path / "vst3" / "Hostile.vst3")
    shutil.copytree(plugin_path("MVerb"), tmp_path / "vst3" / "MVerb.vst3")
    return tmp_path / "vst3"


def _run(*said):
    report = plugins.run(build_parser().parse_args(["plugins", *map(str, said)]))
    return report, list(plugins.lines(json.loads(json.dumps(plain(report)))))


def test_nothing_is_known_before_a_scan():
    assert _run("list")[1] == ["No plug-ins are known; `maxbooster plugins scan` looks for some."]


def test_a_scan_finds_and_list_shows(folder, capsys):
    report, _ = _run("scan", folder)
    assert report["count"] == 2
    assert [one["device"] for one in report["scanned"]] == ["vst3.hostile_1128f677", "vst3.mverb_e306ec32"]
    assert capsys.readouterr().err.splitlines() == [f"1/2 {folder}/Hostile.vst3", f"2/2 {folder}/MVerb.vst3"]
    assert _run("list")[1] == [
        "Hostile 1.0.0 by Max Booster: vst3.hostile_1128f677",
        "MVerb 1.0.0 by Martin Eastwood, falkTX: vst3.mverb_e306ec32",
    ]


def test_a_crash_is_told_and_listed(folder, monkeypatch):
    monkeypatch.setenv("HOSTILE_AT_LOAD", "crash")
    _, lines = _run("scan", folder)
    assert lines[0].startswith("failed ")
    assert lines[0].endswith("Hostile.vst3: it crashed while it was loaded (signal 11)")
    assert lines[-1].startswith("1 plug-in found; the log is ")
    assert _run("list")[1][-1].startswith("not loaded  ")
    monkeypatch.delenv("HOSTILE_AT_LOAD")
    assert _run("scan", folder, "--again")[0]["count"] == 2


def test_a_scan_without_folders_looks_where_some_were_found(folder):
    _run("scan", folder)
    shutil.rmtree(folder / "MVerb.vst3")
    scanned = {one["path"]: one["outcome"] for one in _run("scan")[0]["scanned"]}
    assert scanned[str(folder / "Hostile.vst3")] == "known"
    assert "MVerb" not in " ".join(_run("list")[1])


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(PluginCatalogueError, match="does not exist; name a folder"):
        _run("scan", tmp_path / "no")
    with pytest.raises(PluginCatalogueError, match="takes no folders"):
        plugins.run(argparse.Namespace(what="list", folders=[tmp_path], again=False))
