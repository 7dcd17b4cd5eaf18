"""What clips sound like through the engine: neutral to the bit, fades and seams on their samples."""

import numpy as np
import pytest

from maxbooster_desktop.project.document.tempo_map import TempoEvent, TempoMap
from tests.factories.engine_projects import FRAMES_PER_TICK, Song, noise, ones, peak_db


@pytest.mark.parametrize("channels", [1, 2])
def test_a_clip_leaves_as_it_came(channels):
    song = Song()
    sound = noise(5_000, channels)
    song.clip(song.track(), sound)
    out = song.render(5_200)
    np.testing.assert_array_equal(out[0, :5_000], sound[0])
    np.testing.assert_array_equal(out[1, :5_000], sound[-1])
    assert not out[:, 5_000:].any()


def test_24_bit_samples_survive():
    song = Song()
    steps = np.random.default_rng(3).integers(-(2**23), 2**23, (2, 4_000))
    sound = (steps / 2**23).astype(np.float32)
    song.clip(song.track(), sound)
    np.testing.assert_array_equal(np.round(song.render(4_000) * 2**23).astype(int), steps)


def test_tracks_add_up_within_an_ulp():
    song = Song()
    sounds = [noise(3_000, seed=n, gain=0.1) for n in range(5)]
    for sound in sounds:
        song.clip(song.track(), sound)
    exact = np.sum([sound.astype(np.float64) for sound in sounds], axis=0)
    assert np.all(np.abs(song.render(3_000) - exact) <= 2 * np.spacing(np.float32(1.0)))


def test_start_offset_length_and_gain_are_exact():
    song = Song()
    sound = noise(6_000)
    song.clip(
        song.track(),
        sound,
        start_tick=8,
        source_offset=1_000,
        length_frames=2_000,
        gain_db=-6.0,
        fade_in_ms=0.0,
        fade_out_ms=0.0,
    )
    out = song.render(3_000)
    start = 8 * FRAMES_PER_TICK
    gain = np.float32(10 ** (-6 / 20))
    np.testing.assert_array_equal(out[:, start : start + 2_000], sound[:, 1_000:3_000] * gain)
    assert not out[:, :start].any()
    assert not out[:, start + 2_000 :].any()


@pytest.mark.parametrize("curve", [-1.0, 0.0, 0.5, 1.0])
def test_fades_follow_their_curve(curve):
    song = Song()
    song.clip(song.track(), ones(4_800), fade_in_ms=10, fade_out_ms=20, fade_in_curve=curve, fade_out_curve=curve)
    out = song.render(4_800)[0]

    def shape(length):
        t = (np.arange(length) + 0.5) / length
        return t / (t + (1 - t) * 4.0**-curve)

    np.testing.assert_allclose(out[:480], shape(480), atol=1e-6)
    np.testing.assert_allclose(out[-960:], shape(960)[::-1], atol=1e-6)
    np.testing.assert_array_equal(out[480:-960], 1.0)


def test_a_cut_into_the_source_is_faded_and_its_own_ends_are_not():
    song = Song()
    track, asset = song.track(), song.asset(ones(9_600))
    song.clip(track, asset, source_offset=4_800)
    out = song.render(4_800)[0]
    assert out[0] < 0.01
    np.testing.assert_array_equal(out[192:], 1.0)


def test_a_muted_clip_is_silent_and_overlapping_clips_add_up():
    song = Song()
    track = song.track()
    song.clip(track, ones(2_500), gain_db=-6.0)
    song.clip(track, ones(2_500), start_tick=40)
    song.clip(track, ones(2_500), is_muted=True)
    out = song.render(3_500)[0]
    quiet = np.float32(10 ** (-6 / 20))
    np.testing.assert_array_equal(out[:1_000], quiet)
    np.testing.assert_allclose(out[1_000:2_500], 1 + quiet, rtol=1e-7)
    np.testing.assert_array_equal(out[2_500:], 1.0)


@pytest.mark.parametrize("bpm", [61.7, 120.0, 133.37, 187.0])
@pytest.mark.parametrize("file_rate", [44_100, 48_000])
def test_halves_of_a_split_null_against_the_whole(bpm, file_rate):
    random = np.random.default_rng(int(bpm))
    file_frames = 30_000
    frames = round(file_frames * 48_000 / file_rate)
    for _ in range(12):
        song = Song(tempo_map=TempoMap(tempos=(TempoEvent(0, float(bpm)),)))
        track = song.track()
        sound = noise(frames)
        asset = song.asset(sound, sample_rate=file_rate, frames=file_frames)
        start, cut = int(random.integers(0, 300)), int(random.integers(50, 400))
        seconds = song.state.tempo_map.seconds_at
        offset = round((seconds(start + cut) - seconds(start)) * file_rate)
        assert 0 < offset < file_frames
        song.clip(track, asset, start, length_frames=file_frames)
        whole = song.render(frames + 20_000)
        song.change(clips={}, clips_by_track={})
        song.clip(track, asset, start, length_frames=offset)
        song.clip(track, asset, start + cut, source_offset=offset, length_frames=file_frames - offset)
        np.testing.assert_array_equal(song.render(frames + 20_000), whole)


def test_a_half_that_is_moved_away_fades_where_it_was_cut():
    song = Song()
    track, asset = song.track(), song.asset(ones(9_600))
    song.clip(track, asset, length_frames=4_800)
    song.clip(track, asset, 300, source_offset=4_800, length_frames=4_800)
    out = song.render(13_000)[0]
    assert np.abs(np.diff(out[1:7_500])).max() < 0.01
    assert np.abs(np.diff(out[7_500:12_200])).max() < 0.01


def test_a_seam_between_different_gains_is_faded():
    song = Song()
    track, asset = song.track(), song.asset(ones(9_600))
    song.clip(track, asset, length_frames=4_800)
    song.clip(track, asset, 192, source_offset=4_800, length_frames=4_800, gain_db=-20.0)
    assert np.abs(np.diff(song.render(9_600)[0])).max() < 0.01


def test_damage_in_a_clip_is_silence_and_stays_there():
    song = Song()
    broken = ones(3_000)
    broken[0, 1_000], broken[1, 1_001], broken[0, 1_002] = np.nan, np.inf, 1e30
    strip = {"eq_on": 1.0, "band2_gain_db": 6.0, "comp_on": 1.0}
    song.clip(song.track(strip=strip), broken)
    song.clip(song.track(), noise(6_000))
    song.insert("master", "dynamics.true_peak_limiter")
    out = song.render(6_000)
    assert np.isfinite(out).all()
    assert np.abs(out).max() < 4.0
    assert np.abs(out[:, 4_000:]).max() > 0.1


def test_missing_sound_is_silent_counted_and_heard_once_it_is_there():
    from maxbooster_desktop.engine.realtime import layout as at
    from tests.factories.engine_projects import StillLive

    song = Song()
    asset = song.asset(None, frames=48_000)
    song.clip(song.track(), asset)
    live = StillLive(song)
    assert not live.run(6_400).any()
    assert live.cell(at.STARVED) == 100
    assert not live.show(), "a file that stays away must not make every edit compile"
    song.pool.put(asset, ones(48_000))
    assert live.show()
    assert peak_db(live.run(6_400)[:, 3_200:] - 1.0) < -120
    assert live.cell(at.STARVED) == 100


def test_sound_is_read_only_as_far_as_it_is_decoded():
    song = Song()
    asset = song.asset(ones(4_800))
    song.pool.put(asset, ones(4_800), ready=1_000)
    song.clip(song.track(), asset)
    out = song.render(4_800)[0]
    np.testing.assert_array_equal(out[:1_000], 1.0)
    assert not out[1_000:].any()
