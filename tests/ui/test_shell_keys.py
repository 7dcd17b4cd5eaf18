"""Keys, menus and the palette all come from the declared actions, and Space plays unless someone types."""

from factories.audio_files import noise, write_audio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.ui.shell.palette import Palette, match_score, matching
from maxbooster_desktop.ui.shell.shortcut_sheet import ShortcutSheet, keys_text


def activate(window):
    window.activateWindow()
    QApplication.processEvents()
    assert window.isActiveWindow()


def test_every_action_is_in_exactly_one_menu(window):
    listed = [
        entry.objectName() for menu in window.menus.values() for entry in menu.actions() if not entry.isSeparator()
    ]
    assert sorted(listed) == sorted(REGISTRY)


def test_every_declared_key_is_bound_once(window):
    bound = [key.toString() for action in window.bridge.all() for key in action.shortcuts()]
    assert len(bound) == len(set(bound)) == sum(len(action.keys) for action in REGISTRY.values())


def test_space_plays_even_when_a_button_has_the_focus(studio_window):
    activate(studio_window)
    transport, engine = studio_window.page.transport, studio_window.studio.engine
    presses = []
    transport.stop.clicked.connect(presses.append)
    for focused in (studio_window.page.arranger.canvas, transport.stop, studio_window.page.mixer, transport.export):
        focused.setFocus()
        before = engine.transport.is_playing
        QTest.keyClick(focused, Qt.Key.Key_Space)
        assert engine.transport.is_playing is not before, focused
    assert presses == []


def test_letters_and_space_type_in_a_text_field(studio_window):
    activate(studio_window)
    search = studio_window.page.browser.search
    search.setFocus()
    QTest.keyClicks(search, "l k s 0")
    assert search.text() == "l k s 0"
    assert not studio_window.studio.engine.transport.is_playing
    assert studio_window.studio.engine.asked == []
    search.clear()


def test_letters_run_actions_elsewhere(studio_window, wait_until):
    activate(studio_window)
    canvas = studio_window.page.arranger.canvas
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_K)
    assert studio_window.studio.is_metronome_on
    assert studio_window.page.transport.click.isChecked()
    QTest.keyClick(canvas, Qt.Key.Key_L)
    wait_until(lambda: studio_window.studio.state.meta.loop_enabled)
    wait_until(studio_window.page.transport.loop.isChecked)


def test_palette_finds_by_parts_and_says_why_not(window):
    assert matching("expo")[0].id == "project.export"
    assert matching("zsel")[0].id == "view.zoom_selection"
    assert matching("qqq") == []
    assert match_score("und", "Undo") > match_score("und", "Sound under")
    assert REGISTRY["project.export"].why_not(window.studio) == "No project is open."


def test_palette_says_when_nothing_fits(window):
    window.open_dialog("palette")
    palette = window.findChild(Palette)
    assert palette.nothing_found() == ""
    QTest.keyClicks(palette.field(), "qqq")
    assert palette.titles() == []
    assert "qqq" in palette.nothing_found()
    QTest.keyClick(palette.field(), Qt.Key.Key_Return)
    palette.field().clear()
    assert (palette.nothing_found(), len(palette.titles())) == ("", len(REGISTRY))
    palette.close()


def test_palette_runs_what_is_chosen(window):
    window.open_dialog("palette")
    palette = window.findChild(Palette)
    assert len(palette.titles()) == len(REGISTRY)
    QTest.keyClicks(palette.field(), "click")
    assert palette.titles()[0] == "Click"
    QTest.keyClick(palette.field(), Qt.Key.Key_Return)
    assert window.studio.is_metronome_on


def test_a_disabled_action_says_why(window):
    window.bridge["clip.split"].run()
    assert window.toasts.sentences() == ["No project is open."]


def test_sheet_lists_every_key(window):
    window.open_dialog("shortcuts")
    sheet = window.findChild(ShortcutSheet)
    shown = {text.text() for text in sheet.findChildren(QLabel)}
    for action in REGISTRY.values():
        assert not action.keys or {action.title, keys_text(action)} <= shown
    sheet.close()


def test_tab_moves_the_focus(studio_window):
    activate(studio_window)
    search = studio_window.page.browser.search
    search.setFocus()
    QTest.keyClick(search, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is not search
    assert not isinstance(QApplication.focusWidget(), QLineEdit)


def test_clip_keys_stay_out_of_text_fields(studio_window, wait_until, tmp_path):
    activate(studio_window)
    studio = studio_window.studio
    studio_window.import_files([str(write_audio(tmp_path / "One.wav", noise(4_800)))], 0)
    wait_until(lambda: studio.state.clips)
    studio.selection.set_clips(studio.state.clips)
    search = studio_window.page.browser.search
    search.setFocus()
    QTest.keyClicks(search, "abc")
    for key in (Qt.Key.Key_A, Qt.Key.Key_C, Qt.Key.Key_X, Qt.Key.Key_V, Qt.Key.Key_V):
        QTest.keyClick(search, key, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(search, Qt.Key.Key_Backspace)
    assert search.text() == "abcab"
    assert studio.clipboard is None
    assert len(studio.state.clips) == 1
    search.clear()


def test_clip_keys_copy_cut_paste_and_delete_elsewhere(studio_window, wait_until, tmp_path):
    activate(studio_window)
    studio, canvas = studio_window.studio, studio_window.page.arranger.canvas
    studio_window.import_files([str(write_audio(tmp_path / "One.wav", noise(4_800)))], 0)
    wait_until(lambda: not studio_window.working.is_busy and studio.selection.clips)
    canvas.setFocus()
    for key, count in ((Qt.Key.Key_A, 1), (Qt.Key.Key_C, 1), (Qt.Key.Key_V, 2), (Qt.Key.Key_X, 1), (Qt.Key.Key_V, 2)):
        QTest.keyClick(canvas, key, Qt.KeyboardModifier.ControlModifier)
        wait_until(lambda wanted=count: len(studio.state.clips) == wanted)
        wait_until(lambda cut=key == Qt.Key.Key_X: studio_window.bridge["clip.delete"].isEnabled() is not cut)
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    wait_until(lambda: len(studio.state.clips) == 1)


def test_home_enter_and_end_show_where_the_playhead_went(studio_window, wait_until, tmp_path):
    activate(studio_window)
    studio, arranger = studio_window.studio, studio_window.page.arranger
    studio_window.import_files([str(write_audio(tmp_path / "One.wav", noise(48_000)))], 200 * 3840)
    wait_until(lambda: studio.state.clips)
    wait_until(lambda: not studio_window.working.is_busy)
    arranger.canvas.setFocus()
    scene = arranger.scene

    def x_of_line():
        return arranger.playhead.line.x() + 1 if arranger.playhead.line.isVisible() else None

    for key, tick in ((Qt.Key.Key_End, studio.state.end_tick()), (Qt.Key.Key_Home, 0), (Qt.Key.Key_End, None)):
        arranger.viewport.set_axis(scene.axis.scrolled_to(40_000))
        QTest.keyClick(arranger.canvas, key)
        assert tick is None or studio.playhead_tick == tick
        assert 0 <= x_of_line() == round(scene.axis.x_of(studio.playhead_tick)) < scene.width
    QTest.keyClick(arranger.canvas, Qt.Key.Key_Return)
    assert (studio.playhead_tick, scene.axis.scroll_px, x_of_line()) == (0, 0, 0)


def test_home_leaves_the_view_alone_while_it_plays_without_following(studio_window):
    studio, arranger = studio_window.studio, studio_window.page.arranger
    studio.set_following(False)
    studio.engine.transport.is_playing = True
    arranger.viewport.set_axis(arranger.scene.axis.scrolled_to(4_000))
    REGISTRY["transport.to_start"].run(studio)
    assert (studio.playhead_tick, arranger.scene.axis.scroll_px) == (0, 4_000)
    studio.engine.transport.is_playing = False
