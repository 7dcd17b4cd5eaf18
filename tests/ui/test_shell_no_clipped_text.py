"""No text is cut: the window at its usual least size and every dialog, at the screen's scale and at one and a half."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QLabel, QPushButton

from maxbooster_desktop.ui.shell.status_strip import StatusStrip
from maxbooster_desktop.ui.together.join_dialog import JoinDialog
from tests.ui.conftest import settle

_SLACK_PX = 1


def cut_texts(top):
    """Return every text below `top` that its widget has no room for."""
    found = []
    for label in top.findChildren(QLabel):
        if not label.isVisible() or not label.text():
            continue
        if label.wordWrap():
            is_cut = label.heightForWidth(label.width()) > label.height() + _SLACK_PX
        else:
            widest = max(label.fontMetrics().horizontalAdvance(line) for line in label.text().split("\n"))
            is_cut = widest > label.contentsRect().width() + _SLACK_PX
        if is_cut:
            found.append(label.text())
    for kind in (QPushButton, QCheckBox):
        found += [
            button.text()
            for button in top.findChildren(kind)
            if button.isVisible() and button.width() + _SLACK_PX < button.sizeHint().width()
        ]
    return found


@pytest.fixture
def small_window(studio_window):
    studio_window.resize(1_280, 720)
    settle()
    return studio_window


@pytest.mark.parametrize(
    "name", ["new", "audio", "shortcuts", "versions", "about", "tempo", "palette", "export", "sync"]
)
def test_dialogs_fit_the_least_screen_and_cut_nothing(small_window, name, wait_until):
    small_window.open_dialog(name)
    settle()
    (dialog,) = [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]
    assert cut_texts(dialog) == []
    assert dialog.width() <= 1_280
    assert dialog.height() <= 720
    dialog.close()
    wait_until(lambda: not small_window.working.is_busy)


def test_a_dialog_that_asks_grows_with_what_it_says(small_window, tmp_path):
    dialog = JoinDialog(
        small_window.workspace, tmp_path / "a folder whose name takes more than one line here", "", small_window
    )
    dialog.open()
    settle()
    assert cut_texts(dialog) == []
    dialog.problem.setText("The cloud cannot be reached, and this is a sentence that goes on for some lines. " * 4)
    settle()
    assert cut_texts(dialog) == []
    dialog.close()


def test_the_window_cuts_nothing(small_window):
    assert cut_texts(small_window) == []


def test_the_start_page_cuts_nothing(window):
    window.resize(1_280, 720)
    settle()
    assert cut_texts(window) == []


def test_a_hint_without_room_ends_in_an_ellipsis_and_its_tip_has_all_of_it(window):
    status, hint = window.findChild(StatusStrip), "Drag to move, Alt+Drag to copy, double-click to rename"
    status.show_hint(hint)
    status.resize(2_400, status.height())
    settle()
    assert (status._hint.shown(), status._hint.toolTip()) == (hint, "")
    status.resize(620, status.height())
    settle()
    assert status._hint.shown().endswith("…")
    assert status._hint.toolTip() == status.hint() == hint


def test_status_has_room_for_a_new_sentence_before_the_event_loop_turns(window):
    status = window.findChild(StatusStrip)
    status.show_progress("Compiling the sound engine, first start only  50 %")
    status.show_problem("No sound device is connected; everything but live sound works.")
    assert cut_texts(status) == []


@pytest.mark.skipif("QT_SCALE_FACTOR" in os.environ, reason="it is this one that scales")
def test_all_of_that_at_one_and_a_half():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", __file__],
        env=os.environ | {"QT_SCALE_FACTOR": "1.5"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3_000:]
