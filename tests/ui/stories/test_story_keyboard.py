"""A song by keyboard alone: new project, import, arrange, mix, export. Nothing is called but through keys."""

import numpy as np
import pytest
import shiboken6
import soundfile
from factories.audio_files import noise, write_audio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from maxbooster_desktop.ui.shell.place_dialogs import NewProjectDialog
from maxbooster_desktop.ui.shell.render_dialog import RenderDialog

NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier
LOUD = 0.2


class Hands:
    """Someone who has a keyboard and no mouse."""

    def __init__(self, window, until):
        self.window, self.until = window, until

    def press(self, key, modifiers=NONE):
        where = QApplication.activeModalWidget() or self.window
        # Offscreen no window manager gives the keyboard back when a dialog closes.
        where.activateWindow()
        self.until(where.isActiveWindow)
        QTest.keyClick(where.focusWidget() or where, key, modifiers)

    def type(self, text):
        where = QApplication.activeModalWidget() or self.window
        QTest.keyClicks(where.focusWidget(), text)

    def retype(self, text):
        self.press(Qt.Key.Key_A, CTRL)
        self.type(text)

    def tab_to(self, widget):
        for _ in range(40):
            if widget.hasFocus():
                return
            self.press(Qt.Key.Key_Tab)
        pytest.fail(f"Tab never came to {widget}")

    def choose_file(self, path):
        """Answer the file chooser that is open: a path as from the clipboard, so that no completion meddles; Return."""
        chooser = self.window.findChild(QFileDialog)
        field = chooser.findChild(QLineEdit, "fileNameEdit")
        field.setText(str(path))
        QTest.keyClick(field, Qt.Key.Key_Return)
        self.until(lambda: not shiboken6.isValid(chooser) or not chooser.isVisible())

    def go_to(self, region):
        for _ in range(6):
            if self.window.page.is_within(self.window.focusWidget(), region):
                return
            self.press(Qt.Key.Key_F6)
        pytest.fail(f"F6 never came to {region}")


def begin(hands, folder):
    """Make an empty project."""
    window = hands.window
    hands.press(Qt.Key.Key_N, CTRL)
    dialog = window.findChild(NewProjectDialog)
    hands.until(dialog.name.hasFocus)
    hands.retype("Keys only")
    hands.tab_to(dialog.folder)
    hands.retype(str(folder))
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: window.page is not None)
    assert window.studio.project.folder == folder / "Keys only"


def arrange(hands):
    """Duplicate the only clip, undo, redo, listen."""
    studio = hands.window.studio
    hands.go_to(hands.window.page.arranger)
    hands.press(Qt.Key.Key_A, CTRL)
    assert studio.selection.clips == tuple(studio.state.clips)
    for key, modifiers, clips in ((Qt.Key.Key_D, CTRL, 2), (Qt.Key.Key_Z, CTRL, 1), (Qt.Key.Key_Z, CTRL_SHIFT, 2)):
        hands.press(key, modifiers)
        hands.until(lambda wanted=clips: len(studio.state.clips) == wanted)
    for is_playing in (True, False):
        hands.press(Qt.Key.Key_Space)
        assert studio.engine.transport.is_playing is is_playing


def mix(hands):
    """Turn the focused strip down."""
    page, studio = hands.window.page, hands.window.studio
    hands.go_to(page.bottom)
    track = page.mixer.canvas.pointing.focus.track
    before = studio.state.tracks[track].gain_db
    for _ in range(3):
        hands.press(Qt.Key.Key_PageDown)
    hands.until(lambda: studio.state.tracks[track].gain_db < before)


def export(hands, target):
    """Render to `target`."""
    hands.press(Qt.Key.Key_E, CTRL_SHIFT)
    dialog = hands.window.findChild(RenderDialog)
    hands.tab_to(dialog.target)
    hands.retype(str(target))
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: dialog.message.text().startswith("Wrote"))
    hands.press(Qt.Key.Key_Escape)


def test_a_song_by_keyboard_alone(window, tmp_path, tmp_path_factory, wait_until):
    hands, studio = Hands(window, wait_until), window.studio
    begin(hands, tmp_path)
    # Elsewhere than where the chooser opens, or it would shorten what is typed.
    file = write_audio(tmp_path_factory.mktemp("sounds") / "Loop.wav", noise(48_000, level=LOUD))
    hands.press(Qt.Key.Key_I, CTRL)
    hands.choose_file(file)
    wait_until(lambda: studio.state.clips)
    (clip,) = studio.state.clips.values()
    assert (clip.name, clip.start_tick) == ("Loop", 0)
    arrange(hands)
    mix(hands)
    export(hands, tmp_path / "song.wav")
    written, rate = soundfile.read(tmp_path / "song.wav", always_2d=True)
    assert rate == 48_000
    assert len(written) >= 96_000
    assert np.abs(written[48_000:95_000]).max() > 0.01
    hands.press(Qt.Key.Key_W, CTRL)
    assert not studio.has_project


def test_f6_goes_through_every_region_and_back(studio_window, wait_until):
    studio_window.activateWindow()
    wait_until(studio_window.isActiveWindow)
    hands = Hands(studio_window, wait_until)
    page = studio_window.page
    hands.go_to(page.arranger)
    seen = []
    for _ in range(5):
        hands.press(Qt.Key.Key_F6)
        focused = studio_window.focusWidget()
        parts = (page.transport, page.browser, page.arranger, page.bottom, page.inspector)
        seen += [part for part in parts if page.is_within(focused, part)]
    assert seen == [page.bottom, page.inspector, page.transport, page.browser, page.arranger]
    hands.press(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert page.is_within(studio_window.focusWidget(), page.browser)
