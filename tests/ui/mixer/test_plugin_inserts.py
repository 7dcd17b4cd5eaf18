"""Plug-ins in the mixer: offered from the catalogue, edited by generated controls, kept where they are missing."""

import shutil

import pytest

from maxbooster_desktop.actions import plugins
from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.engine.readings import PluginReading
from maxbooster_desktop.project.edits import channel
from maxbooster_desktop.ui.mixer.inserts import short_name, title
from maxbooster_desktop.ui.mixer.parts import Control, Part
from tests.factories.vst3_plugins import scanned


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def ids(home):
    return scanned(home)


def _plugin_menu(bench):
    menu = bench.view.build_menu(Control(Part.INSERT_ADD, bench.keys))
    return next(action for action in menu.actions() if action.text() == "Plug-ins").menu(), menu


def _insert(bench, device):
    bench.project.do(channel.add_insert, bench.keys, device)
    bench.settle()
    return bench.track(bench.keys).inserts[-1]


def test_plugins_are_offered_by_name_and_inserted(bench, ids):
    box, _menu = _plugin_menu(bench)
    assert [action.text() for action in box.actions()] == ["Add 3 Band EQ", "Add Hostile", "Add MVerb"]
    assert box.actions()[2].toolTip() == "Martin Eastwood, falkTX, 1.0.0"
    box.actions()[2].trigger()
    bench.wait_for(lambda: bench.track(bench.keys).inserts)
    assert bench.track(bench.keys).inserts[0].device == "vst3.mverb_e306ec32"
    assert bench.steps()[-1] == "Add mverb to Keys"


def test_before_a_scan_the_menu_offers_one(bench, home):
    box, _menu = _plugin_menu(bench)
    assert [action.text() for action in box.actions()] == ["Scan for plug-ins"]


def test_every_parameter_has_a_control_that_edits_the_document(bench, ids):
    insert = _insert(bench, ids["MVerb"])
    bench.view.open_slot(Control(Part.INSERT, bench.keys, insert.id))
    bounds = {bound.parameter.title: bound for bound in bench.view.panel.inserts[insert.id]}
    assert list(bounds)[:4] == ["Current Program", "Damping", "Density", "Bandwidth"]
    assert bounds["Damping"].setting.value == 0.5
    bounds["Damping"].widget.change(0.75)
    bounds["Current Program"].widget.click()
    bench.settle()
    assert bench.track(bench.keys).inserts[-1].values == {"p1": 0.75, "p0": 1.0}
    assert bounds["Current Program"].widget.text() == "Dark"
    assert (bench.keys, f"insert.{insert.id}.p1", 0.75) in bench.engine.touches


def test_a_plugin_that_is_not_here_keeps_its_place_its_name_and_its_values(bench, ids, home):
    insert = _insert(bench, ids["MVerb"])
    bench.project.do(channel.set_insert, bench.keys, insert.id, {"p1": 0.75})
    shutil.rmtree(home)
    assert not plugins.is_known(insert.device)
    assert (title(insert.device), short_name(insert.device)) == ("Mverb", "Mverb")
    bench.view.open_slot(Control(Part.INSERT, bench.keys, insert.id))
    assert bench.view.panel.inserts[insert.id] == []
    assert bench.track(bench.keys).inserts[-1].values == {"p1": 0.75}
    bench.project.do(channel.enable_insert, bench.keys, insert.id, False)
    scanned(home)
    assert plugins.is_known(insert.device)
    assert (title(insert.device), bench.track(bench.keys).inserts[-1].values) == ("MVerb", {"p1": 0.75})


def test_a_lost_plugin_is_named_and_loaded_again_from_its_menu(bench, ids):
    insert = _insert(bench, ids["MVerb"])
    control, reload = Control(Part.INSERT, bench.keys, insert.id), REGISTRY["track.reload_plugins"]
    texts = [action.text() for action in bench.view.build_menu(control).actions()]
    assert reload.title not in texts
    assert reload.why_not(bench.studio) == "No plug-in is lost."
    bench.engine.hosted = (PluginReading(insert.id, "MVerb", "crashed", "signal 11 ended it", 3),)
    assert list(plugins.lost_sentences(bench.studio).values()) == [
        "“MVerb” on “Keys” is passed by: signal 11 ended it."
    ]
    menu = bench.view.build_menu(control)
    [entry] = [action for action in menu.actions() if action.text() == reload.title]
    entry.trigger()
    assert bench.engine.reloads == 1
