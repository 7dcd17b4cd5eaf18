"""What the mixer shows: values equal to the state, faders and meters on one scale, and no repaint without a reason."""

import math

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.engine.readings import MasterMeter, Meters
from maxbooster_desktop.project.document.state import MASTER
from maxbooster_desktop.project.edits import channel, tracks
from maxbooster_desktop.project.store.opening import create_project
from maxbooster_desktop.ui.mixer.accessibility import name_of
from maxbooster_desktop.ui.mixer.levels import MixerLevels, loudness_rows
from maxbooster_desktop.ui.mixer.painting import qrect
from maxbooster_desktop.ui.mixer.parts import Control, Part
from maxbooster_desktop.ui.mixer.view import MixerView
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.decibel_scale import fraction_of
from tests.ui.mixer.conftest import Engine, Paints, reading


def shade_at(bench, x, y):
    return bench.canvas.grab().toImage().pixelColor(x, y).name()


@pytest.mark.parametrize("level_db", [3.0, -1.5, -6.0, -12.0, -20.0, -40.0])
def test_meter_ends_where_the_scale_says(bench, level_db):
    bench.view.resize(900, 600)
    bench.engine.channels = {bench.drums: reading(level_db, -60.0)}
    bench.view.metering.feed(bench.engine.meters(), 0.0)
    bar, plan = bench.scene.strip(bench.drums).meter_bar(0), bench.scene.plan
    image = bench.canvas.grab().toImage()
    column = [image.pixelColor(bar.x + 3, y).name() for y in range(bar.y, bar.bottom)]
    ground = theme().colour("bg.input").name()
    lit = [y for y, shade in enumerate(column, start=bar.y) if shade != ground]
    top, bottom = plan.travel
    exact = bottom - fraction_of(level_db) * (bottom - top)
    assert abs(lit[0] - exact) <= 1.0
    assert lit == list(range(lit[0], bar.bottom))
    assert image.pixelColor(bar.x + 3 + 8, bar.bottom - 2).name() == ground


@pytest.mark.parametrize("height", [252, 420, 900])
def test_cap_and_meter_share_one_scale_at_every_height(bench, height):
    bench.view.resize(900, height)
    layout, plan = bench.scene.strip(bench.drums), bench.scene.plan
    top, bottom = plan.travel
    for level_db in (6.0, 0.0, -6.0, -12.0, -24.0, -48.0, -144.0):
        cap = layout.cap(level_db)
        assert abs(cap.y + cap.height / 2 - (bottom - fraction_of(level_db) * (bottom - top))) <= 0.5
        assert plan.fader_y <= cap.y
        assert cap.bottom <= plan.fader_bottom
    bar = layout.meter_bar(1)
    assert (bar.y, bar.bottom) == (top, bottom)


def test_meter_colours_change_at_twelve_and_three(bench):
    bench.view.resize(900, 600)
    bench.engine.channels = {bench.drums: reading(-1.0)}
    bench.view.metering.feed(bench.engine.meters(), 0.0)
    bar, plan = bench.scene.strip(bench.drums).meter_bar(0), bench.scene.plan
    for level_db, role in ((-20.0, "meter.low"), (-8.0, "meter.mid"), (-2.0, "meter.high")):
        assert shade_at(bench, bar.x + 3, plan.y_of(level_db)) == theme().colour(role).name()


def test_fader_cap_is_drawn_at_the_gain(bench):
    cap = bench.scene.strip(bench.drums).cap(-6.5)
    middle = cap.y + cap.height // 2
    assert shade_at(bench, cap.x + 10, middle) == theme().colour("knob.mark").name()
    assert shade_at(bench, cap.x + 10, middle - 6) == theme().colour("knob.cap").name()


@pytest.mark.parametrize(
    ("values", "is_lit", "words"),
    [
        ({"eq_on": 1.0}, True, "on"),
        ({"hp_on": 1.0}, True, "filters on"),
        ({"lp_on": 1.0}, True, "filters on"),
        ({"hp_on": 1.0, "eq_on": 1.0}, True, "on"),
        ({"comp_on": 1.0}, False, "off"),
    ],
)
def test_the_eq_lamp_is_lit_while_a_filter_works(bench, values, is_lit, words):
    bench.project.do(channel.set_strip, bench.keys, values)
    bench.view.show_state()
    box = bench.scene.rect_of(bench.keys, Part.EQ)
    lamp = shade_at(bench, box.x + 5, box.y + box.height // 2)
    assert lamp == theme().colour("accent" if is_lit else "bg.input").name()
    assert name_of(bench.canvas, Control(Part.EQ, bench.keys)) == f"Keys EQ, {words}"


def test_every_part_can_be_hit_where_it_is_drawn(bench):
    for track in bench.scene.all_tracks():
        for control in bench.scene.controls(track):
            spot = bench.spot(track, control.part, control.entity)
            assert bench.scene.hit_test(spot.x(), spot.y()) == control
    assert bench.view.visible_range() == (0, 3)


def test_meter_frame_repaints_meter_rects_alone(bench):
    bench.qtbot.wait(50)
    bench.view.metering.stop()
    paints, before = Paints(bench.canvas), bench.canvas.painted_strips
    bench.engine.channels = {bench.drums: reading(-10.0), MASTER: reading(-9.0)}
    for _ in range(5):
        bench.view.metering.feed(bench.engine.meters(), 0.033)
        bench.engine.channels = {bench.drums: reading(-20.0), MASTER: reading(-30.0)}
        QCoreApplication.processEvents()
    allowed = QRegion()
    for track in (bench.drums, MASTER):
        allowed += qrect(bench.scene.rect_of(track, Part.METER))
    painted = QRegion()
    for region in paints.regions:
        painted += region
    assert len(paints.regions) >= 4
    assert (painted - allowed).isEmpty()
    assert not painted.isEmpty()
    assert bench.canvas.painted_strips == before


def test_silence_repaints_nothing(bench):
    bench.qtbot.wait(120)
    paints = Paints(bench.canvas)
    bench.qtbot.wait(350)
    assert bench.view.metering.is_running
    assert paints.regions == []


def test_meters_stand_while_hidden(bench):
    bench.view.hide()
    assert not bench.view.metering.is_running
    bench.view.show()
    assert bench.view.metering.is_running


def test_bars_fall_twenty_decibels_a_second_and_clip_stays_lit(bench):
    levels = MixerLevels()
    levels.feed(Meters({bench.drums: reading(0.5)}), [bench.drums], 0.0)
    for _ in range(10):
        levels.feed(Meters({bench.drums: reading(-60.0)}), [bench.drums], 0.1)
    strip = levels.of(bench.drums)
    assert strip.bars[0].level_db == pytest.approx(0.5 - 20.0)
    assert strip.bars[0].hold_db == 0.5
    assert strip.has_clipped
    levels.clear_clip(bench.drums)
    levels.feed(Meters({bench.drums: reading(-60.0)}), [bench.drums], 0.1)
    assert not levels.of(bench.drums).has_clipped


def test_engine_clip_latch_lights_the_lamp_once(bench):
    levels = MixerLevels()
    clipped = Meters({bench.drums: reading(-3.0, is_clipped=True)})
    levels.feed(clipped, [bench.drums], 0.03)
    assert levels.of(bench.drums).has_clipped
    levels.clear_clip(bench.drums)
    levels.feed(clipped, [bench.drums], 0.03)
    assert not levels.of(bench.drums).has_clipped


@pytest.mark.parametrize("broken", [math.nan, -math.inf])
def test_a_level_that_is_no_number_is_silence(bench, broken):
    levels = MixerLevels()
    levels.feed(Meters({bench.drums: reading(broken)}), [bench.drums, bench.keys], 0.1)
    assert [bar.level_db for track in (bench.drums, bench.keys) for bar in levels.of(track).bars] == [-60.0] * 4


def test_master_read_out_says_what_was_measured(bench):
    rows = loudness_rows(MasterMeter(-14.24, None, -15.06, 5.3, -1.2, 0.634))
    assert [row[1] for row in rows] == ["-14.2", "\u2013", "-15.1", "5.3", "-1.2", "+0.63"]
    bench.engine.transport.is_playing = True
    bench.engine.master = MasterMeter(-14.2)
    bench.wait_for(lambda: bench.canvas.loudness[0][1] == "-14.2")


def test_two_hundred_strips(qtbot, tmp_path):
    with create_project(tmp_path / "Big") as project:
        studio = Studio(Engine())
        for number in range(200):
            project.submit(tracks.add_track, "audio", f"Track {number}")
        project.do(channel.set_gain, MASTER, -1.0)
        studio.attach(project, None)
        view = MixerView(studio)
        qtbot.addWidget(view)
        assert len(view.findChildren(QWidget)) < 40, "a widget for each strip takes seconds to build"
        view.resize(1600, 252)
        view.show()
        qtbot.waitExposed(view)
        qtbot.wait(50)
        view.metering.stop()
        paints, strips = Paints(view.canvas), view.canvas.painted_strips
        view.metering.feed(Meters({track: reading(-12.0) for track in view.scene.tracks}), 0.033)
        QCoreApplication.processEvents()
        first, last = view.visible_range()
        assert 15 <= last - first <= 20
        assert len(paints.regions) == 1
        assert paints.regions[0].rectCount() <= 2 * (last - first)
        assert view.canvas.painted_strips == strips
        view.canvas.focus_on(Control(Part.FADER, view.scene.tracks[199]))
        assert view.visible_range()[1] == 200
        view.close_project()
        studio.detach()
