"""Recording by the actions, on a real project and a compiled engine whose input is made by hand."""

import pytest

from maxbooster_desktop.actions import attention
from maxbooster_desktop.actions.recording import InputMissingError, NothingArmedError, NothingToPunchError
from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.project.document.state import TrackInput
from maxbooster_desktop.project.edits.channel import set_input
from maxbooster_desktop.project.edits.meta import set_loop
from maxbooster_desktop.project.edits.tracks import add_track, delete_tracks
from maxbooster_desktop.project.store.takes_journal import RECORDING_NAME, open_takes
from tests.factories.hand_engine import RATE, HandEngine


@pytest.fixture
def engine(studio):
    studio.engine = HandEngine()
    return studio.engine


@pytest.fixture
def tracks(studio):
    return [next(iter(studio.project.do(add_track, "audio", name).created)) for name in ("Voice", "Guitar")]


def test_a_pass_over_two_tracks_is_one_step_and_leaves_nothing_behind(studio, engine, tracks, until):
    for channel, track in enumerate(tracks):
        studio.project.do(set_input, [track], TrackInput(channel, 1))
    studio.selection.set_tracks(tracks)
    steps = len(studio.project.history())
    REGISTRY["track.arm"].run(studio)
    assert studio.takes.armed == set(tracks)
    REGISTRY["transport.record"].run(studio)
    assert REGISTRY["transport.record"].checked(studio)
    assert engine.transport.is_playing
    engine.roll(RATE)
    until(lambda: not studio.takes.is_recording)
    takes = list(studio.state.takes.values())
    assert sorted(take.track for take in takes) == sorted(tracks)
    assert {take.name for take in takes} == {"Take 1"}
    assert {asset.name for asset in studio.state.assets.values()} == {"Voice Take 1", "Guitar Take 1"}
    assert all(abs(take.length_frames - RATE) <= 960 for take in takes)
    assert len(studio.project.history()) == steps + 1
    assert open_takes(studio.project) == []
    assert list((studio.project.folder / RECORDING_NAME).iterdir()) == []
    studio.project.undo().result()
    assert studio.state.takes == {}


def test_recording_without_a_track_says_so(studio, engine):
    with pytest.raises(NothingArmedError, match="arm one, then record"):
        REGISTRY["transport.record"].run(studio)
    assert not studio.takes.is_recording


def test_an_input_that_the_device_has_not_is_named(studio, engine, tracks):
    studio.project.do(set_input, [tracks[0]], TrackInput(6, 1))
    studio.takes.arm(tracks[0], is_armed=True)
    with pytest.raises(InputMissingError, match="“Voice” records input 7, and the input device has 2"):
        studio.takes.begin()


def test_closing_ends_the_pass_and_keeps_it(studio, engine, tracks):
    studio.takes.arm(tracks[1], is_armed=True)
    studio.takes.begin()
    engine.roll(RATE // 2)
    studio.takes.close()
    assert [take.track for take in studio.state.takes.values()] == [tracks[1]]
    assert (studio.takes.armed, studio.takes.is_recording) == (frozenset(), False)


def test_a_disk_that_refuses_is_told(studio, engine, tracks, until):
    sentences = []
    studio.notices.subscribe(sentences.append)
    studio.takes.arm(tracks[0], is_armed=True)
    (studio.project.folder / RECORDING_NAME).write_bytes(b"in the way")
    studio.takes.begin()
    engine.roll(RATE // 4)
    until(lambda: not studio.takes.is_recording)
    assert [sentence.startswith("A take could not be written to its end") for sentence in sentences] == [True]
    assert studio.state.takes == {}


def test_a_disk_that_fills_up_keeps_what_it_took_and_says_so_at_once(studio, engine, tracks, until):
    resource = pytest.importorskip("resource")
    sentences = []
    studio.notices.subscribe(sentences.append)
    studio.takes.arm(tracks[0], is_armed=True)
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, usual[1]))
    try:
        studio.takes.begin()
        engine.roll(RATE)
        until(lambda: sentences)
        until(lambda: not studio.takes.is_recording)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    [take] = studio.state.takes.values()
    assert 299_000 < take.length_frames * 8 <= 300_000
    assert [sentence.startswith("A take could not be written to its end") for sentence in sentences] == [True]
    assert [matter.sentence for matter in attention.matters(studio)] == sentences
    assert list((studio.project.folder / RECORDING_NAME).iterdir()) == []


def test_a_track_deleted_meanwhile_takes_nobody_elses_take_along(studio, engine, tracks, until):
    sentences = []
    studio.notices.subscribe(sentences.append)
    for track in tracks:
        studio.takes.arm(track, is_armed=True)
    studio.takes.begin()
    studio.project.do(delete_tracks, [tracks[0]])
    engine.roll(RATE // 4)
    until(lambda: not studio.takes.is_recording)
    assert [take.track for take in studio.state.takes.values()] == [tracks[1]]
    [left] = open_takes(studio.project)
    assert (left.track, left.path.exists()) == (tracks[0], True)
    assert ["comes back at the next opening" in sentence for sentence in sentences] == [True]


def test_a_pass_whose_playback_does_not_begin_is_over(studio, engine, tracks, until):
    def refuse():
        raise NothingToPunchError("Nothing plays.")

    engine.play = refuse
    studio.takes.arm(tracks[0], is_armed=True)
    with pytest.raises(NothingToPunchError):
        studio.takes.begin()
    until(lambda: not studio.takes.is_recording)
    assert open_takes(studio.project) == []


def test_punching_keeps_what_lies_within_the_loop_range(studio, engine, tracks, until):
    REGISTRY["transport.punch"].run(studio)
    assert REGISTRY["transport.punch"].checked(studio)
    studio.takes.arm(tracks[0], is_armed=True)
    studio.project.do(set_loop, 480, 960, False)
    studio.takes.begin()
    engine.roll(RATE)
    until(lambda: not studio.takes.is_recording)
    [take] = studio.state.takes.values()
    seconds_at = studio.state.tempo_map.seconds_at
    assert take.start_tick == 480
    assert take.length_frames == round((seconds_at(960) - seconds_at(480)) * RATE)


def test_punching_into_what_is_over_says_so(studio, engine, tracks):
    studio.takes.set_punching(is_on=True)
    studio.takes.arm(tracks[0], is_armed=True)
    studio.project.do(set_loop, 480, 960, False)
    engine.seek(960)
    with pytest.raises(NothingToPunchError, match="lies before the playhead"):
        studio.takes.begin()
    assert not studio.takes.is_recording


def test_a_count_in_comes_before_a_pass_that_begins_from_a_standstill(studio, engine, tracks, until):
    REGISTRY["transport.count_in"].run(studio)
    studio.takes.arm(tracks[0], is_armed=True)
    for is_rolling in (False, True):
        engine.asked.clear()
        engine.transport.is_playing = is_rolling
        studio.takes.begin()
        assert (("count in",) in engine.asked) is not is_rolling
        engine.roll(RATE // 4)
        until(lambda: not studio.takes.is_recording)
