"""Channels: levels, strip, routing, sends and inserts."""

import math

import pytest

from maxbooster_desktop.project.document.state import MASTER
from maxbooster_desktop.project.edits import automation, channel
from maxbooster_desktop.project.edits.errors import (
    InsertNotFound,
    MasterProtected,
    RoutingCycle,
    SendNotFound,
    TrackNotFound,
    ValueNotAllowed,
    WrongTrackKind,
)
from tests.unit.project.edits.songs import add_track, assert_refused, comparable, small_song


@pytest.mark.parametrize(
    ("gain_db", "name"),
    [
        (-6.0, "Set Drums to -6.0 dB"),
        (1.25, "Set Drums to +1.2 dB"),
        (-0.01, "Set Drums to 0.0 dB"),
        (-144.0, "Set Drums to silence"),
        (24, "Set Drums to +24.0 dB"),
    ],
)
def test_gain_is_set_and_named(gain_db, name):
    song = small_song()
    assert channel.set_gain(song.project, song.drums, gain_db).name == name
    assert song.state.tracks[song.drums].gain_db == gain_db


@pytest.mark.parametrize(
    ("pan", "name"), [(-0.3, "Pan Drums 30% left"), (1, "Pan Drums 100% right"), (0.001, "Pan Drums to the centre")]
)
def test_pan_is_set_and_named(pan, name):
    song = small_song()
    assert channel.set_pan(song.project, song.drums, pan).name == name
    assert song.state.tracks[song.drums].pan == pan


def test_mute_and_solo_of_several_are_one_step():
    song = small_song()
    assert channel.set_mute(song.project, [song.drums, song.vox, song.drums], True).name == "Mute 2 tracks"
    assert channel.set_solo(song.project, [song.keys], True).name == "Solo Keys"
    state = song.state
    assert [track for track in state.tracks if state.tracks[track].is_muted] == sorted([song.drums, song.vox])
    assert state.tracks[song.keys].is_soloed
    song.project.undo()
    song.project.undo()
    assert not any(track.is_muted or track.is_soloed for track in song.state.tracks.values())


def test_strip_keeps_what_was_touched_before():
    song = small_song()
    channel.set_strip(song.project, song.drums, {"hp_on": True, "hp_hz": 80})
    channel.set_strip(song.project, song.drums, {"hp_hz": 120.0})
    assert song.state.tracks[song.drums].strip == {"hp_on": 1.0, "hp_hz": 120.0}


def test_master_has_a_strip_level_and_inserts():
    song = small_song()
    channel.set_gain(song.project, MASTER, -1.0)
    channel.set_strip(song.project, MASTER, {"eq_on": 1.0})
    channel.add_insert(song.project, MASTER, "dynamics.true_peak_limiter", {"ceiling_dbtp": -1.0})
    master = song.state.tracks[MASTER]
    assert (master.gain_db, dict(master.strip), len(master.inserts)) == (-1.0, {"eq_on": 1.0}, 1)


def test_inserts_keep_their_order_and_values():
    song = small_song()
    for device in ("dynamics.compressor", "delays.of_tomorrow", "filters.tilt"):
        channel.add_insert(song.project, song.drums, device)
    second = song.state.tracks[song.drums].inserts[1]
    channel.set_insert(song.project, song.drums, second.id, {"feedback": 0.3})
    channel.set_insert(song.project, song.drums, second.id, {"time_ms": 250.0})
    channel.enable_insert(song.project, song.drums, second.id, False)
    inserts = song.state.tracks[song.drums].inserts
    assert [insert.device for insert in inserts] == ["dynamics.compressor", "delays.of_tomorrow", "filters.tilt"]
    assert inserts[1].values == {"feedback": 0.3, "time_ms": 250.0}
    assert not inserts[1].enabled
    assert channel.remove_insert(song.project, song.drums, second.id).name == "Remove of tomorrow from Drums"
    assert [insert.device for insert in song.state.tracks[song.drums].inserts] == [
        "dynamics.compressor",
        "filters.tilt",
    ]


def test_send_changes_only_what_is_named():
    song = small_song()
    channel.change_send(song.project, song.vox, song.send, pan=0.5)
    channel.change_send(song.project, song.vox, song.send, gain_db=-9.0, tap="pre", enabled=False)
    send = song.state.tracks[song.vox].sends[0]
    assert (send.target, send.gain_db, send.pan, send.tap, send.enabled) == (song.verb, -9.0, 0.5, "pre", False)


def test_removed_sends_and_inserts_take_their_automation_along():
    song = small_song()
    automation.add_lane(song.project, song.vox, f"send.{song.send}.gain_db")
    automation.add_lane(song.project, song.vox, f"insert.{song.insert}.ceiling_dbtp")
    channel.remove_send(song.project, song.vox, song.send)
    channel.remove_insert(song.project, song.vox, song.insert)
    assert set(song.state.lanes) == {song.lane}
    song.project.undo()
    song.project.undo()
    assert len(song.state.lanes) == 3


def test_a_new_sends_id_is_the_last_of_its_track():
    song = small_song()
    channel.add_send(song.project, song.vox, MASTER, "pre", -12.0)
    assert [send.target for send in song.state.tracks[song.vox].sends] == [song.verb, MASTER]


def test_routes_through_groups_buses_and_sends_are_searched_for_cycles():
    song = small_song()
    far = add_track(song.project, "bus", "Far")
    channel.route_track(song.project, song.verb, far)
    for close_the_loop in (
        lambda: channel.route_track(song.project, far, song.verb),
        lambda: channel.add_send(song.project, far, song.vox),
        lambda: channel.add_send(song.project, song.band, song.keys),
        lambda: channel.add_send(song.project, MASTER, song.drums),
        lambda: channel.change_send(song.project, song.vox, song.send, target=song.vox),
    ):
        before = comparable(song.state)
        with pytest.raises(RoutingCycle, match="back into itself"):
            close_the_loop()
        assert comparable(song.state) == before


def test_the_way_round_is_named():
    song = small_song()
    with pytest.raises(RoutingCycle, match=r"feed Verb back into itself \(Verb to Vox to Verb\)"):
        channel.add_send(song.project, song.verb, song.vox)


def test_a_send_that_is_off_still_closes_a_cycle():
    song = small_song()
    channel.change_send(song.project, song.vox, song.send, enabled=False)
    with pytest.raises(RoutingCycle):
        channel.route_track(song.project, song.verb, song.vox)


REFUSED = {
    "gain nan": (lambda s: channel.set_gain(s.project, s.drums, math.nan), ValueNotAllowed),
    "gain inf": (lambda s: channel.set_gain(s.project, s.drums, -math.inf), ValueNotAllowed),
    "gain high": (lambda s: channel.set_gain(s.project, s.drums, 24.1), ValueNotAllowed),
    "gain text": (lambda s: channel.set_gain(s.project, s.drums, "loud"), ValueNotAllowed),
    "pan": (lambda s: channel.set_pan(s.project, s.drums, 1.01), ValueNotAllowed),
    "unknown": (lambda s: channel.set_gain(s.project, "nowhere", 0.0), TrackNotFound),
    "mute one unknown": (lambda s: channel.set_mute(s.project, [s.drums, "nowhere"], True), TrackNotFound),
    "solo master": (lambda s: channel.set_solo(s.project, [MASTER], True), MasterProtected),
    "safe master": (lambda s: channel.set_solo_safe(s.project, MASTER, True), MasterProtected),
    "strip nan": (lambda s: channel.set_strip(s.project, s.drums, {"hp_hz": math.nan}), ValueNotAllowed),
    "strip name": (lambda s: channel.set_strip(s.project, s.drums, {"hp hz": 1.0}), ValueNotAllowed),
    "strip one of two": (lambda s: channel.set_strip(s.project, s.drums, {"a": 1.0, "b": math.inf}), ValueNotAllowed),
    "route master": (lambda s: channel.route_track(s.project, MASTER, s.drums), MasterProtected),
    "route to itself": (lambda s: channel.route_track(s.project, s.drums, s.drums), RoutingCycle),
    "route to unknown": (lambda s: channel.route_track(s.project, s.drums, "nowhere"), TrackNotFound),
    "send to itself": (lambda s: channel.add_send(s.project, s.drums, s.drums), RoutingCycle),
    "send tap": (lambda s: channel.add_send(s.project, s.drums, s.verb, "mid"), ValueNotAllowed),
    "send level": (lambda s: channel.add_send(s.project, s.drums, s.verb, gain_db=99.0), ValueNotAllowed),
    "send unknown": (lambda s: channel.change_send(s.project, s.vox, "nowhere", pan=0.0), SendNotFound),
    "send of another": (lambda s: channel.remove_send(s.project, s.drums, s.send), SendNotFound),
    "insert device": (lambda s: channel.add_insert(s.project, s.drums, "limiter"), ValueNotAllowed),
    "insert value": (lambda s: channel.set_insert(s.project, s.vox, s.insert, {"x": math.nan}), ValueNotAllowed),
    "insert unknown": (lambda s: channel.enable_insert(s.project, s.drums, s.insert, True), InsertNotFound),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_refused_channel_edits_leave_the_document_untouched(case):
    assert_refused(*REFUSED[case])


def test_midi_tracks_have_no_sound_to_route():
    song = small_song()
    midi = add_track(song.project, "midi")
    with pytest.raises(WrongTrackKind, match="MIDI 1"):
        channel.route_track(song.project, song.drums, midi)
    with pytest.raises(WrongTrackKind, match="MIDI 1"):
        channel.add_insert(song.project, midi, "delays.echo")
