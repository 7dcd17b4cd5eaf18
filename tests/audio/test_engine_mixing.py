"""Levels, routing, who is heard, delay compensation: measured on constants and impulses."""

import math

import numpy as np
import pytest

from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.state import MASTER
from tests.factories.engine_projects import Song, StillLive, impulse, noise, ones, peak_db, sine

FRAMES = 640


def level(song, frames=FRAMES):
    """Return the last frame of a render, (left, right)."""
    return song.render(frames)[:, -1]


def factor(db):
    return 10 ** (db / 20)


@pytest.mark.parametrize("pan", [-1.0, -0.4, 0.0, 0.25, 1.0])
def test_pan_is_a_balance(pan):
    song = Song()
    song.clip(song.track(pan=pan), ones(FRAMES))
    angle = (pan + 1) * math.pi / 4
    expected = [min(1.0, math.sqrt(2) * math.cos(angle)), min(1.0, math.sqrt(2) * math.sin(angle))]
    np.testing.assert_allclose(level(song), expected if pan else [1.0, 1.0], atol=1e-7)


@pytest.mark.parametrize("gain_db", [-144.0, -60.0, -6.0, 0.0, 6.0])
def test_faders_count_in_decibels(gain_db):
    song = Song()
    song.clip(song.track(gain_db=gain_db), ones(FRAMES))
    np.testing.assert_allclose(level(song), 0.0 if gain_db == -144.0 else factor(gain_db), rtol=1e-6)


def test_trim_and_polarity():
    song = Song()
    song.clip(song.track(strip={"trim_db": -12.0, "is_inverted": 1.0}), ones(FRAMES))
    np.testing.assert_allclose(level(song), -factor(-12), rtol=1e-6)


def test_post_sends_follow_the_fader_and_pre_sends_do_not():
    song = Song()
    bus = song.track("bus")
    source = song.track(gain_db=-20.0)
    song.clip(source, ones(FRAMES))
    song.send(source, bus, tap="pre", gain_db=-3.0)
    song.send(source, bus, gain_db=-6.0, pan=1.0)
    direct, pre, post = factor(-20), factor(-3), factor(-26)
    np.testing.assert_allclose(level(song), [direct + pre, direct + pre + post], rtol=1e-5)


def test_groups_and_buses_carry_their_own_faders():
    song = Song()
    bus = song.track("bus", gain_db=-1.0)
    outer = song.track("group", gain_db=-2.0, output=bus)
    inner = song.track("group", gain_db=-4.0, parent=outer)
    song.clip(song.track(parent=inner, gain_db=-8.0), ones(FRAMES))
    np.testing.assert_allclose(level(song), factor(-15), rtol=1e-5)


def test_a_muted_track_is_silent_on_all_its_sends():
    song = Song()
    bus, source = song.track("bus"), song.track(is_muted=True)
    song.clip(source, ones(FRAMES))
    song.send(source, bus, tap="pre")
    song.send(source, bus)
    assert not song.render(FRAMES).any()


def test_a_disabled_send_is_silent():
    song = Song()
    bus, source = song.track("bus"), song.track()
    song.clip(source, ones(FRAMES))
    song.send(source, bus, enabled=False)
    np.testing.assert_array_equal(level(song), 1.0)


#: Levels that tell tracks apart: each is heard when its bit is in the sum.
BITS = {"a": 1.0, "b": 2.0, "grouped": 4.0, "safe": 8.0}


@pytest.mark.parametrize(
    ("soloed", "muted", "heard"),
    [
        ((), (), "a b grouped safe"),
        ((), ("b",), "a grouped safe"),
        (("a",), (), "a safe"),
        (("a", "b"), (), "a b safe"),
        (("a",), ("a",), "safe"),
        (("group",), (), "grouped safe"),
        (("grouped",), (), "grouped safe"),
        (("a",), ("safe",), "a"),
        (("group",), ("grouped",), "safe"),
    ],
)
def test_who_is_heard(soloed, muted, heard):
    song = Song()
    ids = {"group": song.track("group")}
    for name, amount in BITS.items():
        parent = ids["group"] if name == "grouped" else None
        ids[name] = song.track(parent=parent, is_solo_safe=name == "safe")
        song.clip(ids[name], ones(FRAMES) * np.float32(amount))
    for name in soloed:
        song.set(ids[name], is_soloed=True)
    for name in muted:
        song.set(ids[name], is_muted=True)
    np.testing.assert_array_equal(level(song), sum(BITS[name] for name in heard.split()))


def test_a_soloed_track_is_heard_through_its_sends_and_nobody_else_is():
    song = Song()
    bus = song.track("bus")
    for amount, is_soloed in ((1.0, True), (16.0, False)):
        track = song.track(is_soloed=is_soloed)
        song.clip(track, ones(FRAMES) * np.float32(amount))
        song.send(track, bus)
    np.testing.assert_array_equal(level(song), 2.0)


def test_solo_holds_against_mute_automation():
    song = Song()
    soloed, automated = song.track(is_soloed=True), song.track()
    song.clip(soloed, ones(FRAMES))
    song.clip(automated, ones(FRAMES) * np.float32(8.0))
    song.lane(automated, "is_muted", [(0, 0.0, None)])
    np.testing.assert_array_equal(level(song), 1.0)


def test_pfl_replaces_the_master_and_survives_edits():
    song = Song()
    listened, other = song.track(gain_db=-40.0), song.track()
    song.clip(listened, ones(96_000) * np.float32(0.25))
    song.clip(other, ones(96_000))
    live = StillLive(song)
    live.run(6_400)
    live.live.set_pfl(listened, on=True)
    live.ring.send(at.CMD_PFL, 1)
    np.testing.assert_allclose(live.run(6_400)[:, -1], 0.25, rtol=1e-6)
    song.set(other, gain_db=-1.0)
    live.show()
    np.testing.assert_allclose(live.run(6_400)[:, -1], 0.25, rtol=1e-6)
    song.track()
    live.show()
    np.testing.assert_allclose(live.run(6_400)[:, -1], 0.25, rtol=1e-6)
    live.live.set_pfl(listened, on=False)
    live.ring.send(at.CMD_PFL, 0)
    np.testing.assert_allclose(live.run(6_400)[:, -1], factor(-1) + 0.25 * factor(-40), rtol=1e-5)


def delay_song(latencies, sound):
    """One source on parallel paths: direct, through one, two and three buses, and through sends, each delayed."""
    song = Song()
    chain = []
    for index, samples in enumerate(latencies[:3]):
        chain.append(song.track("bus", output=chain[-1] if chain else None))
        song.insert(chain[-1], "delays.sample_delay", {"samples": float(samples)})
        source = song.track(output=chain[-1])
        song.insert(source, "delays.sample_delay", {"samples": float(latencies[3 + index])})
        song.clip(source, sound)
    direct = song.track()
    song.clip(direct, sound)
    song.send(direct, chain[0], tap="pre")
    song.send(direct, chain[2])
    song.insert(direct, "delays.sample_delay", {"samples": float(latencies[6])})
    return song


PATHS = 6


@pytest.mark.parametrize("seed", range(6))
def test_impulses_on_all_paths_arrive_together(seed):
    latencies = np.random.default_rng(seed).integers(0, 8_193, 7)
    song = delay_song(latencies, impulse(1_000, 100))
    out = song.render(60_000)[0]
    places = np.flatnonzero(np.abs(out) > 1e-9)
    assert len(places) == 1
    np.testing.assert_allclose(out[places[0]], PATHS, rtol=1e-6)
    from maxbooster_desktop.engine.render.offline import OfflineRenderer

    assert places[0] == 100 + OfflineRenderer(song.state, song.pool).latency_frames


def steepest(out):
    """Return the largest second difference: a click stands far above a slow sine's."""
    return np.abs(np.diff(out, n=2)).max()


@pytest.mark.parametrize("samples", [0, 300, 5_000])
def test_enabling_a_device_while_playing_makes_no_click_and_keeps_alignment(samples):
    song = delay_song([0] * 7, sine(200_000, 100.0, 0.1))
    live = StillLive(song)
    live.run(19_200)
    calm = steepest(live.run(9_600)[0])
    source = next(iter(song.state.tracks.values())).id
    track = next(t.id for t in song.state.tracks.values() if t.kind == "audio")
    assert source == MASTER
    song.insert(track, "delays.sample_delay", {"samples": float(samples)})
    live.show()
    out = live.run(30_000)[0]
    assert peak_db(steepest(out) - calm) < -60
    assert live.cell(at.IS_PLAYING)
    # All paths in phase again: the level is what it was.
    np.testing.assert_allclose(np.abs(live.run(9_600)[0]).max(), PATHS * 0.1, rtol=1e-3)


def test_a_recompile_in_mid_song_is_not_heard_at_all():
    sound = noise(200_000, gain=0.02)
    song, plain = delay_song([500, 0, 64, 7, 3_000, 0, 20], sound), delay_song([500, 0, 64, 7, 3_000, 0, 20], sound)
    live, steady = StillLive(song), StillLive(plain)
    for _ in range(5):
        np.testing.assert_array_equal(live.run(7_001), steady.run(7_001))
        song.track()
        live.show()
        song.track("bus")
        live.show()
    np.testing.assert_array_equal(live.run(12_000), steady.run(12_000))


def test_a_device_switched_on_again_plays_no_echo_of_long_ago():
    song = Song()
    track = song.track()
    song.clip(track, ones(20_000))
    insert = song.insert(track, "delays.sample_delay", {"samples": 8_000.0})
    live = StillLive(song)
    live.run(12_800)
    inserts = song.state.tracks[track].inserts
    song.set(track, inserts=())
    live.show()
    live.run(48_000)
    song.set(track, inserts=inserts)
    live.show()
    assert insert
    assert not live.run(20_000).any()


def test_600_channels_sum_up():
    song = Song()
    groups = [song.track("group") for _ in range(70)]
    asset = song.asset(ones(FRAMES) / 1_024)
    for number in range(530):
        song.clip(song.track(parent=groups[number % 70]), asset)
    np.testing.assert_allclose(level(song), 530 / 1_024, rtol=1e-6)


def test_a_soloed_bus_is_heard_with_what_is_sent_to_it_and_without_the_dry_sound():
    song = Song()
    group, bus = song.track("group"), song.track("bus", gain_db=6.0, is_soloed=True)
    sending, dry = song.track(parent=group), song.track(parent=group)
    song.clip(sending, ones(96_000) * np.float32(0.5))
    song.clip(dry, ones(96_000) * np.float32(4.0))
    song.send(sending, bus)
    song.send(group, song.track("bus"))
    np.testing.assert_allclose(level(song), 0.5 * 10 ** (6 / 20), rtol=1e-6)
    live = StillLive(song)
    live.run(6_400)
    song.set(bus, is_soloed=False)
    assert not live.show()
    live.run(6_400)
    dry_and_sent = 4.5 + 4.5 + 0.5 * 10 ** (6 / 20)
    np.testing.assert_allclose(live.run(6_400)[0], dry_and_sent, rtol=1e-5)
    song.set(bus, is_soloed=True)
    live.show()
    live.run(6_400)
    np.testing.assert_allclose(live.run(640)[0], 0.5 * 10 ** (6 / 20), rtol=1e-6)
