"""Nothing jumps and everything happens on its sample: automation, transport, parameters, metronome, preview."""

import math

import numpy as np
import pytest

from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.render.offline import OfflineRenderer
from maxbooster_desktop.project.document.tempo_map import SignatureEvent, TempoEvent, TempoMap
from tests.factories.engine_projects import FRAMES_PER_TICK, RATE, Song, StillLive, noise, ones, peak_db, sine

CELL = 64
#: A fader that goes from 1 to 0 in 5 ms moves by 1/256 a sample.
SMALL_STEP = 0.008


def biggest_step(out):
    return np.abs(np.diff(out, axis=1)).max()


def gains(song, frames):
    return song.render(frames)[0]


def test_linear_and_curved_automation_hold_their_value_at_every_cell():
    song = Song()
    track = song.track()
    song.clip(track, ones(64_000))
    song.lane(track, "gain_db", [(64, -20.0), (576, 0.0, 0.7), (1_088, -12.0, None), (1_600, -3.0)])
    out = gains(song, 50_000)
    ticks = np.arange(0, 50_000, CELL) / FRAMES_PER_TICK
    t = np.clip((ticks - 64) / 512, 0, 1)
    u = np.clip((ticks - 576) / 512, 0, 1)
    bend = 4.0**-0.7
    expected = np.where(ticks < 576, -20 + 20 * t, -12 * u / (u + (1 - u) * bend))
    expected = np.where(ticks >= 1_088, -12.0, expected)
    expected = np.where(ticks >= 1_600, -3.0, expected)
    np.testing.assert_allclose(out[CELL - 1 :: CELL][:-1], 10 ** (expected[1 : len(out) // CELL] / 20), atol=2e-6)


def test_mute_automation_opens_and_closes_within_a_cell_of_its_point():
    song = Song()
    bus, track = song.track("bus"), song.track()
    song.clip(track, ones(20_000))
    song.send(track, bus, tap="pre")
    song.lane(track, "is_muted", [(0, 0.0, None), (256, 1.0, None), (512, 0.0, None)])
    out = gains(song, 19_200)
    np.testing.assert_array_equal(out[: 6_400 - CELL], 2.0)
    assert not out[6_400:12_736].any()
    np.testing.assert_array_equal(out[12_800:], 2.0)


def test_automation_meets_the_sound_it_stands_on_behind_slow_devices():
    song = Song()
    track = song.track()
    song.clip(track, ones(20_000) * 0.1)
    song.lane(track, "is_muted", [(0, 0.0, None), (256, 1.0, None), (512, 0.0, None)])
    limiter = song.insert(track, "dynamics.true_peak_limiter", {"ceiling_dbtp": 0.0})
    song.lane(track, f"insert.{limiter}.drive_db", [(0, 0.0, None), (600, 6.0, None)])
    renderer = OfflineRenderer(song.state, song.pool)
    late = renderer.latency_frames
    assert late > CELL
    out = renderer.process(19_200)[late:, 0]
    assert not out[6_400 + CELL : 12_800 - CELL].any()
    assert out[6_400 - 2 * CELL] > 0.09
    assert out[12_800 + CELL] > 0.09


def test_send_and_insert_parameters_are_automated():
    song = Song()
    bus, track = song.track("bus"), song.track(gain_db=-144.0)
    song.clip(track, ones(20_000))
    send = song.send(track, bus, tap="pre")
    song.lane(track, f"send.{send}.gain_db", [(0, -6.0, None), (256, -12.0, None)])
    out = gains(song, 12_800)
    np.testing.assert_allclose(out[[6_300, 12_799]], 10 ** (np.array([-6, -12]) / 20), rtol=1e-5)
    limiter = song.insert("master", "dynamics.true_peak_limiter", {"ceiling_dbtp": 0.0})
    song.lane("master", f"insert.{limiter}.drive_db", [(0, 0.0, None), (256, 12.0, None)])
    driven = gains(song, 19_200)
    assert driven[19_000] > 1.5 * out[-1]


def test_eq_switch_automation_starts_every_band():
    def response(*, is_automated):
        song = Song()
        bands = {f"band{n}_gain_db": 6.0 for n in range(1, 5)}
        track = song.track(strip=bands if is_automated else {**bands, "eq_on": 1.0})
        song.clip(track, noise(30_000))
        if is_automated:
            song.lane(track, "strip.eq_on", [(0, 1.0, None)])
        return song.render(30_000)

    assert peak_db(response(is_automated=True) - response(is_automated=False)) < -100


@pytest.mark.parametrize(
    ("parameter", "low", "high"),
    [
        ("gain_db", -60.0, 0.0),
        ("pan", -1.0, 1.0),
        ("is_muted", 0.0, 1.0),
        ("strip.trim_db", -24.0, 0.0),
        ("strip.is_inverted", 0.0, 1.0),
        ("strip.comp_threshold_db", -60.0, 0.0),
        ("strip.comp_makeup_db", 0.0, 12.0),
        ("strip.band1_gain_db", -18.0, 6.0),
        ("strip.hp_on", 0.0, 1.0),
    ],
)
def test_a_parameter_that_jumps_makes_no_click(parameter, low, high):
    song = Song()
    track = song.track(strip={"comp_on": 1.0, "eq_on": 1.0, "comp_ratio": 8.0})
    song.clip(track, ones(200_000) * np.float32(0.5))
    live = StillLive(song)
    live.run(9_600)
    for turn in range(6):
        live.live.touch(track, parameter, high if turn % 2 else low)
        assert biggest_step(live.run(2_400 + 37 * turn)) < 2.5 * SMALL_STEP


def test_stop_seek_and_play_in_any_order_make_no_click():
    random = np.random.default_rng(5)
    song = Song()
    song.clip(song.track(), ones(400_000))
    live = StillLive(song)
    steps = []
    for _ in range(300):
        command = random.choice([at.CMD_PLAY, at.CMD_STOP, at.CMD_SEEK])
        live.ring.send(int(command), int(random.integers(0, 300_000)))
        steps.append(live.run(int(random.integers(1, 400)), 33))
    assert biggest_step(np.concatenate(steps, axis=1)) <= 1 / at.DECLICK_FRAMES + 1e-6


def test_stop_then_return_to_the_start_stops_at_the_start():
    song = Song()
    song.clip(song.track(), ones(100_000))
    live = StillLive(song)
    live.run(6_400)
    live.ring.send(at.CMD_STOP)
    live.ring.send(at.CMD_SEEK, 0)
    live.run(640)
    assert (live.cell(at.IS_PLAYING), live.cell(at.POSITION)) == (0, 0)


def test_seek_then_stop_keeps_the_seek():
    song = Song()
    song.clip(song.track(), ones(100_000))
    live = StillLive(song)
    live.run(6_400)
    live.ring.send(at.CMD_SEEK, 50_000)
    live.ring.send(at.CMD_STOP)
    live.run(640)
    assert (live.cell(at.IS_PLAYING), live.cell(at.POSITION)) == (0, 50_000)


def test_a_new_program_with_other_levels_makes_no_click():
    song = Song()
    tracks = [song.track() for _ in range(3)]
    for track in tracks:
        song.clip(track, ones(400_000) * np.float32(0.3))
    live = StillLive(song)
    live.run(9_600)
    for turn in range(8):
        song.set(tracks[turn % 3], gain_db=-60.0 if turn % 2 else 0.0, pan=0.5 * (turn % 2))
        for _ in range(40 if turn == 3 else 1):
            song.track()
        live.show()
        assert biggest_step(live.run(3_300)) < SMALL_STEP


def test_new_compressor_times_arrive_with_a_new_program():
    song = Song()
    track = song.track(strip={"comp_on": 1.0, "comp_threshold_db": -30.0, "comp_release_ms": 2_000.0})
    song.clip(track, np.concatenate([ones(48_000), ones(200_000) * np.float32(0.01)], axis=1))
    live = StillLive(song)
    live.run(48_000)
    song.set(track, strip={**song.state.tracks[track].strip, "comp_release_ms": 5.0})
    song.track()
    live.show()
    np.testing.assert_allclose(live.run(9_600)[0, -1], 0.01, rtol=1e-3)


def test_a_value_that_is_held_survives_edits_and_recompiles_until_its_own_changes():
    song = Song()
    track, other = song.track(), song.track()
    song.clip(track, ones(400_000))
    live = StillLive(song)
    live.run(6_400)

    def level():
        return live.run(6_400)[0, -1]

    live.live.touch(track, "gain_db", -20.0)
    np.testing.assert_allclose(level(), 0.1, rtol=1e-6)
    song.set(other, gain_db=-3.0)
    live.show()
    np.testing.assert_allclose(level(), 0.1, rtol=1e-6)
    song.track()
    live.show()
    np.testing.assert_allclose(level(), 0.1, rtol=1e-6)
    song.set(track, gain_db=-40.0)
    live.show()
    np.testing.assert_allclose(level(), 0.01, rtol=1e-6)


def test_two_edits_before_one_block_keep_every_channel_apart():
    song = Song()
    loud, quiet = song.track(), song.track(gain_db=-40.0)
    song.clip(loud, ones(100_000) * np.float32(0.01))
    song.clip(quiet, ones(100_000))
    live = StillLive(song)
    live.run(6_400)
    # The program in between never runs; its channel numbers must not be taken for the running one's.
    song.change(tracks={k: v for k, v in song.state.tracks.items() if k != loud})
    live.show()
    song.track(strip={"eq_on": 1.0})
    live.show()
    out = live.run(6_400)[0]
    assert out.max() <= 0.021
    np.testing.assert_allclose(out[-1], 0.01, rtol=1e-6)


RAMPED = TempoMap(
    tempos=(TempoEvent(0, 90.0, is_ramp=True), TempoEvent(3_840, 170.0), TempoEvent(7_680, 100.0)),
    signatures=(SignatureEvent(0, 4, 4), SignatureEvent(3_840, 3, 8)),
)


def test_clips_stand_on_their_samples_in_a_tempo_ramp():
    song = Song(tempo_map=RAMPED)
    track = song.track()
    starts = [0, 777, 1_920, 3_839, 5_000]
    for start in starts:
        song.clip(track, ones(10), start)
    out = gains(song, 150_000)
    found = np.flatnonzero(np.diff(np.concatenate([[0.0], out])) > 0.5)
    np.testing.assert_array_equal(found, [round(RAMPED.seconds_at(tick) * RATE) for tick in starts])


def test_the_metronome_clicks_on_every_beat_and_accents_bars():
    song = Song(tempo_map=RAMPED)
    live = StillLive(song, play=False)
    live.ring.send(at.CMD_CLICK, 1, 1_600, 0.5)
    live.ring.send(at.CMD_PLAY)
    out = live.run(250_000, 100)[0]
    ticks = [*range(0, 3_840, 960), *range(3_840, 9_600, 480)]
    for tick in ticks:
        sample = round(RAMPED.seconds_at(tick) * RATE)
        if sample + 100 >= len(out):
            break
        is_accent = tick == 0 if tick < 3_840 else (tick - 3_840) % 1_440 == 0
        assert out[sample] == 0.0
        assert out[sample + 1] != 0.0
        hz, gain = (1_500, 0.8) if is_accent else (1_000, 0.5)
        t = np.arange(40) / RATE
        expected = gain * np.sin(2 * math.pi * hz * t) * np.exp(-120 * t)
        np.testing.assert_allclose(out[sample : sample + 40], expected, atol=1e-4)


def test_the_metronome_is_not_rendered_and_not_in_the_meters():
    song = Song()
    live = StillLive(song, play=False)
    live.ring.send(at.CMD_CLICK, 1, 1_000, 0.5)
    live.ring.send(at.CMD_PLAY)
    assert live.run(9_600).any()
    assert not live.runtime.tap[:9_600].any()
    assert not song.render(9_600).any()


def test_preview_plays_beside_the_song_and_ends():
    song = Song()
    song.clip(song.track(), ones(100_000) * np.float32(0.25))
    live = StillLive(song)
    live.run(6_400)
    sound = sine(3_000)
    live.ring.send(at.CMD_PREVIEW, sound[0].ctypes.data, sound[1].ctypes.data, 3_000.0)
    np.testing.assert_allclose(live.run(5_000, 100)[:, :3_000] - 0.25, sound, atol=1e-6)
    np.testing.assert_array_equal(live.run(640), 0.25)


def test_a_stopped_engine_rests():
    song = Song()
    track = song.track()
    song.clip(track, ones(48_000))
    live = StillLive(song)
    live.run(4_800)
    live.ring.send(at.CMD_STOP)
    live.run(at.QUIET_AFTER_FRAMES + 4_800)
    tapped = live.cell(at.TAP_WRITTEN)
    live.run(4_800)
    assert live.cell(at.TAP_WRITTEN) == tapped
    live.ring.send(at.CMD_PLAY)
    assert live.run(4_800).any()


@pytest.mark.parametrize("value", [1e38, -1e38])
@pytest.mark.parametrize("name", ["drive_db", "ceiling_dbtp", "release_ms"])
def test_automation_of_a_device_is_held_in_what_the_device_declares(name, value):
    song = Song()
    track = song.track()
    song.clip(track, sine(RATE))
    device = song.insert(track, "dynamics.true_peak_limiter")
    song.lane(track, f"insert.{device}.{name}", [(0, value), (960, -value)])
    rendered = song.render(RATE)
    assert np.isfinite(rendered).all()
    assert np.abs(rendered).max() < 4.0
