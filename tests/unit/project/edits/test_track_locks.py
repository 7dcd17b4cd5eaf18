"""Locked tracks: what their lock forbids to others, what stays free, how it changes hands; and peers' nonsense."""

import pytest

from maxbooster_desktop.project.document.projection import project as projected
from maxbooster_desktop.project.document.state import Holder
from maxbooster_desktop.project.document.state_codec import decode_state, encode_state
from maxbooster_desktop.project.document.track_locks import TrackLockedError, refuse_locked
from maxbooster_desktop.project.edits import automation, channel, clips, comments, markers, tracks
from maxbooster_desktop.project.edits.errors import TrackNotHeld
from tests.unit.project.edits.songs import BAR, notes, small_song

MARA, DENIZ = Holder("acc_1", "Mara Lind"), Holder("acc_d", "Deniz Aksoy")


def judged_song(account=DENIZ.account):
    """Return a song in which `account` works and edits are judged as in a shared project."""
    song = small_song()
    document = song.project
    document._judge = lambda changes: refuse_locked(changes, document.state, document.registers, account)
    return song


def locked_song(account=DENIZ.account):
    song = judged_song(account)
    every = [track for track in song.state.tracks if track != "master"]
    tracks.lock_tracks(song.project, every, MARA)
    return song


FORBIDDEN = {
    "move": lambda s: clips.move_clips(s.project, [s.loop], BAR),
    "split": lambda s: clips.split_clips(s.project, [s.loop], BAR + 1000),
    "delete": lambda s: clips.delete_clips(s.project, [s.loop]),
    "gain": lambda s: clips.set_clip_gain(s.project, s.loop, -3.0),
    "new clip": lambda s: clips.add_midi_clip(s.project, s.keys, 20 * BAR, BAR, "New"),
    "level": lambda s: channel.set_gain(s.project, s.vox, -3.0),
    "rename": lambda s: tracks.rename_track(s.project, s.vox, "Lead"),
    "delete track": lambda s: tracks.delete_tracks(s.project, [s.vox]),
    "automation": lambda s: automation.set_points(s.project, s.lane, [(BAR, -12.0, 0.0)]),
    "new automation": lambda s: automation.add_lane(s.project, s.vox, "pan"),
    "send": lambda s: channel.change_send(s.project, s.vox, s.send, gain_db=-2.0),
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_what_is_on_a_locked_track_is_its_holders(name):
    song = locked_song()
    before = song.state
    with pytest.raises(TrackLockedError, match="is locked by Mara Lind"):
        FORBIDDEN[name](song)
    assert song.state == before
    FORBIDDEN[name](locked_song(MARA.account))


def test_what_is_heard_and_said_and_where_tracks_stand_is_free():
    song = locked_song()
    channel.set_mute(song.project, (song.vox,), True)
    channel.set_solo(song.project, (song.vox,), True)
    tracks.set_track_height(song.project, song.vox, 96)
    tracks.move_tracks(song.project, [song.vox], None, None)
    markers.add_marker(song.project, BAR, "Verse")
    comments.add_comment(song.project, DENIZ, "Softer?", 0, track=song.vox)


def test_a_clip_cannot_come_to_lie_on_a_locked_track_nor_leave_it():
    song = judged_song()  # Mara holds the keys
    free = next(iter(tracks.add_track(song.project, "midi", name="Free").created))
    mine = next(iter(clips.add_midi_clip(song.project, free, 0, BAR, "Mine").created))
    order = list(song.state.track_order)
    down = order.index(free) - order.index(song.keys)
    for moved, by in ((song.riff, down), (mine, -down)):
        with pytest.raises(TrackLockedError):
            clips.move_clips(song.project, [moved], 0, by)


def test_undo_of_an_own_edit_is_refused_while_somebody_else_holds_the_track():
    song = judged_song()
    clips.delete_clips(song.project, [song.loop])
    track = song.drums
    song.project.registers.write({("tracks", f"{track}.lk"): tuple(MARA)}, "net")
    song.project._advance({("tracks", f"{track}.lk"): tuple(MARA)})
    assert song.state.tracks[track].lock == MARA
    with pytest.raises(TrackLockedError):
        song.project.undo()
    assert song.loop not in song.state.clips


def test_a_lock_is_asked_for_given_and_taken():
    song = judged_song()
    tracks.lock_tracks(song.project, [song.vox], MARA)
    with pytest.raises(TrackLockedError):
        tracks.lock_tracks(song.project, [song.vox], DENIZ)
    with pytest.raises(TrackNotHeld):
        tracks.give_track(song.project, song.vox)
    tracks.ask_for_track(song.project, song.vox, DENIZ)
    assert song.state.tracks[song.vox].asked == DENIZ
    tracks.give_track(song.project, song.vox)
    held = song.state.tracks[song.vox]
    assert (held.lock, held.asked) == (DENIZ, None)
    tracks.unlock_tracks(song.project, [song.vox])
    assert song.state.tracks[song.vox].lock is None
    with pytest.raises(TrackNotHeld):
        tracks.ask_for_track(song.project, song.vox, DENIZ)


def test_a_lock_is_kept_over_a_stored_state():
    song = locked_song()
    tracks.ask_for_track(song.project, song.vox, DENIZ)
    kept = decode_state(encode_state(song.state)).tracks
    assert kept == song.state.tracks
    assert isinstance(kept[song.vox].lock, Holder)


@pytest.mark.parametrize("value", [5, "acc_m", (), ("acc_m",), ("", "Nobody"), (1, 2), ("acc_m", None)])
def test_nonsense_of_a_peer_locks_nothing(value):
    song = small_song()
    song.project.registers.write({("tracks", f"{song.vox}.lk"): value}, "net")
    assert projected(song.project.registers).tracks[song.vox].lock is None


def test_notes_belong_to_their_clips_track():
    song = judged_song()
    with pytest.raises(TrackLockedError), song.project.edit("Draw") as edit:
        edit.set_notes(song.riff, notes(0))
