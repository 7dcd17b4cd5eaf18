"""Sampler tracks through the whole engine: zones of a project's sounds, edited, missing, of another rate."""

from dataclasses import replace

import numpy as np
import pytest

from maxbooster_desktop.engine.media.playable import played_assets
from maxbooster_desktop.project.document.state import SampleZone, ZoneId
from tests.factories.engine_projects import RATE, Song, StillLive, sine

A_BAR = 4 * 960


def sampled(song, zones, notes=((0, A_BAR, 60, 127),)):
    """Add a track that plays notes on zones; returns its id."""
    track = song.instrument("instruments.sampler")
    give(song, track, zones)
    song.notes(track, notes)
    return track


def give(song, track, zones):
    [insert] = song.state.tracks[track].inserts
    song.set(track, inserts=(replace(insert, zones=tuple(zones)),))


def held(asset, **given):
    return SampleZone(ZoneId("z"), asset, loop_mode="forward", **given)


def test_a_track_plays_its_sound_on_the_sample():
    song = Song()
    sound = (np.random.default_rng(3).standard_normal((2, 9_600)) * 0.1).astype(np.float32)
    sampled(song, [SampleZone(ZoneId("z"), song.asset(sound))], [(960, 1_920, 60, 127)])
    heard = song.render(40_000)
    assert np.abs(heard[:, 24_000:33_600] - sound).max() < 1e-7
    assert not heard[:, :24_000].any()


@pytest.mark.parametrize("pan", [-1.0, 1.0])
def test_gain_and_pan_of_a_zone(pan):
    song = Song()
    asset = song.asset(np.full((1, 48_000), 0.5, np.float32))
    sampled(song, [SampleZone(ZoneId("z"), asset, gain_db=-6.0, pan=pan)])
    heard = song.render(4_000)[:, 3_000]
    expected = 0.5 * 10 ** (-6 / 20)
    assert heard == pytest.approx([expected * (pan < 0), expected * (pan > 0)], abs=1e-6)


def test_a_loop_counts_in_its_files_own_frames():
    """The sound was recorded at 24 kHz: frame 1,000 of the file is frame 2,000 of the session."""
    song = Song()
    sound = np.zeros((1, 9_600), np.float32)
    sound[0, 2_000:4_000] = 0.25
    asset = song.asset(sound, sample_rate=24_000, frames=4_800)
    sampled(song, [held(asset, loop_start=1_000, loop_end=2_000)])
    heard = song.render(20_000)[0]
    assert np.abs(heard[2_100:] - 0.25).max() < 1e-5
    assert np.abs(heard[:1_900]).max() < 1e-5


def test_a_missing_sound_is_silence_and_is_heard_when_it_comes():
    song = Song()
    asset = song.asset(np.full((2, 48_000), 0.25, np.float32))
    sound = song.pool.samples(asset)
    del song.pool._sounds[asset]
    sampled(song, [held(asset)], [(place, 180, 60, 127) for place in range(0, A_BAR, 240)])
    live = StillLive(song)
    assert not live.run(12_000).any()
    song.pool.put(asset, sound)
    live.show()
    assert np.abs(live.run(12_000)[:, 6_000:]).max() == pytest.approx(0.25, abs=1e-4)


def test_a_sound_that_is_half_decoded_plays_and_loops_when_it_is_whole():
    song = Song()
    asset = song.asset(sine(48_000, 480.0, channels=1))
    sound = song.pool.samples(asset)
    song.pool.put(asset, sound, ready=4_800)
    sampled(song, [held(asset, loop_start=4_800, loop_end=9_600)], [(0, 960, 60, 127), (960, A_BAR, 60, 127)])
    live = StillLive(song)
    first = live.run(12_032)
    assert np.abs(first[0, 200:4_700]).max() > 0.4
    assert not first[0, 4_900:].any()
    song.pool.put(asset, sound)
    live.show()
    rest = live.run(70_000)
    assert np.abs(rest[0, -2_000:]).max() > 0.4


def test_zones_edited_while_playing_are_heard_from_the_next_note_and_the_last_one_rings_on():
    song = Song()
    low, high = (song.asset(np.full((1, 48_000), level, np.float32)) for level in (0.1, 0.2))
    track = sampled(song, [held(low, loop_end=48_000)], [(0, 960, 60, 127), (960, 960, 60, 127)])
    live = StillLive(song)
    live.run(6_400)
    give(song, track, [held(high, loop_end=48_000)])
    live.show()
    after = live.run(36_000)[0]
    assert np.abs(after[1_000:17_000] - 0.1).max() < 1e-4
    assert np.abs(after[20_000:32_000] - 0.2).max() < 1e-4


def test_without_zones_it_plays_a_tone_of_its_own():
    song = Song()
    sampled(song, [])
    assert np.abs(song.render(24_000)).max() > 0.1


def test_rendering_waits_for_the_sounds_of_zones():
    song = Song()
    asset = song.asset(sine(4_800))
    track = sampled(song, [SampleZone(ZoneId("z"), asset)])
    assert [each.id for each in played_assets(song.state)] == [asset]
    [insert] = song.state.tracks[track].inserts
    song.set(track, inserts=(replace(insert, enabled=False),))
    assert played_assets(song.state) == []
    assert RATE == 48_000
