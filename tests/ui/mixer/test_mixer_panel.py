"""The strip panel and what assistive technology hears of the mixer."""

import math
import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest

from dsp.strips.parameters import STRIP
from maxbooster_desktop.engine.graph.devices import device_ids, device_of, instrument_ids
from maxbooster_desktop.project.document.state import MASTER
from maxbooster_desktop.ui.mixer.accessibility import controls_of, name_of
from maxbooster_desktop.ui.mixer.curves import compressed_db, eq_response_db
from maxbooster_desktop.ui.mixer.declared import choices, is_switch, parsed, scale_of
from maxbooster_desktop.ui.mixer.inserts import short_name, title
from maxbooster_desktop.ui.mixer.parts import Control, Part
from tests.ui.mixer.conftest import reading


def opened(bench, part=Part.EQ, entity="", track=None):
    bench.view.resize(1400, 700)
    bench.view.open_slot(Control(part, track or bench.drums, entity))
    return bench.view.panel


def test_a_slot_opens_the_panel_and_it_follows_the_selection(bench):
    bench.click(bench.drums, Part.EQ)
    panel = bench.view.panel
    assert panel.isVisible()
    assert panel.header.title() == "Strip: Drums"
    bench.click(bench.keys, Part.NAME)
    assert panel.header.title() == "Strip: Keys"
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_every_declared_parameter_has_a_control_that_shows_its_value(bench):
    panel = opened(bench)
    assert set(panel.bound) == {parameter.name for parameter in STRIP}
    for parameter in STRIP:
        setting = panel.bound[parameter.name].setting
        assert setting.value == bench.track(bench.drums).strip.get(parameter.name, parameter.default)
        assert panel.bound[parameter.name].widget.accessibleName()


def test_a_control_edits_its_parameter_in_one_step(bench):
    panel, before = opened(bench), len(bench.steps())
    panel.bound["band2_gain_db"].widget.change(-3.0)
    bench.settle()
    assert bench.track(bench.drums).strip["band2_gain_db"] == -3.0
    panel.bound["eq_on"].widget.click()
    bench.settle()
    panel.bound["band2_kind"].widget.click()
    bench.settle()
    assert bench.track(bench.drums).strip["eq_on"] == 1.0
    assert bench.track(bench.drums).strip["band2_kind"] == 1.0
    assert len(bench.steps()) == before + 3
    assert panel.bound["band2_kind"].widget.text() == "Low shelf"
    assert panel.response.strip["band2_gain_db"] == -3.0


def test_a_drag_in_the_panel_is_heard_and_esc_gives_it_up(bench):
    panel, before = opened(bench), bench.steps()
    field = panel.bound["comp_threshold_db"].widget
    QTest.mousePress(field, Qt.MouseButton.LeftButton, pos=field.rect().center())
    QTest.mouseMove(field, field.rect().center() - field.rect().bottomLeft() * 2)
    assert bench.engine.touches[-1][:2] == (bench.drums, "strip.comp_threshold_db")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    QTest.mouseRelease(field, Qt.MouseButton.LeftButton, pos=field.rect().center())
    bench.settle()
    assert bench.steps() == before
    assert bench.engine.touches[-1] == (bench.drums, "strip.comp_threshold_db", -18.0)


def test_an_inserts_parameters_come_from_its_declaration(bench):
    insert = bench.track(MASTER).inserts[0]
    panel = opened(bench, Part.INSERT, insert.id, MASTER)
    [ceiling] = [bound for bound in panel.inserts[insert.id] if bound.parameter.name == "ceiling_dbtp"]
    assert (ceiling.setting.value, ceiling.name) == (-1.0, "True-peak limiter Ceiling")
    ceiling.widget.change(-2.0)
    bench.settle()
    assert bench.track(MASTER).inserts[0].values == {"ceiling_dbtp": -2.0}


def test_a_slot_opens_the_panel_at_its_controls(bench):
    insert = bench.track(MASTER).inserts[0]
    bench.view.resize(1400, 300)
    bench.view.open_slot(Control(Part.INSERT, MASTER, insert.id))
    panel = bench.view.panel
    bar = panel._scroll.verticalScrollBar()
    section = panel._sections[insert.id]
    bench.wait_for(lambda: bar.value() == min(section.y(), bar.maximum()) > 100)
    bench.view.open_slot(Control(Part.EQ, MASTER))
    bench.wait_for(lambda: bar.value() == 0)


def test_the_menu_offers_every_device_of_the_engine(bench):
    actions = bench.view.build_menu(Control(Part.INSERT_ADD, bench.drums)).actions()
    texts = [action.text() for action in actions if not action.menu() and not action.isSeparator()]
    assert texts == [f"Add {device_of(device).title}" for device in device_ids()]
    assert (short_name("dynamics.true_peak_limiter"), short_name("delays.sample_delay")) == (
        "TP Limiter",
        "Sample delay",
    )
    assert (title("delays.sample_delay"), title("reverbs.lost_hall")) == ("Sample delay", "Lost hall")


def test_a_preset_sets_every_parameter_in_one_step(bench):
    insert = bench.track(MASTER).inserts[0]
    menu = bench.view.build_menu(Control(Part.INSERT, MASTER, insert.id))
    [box] = [action.menu() for action in menu.actions() if action.text() == "Presets"]
    [preset] = [action for action in box.actions() if action.text() == "Broadcast peak"]
    assert preset.toolTip().startswith("Hold programme under")
    preset.trigger()
    expected = {"ceiling_dbtp": -3.0, "drive_db": 2.0, "release_ms": 120.0}
    bench.qtbot.waitUntil(lambda: bench.track(MASTER).inserts[0].values == expected, timeout=10_000)


def test_strips_with_inserts_are_painted_and_named_without_loading_kernels():
    code = (
        "import sys, maxbooster_desktop.ui.mixer.view\n"
        "from maxbooster_desktop.ui.mixer.inserts import short_name\n"
        "short_name('dynamics.true_peak_limiter')\n"
        "assert 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_gain_reduction_reaches_the_panel(bench):
    panel = opened(bench, Part.COMP)
    bench.engine.channels = {bench.drums: reading(-10.0, gain_reduction_db=-6.0)}
    bench.wait_for(lambda: panel.reduction.reduction_db == 6.0)
    assert panel.reduction.bar().height() == pytest.approx((116 - 18) * 6.0 / 20.0)


def test_curves_are_the_filters_own_response():
    strip = {"eq_on": 1.0, "band2_hz": 1_000.0, "band2_gain_db": 6.0, "hp_on": 1.0, "hp_hz": 100.0}
    levels = eq_response_db(strip, np.array([100.0, 1_000.0]), 48_000.0)
    assert levels[1] == pytest.approx(6.0, abs=0.01)
    assert levels[0] == pytest.approx(-3.01 + 0.03, abs=0.1)
    assert np.all(eq_response_db({"band2_gain_db": 6.0}, np.array([1_000.0]), 48_000.0) == 0.0)
    hard = {"comp_on": 1.0, "comp_threshold_db": -20.0, "comp_ratio": 4.0, "comp_knee_db": 0.0, "comp_makeup_db": 3.0}
    assert compressed_db(hard, 0.0) == pytest.approx(-15.0 + 3.0, abs=0.01)
    assert compressed_db(hard, -40.0) == pytest.approx(-37.0, abs=0.01)


def test_declared_scales_round_trip():
    for parameter in STRIP:
        scale = scale_of(parameter)
        assert scale.value(scale.fraction(parameter.default)) == pytest.approx(parameter.default)
        assert scale.parse(scale.shown(parameter.default)) == pytest.approx(parameter.default, abs=0.05)
    assert (parsed("1.2k", "Hz"), parsed("-6 dB", "dB"), parsed("1,5", ""), parsed("loud", "dB")) == (
        1200,
        -6,
        1.5,
        None,
    )


@pytest.mark.parametrize("device", device_ids() + instrument_ids())
def test_a_choice_has_the_words_of_its_own_declaration(device):
    for parameter in device_of(device).parameters:
        expected = () if is_switch(parameter) else parameter.choices
        assert choices(parameter) == expected, parameter.name


def test_every_control_has_a_name_with_its_value(bench):
    names = [name_of(bench.canvas, control) for control in controls_of(bench.canvas)]
    assert len(names) == len(set(names))
    for expected in (
        "Drums gain, -6.5 dB",
        "Keys pan, L 20",
        "Drums send to Reverb, -12.0 dB",
        "Drums compressor, on",
        "Keys mute, off",
        "Master True-peak limiter, on",
    ):
        assert expected in names


def test_screen_readers_find_sliders_with_values(bench):
    mixer = QAccessible.queryAccessibleInterface(bench.canvas)
    children = [mixer.child(index) for index in range(mixer.childCount())]
    assert all(child.text(QAccessible.Text.Name) for child in children)
    [fader] = [child for child in children if child.text(QAccessible.Text.Name) == "Drums gain, -6.5 dB"]
    assert fader.role() == QAccessible.Role.Slider
    assert fader.text(QAccessible.Text.Value) == "-6.5 dB"
    value = fader.valueInterface()
    assert (value.currentValue(), value.minimumValue(), value.maximumValue()) == (-6.5, -144.0, 6.0)
    assert math.isclose(value.minimumStepSize(), 0.5)
    value.setCurrentValue(-3.0)
    bench.settle()
    assert bench.track(bench.drums).gain_db == -3.0
    assert mixer.indexOfChild(fader) == children.index(fader)
    assert not fader.rect().isEmpty()
