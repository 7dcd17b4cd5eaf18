"""Value fields: what a gesture or a typed text does to the value."""

import gc
import weakref

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QWidget

from maxbooster_desktop.ui.widgets.channel_scales import DELAY, GAIN, PAN, parse_delay, parse_pan
from maxbooster_desktop.ui.widgets.decibel_scale import MARKS, SILENCE_DB, format_db, fraction_of, level_at, parse_db
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
def field(qtbot):
    return shown(qtbot, lambda host: ValueField(GAIN, "Drums volume", host))


@pytest.mark.parametrize(
    ("typed", "expected"), [("-6", -6.0), ("-6 dB", -6.0), ("+1,5", 1.5), ("-inf", SILENCE_DB), ("99", 6.0)]
)
def test_typing_a_level(qtbot, field, typed, expected):
    with qtbot.waitSignal(field.committed) as heard:
        QTest.keyClicks(field, typed[0])
        editor = field.window().findChild(QLineEdit)
        QTest.keyClicks(editor, typed[1:])
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert field.value == pytest.approx(expected)
    assert heard.args[0] == pytest.approx(expected)


def test_nonsense_and_escape_leave_the_value(field):
    field.set_value(-3.0)
    for last_key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        QTest.keyClicks(field, "5")
        editor = next(each for each in field.window().findChildren(QLineEdit) if each.isVisible())
        editor.setText("loud" if last_key == Qt.Key.Key_Return else "5")
        QTest.keyClick(editor, last_key)
        assert field.value == -3.0


def test_a_drag_moves_and_commits_once(qtbot, field):
    moved, committed = [], []
    field.moved.connect(moved.append)
    field.committed.connect(committed.append)
    # 160 px are the whole way, so one pixel is that part of the scale.
    end_y = 20 + round(160 * (GAIN.fraction(0.0) - GAIN.fraction(-12.0)))
    QTest.mousePress(field, Qt.MouseButton.LeftButton, pos=QPoint(40, 20))
    for y in range(20, end_y + 1, 2):
        QTest.mouseMove(field, QPoint(40, y))
    field.set_value(3.0)
    QTest.mouseMove(field, QPoint(40, end_y))
    QTest.mouseRelease(field, Qt.MouseButton.LeftButton, pos=QPoint(40, end_y))
    assert field.value == pytest.approx(-12.0, abs=0.3)
    assert len(moved) > 5
    assert committed == [field.value]


def test_a_click_is_no_edit(field):
    committed = []
    field.committed.connect(committed.append)
    QTest.mouseClick(field, Qt.MouseButton.LeftButton, pos=QPoint(40, 50))
    assert committed == []


def test_double_click_restores_the_default(field):
    field.set_value(-20.0)
    QTest.mouseDClick(field, Qt.MouseButton.LeftButton, pos=QPoint(40, 50))
    assert field.value == 0.0


def test_keys_and_wheel_step(field):
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.value == 0.5
    QTest.keyClick(field, Qt.Key.Key_PageDown)
    assert field.value == -2.5
    QTest.keyClick(field, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert field.value == pytest.approx(-2.45)
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
    QCoreApplication.sendEvent(field, wheel)
    assert field.value == pytest.approx(-1.95)


def test_field_opens_its_editor_on_a_click(qtbot):
    field = shown(qtbot, lambda host: ValueField(PAN, "Pan", host))
    QTest.mouseClick(field, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    editor = field.window().findChild(QLineEdit)
    editor.setText("L 30")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert (field.value, field.text()) == (pytest.approx(-0.3), "L 30")


def test_screen_readers_hear_role_name_and_short_value(qtbot, field):
    field.set_value(-12.2945323)
    spoken = QAccessible.queryAccessibleInterface(field)
    assert spoken.role() == QAccessible.Role.SpinBox
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
    made = [weakref.ref(ValueField(PAN, f"Pan {index}", host)) for index in range(20)]
    QAccessible.queryAccessibleInterface(made[0]())
    host.deleteLater()
    del host
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert [ref for ref in made if ref() is not None] == []


def turn_wheel(control):
    middle = QPointF(control.rect().center())
    at = QPointF(control.mapToGlobal(middle.toPoint()))
    none = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        middle, at, QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, none, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(control, event)
    return event.isAccepted()


@pytest.mark.parametrize(("height", "scrolls"), [(2_000, True), (100, False)])
def test_a_panel_that_scrolls_is_scrolled_past_its_numbers(qtbot, height, scrolls):
    area, body = QScrollArea(), QWidget()
    qtbot.addWidget(area)
    body.setFixedSize(200, height)
    field = ValueField(GAIN, "Volume", body)
    field.setGeometry(20, 20, 60, 24)
    area.setWidget(body)
    area.resize(240, 240)
    area.show()
    qtbot.waitExposed(area)
    field.clearFocus()
    # What is not accepted, Qt gives to the area.
    assert turn_wheel(field) != scrolls
    assert (field.value != GAIN.default) == (not scrolls)
    before = field.value
    area.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    assert turn_wheel(field)
    assert field.value < before


@pytest.mark.parametrize(("text", "delay_ms"), [("-12.5", -12.5), (" 3,5 ms", 3.5), ("0ms", 0.0), ("late", None)])
def test_delays_are_read_with_and_without_their_unit(text, delay_ms):
    assert parse_delay(text) == delay_ms


@pytest.mark.parametrize("delay_ms", [-1_000.0, -12.5, 0.0, 0.3, 1_000.0])
def test_a_delay_lies_where_a_drag_finds_it_again(delay_ms):
    assert DELAY.value(DELAY.fraction(delay_ms)) == pytest.approx(delay_ms, abs=0.06)
    assert DELAY.parse(DELAY.shown(delay_ms)) == delay_ms
