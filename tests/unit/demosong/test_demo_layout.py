"""The demo song as a project, laid out from short sounds in place of the real stems."""

import numpy as np
import pytest

from maxbooster_desktop.demosong import mix
from maxbooster_desktop.demosong.arrangement import build_demo_song
from maxbooster_desktop.demosong.clips import RenderedClip
from maxbooster_desktop.demosong.score import BPM, SECTIONS, tick_of_bar
from maxbooster_desktop.demosong.stems import TRACK_NAMES
from maxbooster_desktop.project.document.state import MASTER
from maxbooster_desktop.project.store.errors import ProjectExistsError
from maxbooster_desktop.project.store.opening import open_project


def _short_stems(progress):
    progress("Kick", 0.5)
    random = np.random.default_rng(1)
    stems = {}
    for name in TRACK_NAMES:
        sound = (0.1 * random.standard_normal((2, 4_800))).astype(np.float32)
        stems[name] = [RenderedClip(f"{name} {bar}", tick_of_bar(bar), sound) for bar in (0, 8)]
    return stems


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "song"
    reports = []
    with build_demo_song(folder, lambda what, done: reports.append((what, done)), render=_short_stems) as project:
        steps = project.history()
    with open_project(folder) as project:
        yield project, reports, steps


def test_tracks_clips_and_groups_are_there_after_reopening(built):
    state = built[0].state
    by_name = {track.name: track for track in state.tracks.values()}
    assert {channel.name for channel in mix.CHANNELS} <= set(by_name)
    assert len(state.clips) == 2 * len(TRACK_NAMES)
    assert len(state.assets) == len(TRACK_NAMES)
    assert by_name["Kick"].parent == by_name["Drums"].id
    assert by_name["Hall"].output == by_name["Space"].id
    assert not state.conflicts
    assert all(built[0].audio.path_of(asset).is_file() for asset in state.assets.values())


def test_the_mix_is_the_one_of_the_score(built):
    state = built[0].state
    by_name = {track.name: track for track in state.tracks.values()}
    for channel in mix.CHANNELS:
        track = by_name[channel.name]
        assert (track.gain_db, track.pan, track.colour) == (channel.gain_db, channel.pan, channel.colour)
        assert dict(track.strip) == dict(channel.strip)
        sent = {(state.tracks[send.target].name, send.gain_db) for send in track.sends}
        assert sent == {(send.target, send.gain_db) for send in channel.sends}
    master = state.tracks[MASTER]
    assert [insert.device for insert in master.inserts] == [mix.LIMITER]
    assert master.inserts[0].values["ceiling_dbtp"] <= -1.0


def test_automation_markers_tempo_key_and_loop(built):
    state = built[0].state
    assert len(state.lanes) == len(mix.MOVES) >= 3
    assert all(len(lane.points) >= 3 for lane in state.lanes.values())
    assert [marker.name for marker in state.markers] == [section.name for section in SECTIONS]
    assert state.tempo_map.bpm_at(0) == BPM
    assert state.meta.key == "A minor"
    assert (state.meta.loop_start_tick, state.meta.loop_end_tick) == (tick_of_bar(12), tick_of_bar(20))


def test_it_is_one_step_of_the_history_and_progress_rises_to_the_end(built):
    _, reports, steps = built
    assert len(steps) == 1
    shares = [done for _, done in reports]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(ProjectExistsError):
        build_demo_song(tmp_path, render=_short_stems)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
