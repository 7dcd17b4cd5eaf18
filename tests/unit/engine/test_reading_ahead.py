"""What comes next is asked for before the playhead is there: at a start, a seek, a loop's end, in a new program."""

import time

import pytest

from maxbooster_desktop.engine.reading_ahead import AHEAD_S, ReadAhead
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.session import EngineSession
from tests.factories.engine_projects import FRAMES_PER_TICK, RATE, Song, StillLive, ones

AHEAD = round(AHEAD_S * RATE)


class AskedPool:
    """Notes which frames of which sound are to be read."""

    def __init__(self):
        self.asked = []

    def prefetch(self, asset_id, start_frame, frames):
        self.asked.append((asset_id, start_frame, start_frame + frames))

    def covers(self, asset_id, first, last):
        """Whether every frame of [first, last) was asked for."""
        reached = first
        for asset, begin, end in sorted(self.asked):
            if asset == asset_id and begin <= reached:
                reached = max(reached, end)
        return reached >= last


class Stage:
    """A song of one long clip at 1 s, whose callback is called by hand."""

    def __init__(self):
        self.song, self.pool = Song(), AskedPool()
        self.sound = self.song.asset(ones(60 * RATE))
        self.clip = self.song.clip(self.song.track(is_muted=True), self.sound, RATE // FRAMES_PER_TICK)
        self.live = StillLive(self.song)
        self.live.run(64)
        self.ahead = ReadAhead(self.live.runtime, RATE)

    def show(self):
        self.ahead.show(*self.live.live.clips(), self.pool)

    def forget(self):
        self.pool.asked.clear()


@pytest.fixture
def stage():
    made = Stage()
    yield made
    made.ahead.close()


def test_the_next_two_seconds_are_read_and_no_more(stage):
    stage.show()
    assert stage.pool.covers(stage.sound, 0, AHEAD - RATE)
    assert max(end for _, _, end in stage.pool.asked) <= AHEAD - RATE + 64


def test_a_rolling_playhead_asks_for_each_frame_once(stage):
    stage.show()
    for _ in range(20):
        stage.live.run(4_800, block=4_800)
        stage.ahead.look()
    assert stage.pool.covers(stage.sound, 0, AHEAD - RATE + 20 * 4_800)
    asked = sum(end - begin for _, begin, end in stage.pool.asked)
    assert asked == max(end for _, _, end in stage.pool.asked)


def test_a_seek_is_read_before_the_callback_obeys(stage):
    stage.show()
    stage.forget()
    stage.ahead.look(31 * RATE)
    assert stage.pool.covers(stage.sound, 30 * RATE, 30 * RATE + AHEAD)


def test_at_the_loops_end_its_start_is_read(stage):
    stage.live.ring.send(at.CMD_LOOP, 11 * RATE, 21 * RATE, 1.0)
    stage.live.ring.send(at.CMD_SEEK, 20 * RATE)
    stage.live.run(1_024)
    stage.show()
    assert stage.pool.covers(stage.sound, 10 * RATE, 11 * RATE)
    assert stage.pool.covers(stage.sound, 19 * RATE + 1_024, 20 * RATE)
    assert not stage.pool.covers(stage.sound, 20 * RATE, 20 * RATE + 1)
    stage.live.ring.send(at.CMD_LOOP, 11 * RATE, 21 * RATE, 0.0)
    stage.live.run(64)
    stage.ahead.look()
    assert stage.pool.covers(stage.sound, 20 * RATE, 21 * RATE)


def test_the_thread_follows_by_itself(stage):
    stage.show()
    stage.live.run(RATE, block=4_800)
    deadline = time.monotonic() + 5.0
    while not stage.pool.covers(stage.sound, 0, AHEAD) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert stage.pool.covers(stage.sound, 0, AHEAD)


def test_the_session_reads_ahead_at_show_and_at_seek():
    song = Song()
    sound = song.asset(ones(60 * RATE))
    song.clip(song.track(), sound)
    asked = AskedPool()
    song.pool.prefetch = asked.prefetch
    session = EngineSession(RATE)
    try:
        session.show(song.state, song.pool)
        assert asked.covers(sound, 0, AHEAD)
        session.seek(30 * RATE // FRAMES_PER_TICK)
        assert asked.covers(sound, 30 * RATE, 30 * RATE + AHEAD)
    finally:
        session.close()
