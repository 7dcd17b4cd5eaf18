"""What was played on an armed track without recording can be kept, and leaves nothing behind when it is not."""

import pytest

from maxbooster_desktop.actions import retrospect
from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.actions.retrospect import NothingPlayedError
from maxbooster_desktop.actions.workspace import _recover_takes
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.edits.tracks import add_track
from maxbooster_desktop.project.store.takes_journal import RECORDING_NAME, new_played_path, open_takes
from tests.factories.hand_engine import RATE, HandEngine


@pytest.fixture
def played(studio, until):
    """A studio with an armed track that is written along; `play(seconds)` plays and stands still again."""
    studio.engine = HandEngine()
    studio.engine.inputs = 2
    (track,) = studio.project.do(add_track, "audio", "Voice").created
    studio.takes.changed.subscribe(studio.retrospect.look)
    studio.takes.arm(track, is_armed=True)
    yield studio
    studio.takes.close()
    studio.retrospect.close()
    assert files(studio) == []


def files(studio):
    folder = studio.project.folder / RECORDING_NAME
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_what_was_played_becomes_a_take_in_one_step(played, until):
    keep = REGISTRY["transport.keep_played"]
    assert "arm one, play" in keep.why_not(played)
    steps = len(played.project.history())
    played.engine.roll(RATE)
    until(lambda: played.retrospect._played)
    assert (played.state.takes, played.takes.is_recording) == ({}, False)
    keep.run(played)
    until(lambda: played.state.takes)
    [take] = played.state.takes.values()
    assert abs(take.length_frames - RATE) <= 960
    assert len(played.project.history()) == steps + 1
    until(lambda: open_takes(played.project) == [] and files(played) == [])
    with pytest.raises(NothingPlayedError):
        played.retrospect.keep()


def test_it_can_be_kept_while_it_still_plays_and_what_comes_then_is_the_next(played, until):
    engine = played.engine
    engine.live.ring.send(at.CMD_PLAY)
    engine.feed(RATE)
    until(lambda: played.retrospect.has_played)
    played.retrospect.keep()
    until(lambda: len(played.state.takes) == 1)
    engine.feed(RATE // 2)
    until(lambda: played.retrospect.has_played)
    engine.live.ring.send(at.CMD_STOP)
    engine.feed(960)
    until(lambda: played.retrospect._played)
    played.retrospect.keep()
    until(lambda: len(played.state.takes) == 2)
    first, second = sorted(played.state.takes.values(), key=lambda take: take.start_tick)
    assert second.start_tick > first.start_tick


def test_only_the_last_is_there_and_a_recording_leaves_it(played, until):
    for seconds in (1, 2):
        played.engine.roll(seconds * RATE)
        until(lambda: played.retrospect._played and len(files(played)) == 1)
    until(lambda: played.retrospect._recorder is not None)
    played.takes.begin()
    until(lambda: played.retrospect._recorder is None)
    played.engine.roll(RATE)
    until(lambda: len(played.state.takes) == 1)
    played.retrospect.keep()
    until(lambda: len(played.state.takes) == 2)


def test_of_many_rounds_the_last_are_there(played, until, monkeypatch):
    monkeypatch.setattr(retrospect, "_MOST_ROUNDS", 3)
    ring = played.engine.live.ring
    ring.send(at.CMD_LOOP, 0, RATE // 4, 1.0)
    ring.send(at.CMD_PLAY)
    played.engine.feed(RATE * 2)
    ring.send(at.CMD_STOP)
    played.engine.feed(960)
    until(lambda: played.retrospect._played)
    assert len(files(played)) == len(played.retrospect._played) <= 3
    ring.send(at.CMD_LOOP, 0, 0, 0.0)


def test_a_part_that_is_long_enough_ends_and_goes_on(played, until, monkeypatch):
    monkeypatch.setattr(retrospect, "_LONGEST_S", 1)
    ring = played.engine.live.ring
    ring.send(at.CMD_PLAY)
    played.engine.feed(RATE + RATE // 2)
    until(lambda: played.retrospect.has_played)

    def has_ended():
        # As the window does twice a second.
        played.retrospect.look()
        return played.retrospect._played

    until(has_ended)
    until(lambda: played.retrospect._recorder is not None)
    played.engine.feed(RATE // 2)
    until(lambda: len(files(played)) == 2)
    ring.send(at.CMD_STOP)
    played.engine.feed(960)
    until(lambda: len(files(played)) == 1)


def test_a_disk_that_is_nearly_full_is_left_alone(played, until, monkeypatch):
    monkeypatch.setattr(retrospect, "_LEAST_FREE_BYTES", 1 << 62)
    played.takes.arm(next(iter(played.takes.armed)), is_armed=False)
    until(lambda: played.retrospect._recorder is None)
    (other,) = played.project.do(add_track, "audio", "Other").created
    played.takes.arm(other, is_armed=True)
    assert played.retrospect._recorder is None


def test_what_a_killed_program_wrote_along_goes_at_the_next_opening(studio):
    path = new_played_path(studio.project)
    path.write_bytes(b"RIFF")
    assert _recover_takes(studio.project) == ""
    assert not path.exists()
