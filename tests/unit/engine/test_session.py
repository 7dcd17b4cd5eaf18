"""The session as the window uses it, on the silent clock: transport, meters, latency, many threads."""

import threading
import time

import numpy as np
import pytest
import soundfile

from maxbooster_desktop.cli.bench.latency import event_latency, noise_project
from maxbooster_desktop.engine.listener import Listener
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.session import EngineSession
from tests.factories.engine_projects import FRAMES_PER_TICK, Song, noise, ones


@pytest.fixture
def engine():
    session = EngineSession(48_000, 128)
    yield session
    session.close()


@pytest.fixture
def song():
    made = Song()
    for _ in range(3):
        made.clip(made.track(), ones(48_000 * 60) * np.float32(0.1))
    return made


def until(holds):
    end = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_commands_on_their_way_count_as_obeyed(engine, song):
    engine.show(song.state, song.pool)
    engine.play()
    assert engine.transport.is_playing
    engine.seek(4_000)
    assert engine.transport.position_samples >= 4_000 * FRAMES_PER_TICK
    engine.stop()
    assert not engine.transport.is_playing
    engine.seek(0)
    until(lambda: engine.is_obeyed and engine.transport.position_samples == 0)
    assert not engine.transport.is_playing


def test_hearing_and_playing_wait_for_no_program_that_is_compiled(engine, song):
    engine.show(song.state, song.pool)
    track = song.track()
    # Whoever compiles holds both.
    with engine._lock, engine._live._lock:
        others = [
            threading.Thread(target=engine.listen, args=([Listener(track, 0, 1)],)),
            threading.Thread(target=engine.play_note, args=(track, 60, 0.5)),
        ]
        for other in others:
            other.start()
        for other in others:
            other.join(5)
        assert not any(other.is_alive() for other in others)


def test_two_loops_in_a_row_leave_the_second(engine, song):
    engine.show(song.state, song.pool)
    engine.set_loop(0, 960, on=True)
    engine.set_loop(0, 3_840, on=False)
    until(lambda: engine.is_obeyed)
    assert not engine.transport.is_looping
    assert engine.transport.loop_end_tick == 3_840


def test_meters_name_the_channels_and_a_clip_lamp_stays_with_its_track(engine, song):
    loud = song.track()
    song.clip(loud, ones(48_000 * 60) * np.float32(2.0))
    engine.show(song.state, song.pool)
    engine.play()
    until(lambda: engine.meters().channels[loud].is_clipped)
    assert engine.meters().channels[loud].peak_db[0] == pytest.approx(20 * np.log10(2), abs=0.01)
    song.set(loud, gain_db=-40.0)
    song.track("bus")
    engine.show(song.state, song.pool)
    until(lambda: engine.is_obeyed)
    time.sleep(0.2)
    lamps = {track for track, meter in engine.meters().channels.items() if meter.is_clipped}
    assert loud in lamps
    assert lamps <= {loud, "master"}
    engine.clear_clip(loud)
    assert not engine.meters().channels[loud].is_clipped


def test_a_metered_loudness_is_the_songs(engine, song):
    engine.show(song.state, song.pool)
    engine.play()
    until(lambda: (engine.meters().master.true_peak_dbtp or -100.0) > -12.0)
    assert engine.meters().master.correlation == pytest.approx(1.0, abs=0.01)


def test_events_reach_the_callback_within_100_ms(engine, tmp_path):
    sound = tmp_path / "noise.wav"
    soundfile.write(sound, noise(48_000).T, 48_000, subtype="FLOAT")
    with noise_project(tmp_path, sound, tracks=4) as (project, pool):
        # The first play of a machine compiles the loudness meters; that is no event's latency.
        event_latency(project, engine, pool, rounds=2)
        taken_ms = event_latency(project, engine, pool, rounds=8)
    assert set(taken_ms) == {"play", "seek", "mute", "solo", "fader", "undo", "stop"}
    assert max(taken_ms.values()) < 100.0


def test_twenty_threads_at_once_leave_a_working_engine(engine, song):
    engine.show(song.state, song.pool)
    track = song.state.track_order[0] if song.state.track_order else next(t for t in song.state.tracks if t != "master")

    def work(number):
        for step in range(25):
            (
                engine.play,
                engine.stop,
                lambda at=step: engine.seek(at),
                lambda: engine.preview(ones(64)),
                lambda down=step: engine.touch(track, "gain_db", -float(down)),
                lambda: engine.show(song.state, song.pool),
            )[(number + step) % 6]()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.stop()
    engine.seek(960)
    until(lambda: engine.is_obeyed and engine.transport.position_samples == 960 * FRAMES_PER_TICK)


def test_a_click_stays_among_the_open_channels(engine):
    engine.set_metronome_output(99, -3)
    assert engine.runtime.cells[at.CLICK_LEFT] == 1
    assert engine.runtime.cells[at.CLICK_RIGHT] == 0


def test_a_note_played_by_hand_is_heard_on_its_track_until_it_ends(engine):
    song = Song()
    track, other = (song.instrument(values={"gain_db": -6.0, "release_ms": 1.0}) for _ in range(2))
    engine.show(song.state, song.pool)
    engine.play_note(track, 69, 1.0)
    until(lambda: track in engine.meters().channels and engine.meters().channels[track].peak_db[0] > -7.0)
    assert engine.meters().channels[other].peak_db[0] < -100.0
    engine.end_note(track, 69)
    until(lambda: engine.meters().channels[track].peak_db[0] < -100.0)
