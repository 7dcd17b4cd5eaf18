"""The inspector's input row: what an audio track records, chosen in one step; other kinds have none."""

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from maxbooster_desktop.project.document.state import TrackInput
from maxbooster_desktop.project.edits.channel import set_input
from maxbooster_desktop.ui.shell.track_inspector import input_choices


def test_choices_name_channels_as_people_count_them():
    named = dict(input_choices(4, None))
    assert list(named) == ["Default", "1 and 2", "3 and 4", "1", "2", "3", "4"]
    assert (named["3 and 4"], named["4"]) == (TrackInput(2, 2), TrackInput(3, 1))
    assert input_choices(2, TrackInput(6, 2))[-1] == ("7 and 8", TrackInput(6, 2))


def test_an_input_is_chosen_in_one_step_and_shown(studio_window, wait_until):
    studio, inspector = studio_window.studio, studio_window.page.inspector
    (track,) = studio.do("tracks.add_track", "audio", "Voice").result().created
    (bus,) = studio.do("tracks.add_track", "bus", "Room").result().created
    studio.selection.set_tracks([track])
    row = inspector.track.input
    wait_until(row.isVisible)
    steps = len(studio.project.history())
    QTest.keyClicks(row, "2")
    row.activated.emit(row.currentIndex())
    wait_until(lambda: studio.state.tracks[track].input is not None)
    assert studio.state.tracks[track].input == TrackInput(1, 1)
    assert len(studio.project.history()) == steps + 1
    studio.do(set_input, [track], TrackInput(8, 2)).result()
    wait_until(lambda: row.currentText() == "9 and 10")
    studio.selection.set_tracks([bus])
    wait_until(lambda: not row.isVisible())


def test_monitoring_is_chosen_in_one_step_and_shown(studio_window, wait_until):
    studio, inspector = studio_window.studio, studio_window.page.inspector
    (track,) = studio.do("tracks.add_track", "audio", "Voice").result().created
    studio.selection.set_tracks([track])
    row = inspector.track.monitoring
    wait_until(row.isVisible)
    assert [row.itemText(at) for at in range(row.count())] == ["Auto", "Always", "Never"]
    row.activated.emit(1)
    wait_until(lambda: studio.state.tracks[track].monitoring == "on")
    wait_until(lambda: row.currentText() == "Always")
    wait_until(lambda: [each.track for each in studio.engine.listeners] == [track])
    wait_until(lambda: studio.engine.inputs == 2)


def test_how_a_pass_is_recorded_is_chosen_beside_its_button(studio_window):
    studio, bar = studio_window.studio, studio_window.page.transport
    bar.how_to_record.click()
    (menu,) = [each for each in bar.findChildren(QMenu) if each.isVisible()]
    titles = [action.text() for action in menu.actions()]
    assert titles == ["Count-in", "Punch in and out", "Arm track", "Monitor input", "Keep what was just played"]
    menu.actions()[0].trigger()
    assert studio.takes.is_counting_in
    menu.close()
