"""Frozen tracks, measured: they null against what they were frozen from, whatever is on and behind them."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile

from maxbooster_desktop.engine.graph import devices
from maxbooster_desktop.engine.render.offline import OfflineRenderer
from maxbooster_desktop.engine.render.settings import RenderCancelledError, RenderError
from maxbooster_desktop.engine.render.track_sound import clips_alone, render_alone, track_alone
from maxbooster_desktop.project.document.freezing import fingerprint_of
from maxbooster_desktop.project.document.state import Frozen
from maxbooster_desktop.project.document.tempo_map import TempoEvent, TempoMap
from tests.factories.engine_projects import FRAMES_PER_TICK, Song, StillLive, noise, peak_db, sine

FRAMES = 96_000


def freeze(song, track, folder):
    """Freeze a track of a song as the program does; returns the sound."""
    made = render_alone(track_alone(song.state, track), song.pool, folder / f"{track}.wav")
    samples, rate = soundfile.read(made.path, dtype="float32", always_2d=True)
    assert rate == song.pool.sample_rate
    asset = song.asset(np.ascontiguousarray(samples.T))
    song.set(track, frozen=Frozen(asset, made.start_tick, made.tail_frames, fingerprint_of(song.state, track)))
    return made


def busy_song(delay_ms):
    """Return (song, track): clips that overlap and are cut, four devices one of which is automated, a live strip."""
    song = Song()
    track = song.track(pan=0.3, gain_db=-4.0, strip={"eq_on": 1.0, "comp_on": 1.0, "hp_on": 1.0})
    other, bus = song.track(), song.track("bus")
    song.clip(other, noise(40_000, seed=9))
    song.clip(track, noise(20_000), start_tick=333, gain_db=-3.0, fade_in_ms=40.0, fade_in_curve=0.4)
    song.clip(track, sine(30_000), start_tick=700, source_offset=5_000, length_frames=20_000)
    song.insert(track, "modulation.tremolo", {"rate_hz": 3.3})
    echo = song.insert(track, "delays.echo")
    song.insert(track, "dynamics.compressor", {"threshold_db": -30.0})
    song.insert(track, "dynamics.true_peak_limiter", {"ceiling_dbtp": -6.0})
    song.insert(track, "delays.sample_delay", {"samples": 37.0})
    song.lane(track, f"insert.{echo}.level_db", [(300, -30.0), (1_500, 0.0)])
    song.send(track, bus, gain_db=-6.0, tap="pre")
    song.set(track, delay_ms=delay_ms)
    return song, track


@pytest.mark.parametrize(
    ("block", "delay_ms", "is_faded", "limit_db"),
    # Automation moves from cell to cell of 64 frames, and the cells lie elsewhere in a sound that is later.
    [(64, 0.0, False, -140.0), (4_096, 0.0, False, -140.0), (4_096, 4.0, False, -140.0), (4_096, 0.0, True, -85.0)],
)
def test_a_frozen_track_nulls_against_itself_live(tmp_path, block, delay_ms, is_faded, limit_db):
    song, track = busy_song(delay_ms)
    if is_faded:
        song.lane(track, "gain_db", [(0, -6.0), (1_000, 0.0)])
    before = song.render(FRAMES, block=block)
    latency = _latency(song)
    freeze(song, track, tmp_path)
    after = song.render(FRAMES, block=block)
    # Without its slow devices nothing waits for the track any more: the whole comes earlier.
    shift = latency - _latency(song)
    assert shift > 0 or delay_ms
    assert np.abs(before).max() > 0.1
    assert peak_db(before[:, shift:] - after[:, : FRAMES - shift]) < limit_db


def _latency(song):
    return OfflineRenderer(song.state, song.pool).latency_frames


def test_the_tail_is_kept_until_24_bits_hold_no_more_of_it(tmp_path):
    song = Song()
    track = song.track()
    song.clip(track, noise(9_600), start_tick=384)
    song.insert(track, "delays.echo", {"feedback_percent": 60.0})
    before = song.render(480_000)
    made = freeze(song, track, tmp_path)
    assert made.start_tick == 384
    assert made.tail_frames > 48_000
    assert made.frames == 9_600 + made.tail_frames
    assert peak_db(before - song.render(480_000)) < -138.0


def test_a_sound_that_begins_between_two_ticks_is_placed_on_the_one_before(tmp_path):
    song = Song()
    track = song.track()
    sound = np.concatenate([np.zeros((2, 7), np.float32), noise(4_800)], axis=1)
    song.clip(track, sound, start_tick=10)
    made = freeze(song, track, tmp_path)
    assert made.start_tick == 10
    assert soundfile.info(made.path).frames == 4_807
    np.testing.assert_array_equal(song.render(6_000)[:, 257:5_057], sound[:, 7:])


def test_a_song_with_tempo_changes_nulls(tmp_path):
    song = Song(tempo_map=TempoMap((TempoEvent(0, 93.7), TempoEvent(500, 141.3))))
    track = song.track()
    for number in range(5):
        song.clip(track, noise(6_000, seed=number), start_tick=101 + 313 * number)
    before = song.render(FRAMES)
    freeze(song, track, tmp_path)
    np.testing.assert_array_equal(song.render(FRAMES), before)


def test_an_instrument_nulls_with_its_notes(tmp_path):
    song = Song()
    track = song.track("instrument")
    song.insert(track, "instruments.subtractive")
    song.insert(track, "dynamics.compressor")
    song.notes(track, [(0, 480, 60, 100), (480, 300, 64, 80), (1_000, 200, 67, 120)])
    before = song.render(FRAMES)
    assert np.abs(before).max() > 0.01
    made = freeze(song, track, tmp_path)
    assert peak_db(before - song.render(FRAMES)) < -138.0
    assert made.tail_frames >= 0
    song.play_notes(song.state.clips_by_track[track][0], [(0, 480, 61, 100)])
    assert peak_db(before - song.render(FRAMES)) > -60.0, "other notes make the freeze stale"


def test_live_the_frozen_sound_comes_without_a_click_and_the_fader_stays_live(tmp_path):
    song = Song()
    track = song.track()
    song.clip(track, sine(FRAMES, hz=100.0))
    live = StillLive(song)
    before = live.run(9_600)
    freeze(song, track, tmp_path)
    assert live.show()
    after = live.run(9_600)
    step = np.abs(np.diff(np.concatenate([before, after], axis=1)[:, 500:], axis=1)).max()
    assert step < 1.2 * 0.5 * 2 * np.pi * 100 / 48_000
    song.set(track, gain_db=-20.0)
    assert not live.show(), "the fader of a frozen track needs no new program"
    live.run(960)
    assert np.abs(live.run(960)).max() == pytest.approx(0.05, rel=0.02)


def test_a_stale_freeze_plays_live_and_a_missing_device_does_not(tmp_path, monkeypatch):
    song = Song()
    track = song.track()
    song.clip(track, noise(9_600))
    song.insert(track, "mixing.utility", {"gain_db": -6.0})
    freeze(song, track, tmp_path)
    frozen = song.render(9_600)
    song.change(clips={each.id: replace(each, gain_db=-12.0) for each in song.state.clips.values()})
    assert peak_db(song.render(9_600)) == pytest.approx(peak_db(frozen) - 12.0, abs=0.01)
    known = {name: module for name, module in devices._BY_ID.items() if name != "mixing.utility"}
    monkeypatch.setattr(devices, "_BY_ID", known)
    np.testing.assert_array_equal(song.render(9_600), frozen)


def test_nothing_of_a_frozen_track_runs_but_its_sound(tmp_path):
    def programmed(song):
        program = StillLive(song).live._program
        return len(program.arrays.inserts), len(program.arrays.clips)

    song = Song()
    tracks = [song.track() for _ in range(8)]
    for track in tracks:
        for second in range(3):
            song.clip(track, noise(24_000), start_tick=second * 960)
        song.insert(track, "dynamics.compressor")
        song.insert(track, "dynamics.true_peak_limiter")
        song.insert(track, "delays.echo")
    assert programmed(song) == (24, 24)
    for track in tracks:
        freeze(song, track, tmp_path)
    assert programmed(song) == (0, 8)


def test_clips_alone_sound_as_among_the_others(tmp_path):
    song = Song()
    track = song.track()
    song.insert(track, "mixing.utility", {"gain_db": -6.0})
    whole = song.asset(noise(30_000))
    left = song.clip(track, whole, length_frames=10_000)
    middle = song.clip(track, whole, start_tick=400, source_offset=10_000, length_frames=10_000)
    song.clip(track, whole, start_tick=800, source_offset=20_000)
    made = render_alone(clips_alone(song.state, track, [left, middle]), song.pool, tmp_path / "c.wav")
    assert (made.start_tick, made.frames, made.tail_frames) == (0, 800 * FRAMES_PER_TICK, 0)
    sound = song.pool.samples(whole)[:, : made.frames]
    np.testing.assert_array_equal(soundfile.read(made.path, dtype="float32")[0].T, sound)


def test_silence_and_cancelling_leave_nothing(tmp_path):
    class Pressed:
        def is_set(self):
            return True

    song = Song()
    track = song.track()
    song.clip(track, np.zeros((2, 4_800), np.float32))
    with pytest.raises(RenderError, match="is silent"):
        render_alone(track_alone(song.state, track), song.pool, tmp_path / "a.wav")
    with pytest.raises(RenderCancelledError):
        render_alone(track_alone(song.state, track), song.pool, tmp_path / "a.wav", cancel=Pressed())
    assert not list(tmp_path.iterdir())


def test_a_frozen_instrument_track_nulls_against_its_notes_and_notices_a_changed_one(tmp_path):
    song = Song()
    track = song.instrument("instruments.subtractive", {"unison": 1.0, "lfo_pitch_cents": 10.0}, gain_db=-3.0)
    clip = song.notes(track, [(30 * n, 100, 48 + n, 60 + n) for n in range(20)], start_tick=100)
    before = song.render(FRAMES)
    freeze(song, track, tmp_path)
    assert peak_db(before) > -30
    assert peak_db(song.render(FRAMES) - before) <= -140
    song.play_notes(clip, [(0, 100, 48, 60)])
    assert peak_db(song.render(FRAMES) - before) > -40
