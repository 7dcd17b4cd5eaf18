"""Chosen ports play armed or selected tracks; what is played on armed instrument tracks is recorded as one step."""

import time

import numpy as np
import pytest

from maxbooster_desktop.actions.midi import MidiDesk
from maxbooster_desktop.actions.recording import NothingArmedError
from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.engine.devices.choice import DeviceChoice
from maxbooster_desktop.engine.session import EngineSession
from maxbooster_desktop.project.document.frozen_edits import TrackFrozenError
from maxbooster_desktop.project.document.state import Frozen
from maxbooster_desktop.project.edits.tracks import add_instrument_track, add_track
from maxbooster_desktop.settings.store import Settings
from tests.factories.engine_projects import MemoryPool


class Ports:
    """Ports whose messages come from the test."""

    def __init__(self, take, gone, tell, rest):
        self.take, self.gone, self.tell, self.rest = take, gone, tell, rest
        self.chosen, self.is_closed = None, False
        self.open_names = frozenset()

    def names(self):
        return ("Keys", "Pads")

    def choose(self, names):
        self.chosen = list(names)

    def close(self):
        self.is_closed = True


@pytest.fixture
def made():
    return []


@pytest.fixture
def desk(studio, tmp_path, made):
    def make(*listeners):
        made.append(Ports(*listeners))
        return made[-1]

    return MidiDesk(studio, Settings(tmp_path), make)


@pytest.fixture
def tracks(studio):
    def instrument():
        made = studio.project.do(add_instrument_track, "instruments.test_tone").created
        return next(each for each in made if each in studio.state.tracks)

    return [instrument(), instrument()]


def asked(studio):
    return [each[3] for each in studio.engine.asked if each[0] == "midi"]


def test_nothing_is_touched_before_a_port_is_chosen_and_a_choice_is_remembered(desk, made, tmp_path, studio):
    desk.start()
    assert made == []
    assert desk.choose(["Keys", "Keys", "Pads"]) == ""
    assert made[0].chosen == ["Keys", "Pads"]
    again = MidiDesk(studio, Settings(tmp_path), desk._make_ports)
    again.start()
    assert made[1].chosen == ["Keys", "Pads"]
    desk.close()
    assert made[0].is_closed


def test_the_selected_track_is_played_until_one_is_armed(desk, made, tracks, studio):
    desk.choose(["Keys"])
    made[0].take("Keys", [0x90, 60, 100], 1.0)
    studio.selection.set_tracks([tracks[1]])
    made[0].take("Keys", [0x90, 60, 100], 1.0)
    studio.takes.arm(tracks[0], is_armed=True)
    made[0].take("Keys", [0x90, 60, 100], 1.0)
    studio.takes.arm(tracks[1], is_armed=True)
    made[0].take("Keys", [0x90, 60, 100], 1.0)
    assert [set(each) for each in asked(studio)] == [set(), {tracks[1]}, {tracks[0]}, set(tracks)]


def test_an_armed_audio_track_is_not_played(desk, made, tracks, studio):
    audio = next(iter(studio.project.do(add_track, "audio", "Voice").created))
    desk.choose(["Keys"])
    studio.takes.arm(audio, is_armed=True)
    studio.selection.set_tracks([tracks[0]])
    made[0].take("Keys", [0x90, 60, 100], 1.0)
    assert asked(studio) == [(tracks[0],)]


def test_without_a_project_messages_go_nowhere(desk, made, tracks, studio):
    desk.choose(["Keys"])
    studio.detach()
    made[0].take("Keys", [0x80, 60, 0], 1.0)
    assert asked(studio) == [()]


def test_a_flood_is_told_once(desk, made, studio, monkeypatch):
    sentences = []
    studio.notices.subscribe(sentences.append)
    desk.choose(["Keys"])
    made[0].rest()
    assert sentences == []
    monkeypatch.setattr(type(studio.engine), "settle_midi", lambda _engine: 7)
    made[0].rest()
    made[0].rest()
    assert [sentence.startswith("MIDI comes faster") for sentence in sentences] == [True]


@pytest.fixture
def engine(studio):
    studio.engine = EngineSession()
    studio.engine.show(studio.state, MemoryPool())
    yield studio.engine
    studio.engine.close()


def show(studio):
    studio.engine.show(studio.state, MemoryPool())


def play(studio, track, pitch, seconds):
    studio.engine.play_midi("Keys", [0x90, pitch, 100], time.monotonic(), [track])
    time.sleep(seconds)
    studio.engine.play_midi("Keys", [0x80, pitch, 0], time.monotonic(), [track])


def test_a_pass_of_notes_is_one_step_with_a_clip_for_each_track_that_was_played(studio, engine, tracks, until):
    show(studio)
    studio.selection.set_tracks(tracks)
    REGISTRY["track.arm"].run(studio)
    assert studio.takes.armed == set(tracks)
    steps = len(studio.project.history())
    REGISTRY["transport.record"].run(studio)
    assert studio.takes.is_recording
    until(lambda: engine.transport.position_samples > 4_800)
    place = engine.transport.position_samples
    play(studio, tracks[0], 64, 0.1)
    engine.play_note(tracks[0], 67, 0.5)  # by the computer's keyboard
    time.sleep(0.05)
    engine.end_note(tracks[0], 67)
    REGISTRY["transport.record"].run(studio)
    until(lambda: not studio.takes.is_recording)
    [clip] = studio.state.clips.values()
    assert (clip.track, clip.kind, clip.start_tick) == (tracks[0], "midi", 0)
    notes = studio.state.notes[clip.id]
    assert notes["pitch"].tolist() == [64, 67]
    assert notes["velocity"].tolist() == [100, 64]
    per_tick = 48_000 * 60 / 120 / 960
    assert float(notes["start"][0]) * per_tick == pytest.approx(place, abs=2_400)
    assert float(notes["length"][0]) * per_tick == pytest.approx(4_800, abs=1_200)
    assert int((notes["start"] + notes["length"]).max()) <= clip.length_ticks
    assert len(studio.project.history()) == steps + 1
    studio.project.undo().result()
    assert studio.state.clips == {}


def test_a_pass_without_a_note_leaves_nothing(studio, engine, tracks, until):
    show(studio)
    studio.takes.arm(tracks[0], is_armed=True)
    steps = len(studio.project.history())
    studio.takes.begin()
    until(lambda: engine.transport.position_samples > 2_400)
    studio.takes.end()
    until(lambda: not studio.takes.is_recording)
    assert len(studio.project.history()) == steps


def test_closing_the_project_ends_the_pass_and_keeps_it(studio, engine, tracks, until):
    show(studio)
    studio.takes.arm(tracks[0], is_armed=True)
    studio.takes.begin()
    until(lambda: engine.transport.position_samples > 2_400)
    play(studio, tracks[0], 50, 0.05)
    studio.takes.close()
    assert [notes["pitch"].tolist() for notes in studio.state.notes.values()] == [[50]]


def test_a_track_that_is_gone_is_told_and_nothing_else_is_lost(studio, engine, tracks, until):
    from maxbooster_desktop.project.edits.tracks import delete_tracks

    sentences = []
    studio.notices.subscribe(sentences.append)
    show(studio)
    studio.takes.arm(tracks[0], is_armed=True)
    studio.takes.begin()
    until(lambda: engine.transport.position_samples > 2_400)
    play(studio, tracks[0], 50, 0.05)
    studio.project.do(delete_tracks, [tracks[0]])
    studio.takes.end()
    until(lambda: not studio.takes.is_recording)
    assert ["could not be kept" in sentence for sentence in sentences] == [True]


def test_a_frozen_track_and_none_at_all_are_refused(studio, engine, tracks, monkeypatch):
    with pytest.raises(NothingArmedError, match="No audio or instrument track is armed"):
        studio.takes.begin()
    assert DeviceChoice().sample_rate == engine.sample_rate
    studio.takes.arm(tracks[0], is_armed=True)
    track = studio.state.tracks[tracks[0]]
    object.__setattr__(track, "frozen", Frozen("a", 0, 0, "f"))
    with pytest.raises(TrackFrozenError):
        studio.takes.begin()
    assert not studio.takes.is_recording


def test_velocity_is_kept_within_what_a_note_can_have(studio, engine, tracks, until):
    show(studio)
    studio.takes.arm(tracks[0], is_armed=True)
    studio.takes.begin()
    until(lambda: engine.transport.position_samples > 2_400)
    for velocity in (0.0001, 1.0):
        engine.play_note(tracks[0], 60, velocity)
        time.sleep(0.02)
        engine.end_note(tracks[0], 60)
    studio.takes.end()
    until(lambda: not studio.takes.is_recording)
    [notes] = studio.state.notes.values()
    assert np.sort(notes["velocity"]).tolist() == [1, 127]
