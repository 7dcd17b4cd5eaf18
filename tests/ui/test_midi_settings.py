"""The MIDI settings: what was found, what is chosen and missing, and a system without MIDI."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.engine.devices.midi_driver import MidiMissingError
from maxbooster_desktop.project.edits.tracks import add_instrument_track
from maxbooster_desktop.ui.arranger.geometry import layout_rows
from maxbooster_desktop.ui.arranger.header_layout import layout_header
from maxbooster_desktop.ui.arranger.hits import Zone
from maxbooster_desktop.ui.settings.midi_settings import MidiSettingsDialog


class Desk:
    """Fits `MidiDesk`."""

    def __init__(self, found, chosen=()):
        self.found, self.chosen = found, tuple(chosen)

    def names(self):
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    def choose(self, names):
        self.chosen = tuple(names)
        return ""


def opened(window, desk, wait_until):
    dialog = MidiSettingsDialog(desk, window)
    wait_until(lambda: not dialog.message.text().startswith("Looking"))
    return dialog


def texts(dialog):
    return [dialog.ports.item(row).text() for row in range(dialog.ports.count())]


def test_ports_are_offered_and_a_missing_one_stays_chosen(studio_window, wait_until):
    desk = Desk(("Keys", "Pads"), ["Old synth"])
    dialog = opened(studio_window, desk, wait_until)
    assert texts(dialog) == ["Keys", "Pads", "Old synth (not connected)"]
    assert dialog.chosen() == ("Old synth",)
    dialog.ports.item(1).setCheckState(Qt.CheckState.Checked)
    dialog.apply.click()
    assert desk.chosen == ("Pads", "Old synth")
    assert dialog.message.text() == "2 ports are played."
    dialog.ports.item(2).setCheckState(Qt.CheckState.Unchecked)
    dialog.apply.click()
    desk.found = ("Pads",)
    dialog.look.click()
    wait_until(lambda: texts(dialog) == ["Pads"])
    assert dialog.chosen() == ("Pads",)
    dialog.reject()
    QApplication.processEvents()


def test_a_system_without_midi_or_without_a_port_says_so(studio_window, wait_until):
    dialog = opened(studio_window, Desk(MidiMissingError("This system has no MIDI.")), wait_until)
    assert dialog.message.text() == "This system has no MIDI."
    dialog.reject()
    dialog = opened(studio_window, Desk(()), wait_until)
    assert dialog.message.text().startswith("No MIDI port was found.")
    dialog.reject()


def test_the_menu_opens_it(studio_window, wait_until, monkeypatch):
    monkeypatch.setattr(studio_window.workspace.midi, "names", lambda: ("Keys",))
    REGISTRY["tools.midi"].run(studio_window.studio)
    dialog = studio_window.findChild(MidiSettingsDialog)
    wait_until(lambda: texts(dialog) == ["Keys"])
    dialog.reject()


def test_an_instrument_track_can_be_armed_in_its_header(studio_window, wait_until):
    studio = studio_window.studio
    made = studio.project.do(add_instrument_track, "instruments.test_tone").created
    track = next(each for each in made if each in studio.state.tracks)
    row = layout_rows(studio.state).by_track[track]
    arm = layout_header(row, 0).arm
    assert arm is not None
    assert layout_header(row, 0).hit(arm.x + 2, arm.y + 2) is Zone.HEADER_ARM
