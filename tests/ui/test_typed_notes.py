"""Keys as notes: only while it is on, only where an instrument track is selected, and never stuck."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.project.edits.tracks import add_instrument_track


@pytest.fixture
def played(studio_window, wait_until):
    """A window with a selected synth track; returns (window, what was played so far)."""
    studio = studio_window.studio
    (track,) = [
        each
        for each in studio.project.do(add_instrument_track, "instruments.test_tone").created
        if each in studio.state.tracks
    ]
    studio.selection.set_tracks([track])
    studio_window.activateWindow()
    QApplication.processEvents()
    studio_window.page.arranger.canvas.setFocus()
    yield studio_window, lambda: [(each[0], each[2]) for each in studio.engine.asked if "note" in each[0]]
    studio.type_notes(False)


def press(window, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyPress(window.page.arranger.canvas, key, modifier)


def release(window, key):
    QTest.keyRelease(window.page.arranger.canvas, key)


def test_keys_are_notes_while_it_is_on_and_shortcuts_else(played):
    window, notes = played
    press(window, Qt.Key.Key_K)
    release(window, Qt.Key.Key_K)
    assert window.studio.is_metronome_on
    assert notes() == []
    REGISTRY["track.type_notes"].run(window.studio)
    for key in (Qt.Key.Key_A, Qt.Key.Key_K):
        press(window, key)
        release(window, key)
    assert notes() == [("note", 60), ("end note", 60), ("note", 72), ("end note", 72)]
    assert window.studio.is_metronome_on
    press(window, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(notes()) == 4


def test_octaves_move_and_a_held_key_ends_its_own_note(played):
    window, notes = played
    REGISTRY["track.type_notes"].run(window.studio)
    press(window, Qt.Key.Key_W)
    press(window, Qt.Key.Key_X)
    release(window, Qt.Key.Key_W)
    press(window, Qt.Key.Key_W)
    assert notes() == [("note", 61), ("end note", 61), ("note", 73)]
    REGISTRY["track.type_notes"].run(window.studio)
    assert notes()[-1] == ("end note", 73)


def test_leaving_the_window_ends_what_is_held(played):
    window, notes = played
    REGISTRY["track.type_notes"].run(window.studio)
    press(window, Qt.Key.Key_D)
    QApplication.sendEvent(window, QEvent(QEvent.Type.WindowDeactivate))
    assert notes() == [("note", 64), ("end note", 64)]


def test_without_an_instrument_track_keys_stay_shortcuts(played):
    window, notes = played
    REGISTRY["track.type_notes"].run(window.studio)
    window.studio.selection.set_tracks([])
    was_on = window.studio.is_metronome_on
    press(window, Qt.Key.Key_K)
    assert window.studio.is_metronome_on is not was_on
    assert notes() == []


def test_a_text_field_keeps_its_letters(played):
    window, notes = played
    REGISTRY["track.type_notes"].run(window.studio)
    search = window.page.browser.search
    search.setFocus()
    QTest.keyClicks(search, "fade")
    assert search.text() == "fade"
    assert notes() == []
    search.clear()
