"""Real plug-ins in the engine: in time with everything else, the same offline as live, and harmless when they fall."""

import shutil
import time
from dataclasses import replace

import numpy as np
import pytest

from maxbooster_desktop.engine.graph.devices import has_device
from maxbooster_desktop.engine.graph.plugin_hosts import PluginLostError
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.render.offline import OfflineRenderer
from maxbooster_desktop.engine.session import EngineSession
from plugins_host.wire.layout import DONE, OFFERED
from tests.factories.engine_projects import Song, StillLive, impulse, noise, ones, sine
from tests.factories.vst3_plugins import CRASH, DELAY, HALVE, HANG, NOT_A_NUMBER, scanned

_STEP = 1.0 / 64 + 1e-6


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    return home, scanned(home)


@pytest.fixture(autouse=True)
def ids(catalogue, monkeypatch):
    monkeypatch.setenv("MAXBOOSTER_HOME", str(catalogue[0]))
    return catalogue[1]


@pytest.fixture
def live():
    made = []

    def start(song, **options):
        made.append(StillLive(song, **options))
        return made[-1]

    yield start
    for each in made:
        each.live.close()


def _heard(song, frames, **options):
    """Return an offline render without its latency, float32 [2, frames]."""
    renderer = OfflineRenderer(song.state, song.pool, **options)
    late = renderer.latency_frames
    return renderer.process(frames + late).T[:, late:].copy()


def _wait(live, condition):
    deadline = time.monotonic() + 20
    while any(reading.condition != condition for reading in live.live.plugins.readings()):
        assert time.monotonic() < deadline, live.live.plugins.readings()
        time.sleep(0.01)
    live.show()


def _run_answered(live, frames, patience_s=5.0):
    """Run blocks, each with its answer before the next: no busy machine makes a hop late."""
    parts = []
    for _ in range(frames // 64):
        parts.append(live.run(64))
        until = time.monotonic() + patience_s
        while _waits(live) and time.monotonic() < until:
            time.sleep(0.0005)
    return np.concatenate(parts, axis=1)


def _waits(live):
    running = [slot.hosted for slot in live.live.plugins._slots.values() if slot.hosted.condition == "running"]
    words = [each._shared.words for each in running]
    return any(row[DONE] < row[OFFERED] for row in words)


def _song(ids, name, sound, values=None, start_tick=0):
    song = Song()
    track = song.track()
    song.clip(track, sound, start_tick)
    return song, track, song.insert(track, ids[name], values)


def test_a_plugin_that_does_nothing_changes_no_bit(ids):
    sound = noise(20_000)
    song, track, _insert = _song(ids, "Hostile", sound)
    through = _heard(song, 20_000)
    song.set(track, inserts=())
    assert np.array_equal(through, _heard(song, 20_000))


@pytest.mark.parametrize("deed", [0.0, float(DELAY)])
def test_tracks_with_and_without_a_plugin_stay_in_time(ids, deed):
    song, _, _ = _song(ids, "Hostile", impulse(8_000, 3_000), {"p1": deed})
    song.clip(song.track(), impulse(8_000, 3_000))
    heard = _heard(song, 8_000)
    assert heard[0, 3_000] == 2.0
    assert np.count_nonzero(heard) == 2


@pytest.mark.parametrize("name", ["MVerb", "3 Band EQ"])
def test_any_block_size_gives_the_same_bytes(ids, name):
    song, track, insert = _song(ids, name, noise(30_000))
    song.lane(track, f"insert.{insert}.p1", [(0, 0.1), (800, 0.9)])
    heard = _heard(song, 30_000, block_frames=4_096)
    for block in (16, 100, 1_024):
        assert np.array_equal(heard, _heard(song, 30_000, block_frames=block))
    song.change(lanes={})
    assert np.abs(heard - _heard(song, 30_000)).max() > 1e-3


@pytest.mark.parametrize("name", ["MVerb", "3 Band EQ"])
def test_live_and_offline_sound_the_same(ids, live, name):
    # Behind the frames over which the transport fades in.
    song, track, insert = _song(ids, name, noise(12_800), {"p1": 0.8}, start_tick=40)
    song.lane(track, f"insert.{insert}.p2", [(0, 0.2), (400, 0.7)])
    playing = live(song, play=False)
    _wait(playing, "running")
    late = playing.live.plugins.timing()[0][1]
    assert late == 128
    playing.ring.send(at.CMD_PLAY)
    heard = _run_answered(playing, 12_800 + late)[:, late:]
    assert [reading.late_hops for reading in playing.live.plugins.readings()] == [0]
    offline = _heard(song, 12_800)
    assert np.abs(offline).max() > 0.1
    assert np.array_equal(heard, offline)


def test_a_crash_live_leaves_the_track_playing_and_it_comes_back(ids, live):
    song, track, insert = _song(ids, "Hostile", ones(200_000), {"p1": float(HALVE)})
    playing = live(song)
    _wait(playing, "running")
    assert (_run_answered(playing, 64 * 40)[:, -64:] == 0.5).all()
    playing.live.touch(track, f"insert.{insert}.p1", float(CRASH))
    falling = _run_answered(playing, 64 * 30, 0.003)
    _wait(playing, "crashed")
    after = _run_answered(playing, 64 * 10)
    assert (after[:, -64:] == 1.0).all()
    assert np.abs(np.diff(np.concatenate([falling, after], axis=1)[0])).max() <= _STEP
    (reading,) = playing.live.plugins.readings()
    assert (reading.title, reading.is_lost, reading.reason) == ("Hostile", True, "signal 11 ended it")
    playing.live.touch(track, f"insert.{insert}.p1", float(HALVE))
    playing.live.reload_plugins()
    _wait(playing, "running")
    back = _run_answered(playing, 64 * 40)
    assert (back[:, -64:] == 0.5).all()
    assert np.abs(np.diff(back[0])).max() <= _STEP


def test_a_hang_live_takes_one_track_and_not_the_others(ids, live):
    song, track, insert = _song(ids, "Hostile", ones(200_000))
    song.clip(song.track(), 0.25 * ones(200_000))
    playing = live(song)
    _wait(playing, "running")
    playing.live.touch(track, f"insert.{insert}.p1", float(HANG))
    during = _run_answered(playing, 64 * 40, 0.003)
    # The hung plug-in's hops fade to nothing, and the other track plays on.
    assert (during[:, -640:] == 0.25).all()
    _wait(playing, "hung")
    assert (_run_answered(playing, 64 * 10)[:, -64:] == 1.25).all()


def test_what_is_no_number_reaches_no_bus(ids, live):
    song, track, insert = _song(ids, "Hostile", ones(100_000))
    playing = live(song)
    _wait(playing, "running")
    playing.live.touch(track, f"insert.{insert}.p1", float(NOT_A_NUMBER))
    heard = _run_answered(playing, 64 * 40)
    assert np.isfinite(heard).all()
    assert (heard[:, -64:] == 0.0).all()


def test_a_new_delay_while_playing_is_compensated(ids, live):
    song, track, insert = _song(ids, "Hostile", sine(400_000))
    other = song.track()
    song.clip(other, -sine(400_000))
    playing = live(song)
    _wait(playing, "running")
    before = playing.live.plugins.timing()
    playing.live.touch(track, f"insert.{insert}.p1", float(DELAY))
    for _ in range(100):
        _run_answered(playing, 64 * 16)
        if playing.live.plugins.timing() != before:
            break
    assert playing.live.plugins.timing()[0][1] == before[0][1] + 256
    assert playing.show()
    heard = _run_answered(playing, 64 * 60)
    assert np.abs(heard[:, -640:]).max() < 1e-6


def test_a_plugin_that_goes_takes_its_process_along(ids, live):
    song, track, insert = _song(ids, "MVerb", noise(1_000))
    playing = live(song)
    _wait(playing, "running")
    hosted = playing.live.plugins._slots[insert].hosted
    process = hosted._process
    song.set(track, inserts=())
    playing.show()
    assert process.poll() is not None
    assert playing.live.plugins.readings() == ()
    playing.run(64 * 4)


def test_a_bypassed_plugin_is_not_loaded(ids, live):
    song, track, _insert = _song(ids, "MVerb", noise(1_000))
    song.set(track, inserts=tuple(replace(one, enabled=False) for one in song.state.tracks[track].inserts))
    assert live(song).live.plugins.readings() == ()


def test_a_plugin_that_is_not_here_is_played_past(ids, live, monkeypatch, tmp_path):
    song, _track, _insert = _song(ids, "MVerb", ones(64 * 20))
    assert has_device(ids["MVerb"])
    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path))
    assert not has_device(ids["MVerb"])
    assert (_heard(song, 64 * 10) == 1.0).all()
    assert live(song).live.plugins.readings() == ()


@pytest.mark.parametrize(("deed", "words"), [(CRASH, "signal 11 ended it"), (HANG, "unanswered for 1 s")])
def test_a_render_whose_plugin_falls_says_so(ids, deed, words):
    song, track, insert = _song(ids, "Hostile", ones(100_000))
    song.lane(track, f"insert.{insert}.p1", [(0, 0.0, None), (1_000, float(deed), None)])
    begun = time.monotonic()
    with pytest.raises(PluginLostError, match=words):
        _heard(song, 100_000)
    assert time.monotonic() - begun < 8.0


def test_a_render_of_a_plugin_that_cannot_be_loaded_says_so(ids, monkeypatch):
    song, _track, _insert = _song(ids, "Hostile", ones(1_000))
    monkeypatch.setenv("HOSTILE_AT_LOAD", "crash")
    with pytest.raises(PluginLostError, match="Hostile is needed and was lost"):
        _heard(song, 1_000)


def test_a_session_notices_by_itself_and_ends_its_plugins(ids):
    """Without a device: nothing but the session's own threads, as in the window."""
    song, track, insert = _song(ids, "Hostile", ones(2_000_000))
    session = EngineSession(48_000, 128)

    def wait(holds):
        deadline = time.monotonic() + 20
        while not holds():
            assert time.monotonic() < deadline, session.plugins()
            time.sleep(0.01)

    try:
        session.show(song.state, song.pool)
        wait(lambda: session.plugins()[0].condition == "running")
        session.play()
        serial = session._live.serial
        session.touch(track, f"insert.{insert}.p1", float(DELAY))
        wait(lambda: session._live.serial > serial)  # another delay compiles another program
        session.touch(track, f"insert.{insert}.p1", float(CRASH))
        wait(lambda: session.plugins()[0].is_lost)
        session.touch(track, f"insert.{insert}.p1", 0.0)
        session.reload_plugins()
        wait(lambda: session.plugins()[0].condition == "running")
        process = session._live.plugins._slots[insert].hosted._process
    finally:
        session.close()
    assert process.poll() is not None
    assert session.plugins() == ()


def test_what_was_missing_plays_after_a_scan(ids, live, monkeypatch, tmp_path):
    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path))
    song, _track, _insert = _song(ids, "Hostile", ones(200_000), {"p1": float(HALVE)})
    playing = live(song)
    assert not playing.show()
    scanned(tmp_path)
    assert playing.show()
    _wait(playing, "running")
    assert (_run_answered(playing, 64 * 40)[:, -64:] == 0.5).all()


def test_a_scan_is_noticed_without_a_restart(ids, monkeypatch, tmp_path):
    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path))
    assert not has_device(ids["MVerb"])
    scanned(tmp_path)
    assert has_device(ids["MVerb"])
    shutil.rmtree(tmp_path / "data")
    assert not has_device(ids["MVerb"])
