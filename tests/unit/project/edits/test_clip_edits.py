"""Clips: what each verb does at its edges, and what it refuses."""

import dataclasses
import math

import numpy as np
import pytest

from maxbooster_desktop.project.edits import assets, clips, tracks
from maxbooster_desktop.project.edits.clips.looping import MOST_REPEATS
from maxbooster_desktop.project.edits.errors import (
    AssetNotFound,
    ClipNotFound,
    SplitOutsideClip,
    TrackNotFound,
    ValueNotAllowed,
    WrongClipKind,
    WrongTrackKind,
)
from tests.unit.project.edits.songs import (
    BAR,
    BEAT,
    FRAMES,
    add_track,
    assert_refused,
    asset,
    comparable,
    notes,
    only,
    small_song,
)

FRAMES_PER_BEAT = 24_000  # 120 quarter notes a minute at 48 kHz


def test_new_audio_clips_play_the_rest_of_the_file_by_default():
    song = small_song()
    clip_id = only(clips.add_audio_clip(song.project, song.bass, asset().id, BAR, source_offset=1000).created)
    clip = song.state.clips[clip_id]
    assert (clip.length_frames, clip.source_offset, clip.name) == (FRAMES - 1000, 1000, "loop")
    assert (clip.fade_in_ms, clip.fade_out_ms, clip.gain_db, clip.parent) == (None, None, 0.0, None)


def test_notes_are_kept_sorted():
    song = small_song()
    clip_id = only(clips.add_midi_clip(song.project, song.keys, 0, BAR, "Fill", notes(960, 0, 480)).created)
    assert song.state.notes[clip_id]["start"].tolist() == [0, 480, 960]


def test_moving_several_stops_together_at_the_start():
    song = small_song()
    assert clips.move_clips(song.project, [song.loop, song.phrase], -5 * BAR).name == "Move 2 clips"
    assert song.state.clips[song.loop].start_tick == 0
    assert song.state.clips[song.phrase].start_tick == BAR


def test_moving_down_passes_over_tracks_of_another_kind():
    """Rows: Drums, Vox, Band, Bass, Keys, Verb. One row below Vox is a group: the clip stays; two rows are Bass."""
    song = small_song()
    clips.move_clips(song.project, [song.phrase], 0, 1)
    assert song.state.clips[song.phrase].track == song.vox
    clips.move_clips(song.project, [song.phrase], 0, 2)
    assert song.state.clips[song.phrase].track == song.bass
    clips.move_clips(song.project, [song.phrase], 0, 9)
    assert song.state.clips[song.phrase].track == song.bass
    clips.move_clips(song.project, [song.phrase], 0, -9)
    assert song.state.clips[song.phrase].track == song.drums


def test_audio_and_midi_move_down_only_where_both_fit():
    song = small_song()
    add_track(song.project, "midi", "Notes", after=song.keys)
    clips.move_clips(song.project, [song.riff, song.loop], 0, 1)
    assert song.state.clips[song.loop].track == song.vox
    assert song.state.tracks[song.state.clips[song.riff].track].name == "Notes"


def test_split_at_a_beat_names_and_parents():
    song = small_song()
    change = clips.split_clips(song.project, [song.loop], BAR + BEAT)
    left, right = song.state.clips[song.loop], song.state.clips[only(change.created)]
    assert change.name == "Split loop"
    assert (left.length_frames, right.length_frames) == (FRAMES_PER_BEAT, 96_000 - FRAMES_PER_BEAT)
    assert (right.start_tick, right.parent, right.name) == (BAR + BEAT, song.loop, "loop")


def test_split_keeps_the_outer_fades_and_gives_inner_edges_the_default():
    song = small_song()
    clips.set_clip_fades(song.project, song.loop, fade_in_ms=100.0, fade_out_ms=300.0, fade_in_curve=0.4)
    change = clips.split_clips(song.project, [song.loop], BAR + BEAT)
    left, right = song.state.clips[song.loop], song.state.clips[only(change.created)]
    assert (left.fade_in_ms, left.fade_in_curve, left.fade_out_ms) == (100.0, 0.4, None)
    assert (right.fade_in_ms, right.fade_in_curve, right.fade_out_ms) == (None, 0.0, 300.0)


def test_a_fade_that_is_longer_than_its_half_stays_until_a_length_is_set_or_the_edge_trimmed():
    song = small_song()
    clips.set_clip_fades(song.project, song.loop, fade_in_ms=1500.0)
    clips.split_clips(song.project, [song.loop], BAR + BEAT)
    clips.set_clip_fades(song.project, song.loop, fade_in_curve=0.5)
    assert song.state.clips[song.loop].fade_in_ms == 1500.0
    clips.set_clip_fades(song.project, song.loop, fade_in_ms=1400.0)
    assert song.state.clips[song.loop].fade_in_ms == 500.0


def test_split_of_several_cuts_those_it_crosses():
    song = small_song()
    change = clips.split_clips(song.project, [song.loop, song.phrase, song.riff], BAR + BEAT)
    assert {song.state.clips[clip].parent for clip in change.created} == {song.loop, song.riff}
    assert change.name == "Split 2 clips"


def test_a_half_that_is_split_again_stays_one_piece_of_audio():
    song = small_song()
    right = only(clips.split_clips(song.project, [song.loop], BAR + BEAT).created)
    third = only(clips.split_clips(song.project, [right], BAR + 2 * BEAT).created)
    pieces = [song.state.clips[clip] for clip in (song.loop, right, third)]
    ends = [piece.source_offset + piece.length_frames for piece in pieces]
    assert [piece.source_offset for piece in pieces] == [1000, *ends[:2]]
    assert ends[2] == 97_000


@pytest.mark.parametrize("at_tick", [0, BAR, 2 * BAR, 9 * BAR])
def test_a_cut_at_or_outside_the_edges_is_refused(at_tick):
    song = small_song()
    before = comparable(song.state)
    with pytest.raises(SplitOutsideClip, match="loop"):
        clips.split_clips(song.project, [song.loop], at_tick)
    assert comparable(song.state) == before


def test_trims_stop_at_the_source():
    song = small_song()
    clips.trim_clip_end(song.project, song.loop, 100 * BAR)
    clip = song.state.clips[song.loop]
    assert clip.source_offset + clip.length_frames == FRAMES
    clips.trim_clip_start(song.project, song.loop, 0)
    clip = song.state.clips[song.loop]
    # 1000 frames are 40 ticks of 25 frames at 120 bpm and 48 kHz.
    assert (clip.start_tick, clip.source_offset) == (BAR - 40, 0)


def test_trims_leave_a_frame_or_a_tick():
    song = small_song()
    clips.trim_clip_end(song.project, song.loop, 0)
    assert song.state.clips[song.loop].length_frames == 1
    clips.trim_clip_start(song.project, song.loop, 9 * BAR)
    assert song.state.clips[song.loop].length_frames == 1
    clips.trim_clip_end(song.project, song.riff, 0)
    assert song.state.clips[song.riff].length_ticks == 1


def test_looping_keeps_to_the_grid_and_cuts_the_last_repeat():
    song = small_song()
    # 31 samples at 48 kHz is no whole number of ticks (25 samples): repeats keep to the sound, not to each other.
    clips.trim_clip_end(song.project, song.loop, BAR + BEAT)
    loop = song.state.clips[song.loop]
    with song.project.edit("Odd length") as edit:
        edit.set(dataclasses.replace(loop, length_frames=FRAMES_PER_BEAT + 31))
    change = clips.loop_clip(song.project, song.loop, BAR + 11 * BEAT)
    made = sorted((song.state.clips[clip] for clip in change.created), key=lambda clip: clip.start_tick)
    exact = [BAR + number * (BEAT + 31 / 25) for number in range(1, len(made) + 1)]
    assert all(-1e-6 < clip.start_tick - tick < 1 for clip, tick in zip(made, exact, strict=True))
    assert song.state.clip_end_tick(made[-1]) == BAR + 11 * BEAT
    assert made[-1].length_frames < FRAMES_PER_BEAT


def test_looping_notes_cuts_those_of_the_last_repeat():
    song = small_song()
    riff = song.state.clips[song.riff]
    end = riff.start_tick + 2 * riff.length_ticks + riff.length_ticks // 2
    change = clips.loop_clip(song.project, song.riff, end)
    whole, cut = sorted((song.state.clips[clip] for clip in change.created), key=lambda clip: clip.start_tick)
    assert (whole.length_ticks, cut.length_ticks) == (riff.length_ticks, riff.length_ticks // 2)
    assert len(song.state.notes[whole.id]) == len(song.state.notes[song.riff])
    assert (song.state.notes[cut.id]["start"] < cut.length_ticks).all()
    assert 0 < len(song.state.notes[cut.id]) < len(song.state.notes[song.riff])


def test_a_loop_that_ends_inside_the_clip_makes_nothing_and_one_without_end_is_held():
    song = small_song()
    assert not clips.loop_clip(song.project, song.loop, BAR + BEAT).created
    with song.project.edit("Tiny") as edit:
        edit.set(dataclasses.replace(song.state.clips[song.loop], length_frames=25))
    assert len(clips.loop_clip(song.project, song.loop, 40 * BAR).created) == MOST_REPEATS


def test_trimming_shortens_the_fade_of_the_edge_that_moves():
    song = small_song()
    clips.set_clip_fades(song.project, song.loop, fade_in_ms=500.0, fade_out_ms=1000.0)
    clips.trim_clip_end(song.project, song.loop, BAR + 2 * BEAT)
    clip = song.state.clips[song.loop]
    assert (clip.fade_in_ms, clip.fade_out_ms) == (500.0, 500.0)


def test_an_inner_edge_of_a_split_gets_the_default_fade_when_trimmed():
    song = small_song()
    right = only(clips.split_clips(song.project, [song.loop], BAR + BEAT).created)
    clips.trim_clip_start(song.project, right, BAR + 2 * BEAT)
    clips.trim_clip_end(song.project, song.loop, BAR + 480)
    assert song.state.clips[right].fade_in_ms is None
    assert song.state.clips[song.loop].fade_out_ms is None


def test_trimming_a_midi_clips_start_keeps_later_notes_where_they_sound():
    song = small_song()
    clips.trim_clip_start(song.project, song.riff, BAR + 900)
    clip = song.state.clips[song.riff]
    assert (clip.start_tick, clip.length_ticks) == (BAR + 900, BAR - 900)
    assert song.state.notes[song.riff]["start"].tolist() == [60, 1020, 1980]
    clips.trim_clip_start(song.project, song.riff, BAR)
    assert song.state.notes[song.riff]["start"].tolist() == [960, 1920, 2880]


def test_duplicates_follow_the_last_end_and_share_the_audio():
    song = small_song()
    change = clips.duplicate_clips(song.project, [song.loop, song.riff])
    copies = {song.state.clips[clip].kind: song.state.clips[clip] for clip in change.created}
    assert copies["audio"].start_tick == 2 * BAR
    assert copies["midi"].start_tick == 2 * BAR
    assert copies["audio"].asset == asset().id
    assert np.array_equal(song.state.notes[copies["midi"].id], song.state.notes[song.riff])
    assert change.name == "Duplicate 2 clips"


def test_a_duplicate_never_sounds_together_with_the_end_before_it():
    """One frame more than a bar: the copy begins a tick later, not on the bar line."""
    song = small_song()
    clip = only(clips.add_audio_clip(song.project, song.bass, asset().id, 0, length_frames=96_001).created)
    copy = only(clips.duplicate_clips(song.project, [clip]).created)
    assert song.state.clips[copy].start_tick == BAR + 1


def test_a_duplicate_of_a_half_is_no_half():
    song = small_song()
    right = only(clips.split_clips(song.project, [song.loop], BAR + BEAT).created)
    copy = only(clips.duplicate_clips(song.project, [right], 0).created)
    assert song.state.clips[copy].parent is None
    assert song.state.clips[copy].length_frames == song.state.clips[right].length_frames


def test_fades_never_overlap():
    """The clip is 2000 ms long."""
    song = small_song()
    clips.set_clip_fades(song.project, song.loop, fade_in_ms=1500.0)
    clips.set_clip_fades(song.project, song.loop, fade_out_ms=1500.0)
    clip = song.state.clips[song.loop]
    assert (clip.fade_in_ms, clip.fade_out_ms) == (1500.0, 500.0)
    clips.set_clip_fades(song.project, song.loop, fade_in_ms=1900.0)
    assert song.state.clips[song.loop].fade_in_ms == 1500.0
    clips.set_clip_fades(song.project, song.loop, fade_in_ms=99_999.0, fade_out_ms=99_999.0)
    clip = song.state.clips[song.loop]
    assert (clip.fade_in_ms, clip.fade_out_ms) == (2000.0, 0.0)


def test_clip_colour_none_is_the_tracks():
    song = small_song()
    clips.recolour_clips(song.project, [song.loop], 4)
    clips.recolour_clips(song.project, [song.loop], None)
    assert song.state.clips[song.loop].colour is None


def test_a_moved_half_is_a_clip_of_its_own():
    """Moving the right half away and lengthening the left one over its old place keeps both whole."""
    song = small_song()
    right = only(clips.split_clips(song.project, [song.loop], BAR + BEAT).created)
    clips.move_clips(song.project, [right], 8 * BAR)
    clips.trim_clip_end(song.project, song.loop, 2 * BAR)
    assert song.state.clips[song.loop].length_frames == 96_000
    assert song.state.clips[right].length_frames == 72_000


def test_deleting_the_audio_of_an_import_is_one_step():
    """Several verbs in one step: undo takes all of them back."""
    song = small_song()
    before = comparable(song.state)
    with song.project.step("Import vocal"):
        assets.register_asset(song.project, asset("vocal"))
        track = only(tracks.add_track(song.project, "audio", "Vocal").created)
        clips.add_audio_clip(song.project, track, asset("vocal").id, 0)
    assert song.project.history[-1].name == "Import vocal"
    song.project.undo()
    assert comparable(song.state) == before


REFUSED = {
    "audio on instrument": (lambda s: clips.add_audio_clip(s.project, s.keys, asset().id, 0), WrongTrackKind),
    "midi on audio": (lambda s: clips.add_midi_clip(s.project, s.drums, 0, BAR), WrongTrackKind),
    "audio on group": (lambda s: clips.add_audio_clip(s.project, s.band, asset().id, 0), WrongTrackKind),
    "unknown track": (lambda s: clips.add_audio_clip(s.project, "nowhere", asset().id, 0), TrackNotFound),
    "unknown asset": (lambda s: clips.add_audio_clip(s.project, s.drums, "nowhere", 0), AssetNotFound),
    "before the start": (lambda s: clips.add_audio_clip(s.project, s.drums, asset().id, -1), ValueNotAllowed),
    "fraction of a tick": (lambda s: clips.add_audio_clip(s.project, s.drums, asset().id, 0.5), ValueNotAllowed),
    "offset past the end": (
        lambda s: clips.add_audio_clip(s.project, s.drums, asset().id, 0, source_offset=FRAMES),
        ValueNotAllowed,
    ),
    "longer than the file": (
        lambda s: clips.add_audio_clip(s.project, s.drums, asset().id, 0, length_frames=FRAMES + 1),
        ValueNotAllowed,
    ),
    "no length": (lambda s: clips.add_midi_clip(s.project, s.keys, 0, 0), ValueNotAllowed),
    "silent notes": (
        lambda s: clips.add_midi_clip(s.project, s.keys, 0, BAR, "x", notes(0, length=0)),
        ValueNotAllowed,
    ),
    "no notes at all": (lambda s: clips.add_midi_clip(s.project, s.keys, 0, BAR, "x", np.zeros(3)), ValueNotAllowed),
    "move unknown": (lambda s: clips.move_clips(s.project, [s.loop, "nowhere"], 1), ClipNotFound),
    "move by a fraction": (lambda s: clips.move_clips(s.project, [s.loop], 0.5), ValueNotAllowed),
    "trim unknown": (lambda s: clips.trim_clip_start(s.project, "nowhere", 0), ClipNotFound),
    "trim before the start": (lambda s: clips.trim_clip_end(s.project, s.loop, -1), ValueNotAllowed),
    "slip midi": (lambda s: clips.slip_clip(s.project, s.riff, 10), WrongClipKind),
    "slip by nan": (lambda s: clips.slip_clip(s.project, s.loop, math.nan), ValueNotAllowed),
    "split unknown": (lambda s: clips.split_clips(s.project, [s.loop, "nowhere"], BAR + 1), ClipNotFound),
    "delete one unknown": (lambda s: clips.delete_clips(s.project, [s.loop, "nowhere"]), ClipNotFound),
    "gain": (lambda s: clips.set_clip_gain(s.project, s.loop, math.nan), ValueNotAllowed),
    "fade midi": (lambda s: clips.set_clip_fades(s.project, s.riff, fade_in_ms=1.0), WrongClipKind),
    "negative fade": (lambda s: clips.set_clip_fades(s.project, s.loop, fade_in_ms=-1.0), ValueNotAllowed),
    "fade curve": (lambda s: clips.set_clip_fades(s.project, s.loop, fade_in_curve=1.5), ValueNotAllowed),
    "colour": (lambda s: clips.recolour_clips(s.project, [s.loop], 99), ValueNotAllowed),
    "name": (lambda s: clips.rename_clip(s.project, s.loop, ""), ValueNotAllowed),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_refused_clip_edits_leave_the_document_untouched(case):
    assert_refused(*REFUSED[case])


def test_an_empty_file_is_no_sound():
    song = small_song()
    with pytest.raises(ValueNotAllowed, match="A length in frames must lie between 1 and"):
        assets.register_asset(song.project, asset("empty", frames=0))


@pytest.mark.parametrize("verb", [clips.delete_clips, clips.duplicate_clips, clips.move_clips, clips.split_clips])
def test_no_clips_at_all_are_no_step(verb):
    song = small_song()
    steps = song.project.history
    extra = {clips.move_clips: (10,), clips.split_clips: (10,)}.get(verb, ())
    assert verb(song.project, [], *extra).step == 0
    assert song.project.history == steps
