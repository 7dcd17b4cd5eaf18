"""The handles on the EQ curve: drags, wheel, reset and Esc, what they write, and what assistive technology finds."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QAccessible, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from maxbooster_desktop.ui.mixer.parts import Control, Part

LEFT, NONE, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def panel(bench):
    bench.view.resize(1400, 700)
    bench.view.open_slot(Control(Part.EQ, bench.drums))
    return bench.view.panel


def drag(handle, to_x, to_y, keys=NONE, *, release=True):
    """Drag a handle's middle to a point of the curve."""
    curve = handle.parentWidget()
    middle = handle.rect().center()
    QTest.mousePress(handle, LEFT, keys, middle)
    start = QPointF(handle.mapTo(curve, middle))
    for part in (0.5, 1.0):
        there = start + (QPointF(to_x, to_y) - start) * part
        local = handle.mapFrom(curve, there)
        move = QMouseEvent(QEvent.Type.MouseMove, local, handle.mapToGlobal(local), Qt.MouseButton.NoButton, LEFT, keys)
        QApplication.sendEvent(handle, move)
    if release:
        QTest.mouseRelease(handle, LEFT, keys, handle.rect().center())


def test_a_drag_sets_frequency_and_gain_is_heard_and_is_one_step(bench, panel):
    before = bench.steps()
    curve, handle = panel.response, panel.handles[1]
    drag(handle, curve.x_of(2_000.0), curve.y_of(6.0))
    assert {touch[1] for touch in bench.engine.touches} >= {"strip.band2_hz", "strip.band2_gain_db", "strip.eq_on"}
    bench.settle()
    strip = bench.track(bench.drums).strip
    assert strip["band2_hz"] == pytest.approx(2_000.0, rel=0.03)
    assert strip["band2_gain_db"] == pytest.approx(6.0, abs=0.5)
    assert strip["eq_on"] == 1.0
    assert len(bench.steps()) == len(before) + 1
    middle = QRectF(handle.geometry()).center()
    assert abs(middle.x() - curve.x_of(strip["band2_hz"])) <= 1
    assert abs(middle.y() - curve.y_of(strip["band2_gain_db"])) <= 1
    assert panel.bound["band2_gain_db"].widget.value == strip["band2_gain_db"]


def test_a_drag_straight_up_keeps_the_frequency_and_one_sideways_the_gain(bench, panel):
    handle = panel.handles[1]
    before = panel.bound["band2_hz"].setting.value
    curve = panel.response
    middle = QPointF(handle.mapTo(curve, handle.rect().center()))
    drag(handle, middle.x(), middle.y() - 17)
    bench.settle()
    strip = bench.track(bench.drums).strip
    assert strip.get("band2_hz", before) == before
    gain_db = strip["band2_gain_db"]
    assert gain_db > 3.0
    middle = QPointF(handle.mapTo(curve, handle.rect().center()))
    drag(handle, middle.x() + 40, middle.y())
    bench.settle()
    assert bench.track(bench.drums).strip["band2_gain_db"] == gain_db
    assert bench.track(bench.drums).strip["band2_hz"] > before


def test_the_strip_that_the_panel_shows_is_in_sight(bench):
    for number in range(12):
        bench.studio.do("tracks.add_track", "audio", f"Take {number}")
    bench.settle()
    bench.view.resize(1_000, 700)
    bench.settle()
    last = bench.view.scene.tracks[bench.view.visible_range()[1] - 2]
    bench.view.open_slot(Control(Part.EQ, last))
    bench.settle()
    rect = bench.view.rect_of(last)
    assert rect.x >= 0
    assert rect.x + rect.width <= bench.view.scene.lane_width


def test_shift_is_fine_and_the_curves_edges_hold(bench, panel):
    curve, handle = panel.response, panel.handles[1]
    start_hz = panel.bound["band2_hz"].setting.value
    drag(handle, curve.x_of(start_hz), curve.y_of(0.0) - 20, SHIFT)
    bench.settle()
    assert 0.5 <= bench.track(bench.drums).strip["band2_gain_db"] <= 1.0
    drag(handle, -400, -400)
    bench.settle()
    strip = bench.track(bench.drums).strip
    assert (strip["band2_hz"], strip["band2_gain_db"]) == (20.0, 18.0)


def test_wheel_changes_q_and_a_burst_is_one_step(bench, panel):
    before, handle = bench.steps(), panel.handles[2]
    for _ in range(3):
        place = QPointF(handle.rect().center())
        QApplication.sendEvent(
            handle,
            QWheelEvent(place, handle.mapToGlobal(place), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, NONE,
                        Qt.ScrollPhase.NoScrollPhase, False),
        )  # fmt: skip
    bench.settle()
    assert bench.track(bench.drums).strip["band3_q"] > 0.71
    assert len(bench.steps()) == len(before) + 1


def test_double_click_resets_the_band_in_one_step(bench, panel):
    curve, handle = panel.response, panel.handles[0]
    drag(handle, curve.x_of(400.0), curve.y_of(-9.0))
    bench.settle()
    before = len(bench.steps())
    QTest.mouseDClick(handle, LEFT, NONE, handle.rect().center())
    QTest.mouseRelease(handle, LEFT, NONE, handle.rect().center())
    bench.settle()
    strip = bench.track(bench.drums).strip
    assert (strip["band1_gain_db"], strip["band1_hz"]) == (0.0, panel.bound["band1_hz"].parameter.default)
    assert len(bench.steps()) == before + 1


def test_escape_gives_a_drag_up_in_picture_and_ear(bench, panel):
    before, curve, handle = bench.steps(), panel.response, panel.handles[3]
    place = handle.pos()
    drag(handle, curve.x_of(500.0), curve.y_of(12.0), release=False)
    assert handle.pos() != place
    QTest.keyClick(handle, Qt.Key.Key_Escape)
    QTest.mouseRelease(handle, LEFT, NONE, handle.rect().center())
    bench.settle()
    assert (bench.steps(), handle.pos()) == (before, place)
    assert ("strip.band4_gain_db", 0.0) in [touch[1:] for touch in bench.engine.touches[-3:]]


def test_screen_readers_find_a_handle_a_band(bench, panel):
    curve = QAccessible.queryAccessibleInterface(panel.response)
    children = [curve.child(index) for index in range(curve.childCount())]
    assert [child.text(QAccessible.Text.Name) for child in children] == [f"Band {n} on the curve" for n in (1, 2, 3, 4)]
    drag(panel.handles[1], panel.response.x_of(1_000.0), panel.response.y_of(3.0))
    bench.settle()
    assert children[1].text(QAccessible.Text.Value).endswith("0.71")
    assert " Hz, +" in children[1].text(QAccessible.Text.Value)
