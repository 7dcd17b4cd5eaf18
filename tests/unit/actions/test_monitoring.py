"""Who hears the input, as the document and arming say, and that it is open only as long as somebody needs it."""

import threading

import pytest

from maxbooster_desktop.actions.monitoring import Monitoring
from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.actions.standing_engine import EngineNotReadyError
from maxbooster_desktop.engine.listener import Listener
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.state import TrackInput
from maxbooster_desktop.project.edits.channel import set_input, set_monitoring
from maxbooster_desktop.project.edits.tracks import add_track, delete_tracks


@pytest.fixture
def voice(studio):
    return next(iter(studio.project.do(add_track, "audio", "Voice").created))


@pytest.fixture
def monitoring(studio):
    return Monitoring(studio)


def test_an_armed_track_hears_its_input_while_time_stands_and_while_it_records(studio, monitoring, voice):
    engine = studio.engine
    studio.project.do(set_input, [voice], TrackInput(3, 1))
    assert (engine.listeners, engine.asked) == ([], [])
    studio.takes.arm(voice, is_armed=True)
    monitoring.join()
    assert engine.listeners == [Listener(voice, 3, 1, only_stopped=True)]
    assert engine.asked == [("open input",)]
    studio.takes._recorder = object()
    studio.takes.changed.emit()
    assert engine.listeners == [Listener(voice, 3, 1)]
    studio.takes._recorder = None
    studio.takes.arm(voice, is_armed=False)
    monitoring.join()
    assert engine.listeners == []
    assert engine.asked == [("open input",), ("close input",)]


def test_always_and_never_are_what_they_say_and_take_one_step_each(studio, monitoring, voice, until):
    engine = studio.engine
    studio.selection.set_tracks([voice])
    REGISTRY["track.monitor"].run(studio)
    until(lambda: engine.listeners == [Listener(voice, 0, 2)])
    assert REGISTRY["track.monitor"].checked(studio)
    monitoring.join()
    assert engine.inputs == 2
    studio.project.do(set_monitoring, [voice], "off")
    studio.takes.arm(voice, is_armed=True)
    assert engine.listeners == []
    # It records all the same.
    monitoring.join()
    assert engine.inputs == 2


def test_a_track_that_is_deleted_lets_the_input_go(studio, monitoring, voice, until):
    studio.project.do(set_monitoring, [voice], "on")
    monitoring.join()
    studio.project.do(delete_tracks, [voice])
    until(lambda: studio.engine.listeners == [])
    monitoring.join()
    assert studio.engine.inputs == 0


def test_the_output_is_not_interrupted_while_it_plays(studio, monitoring, voice):
    studio.takes.arm(voice, is_armed=True)
    monitoring.join()
    studio.engine.play()
    studio.takes.arm(voice, is_armed=False)
    assert studio.engine.inputs == 2
    studio.engine.stop()
    monitoring.look()
    monitoring.join()
    assert studio.engine.inputs == 0


def test_an_input_that_refuses_is_told_once(studio, monitoring, voice):
    sentences, tries = [], []

    def refuse():
        tries.append(1)
        raise MaxBoosterError("The input is used by another program; close it there.")

    studio.notices.subscribe(sentences.append)
    studio.engine.open_input = refuse
    studio.takes.arm(voice, is_armed=True)
    for _ in range(3):
        monitoring.join()
        monitoring.look()
    assert (len(tries), sentences) == (1, ["The input is used by another program; close it there."])


def test_an_input_that_nobody_needs_once_it_is_open_is_closed_again(studio, monitoring, voice):
    usual, is_opening, may_open = studio.engine.open_input, threading.Event(), threading.Event()

    def take_time():
        is_opening.set()
        may_open.wait()
        usual()

    studio.engine.open_input = take_time
    studio.takes.arm(voice, is_armed=True)
    is_opening.wait()
    studio.takes.arm(voice, is_armed=False)
    may_open.set()
    monitoring.join()
    assert studio.engine.asked == [("open input",), ("close input",)]
    assert studio.engine.inputs == 0


def test_an_engine_that_is_still_being_loaded_is_asked_again(studio, monitoring, voice):
    usual = studio.engine.open_input

    def wait():
        raise EngineNotReadyError("Later.")

    studio.engine.open_input = wait
    studio.takes.arm(voice, is_armed=True)
    monitoring.join()
    studio.engine.open_input = usual
    monitoring.look()
    monitoring.join()
    assert studio.engine.inputs == 2
