"""Knobs, faders and fields: what a gesture or a typed text does to the value."""

import gc
import weakref

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from maxbooster_desktop.ui.widgets.decibel_scale import MARKS, SILENCE_DB, format_db, fraction_of, level_at, parse_db
from maxbooster_desktop.ui.widgets.fader import Fader, FlatFader
from maxbooster_desktop.ui.widgets.knob import PAN, Knob, parse_pan
from maxbooster_desktop.ui.widgets.value_field import ValueField


def shown(qtbot, make):
    host = QWidget()
    host.resize(300, 240)
    control = make(host)
    control.setGeometry(20, 20, 60, 180)
    qtbot.addWidget(host)
    host.show()
    qtbot.waitExposed(host)
    control.setFocus()
    control.host = host  # a Python reference, or the host is collected
    return control


@pytest.fixture
def fader(qtbot):
    return shown(qtbot, lambda host: Fader("Drums volume", host))


@pytest.mark.parametrize(
    ("typed", "expected"), [("-6", -6.0), ("-6 dB", -6.0), ("+1,5", 1.5), ("-inf", SILENCE_DB), ("99", 6.0)]
)
def test_typing_a_level(qtbot, fader, typed, expected):
    with qtbot.waitSignal(fader.committed) as heard:
        QTest.keyClicks(fader, typed[0])
        editor = fader.window().findChild(QLineEdit)
        QTest.keyClicks(editor, typed[1:])
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert fader.value == pytest.approx(expected)
    assert heard.args[0] == pytest.approx(expected)


def test_nonsense_and_escape_leave_the_value(fader):
    fader.set_value(-3.0)
    for last_key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        QTest.keyClicks(fader, "5")
        editor = next(each for each in fader.window().findChildren(QLineEdit) if each.isVisible())
        editor.setText("loud" if last_key == Qt.Key.Key_Return else "5")
        QTest.keyClick(editor, last_key)
        assert fader.value == -3.0


def test_a_drag_moves_and_commits_once(qtbot, fader):
    moved, committed = [], []
    fader.moved.connect(moved.append)
    fader.committed.connect(committed.append)
    start = QPoint(fader.width() - 12, fader.y_of(0.0))
    QTest.mousePress(fader, Qt.MouseButton.LeftButton, pos=start)
    for y in range(start.y(), fader.y_of(-12.0) + 1, 2):
        QTest.mouseMove(fader, QPoint(start.x(), y))
    fader.set_value(3.0)
    QTest.mouseMove(fader, QPoint(start.x(), fader.y_of(-12.0)))
    QTest.mouseRelease(fader, Qt.MouseButton.LeftButton, pos=QPoint(start.x(), fader.y_of(-12.0)))
    assert fader.value == pytest.approx(-12.0, abs=0.3)
    assert len(moved) > 5
    assert committed == [fader.value]


def test_a_click_is_no_edit(fader):
    committed = []
    fader.committed.connect(committed.append)
    QTest.mouseClick(fader, Qt.MouseButton.LeftButton, pos=QPoint(40, 50))
    assert committed == []


def test_double_click_restores_the_default(fader):
    fader.set_value(-20.0)
    QTest.mouseDClick(fader, Qt.MouseButton.LeftButton, pos=QPoint(40, 50))
    assert fader.value == 0.0


def test_keys_and_wheel_step(fader):
    QTest.keyClick(fader, Qt.Key.Key_Up)
    assert fader.value == 0.5
    QTest.keyClick(fader, Qt.Key.Key_PageDown)
    assert fader.value == -2.5
    QTest.keyClick(fader, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert fader.value == pytest.approx(-2.45)
    place = QPointF(40, 50)
    wheel = QWheelEvent(
        place,
        place,
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(fader, wheel)
    assert fader.value == pytest.approx(-1.95)


def test_flat_fader_drags_sideways(qtbot):
    flat = shown(qtbot, lambda host: FlatFader("Keys volume", host))
    flat.setGeometry(20, 20, 110, 16)
    QTest.mousePress(flat, Qt.MouseButton.LeftButton, pos=QPoint(flat.x_of(0.0), 8))
    QTest.mouseMove(flat, QPoint(flat.x_of(-24.0), 8))
    QTest.mouseRelease(flat, Qt.MouseButton.LeftButton, pos=QPoint(flat.x_of(-24.0), 8))
    assert flat.value == pytest.approx(-24.0, abs=0.6)


def test_field_opens_its_editor_on_a_click(qtbot):
    field = shown(qtbot, lambda host: ValueField(PAN, "Pan", host))
    QTest.mouseClick(field, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    editor = field.window().findChild(QLineEdit)
    editor.setText("L 30")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert (field.value, field.text()) == (pytest.approx(-0.3), "L 30")


def test_screen_readers_hear_role_name_and_short_value(qtbot, fader):
    fader.set_value(-12.2945323)
    spoken = QAccessible.queryAccessibleInterface(fader)
    assert spoken.role() == QAccessible.Role.Slider
    assert spoken.text(QAccessible.Text.Name) == "Drums volume"
    assert spoken.text(QAccessible.Text.Value) == "-12.3 dB"


def test_scale_round_trips_and_marks_descend():
    for level in (6.0, 3.2, 0.0, -0.1, -6.0, -13.7, -48.0, -59.0):
        assert level_at(fraction_of(level)) == pytest.approx(level)
        assert parse_db(format_db(level)) == pytest.approx(level, abs=0.05)
    heights = [fraction_of(mark) for mark in MARKS]
    assert heights == sorted(heights, reverse=True)
    assert (fraction_of(float("nan")), fraction_of(-200.0), format_db(-144.0)) == (0.0, 0.0, "-∞ dB")
    assert (format_db(-0.04), parse_db("six"), parse_pan("C"), parse_pan("x")) == ("0.0 dB", None, 0.0, None)


def test_widgets_die_with_their_parents(qtbot):
    host = QWidget()
    made = [weakref.ref(Knob(PAN, f"Pan {index}", host, is_centred=True)) for index in range(20)]
    QAccessible.queryAccessibleInterface(made[0]())
    host.deleteLater()
    del host
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert [ref for ref in made if ref() is not None] == []
