"""The ruler: its upper half draws and drags the loop, its lower half moves the playhead and zooms."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.actions.tempo import set_changes
from maxbooster_desktop.project.edits import markers, meta
from maxbooster_desktop.ui.arranger.hits import HINTS, Zone

BAR = 3840
BAR_PX = 192
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


def middle(bench, zone, x=None):
    rect = bench.view.ruler.rect_of(zone)
    return QPoint(round(rect.x + rect.width / 2) if x is None else x, round(rect.y + rect.height / 2))


def loop(bench):
    found = bench.studio.state.meta
    return found.loop_start_tick / BAR, found.loop_end_tick / BAR, found.loop_enabled


def test_every_zone_has_a_place_that_hits_it_and_words(bench):
    bench.project.do(meta.set_loop, 2 * BAR, 4 * BAR, True)
    bench.settle()
    ruler = bench.view.ruler
    hints = []
    bench.view.hint_changed.connect(hints.append)
    shapes = {}
    for zone in (Zone.RULER, Zone.LOOP, Zone.LOOP_START, Zone.LOOP_LANE, Zone.LOOP_END, Zone.MARKER_LANE):
        spot = middle(bench, zone, 900 if zone is Zone.LOOP_LANE else None)
        assert ruler.hit_test(spot.x(), spot.y()).zone is zone
        bench.move(spot, on=ruler)
        assert hints[-1] == HINTS[zone]
        shapes[zone] = ruler.cursor().shape()
    assert len({shapes[zone] for zone in (Zone.RULER, Zone.LOOP_LANE, Zone.LOOP, Zone.LOOP_START)}) == 4
    assert ruler.rect_of(Zone.LOOP_LANE).bottom == ruler.rect_of(Zone.RULER).y
    assert ruler.rect_of("no such thing") is None


def test_lower_half_click_seeks_and_drag_scrubs(bench):
    ruler = bench.view.ruler
    QTest.mouseClick(ruler, Qt.MouseButton.LeftButton, pos=middle(bench, Zone.RULER, BAR_PX + 5))
    assert bench.engine.seeks == [BAR]
    bench.qtbot.waitUntil(lambda: bench.view.playhead.line.x() == BAR_PX - 1)
    axis = bench.view.scene.axis
    bench.drag(middle(bench, Zone.RULER, BAR_PX), QPoint(2 * BAR_PX, 2), on=ruler)
    assert bench.engine.seeks == sorted(bench.engine.seeks)
    assert len(set(bench.engine.seeks)) >= 4
    assert bench.engine.position_tick == 3 * BAR
    assert bench.view.scene.axis == axis


def test_escape_during_a_scrub_puts_the_playhead_back(bench):
    ruler = bench.view.ruler
    bench.engine.position_tick = 7 * BAR
    bench.drag(middle(bench, Zone.RULER, BAR_PX), QPoint(2 * BAR_PX, 0), on=ruler, release=False)
    assert bench.engine.position_tick == 3 * BAR
    QTest.keyClick(ruler, Qt.Key.Key_Escape)
    assert bench.engine.position_tick == 7 * BAR
    QTest.mouseRelease(ruler, Qt.MouseButton.LeftButton, NONE, middle(bench, Zone.RULER, 3 * BAR_PX))
    assert bench.engine.position_tick == 7 * BAR


def test_lower_half_drag_up_or_down_zooms_and_does_not_seek(bench):
    ruler = bench.view.ruler
    bench.view.viewport.set_axis(bench.view.scene.axis.scrolled_to(500))
    tick = bench.view.scene.axis.exact_tick_at(400)
    bench.drag(middle(bench, Zone.RULER, 400), QPoint(0, 60), on=ruler)
    assert bench.view.scene.axis.px_per_tick == pytest.approx(0.1)
    assert abs(bench.view.scene.axis.x_of(tick) - 400) <= 1
    bench.drag(middle(bench, Zone.RULER, 400), QPoint(-40, -60), on=ruler)
    assert bench.view.scene.axis.px_per_tick == pytest.approx(0.05)
    assert abs(bench.view.scene.axis.x_of(tick) - 360) <= 1
    assert bench.engine.seeks == []


@pytest.mark.parametrize("zone", [Zone.RULER, Zone.LOOP_LANE])
def test_double_click_zooms_to_the_selection(bench, zone):
    bench.studio.selection.set_clips((bench.two,))
    spot = middle(bench, zone, 5 * BAR_PX)
    QTest.mouseDClick(bench.view.ruler, Qt.MouseButton.LeftButton, pos=spot)
    assert bench.view.rect_of(bench.two).x == pytest.approx(16, abs=1)
    QTest.mouseRelease(bench.view.ruler, Qt.MouseButton.LeftButton, NONE, spot)


@pytest.mark.parametrize("by", [1, -1])
def test_upper_half_drag_draws_a_loop_and_switches_it_on(bench, by):
    before = len(bench.steps())
    start = middle(bench, Zone.LOOP_LANE, (6 if by > 0 else 8) * BAR_PX + 3)
    bench.drag(start, QPoint(by * 2 * BAR_PX, 3), on=bench.view.ruler)
    assert loop(bench) == (6, 8, True)
    assert len(bench.steps()) == before + 1
    assert bench.engine.seeks == []


def test_upper_half_click_moves_the_playhead_and_draws_nothing(bench):
    before = loop(bench)
    QTest.mouseClick(bench.view.ruler, Qt.MouseButton.LeftButton, pos=middle(bench, Zone.LOOP_LANE, 6 * BAR_PX))
    assert bench.engine.seeks == [6 * BAR]
    assert loop(bench) == before


def test_shift_draws_over_the_brace_and_escape_draws_nothing(bench):
    bench.project.do(meta.set_loop, 0, 8 * BAR, True)
    bench.settle()
    ruler = bench.view.ruler
    bench.drag(middle(bench, Zone.LOOP, 2 * BAR_PX), QPoint(BAR_PX, 0), SHIFT, on=ruler)
    assert loop(bench) == (2, 3, True)
    bench.drag(middle(bench, Zone.LOOP_LANE, 5 * BAR_PX), QPoint(BAR_PX, 0), on=ruler, release=False)
    assert bench.view.ruler.rect_of(Zone.LOOP).x == 5 * BAR_PX
    QTest.keyClick(ruler, Qt.Key.Key_Escape)
    QTest.mouseRelease(ruler, Qt.MouseButton.LeftButton, NONE, middle(bench, Zone.RULER, 6 * BAR_PX))
    assert loop(bench) == (2, 3, True)
    assert bench.view.ruler.rect_of(Zone.LOOP).x == 2 * BAR_PX


def test_loop_brace_moves_by_its_ends_and_as_a_whole(bench):
    bench.project.do(meta.set_loop, 2 * BAR, 4 * BAR, True)
    bench.settle()
    ruler = bench.view.ruler
    bench.drag(middle(bench, Zone.LOOP_END), QPoint(BAR_PX, 0), on=ruler)
    bench.drag(middle(bench, Zone.LOOP_START), QPoint(-BAR_PX, 0), on=ruler)
    assert loop(bench) == (1, 5, True)
    bench.drag(middle(bench, Zone.LOOP), QPoint(BAR_PX, 0), on=ruler)
    assert loop(bench) == (2, 6, True)
    bench.drag(middle(bench, Zone.LOOP), QPoint(0, 0), on=ruler)
    assert loop(bench) == (2, 6, False)


def test_tempo_and_signature_changes_have_a_lane_once_there_are_any(bench):
    ruler, view = bench.view.ruler, bench.view
    assert (ruler.height(), ruler.rect_of(str(4 * BAR))) == (48, None)
    bench.project.do(set_changes, 4 * BAR, 90.0, True, (3, 4))
    bench.settle()
    bench.qtbot.waitUntil(lambda: view.playhead.head.height() == 68)
    assert (ruler.height(), view.corner.height()) == (68, 68)
    assert list(ruler.places.changes().items()) == [(0, "120 · 4/4"), (4 * BAR, "90 glide · 3/4")]
    spot = middle(bench, str(4 * BAR))
    assert (ruler.hit_test(spot.x(), spot.y()).zone, ruler.hit_test(900, 60).zone) == (
        Zone.TEMPO_CHANGE,
        Zone.TEMPO_LANE,
    )
    QTest.mouseClick(ruler, Qt.MouseButton.LeftButton, pos=spot)
    assert bench.engine.position_tick == 4 * BAR
    REGISTRY["tempo.delete"].run(bench.studio)
    bench.qtbot.waitUntil(lambda: ruler.height() == 48)
    assert bench.steps()[-2:] == ["Change tempo or signature at bar 5", "Delete tempo or signature change"]
    assert "that of the start stays" in REGISTRY["tempo.delete"].why_not(bench.studio)


def test_a_menu_acts_on_the_marker_pointed_at(bench):
    for tick in (BAR, 5 * BAR):
        bench.project.do(markers.add_marker, tick, f"Bar {tick // BAR}")
    bench.settle()
    far = next(each for each in bench.studio.state.markers if each.tick == 5 * BAR)
    bench.view.ruler.menu_wanted.disconnect()
    spot = middle(bench, far.id)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, spot, bench.view.ruler.mapToGlobal(spot))
    QApplication.sendEvent(bench.view.ruler, event)
    REGISTRY["marker.delete"].run(bench.studio)
    bench.qtbot.waitUntil(lambda: len(bench.studio.state.markers) == 1)
    assert bench.studio.state.markers[0].tick == BAR
