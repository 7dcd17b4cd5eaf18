"""MIDI learn: the knob turned next moves what was moved last; a burst is one step; what is gone moves nothing."""

import pytest

from maxbooster_desktop.actions.learned_controls import Knob, LearnedControls, Moved
from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.project.edits.channel import add_insert, add_send
from maxbooster_desktop.project.edits.tracks import add_track, delete_tracks
from maxbooster_desktop.settings.store import Settings
from maxbooster_desktop.ui.mixer.settings import named_setting


@pytest.fixture
def learning(studio_window, wait_until):
    """Return (window, a track, its mixer's desk, sentences told)."""
    studio = studio_window.studio
    (track,) = studio.project.do(add_track, "audio", "Bass").created
    desk = studio_window.page.mixer.desk
    wait_until(lambda: track in desk.scene.state.tracks)
    told = []
    studio.notices.subscribe(told.append)
    return studio_window, track, desk, told


def turn(window, controller, value, port="Keys"):
    """Turn a knob, as the thread that reads the ports says it."""
    window.workspace.midi.controls.emit(port, 0, controller, value)


def touch(desk, track, address):
    """Move a control of the window and let go of it."""
    setting = named_setting(desk.scene.state.tracks[track], address)
    desk.hold(setting, setting.scale.value(0.4))
    desk.release(setting)


def learn(window, desk, track, address, controller):
    touch(desk, track, address)
    REGISTRY["tools.learn_midi"].run(window.studio)
    assert REGISTRY["tools.learn_midi"].checked(window.studio)
    turn(window, controller, 1)
    assert not window.studio.is_learning_midi


def test_a_knob_learns_and_a_burst_of_it_is_one_step(learning, wait_until):
    window, track, desk, told = learning
    studio = window.studio
    learn(window, desk, track, "pan", 20)
    assert told == ["Controller 20 of “Keys” moves pan of Bass."]
    steps = len(studio.project.history())
    for value in range(0, 128, 4):
        turn(window, 20, value)
    turn(window, 20, 127)
    assert ("touch", track, "pan", 1.0) in studio.engine.asked
    assert studio.state.tracks[track].pan == 0.0
    wait_until(lambda: studio.state.tracks[track].pan == 1.0)
    assert len(studio.project.history()) == steps + 1
    turn(window, 21, 0)
    turn(window, 20, 0, port="another")
    desk.flush()
    assert len(studio.project.history()) == steps + 1


def test_two_knobs_at_once_are_a_step_each(learning, wait_until):
    window, track, desk, _ = learning
    studio = window.studio
    learn(window, desk, track, "pan", 20)
    learn(window, desk, track, "gain_db", 7)
    steps = len(studio.project.history())
    for value in range(60, 100):
        turn(window, 20, value)
        turn(window, 7, value)
    wait_until(lambda: len(studio.project.history()) == steps + 2)
    assert studio.state.tracks[track].pan == pytest.approx(2 * 99 / 127 - 1)


def test_strips_devices_sends_and_switches_are_moved_over_their_range(learning, wait_until):
    window, track, desk, _ = learning
    studio = window.studio
    studio.project.do(add_insert, track, "dynamics.true_peak_limiter")
    (bus,) = studio.project.do(add_track, "bus", "Room").created
    studio.project.do(add_send, track, bus)
    wait_until(lambda: desk.scene.state.tracks[track].sends and desk.scene.state.tracks[track].inserts)
    send, insert = studio.state.tracks[track].sends[0].id, studio.state.tracks[track].inserts[0].id
    for controller, address in enumerate(
        ("strip.hp_hz", "strip.eq_on", f"send.{send}.gain_db", f"insert.{insert}.ceiling_dbtp"), 30
    ):
        low, high = (named_setting(studio.state.tracks[track], address).scale.value(place) for place in (0.0, 1.0))
        assert low < high
        learn(window, desk, track, address, controller)
        turn(window, controller, 127)
        desk.flush()
        wait_until(lambda: named_setting(studio.state.tracks[track], address).value == pytest.approx(high))  # noqa: B023 - waited for at once
        turn(window, controller, 0)
        desk.flush()
        wait_until(lambda: named_setting(studio.state.tracks[track], address).value == pytest.approx(low))  # noqa: B023 - as above


def test_without_anything_moved_it_says_what_to_do(learning):
    window, _track, _desk, told = learning
    REGISTRY["tools.learn_midi"].run(window.studio)
    turn(window, 20, 1)
    assert [sentence.startswith("Move a fader or a knob") for sentence in told] == [True]
    assert window.studio.is_learning_midi


def test_a_track_that_is_gone_moves_nothing(learning, wait_until):
    window, track, desk, told = learning
    learn(window, desk, track, "pan", 20)
    window.studio.project.do(delete_tracks, [track])
    wait_until(lambda: track not in desk.scene.state.tracks)
    turn(window, 20, 99)
    desk.flush()
    assert len(told) == 1


def test_what_was_learned_is_kept_and_a_damaged_entry_is_left_out(tmp_path):
    settings = Settings(tmp_path)
    learned = LearnedControls(settings)
    assert learned.learn(Knob("Keys", 0, 20), Moved("t1", "pan")) == ""
    learned.learn(Knob("Keys", 0, 21), Moved("t1", "gain_db"))
    learned.learn(Knob("Keys", 0, 20), Moved("t2", "pan"))
    again = LearnedControls(Settings(tmp_path))
    assert again.moved_by(Knob("Keys", 0, 20)) == Moved("t2", "pan")
    assert again.moved_by(Knob("Keys", 0, 21)) == Moved("t1", "gain_db")
    assert again.moved_by(Knob("Keys", 1, 20)) is None
    settings.set("midi.learned", ["", "a\tb\tc\td\te", "Keys\t0\t20\tt9", "Keys\t0\t5\tt3\tpan"])
    odd = LearnedControls(settings)
    assert odd.moved_by(Knob("Keys", 0, 5)) == Moved("t3", "pan")
    for number in range(300):
        odd.learn(Knob("Keys", 0, number), Moved("t1", "pan"))
    assert len(settings.get("midi.learned")) == 256
