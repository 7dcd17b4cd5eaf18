"""What the hand does in the mixer: drags, keys, typing, switches, menus; each one undo step on a real project."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from maxbooster_desktop.project.document.state import MASTER
from maxbooster_desktop.project.edits import tracks
from maxbooster_desktop.ui.mixer.parts import Control, Part
from maxbooster_desktop.ui.mixer.settings import setting_of
from tests.ui.mixer.conftest import LEFT, reading

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def test_values_shown_are_the_states(bench):
    for track in bench.scene.all_tracks():
        for control in bench.scene.controls(track):
            setting = bench.view.desk.setting(control)
            if setting is not None:
                state = setting_of(bench.track(track), control)
                assert bench.view.desk.value(setting) == state.value
    fader = bench.view.desk.setting(Control(Part.FADER, bench.drums))
    assert (fader.value, bench.track(bench.drums).gain_db) == (-6.5, -6.5)


def test_fader_drag_follows_the_pointer_and_is_one_step(bench):
    before, plan = len(bench.steps()), bench.scene.plan
    goal = plan.y_of(-12.0)
    start = bench.cap(bench.drums)
    bench.drag(start, QPoint(0, goal - plan.y_of(-6.5)))
    assert bench.track(bench.drums).gain_db == pytest.approx(-12.0, abs=0.4)
    assert len(bench.steps()) == before + 1
    touches = [value for track, name, value in bench.engine.touches if (track, name) == (bench.drums, "gain_db")]
    assert len(touches) >= 3
    assert touches[-1] == bench.track(bench.drums).gain_db
    bench.project.undo().result(10)
    bench.wait_for(lambda: bench.scene.state is bench.studio.state)
    assert bench.track(bench.drums).gain_db == -6.5


def test_shift_is_ten_times_finer(bench):
    bench.drag(bench.cap(bench.drums), QPoint(0, -20), SHIFT)
    fine = bench.track(bench.drums).gain_db + 6.5
    bench.project.undo().result(10)
    bench.wait_for(lambda: bench.scene.state is bench.studio.state)
    bench.drag(bench.cap(bench.drums), QPoint(0, -20))
    coarse = bench.track(bench.drums).gain_db + 6.5
    assert 0 < fine < coarse / 6


def test_escape_gives_the_drag_up_without_an_edit(bench):
    before = bench.steps()
    start = bench.cap(bench.drums)
    bench.drag(start, QPoint(0, 40), release=False)
    setting = bench.view.desk.setting(Control(Part.FADER, bench.drums))
    assert bench.view.desk.value(setting) < -10.0
    QTest.keyClick(bench.canvas, Qt.Key.Key_Escape)
    assert bench.view.desk.value(setting) == -6.5
    assert bench.engine.touches[-1] == (bench.drums, "gain_db", -6.5)
    QTest.mouseRelease(bench.canvas, LEFT, pos=start + QPoint(0, 40))
    bench.settle()
    assert (bench.steps(), bench.track(bench.drums).gain_db) == (before, -6.5)


def test_a_click_on_the_fader_is_no_edit(bench):
    before = bench.steps()
    QTest.mouseClick(bench.canvas, LEFT, pos=bench.cap(bench.drums))
    bench.settle()
    assert bench.steps() == before
    assert bench.studio.selection.tracks == (bench.drums,)


def test_double_click_restores_the_default(bench):
    QTest.mouseDClick(bench.canvas, LEFT, pos=bench.cap(bench.drums))
    bench.wait_for(lambda: bench.track(bench.drums).gain_db == 0.0)
    QTest.mouseDClick(bench.canvas, LEFT, pos=bench.spot(bench.keys, Part.PAN))
    bench.wait_for(lambda: bench.track(bench.keys).pan == 0.0)


@pytest.mark.parametrize(("typed", "expected"), [("-6", -6.0), ("-6 dB", -6.0), ("99", 6.0), ("loud", -6.5)])
def test_typing_a_level_into_the_value(bench, typed, expected):
    QTest.mouseDClick(bench.canvas, LEFT, pos=bench.spot(bench.drums, Part.GAIN_VALUE))
    editor = bench.canvas.findChild(QLineEdit)
    assert editor.accessibleName() == "Drums gain"
    editor.selectAll()
    QTest.keyClicks(editor, typed)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    bench.settle()
    assert bench.track(bench.drums).gain_db == pytest.approx(expected, abs=0.05)


def test_typing_a_digit_opens_the_editor_and_escape_leaves_it(bench):
    bench.canvas.setFocus()
    bench.canvas.focus_on(Control(Part.FADER, bench.drums))
    QTest.keyClicks(bench.canvas, "-")
    editor = bench.canvas.findChild(QLineEdit)
    assert editor.text() == "-"
    QTest.keyClicks(editor, "3")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    bench.settle()
    assert bench.track(bench.drums).gain_db == -6.5


def test_keys_step_move_and_switch(bench):
    bench.canvas.setFocus()
    bench.canvas.focus_on(Control(Part.FADER, bench.drums))
    before = len(bench.steps())
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_PageDown):
        QTest.keyClick(bench.canvas, key)
    bench.settle()
    assert bench.track(bench.drums).gain_db == pytest.approx(-8.5)
    assert len(bench.steps()) == before + 1, "a burst of steps is one undo step"
    QTest.keyClick(bench.canvas, Qt.Key.Key_Right)
    assert bench.studio.selection.tracks == (bench.keys,)
    for key in (Qt.Key.Key_M, Qt.Key.Key_S, Qt.Key.Key_P):
        QTest.keyClick(bench.canvas, key)
    bench.wait_for(lambda: bench.track(bench.keys).is_soloed)
    assert bench.track(bench.keys).is_muted
    assert bench.engine.listened == {bench.keys}
    QTest.keyClick(bench.canvas, Qt.Key.Key_Up, CTRL)
    assert bench.canvas.pointing.focus == Control(Part.PAN, bench.keys)
    QTest.keyClick(bench.canvas, Qt.Key.Key_Up)
    bench.settle()
    assert bench.track(bench.keys).pan == pytest.approx(-0.18)


def test_wheel_steps_a_fader_and_scrolls_elsewhere(bench):
    bench.wheel(bench.cap(bench.drums), 2)
    bench.settle()
    assert bench.track(bench.drums).gain_db == pytest.approx(-5.5)
    bench.view.resize(400, 252)
    bench.wheel(bench.spot(bench.drums, Part.NAME), -1)
    assert bench.scene.scroll_x > 0


def test_mute_solo_and_listen_by_mouse(bench):
    bench.click(bench.drums, Part.MUTE)
    bench.click(bench.keys, Part.SOLO)
    bench.click(bench.keys, Part.PFL)
    bench.wait_for(lambda: bench.track(bench.drums).is_muted and bench.track(bench.keys).is_soloed)
    assert bench.steps()[-2:] == ["Mute Drums", "Solo Keys"]
    assert bench.engine.listened == {bench.keys}
    bench.wait_for(lambda: bench.scene.state is bench.studio.state)
    assert bench.scene.silent == {bench.drums, bench.reverb}
    bench.click(bench.keys, Part.PFL)
    assert bench.engine.listened == set()


def test_mute_reaches_every_selected_strip(bench):
    bench.click(bench.drums, Part.NAME)
    bench.click(bench.keys, Part.NAME, SHIFT)
    bench.click(bench.keys, Part.MUTE)
    bench.wait_for(lambda: bench.track(bench.drums).is_muted and bench.track(bench.keys).is_muted)


def test_send_drag_tap_and_menu(bench):
    send = bench.send()
    bench.drag(bench.spot(bench.drums, Part.SEND, send.id), QPoint(30, 0))
    assert bench.send().gain_db > -12.0
    bench.click(bench.drums, Part.SEND, ALT, send.id)
    bench.wait_for(lambda: bench.send().tap == "pre")
    menu = bench.view.build_menu(Control(Part.SEND_ADD, bench.keys))
    [entry] = [each for each in menu.actions() if each.text() == "Send to Reverb"]
    entry.trigger()
    bench.wait_for(lambda: bench.track(bench.keys).sends)
    assert bench.track(bench.keys).sends[0].target == bench.reverb


def test_insert_added_bypassed_and_removed(bench):
    menu = bench.view.build_menu(Control(Part.INSERT_ADD, bench.keys))
    [limiter] = [each for each in menu.actions() if "True-peak" in each.text()]
    limiter.trigger()
    bench.wait_for(lambda: bench.track(bench.keys).inserts and bench.scene.state is bench.studio.state)
    insert = bench.track(bench.keys).inserts[0]
    assert insert.device == "dynamics.true_peak_limiter"
    bench.click(bench.keys, Part.INSERT, ALT, insert.id)
    bench.wait_for(lambda: not bench.track(bench.keys).inserts[0].enabled)
    bench.canvas.focus_on(Control(Part.INSERT, bench.keys, insert.id))
    QTest.keyClick(bench.canvas, Qt.Key.Key_Delete)
    bench.wait_for(lambda: bench.track(bench.keys).inserts == ())


def test_alt_click_switches_the_compressor(bench):
    bench.click(bench.drums, Part.COMP, ALT)
    bench.wait_for(lambda: bench.track(bench.drums).strip["comp_on"] == 0.0)


def test_clip_lamp_goes_out_with_a_click(bench):
    bench.engine.channels = {bench.drums: reading(1.0)}
    bench.view.metering.feed(bench.engine.meters(), 0.0)
    bench.engine.channels = {}
    assert bench.view.levels.of(bench.drums).has_clipped
    bench.click(bench.drums, Part.CLIP)
    assert not bench.view.levels.of(bench.drums).has_clipped


def test_rename_in_place(bench):
    QTest.mouseDClick(bench.canvas, LEFT, pos=bench.spot(bench.keys, Part.NAME))
    editor = bench.canvas.findChild(QLineEdit)
    QTest.keyClicks(editor, "Rhodes")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    bench.wait_for(lambda: bench.track(bench.keys).name == "Rhodes")


def test_a_deleted_track_takes_its_strip_along(bench):
    bench.canvas.focus_on(Control(Part.FADER, bench.keys))
    bench.project.do(tracks.delete_tracks, [bench.keys])
    bench.wait_for(lambda: bench.keys not in bench.scene.tracks)
    assert bench.scene.all_tracks() == (bench.drums, bench.reverb, MASTER)
    assert bench.canvas.pointing.focus.track != bench.keys


def test_an_edit_that_is_refused_puts_the_fader_back(bench):
    said = []
    bench.studio.notices.subscribe(said.append)
    setting = bench.view.desk.setting(Control(Part.FADER, bench.keys))
    bench.project.do(tracks.delete_tracks, [bench.keys])
    bench.view.desk.commit(setting, -3.0)
    bench.wait_for(lambda: said)
    bench.settle()
    assert bench.view.desk.value(setting) == setting.value
