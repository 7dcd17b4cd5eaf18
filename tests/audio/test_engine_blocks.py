"""The same sound for every block size, and for every way to arrive at a position."""

import numpy as np
import pytest

from maxbooster_desktop.engine.realtime import layout as at
from tests.factories.engine_projects import Song, StillLive, noise, peak_db, sine

FRAMES = 20_000
BLOCKS = (1, 16, 64, 100, 1_024, 4_096)


def everything_song():
    """A project in which everything moves: EQ, compressor, sends, groups, automation, fades, inserts with latency."""
    song = Song()
    group, bus = song.track("group"), song.track("bus", gain_db=-3.0)
    strip = {
        "eq_on": 1.0,
        "hp_on": 1.0,
        "band1_gain_db": 5.0,
        "band3_gain_db": -7.0,
        "comp_on": 1.0,
        "comp_threshold_db": -30.0,
        "order": 1.0,
    }
    first = song.track(parent=group, strip=strip, pan=-0.3, gain_db=-2.0)
    second = song.track(strip={"comp_on": 1.0, "is_inverted": 1.0})
    song.clip(first, noise(15_000), 3, fade_in_ms=7.0, fade_out_curve=0.4, fade_out_ms=30)
    song.clip(second, sine(16_000), 100, gain_db=-5.0)
    send = song.send(first, bus, tap="pre", gain_db=-6.0)
    song.send(second, bus)
    song.insert(second, "delays.sample_delay", {"samples": 333.0})
    song.insert("master", "dynamics.true_peak_limiter", {"drive_db": 3.0})
    song.lane(first, "gain_db", [(0, -20.0), (300, 0.0, 0.5), (500, -3.0, None), (650, -12.0)])
    song.lane(second, "pan", [(10, -1.0), (700, 1.0)])
    song.lane(second, "strip.comp_threshold_db", [(10, -10.0), (700, -40.0)])
    song.lane(first, f"send.{send}.gain_db", [(0, 0.0), (600, -30.0)])
    song.lane(first, "strip.band2_gain_db", [(0, 0.0), (400, 12.0, None), (500, -12.0)])
    return song


@pytest.fixture(scope="module")
def reference():
    song = everything_song()
    return song, song.render(FRAMES, block=4_096)


@pytest.mark.parametrize("block", BLOCKS[:-1])
def test_offline_block_size_is_not_heard(reference, block):
    song, whole = reference
    assert peak_db(whole) > -20
    assert peak_db(song.render(FRAMES, block=block) - whole) <= -120


def test_two_renders_are_the_same_bytes(reference):
    song, whole = reference
    assert song.render(FRAMES).tobytes() == whole.tobytes()


@pytest.mark.parametrize("block", [1, 100, 1_024])
def test_live_loop_wraps_on_its_sample_for_every_block_size(block):
    song = Song()
    song.clip(song.track(), noise(20_000))

    def play(size):
        live = StillLive(song, play=False)
        live.ring.send(at.CMD_LOOP, 1_007, 3_333, 1.0)
        live.ring.send(at.CMD_PLAY)
        return live.run(12_000, size)

    out, sound = play(block), song.pool.samples(next(iter(song.state.assets)))
    places = np.arange(12_000)
    places[3_333:] = 1_007 + (places[3_333:] - 1_007) % (3_333 - 1_007)
    np.testing.assert_array_equal(out[:, 192:], sound[:, places[192:]])


def test_automated_values_at_a_start_in_the_middle():
    song = everything_song()
    whole = song.render(FRAMES)
    start = 64 * 150
    part = song.render(FRAMES - start, start=start)
    # Filters, envelopes and delay lines start empty, the faders do not.
    late = 64 * 80
    level = np.sqrt(np.mean(whole[:, start + late :] ** 2))
    assert np.sqrt(np.mean((part[:, late:] - whole[:, start + late :]) ** 2)) < 0.05 * level
