"""Plug-ins in the window: a scan from the menu, and what is missing or lost among what needs attention."""

import shutil

import pytest
from PySide6.QtWidgets import QPushButton

from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.engine.known_plugins import catalogue, known_plugins
from maxbooster_desktop.engine.readings import PluginReading
from maxbooster_desktop.project.edits import channel, tracks
from maxbooster_desktop.ui.shell.attention_dialog import AttentionDialog
from tests.factories.vst3_plugins import plugin_path, scanned


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path / "home"


def _with_mverb(window, wait_until):
    studio = window.studio
    [track] = studio.project.do(tracks.add_track, "audio", "Voice").created
    studio.project.do(channel.add_insert, track, "vst3.mverb_e306ec32")
    wait_until(lambda: studio.state.tracks.get(track) and studio.state.tracks[track].inserts)
    return studio.state.tracks[track].inserts[0]


def test_a_scan_from_the_menu_finds_what_is_in_the_usual_place(studio_window, tmp_path, wait_until, monkeypatch):
    for name in ("MVerb", "Hostile"):
        shutil.copytree(plugin_path(name), tmp_path / ".vst3" / f"{name}.vst3")
    monkeypatch.setenv("HOSTILE_AT_LOAD", "crash")
    told = []
    monkeypatch.setattr(studio_window.studio, "notify", told.append)
    _with_mverb(studio_window, wait_until)
    wait_until(lambda: studio_window.status.attention() == "1 thing needs attention")
    REGISTRY["tools.scan_plugins"].run(studio_window.studio)
    wait_until(lambda: told)
    assert told == [f"1 plug-in found; 1 did not load: {catalogue().log_path} says why."]
    assert list(known_plugins().by_id()) == ["vst3.mverb_e306ec32"]
    wait_until(lambda: studio_window.status.attention() == "")


def test_a_missing_plugin_is_told_with_the_way_out(studio_window, wait_until):
    _with_mverb(studio_window, wait_until)
    wait_until(lambda: studio_window.status.attention() == "1 thing needs attention")
    studio_window.status.attention_asked.emit()
    [dialog] = studio_window.findChildren(AttentionDialog)
    assert dialog.sentences() == [
        (
            "“Voice” uses mverb, which this computer does not have, and sounds without it: ask somebody who has it to "
            "freeze the track, or install it and scan for plug-ins."
        )
    ]
    dialog.accept()


def test_a_lost_plugin_is_told_and_loaded_again_from_there(studio_window, home, wait_until):
    scanned(home)
    window = studio_window
    insert = _with_mverb(window, wait_until)
    engine = window.studio.engine
    engine.hosted = (PluginReading(insert.id, "MVerb", "hung", "it left the sound unanswered for 1 s", 9),)
    wait_until(lambda: window.status.attention() == "1 thing needs attention")
    window.status.attention_asked.emit()
    [dialog] = window.findChildren(AttentionDialog)
    assert dialog.sentences() == ["“MVerb” on “Voice” is passed by: it left the sound unanswered for 1 s."]
    [button] = [one for one in dialog.findChildren(QPushButton) if one.text() == "Load lost plug-ins again"]
    button.click()
    wait_until(lambda: ("reload plug-ins",) in engine.asked)
    dialog.accept()
