"""Track delays: each track lands so many frames beside the others, both ways, whatever way it takes."""

import numpy as np
import pytest

from maxbooster_desktop.engine.render.offline import OfflineRenderer
from tests.factories.engine_projects import Song, StillLive, impulse, noise, ones

#: 10 ms and 2.5 ms at 48 kHz.
LATE, EARLY = 480, 120
AT = 9_600


def places(song, frames=24_000, block=4_096):
    """Return {frame on the timeline: level} of what is heard on the left."""
    renderer = OfflineRenderer(song.state, song.pool, block_frames=block)
    heard = renderer.process(frames)[renderer.latency_frames :, 0]
    return {int(frame): round(float(heard[frame]), 4) for frame in np.flatnonzero(np.abs(heard) > 1e-6)}


def clicks(*delays_ms):
    """Return (song, tracks) with the same click on tracks of these delays, each at a level of its own."""
    song = Song()
    tracks = [song.track(delay_ms=delay) for delay in delays_ms]
    for number, track in enumerate(tracks):
        song.clip(track, impulse(1_000) * (number + 1), start_tick=AT // 25)
    return song, tracks


@pytest.mark.parametrize("block", [64, 100, 4_096])
def test_a_late_track_comes_later_and_an_early_one_earlier(block):
    song, _ = clicks(0.0, 10.0, -2.5)
    assert places(song, block=block) == {AT: 1.0, AT + LATE: 2.0, AT - EARLY: 3.0}


def test_a_lead_is_a_latency_of_the_whole_and_a_delay_is_none():
    for delays_ms, latency in (((0.0, 10.0), 0), ((0.0, -2.5), EARLY), ((5.0, -2.5, -10.0), LATE)):
        song, _ = clicks(*delays_ms)
        assert OfflineRenderer(song.state, song.pool).latency_frames == latency


def test_delays_hold_through_groups_sends_and_slow_devices():
    song, (plain, late, early) = clicks(0.0, 10.0, -2.5)
    bus = song.track("bus", delay_ms=-2.5)
    group = song.track("group", delay_ms=10.0)
    song.insert(plain, "delays.sample_delay", {"samples": 0.0})
    song.insert(bus, "dynamics.true_peak_limiter", {"ceiling_dbtp": 0.0})
    song.send(late, bus, gain_db=-40.0)
    song.set(early, parent=group)
    assert places(song) == {AT: 1.0, AT + LATE: 2.0, AT + LATE - EARLY: 3.02}


def test_the_delay_of_the_master_means_nothing():
    song, _ = clicks(0.0)
    song.set("master", delay_ms=50.0)
    assert places(song) == {AT: 1.0}


def test_a_delayed_track_nulls_against_the_same_sound_placed_later():
    delayed, placed = Song(), Song()
    sound = noise(12_000)
    delayed.clip(delayed.track(delay_ms=10.0), sound, start_tick=100)
    placed.clip(placed.track(), sound, start_tick=100)
    heard, wanted = delayed.render(24_000), placed.render(24_000)
    np.testing.assert_array_equal(heard[:, LATE:], wanted[:, :-LATE])


@pytest.mark.parametrize("delay_ms", [10.0, -10.0])
def test_a_delay_that_changes_while_it_plays_does_not_click(delay_ms):
    song = Song()
    first, second = song.track(), song.track()
    for track in (first, second):
        song.clip(track, ones(96_000))
    live = StillLive(song)
    before = live.run(9_600)
    song.set(first, delay_ms=delay_ms)
    assert live.show()
    after = live.run(9_600)
    assert np.abs(np.diff(np.concatenate([before, after], axis=1)[:, 500:], axis=1)).max() < 0.02
    np.testing.assert_allclose(after[:, -1_000:], 2.0, rtol=1e-6)
