"""Frozen tracks in the document: what is refused on them, what stays free, when a freeze is stale, what is heard."""

from dataclasses import replace

import pytest

from maxbooster_desktop.project.document.freezing import Fingerprints, Heard, as_heard, fingerprint_of, unknown_devices
from maxbooster_desktop.project.document.frozen_edits import TrackFrozenError
from maxbooster_desktop.project.document.projection import project as projected
from maxbooster_desktop.project.document.state_codec import decode_state, encode_state
from maxbooster_desktop.project.edits import automation, channel, clips, freezing, takes, tempo, tracks
from maxbooster_desktop.project.edits.errors import TrackChanged, ValueNotAllowed, WrongTrackKind
from tests.unit.project.edits.songs import BAR, asset, comparable, freeze, new_take, rendered, small_song


def everything(_device):
    return True


def nothing(_device):
    return False


def frozen_song():
    song = small_song()
    for track in (song.vox, song.drums):
        freeze(song, track)
    return song


FORBIDDEN = {
    "move": lambda s: clips.move_clips(s.project, [s.loop], BAR),
    "move onto": lambda s: clips.move_clips(s.project, [s.phrase], 0, -1),
    "split": lambda s: clips.split_clips(s.project, [s.loop], BAR + 1000),
    "delete": lambda s: clips.delete_clips(s.project, [s.loop]),
    "clip gain": lambda s: clips.set_clip_gain(s.project, s.loop, -3.0),
    "new clip": lambda s: clips.add_audio_clip(s.project, s.drums, asset().id, 20 * BAR),
    "take": lambda s: takes.add_pass(s.project, [new_take(s.vox, 0, 5)]),
    "choose": lambda s: takes.choose_take(s.project, s.takes[0]),
    "insert": lambda s: channel.add_insert(s.project, s.drums, "delays.echo"),
    "insert value": lambda s: channel.set_insert(s.project, s.vox, s.insert, {"ceiling_dbtp": -3.0}),
    "bypass": lambda s: channel.enable_insert(s.project, s.vox, s.insert, False),
    "insert automation": lambda s: automation.add_lane(s.project, s.vox, f"insert.{s.insert}.release_ms"),
}

FREE = {
    "gain": lambda s: channel.set_gain(s.project, s.vox, -3.0),
    "pan": lambda s: channel.set_pan(s.project, s.vox, 0.5),
    "mute": lambda s: channel.set_mute(s.project, [s.vox], True),
    "strip": lambda s: channel.set_strip(s.project, s.vox, {"hp_on": 1.0}),
    "send": lambda s: channel.change_send(s.project, s.vox, s.send, gain_db=-2.0),
    "delay": lambda s: channel.set_delay(s.project, s.vox, 3.0),
    "fader automation": lambda s: automation.set_points(s.project, s.lane, [(BAR, -12.0, 0.0)]),
    "rename": lambda s: tracks.rename_track(s.project, s.vox, "Lead"),
    "rename a clip": lambda s: clips.rename_clip(s.project, s.loop, "Beat"),
    "duplicate": lambda s: tracks.duplicate_tracks(s.project, [s.vox]),
    "delete": lambda s: tracks.delete_tracks(s.project, [s.vox]),
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_what_a_frozen_sound_was_made_from_cannot_be_edited(name):
    song = frozen_song()
    before, steps = comparable(song.state), song.project.history
    with pytest.raises(TrackFrozenError, match="is frozen: unfreeze it"):
        FORBIDDEN[name](song)
    assert comparable(song.state) == before
    assert song.project.history == steps


@pytest.mark.parametrize("name", FREE)
def test_what_lies_behind_the_inserts_stays_free(name):
    song = frozen_song()
    assert FREE[name](song).step
    vox = song.state.tracks.get(song.vox)
    assert vox is None or not Fingerprints().is_stale(song.state, vox)


@pytest.mark.parametrize("name", FORBIDDEN)
def test_after_unfreezing_everything_can_be_edited_as_before(name):
    song = frozen_song()
    freezing.unfreeze_tracks(song.project, [song.vox, song.drums])
    assert FORBIDDEN[name](song).step


def test_a_freeze_is_one_step_and_undo_thaws():
    song = small_song()
    before, steps = comparable(song.state), len(song.project.history)
    freeze(song, song.vox)
    frozen = song.state.tracks[song.vox].frozen
    assert (frozen.account, frozen.name, frozen.start_tick, frozen.tail_frames) == ("acc_1", "Mara Lind", BAR, 4_800)
    assert len(song.project.history) == steps + 1
    assert song.project.history[-1].name == "Freeze Vox"
    song.project.undo()
    assert comparable(song.state) == before


def test_a_frozen_track_survives_storing_and_projecting_anew():
    song = frozen_song()
    assert projected(song.project.registers).tracks[song.vox].frozen == song.state.tracks[song.vox].frozen
    assert decode_state(encode_state(song.state)).tracks[song.vox] == song.state.tracks[song.vox]


def test_a_sound_of_what_is_not_there_any_more_is_refused():
    song = small_song()
    sound = rendered(song.state, song.drums)
    clips.set_clip_gain(song.project, song.loop, -3.0)
    with pytest.raises(TrackChanged, match="“Drums” has changed since its sound was made"):
        freezing.freeze_tracks(song.project, [sound])
    assert sound.asset.id not in song.state.assets


@pytest.mark.parametrize(
    ("track", "sentence"),
    [("band", "Band holds no clips"), ("verb", "Verb holds no clips"), ("bass", "Nothing on Bass sounds")],
)
def test_only_tracks_with_a_sound_of_their_own_can_be_frozen(track, sentence):
    song = small_song()
    with pytest.raises(WrongTrackKind, match=sentence):
        freezing.require_freezable(song.state, getattr(song, track))


def test_a_track_that_others_play_into_is_not_frozen():
    song = small_song()
    channel.add_send(song.project, song.bass, song.drums)
    with pytest.raises(WrongTrackKind, match="also plays what Bass sends to it"):
        freezing.require_freezable(song.state, song.drums)


def test_unfreezing_what_is_not_frozen_is_refused():
    song = small_song()
    with pytest.raises(ValueNotAllowed, match="Nothing is frozen on Vox"):
        freezing.unfreeze_tracks(song.project, [song.vox])


STALE = {
    "tempo": lambda s: tempo.set_tempo(s.project, 0, 99.0),
    "fed": lambda s: channel.add_send(s.project, s.bass, s.drums),
}


@pytest.mark.parametrize("name", STALE)
def test_what_makes_a_freeze_stale(name):
    song = frozen_song()
    prints = Fingerprints()
    assert not prints.is_stale(song.state, song.state.tracks[song.drums])
    STALE[name](song)
    assert prints.is_stale(song.state, song.state.tracks[song.drums])
    with pytest.raises(TrackChanged):
        freezing.flatten_tracks(song.project, [song.drums])


CHANGES = {
    "start": lambda c: replace(c, start_tick=c.start_tick + 1),
    "offset": lambda c: replace(c, source_offset=c.source_offset + 1),
    "gain": lambda c: replace(c, gain_db=0.1),
    "fade": lambda c: replace(c, fade_in_ms=1.0),
    "curve": lambda c: replace(c, fade_out_curve=0.2),
    "mute": lambda c: replace(c, is_muted=True),
}


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_is_heard_of_a_clip_is_in_the_fingerprint(name):
    song = small_song()
    state, clip = song.state, song.state.clips[song.loop]
    changed = replace(state, clips={**state.clips, clip.id: CHANGES[name](clip)})
    assert fingerprint_of(changed, song.drums) != fingerprint_of(state, song.drums)


def test_how_clips_look_and_lie_in_the_list_is_not_in_the_fingerprint():
    song = small_song()
    before = fingerprint_of(song.state, song.drums)
    clips.rename_clip(song.project, song.loop, "Beat")
    channel.set_gain(song.project, song.drums, -9.0)
    tracks.move_tracks(song.project, [song.drums], song.band, None)
    assert fingerprint_of(song.state, song.drums) == before


def test_a_frozen_track_is_heard_as_its_sound_alone():
    song = frozen_song()
    frozen = song.state.tracks[song.vox].frozen
    heard = as_heard(song.state, nothing)
    [clip] = [heard.clips[clip_id] for clip_id in heard.clips_by_track[song.vox]]
    assert (clip.asset, clip.start_tick, clip.source_offset) == (frozen.asset, BAR, 0)
    assert clip.length_frames == heard.assets[frozen.asset].frames
    assert heard.tracks[song.vox].inserts == ()
    assert song.vox not in heard.comps
    assert heard.tracks[song.vox].sends == song.state.tracks[song.vox].sends
    assert song.lane in heard.lanes
    assert as_heard(heard, nothing) == heard


def test_a_stale_track_plays_live_unless_a_device_is_missing_here():
    song = frozen_song()
    tempo.set_tempo(song.project, 0, 99.0)
    assert as_heard(song.state, everything) == song.state
    heard = as_heard(song.state, nothing)
    assert heard.tracks[song.vox].frozen is None
    assert heard.tracks[song.drums].frozen is not None, "drums have no device that could be missing"
    assert unknown_devices(song.state.tracks[song.vox], nothing) == ["dynamics.true_peak_limiter"]


def test_equal_states_are_heard_as_the_same_objects():
    song = frozen_song()
    heard = Heard(everything)
    first = heard.of(song.state)
    channel.set_gain(song.project, song.vox, -9.0)
    second = heard.of(song.state)
    assert second.clips is first.clips
    assert second.lanes is first.lanes
    assert second.tracks[song.vox].gain_db == -9.0


def test_flattening_leaves_one_clip_no_inserts_and_the_takes():
    song = frozen_song()
    frozen, recorded = song.state.tracks[song.vox].frozen, song.state.takes_by_track[song.vox]
    change = freezing.flatten_tracks(song.project, [song.vox])
    track = song.state.tracks[song.vox]
    [clip_id] = song.state.clips_by_track[song.vox]
    assert clip_id in change.created
    assert song.state.clips[clip_id].asset == frozen.asset
    assert (track.inserts, track.frozen) == ((), None)
    assert song.state.takes_by_track[song.vox] == recorded
    assert song.vox not in song.state.comps
    assert song.lane in song.state.lanes
