"""Who is heard under mute and solo, on states made by hand."""

from dataclasses import replace

from maxbooster_desktop.project.document.audibility import audibility_of, heard_tracks
from maxbooster_desktop.project.document.state import MASTER
from tests.factories.engine_projects import Song


def _desk():
    """Return a song with a group of two tracks, a track outside and a reverb bus that one of the two sends to."""
    song = Song()
    group, reverb, delay = song.track("group"), song.track("bus"), song.track("bus")
    kick, snare = song.track(parent=group), song.track(parent=group)
    keys = song.track()
    song.send(snare, reverb)
    song.send(keys, delay)
    return song, group, reverb, delay, kick, snare, keys


def test_without_solo_only_the_muted_are_silent():
    song, group, _, _, kick, *_ = _desk()
    song.set(group, is_muted=True)
    assert frozenset(song.state.tracks) - heard_tracks(song.state) == {group}
    song.set(group, is_muted=False)
    song.set(kick, is_muted=True)
    assert frozenset(song.state.tracks) - heard_tracks(song.state) == {kick}


def test_a_solo_keeps_what_its_sound_passes_through():
    song, group, reverb, _, _, snare, _ = _desk()
    song.set(snare, is_soloed=True)
    assert heard_tracks(song.state) == {MASTER, group, reverb, snare}


def test_a_soloed_group_keeps_what_it_holds():
    song, group, _, _, kick, snare, _ = _desk()
    song.set(group, is_soloed=True)
    assert heard_tracks(song.state) == {MASTER, group, kick, snare}


def test_safe_channels_and_automated_mutes():
    song, group, reverb, _, kick, _, keys = _desk()
    song.set(kick, is_soloed=True, is_muted=True)
    song.set(reverb, is_solo_safe=True)
    assert heard_tracks(song.state) == {MASTER, group, reverb}
    song.lane(kick, "is_muted", [(0, 0.0)])
    assert heard_tracks(song.state) == {MASTER, group, reverb, kick}
    assert keys not in heard_tracks(song.state)


def test_a_soloed_bus_hears_what_is_sent_to_it_on_that_way_only():
    song, group, reverb, delay, kick, snare, keys = _desk()
    song.set(reverb, is_soloed=True)
    who = audibility_of(song.state)
    assert who.heard == {MASTER, reverb, snare}
    assert who.is_open(snare, reverb)
    assert not who.is_open(snare, group)
    assert who.is_open(reverb, MASTER)
    assert not who.is_open(keys, delay)
    assert kick not in who.heard


def test_a_send_that_is_off_feeds_nobody():
    song, _, reverb, _, _, snare, _ = _desk()
    song.set(reverb, is_soloed=True)
    song.set(snare, sends=(replace(song.state.tracks[snare].sends[0], enabled=False),))
    assert heard_tracks(song.state) == {MASTER, reverb}
