"""The inspector's MIDI output: ports are looked for when the list opens, a missing one stays, one step a choice."""

from maxbooster_desktop.engine.devices.midi_driver import MidiMissingError
from maxbooster_desktop.project.document.state import MidiOutput
from maxbooster_desktop.project.edits.channel import set_midi_output
from maxbooster_desktop.project.edits.tracks import add_instrument_track


def shown(window, wait_until, output=None):
    """Return (studio, track, the field) for a new instrument track with an output."""
    studio = window.studio
    made = studio.project.do(add_instrument_track, "instruments.test_tone").created
    track = next(each for each in made if each in studio.state.tracks)
    if output is not None:
        studio.project.do(set_midi_output, [track], output)
    studio.selection.set_tracks([track])
    field = window.page.inspector.track.midi_output
    wait_until(field.isVisible)
    return studio, track, field


def texts(field):
    return [field.port.itemText(row) for row in range(field.port.count())]


def test_a_port_and_a_channel_are_chosen_in_a_step_each(studio_window, wait_until):
    studio, track, field = shown(studio_window, wait_until)
    studio.midi_output_names = lambda: ("Synth", "Drums")
    assert (texts(field), field.channel.isVisible()) == (["No port"], False)
    field.port.showPopup()
    wait_until(lambda: texts(field) == ["No port", "Synth", "Drums"])
    field.port.hidePopup()
    steps = len(studio.project.history())
    field.port.setCurrentIndex(2)
    field.port.activated.emit(2)
    wait_until(lambda: studio.state.tracks[track].midi_output == MidiOutput("Drums", 0))
    wait_until(field.channel.isVisible)
    field.channel.setCurrentIndex(9)
    field.channel.activated.emit(9)
    wait_until(lambda: studio.state.tracks[track].midi_output == MidiOutput("Drums", 9))
    assert len(studio.project.history()) == steps + 2
    field.port.setCurrentIndex(0)
    field.port.activated.emit(0)
    wait_until(lambda: studio.state.tracks[track].midi_output is None)


def test_a_port_that_is_missing_stays_and_a_system_without_midi_says_so(studio_window, wait_until):
    studio, _track, field = shown(studio_window, wait_until, MidiOutput("Old synth", 4))
    wait_until(lambda: texts(field) == ["No port", "Old synth"])
    assert (field.port.currentText(), field.channel.currentText()) == ("Old synth", "Channel 5")
    sentences = []
    studio.notices.subscribe(sentences.append)

    def none():
        raise MidiMissingError("This system has no MIDI.")

    studio.midi_output_names = none
    field.find_ports()
    wait_until(lambda: sentences == ["This system has no MIDI."])
    assert field.port.currentText() == "Old synth"


def test_an_audio_track_has_none(studio_window, wait_until):
    studio, _track, field = shown(studio_window, wait_until)
    (voice,) = studio.do("tracks.add_track", "audio", "Voice").result().created
    studio.selection.set_tracks([voice])
    wait_until(lambda: not field.isVisible())
