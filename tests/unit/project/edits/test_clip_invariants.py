"""Cutting, trimming, slipping and moving never lose, double or shift a sample, on any tempo map.

The oracle is independent of the edits: a clip of frames `source_offset...` lies on the samples that begin with the
one nearest to its start tick. What is on a track is then a mapping from project sample to source frame.
"""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from maxbooster_desktop.project.document.state import Clip, ProjectState
from maxbooster_desktop.project.edits import assets, clips, tempo
from maxbooster_desktop.project.edits.errors import SplitOutsideClip
from tests.unit.project.edits.songs import BAR, add_track, asset, new_project, notes, only

RATE = 48_000
SOURCE_FRAMES = 200_000

TEMPOS = st.lists(st.tuples(st.integers(0, 8 * BAR), st.floats(10.0, 1000.0), st.booleans()), min_size=1, max_size=4)
TICKS = st.integers(0, 10 * BAR)
QUICK = settings(max_examples=60, deadline=None)


def start_sample(state: ProjectState, clip: Clip) -> int:
    return round(state.tempo_map.seconds_at(clip.start_tick) * RATE)


def timeline(state: ProjectState) -> dict[int, int]:
    """Return source frame by project sample of all clips; a sample that two clips play fails."""
    played: dict[int, int] = {}
    for clip in state.clips.values():
        first = start_sample(state, clip)
        span = range(first, first + clip.length_frames)
        assert played.keys().isdisjoint(span), "audio doubled"
        played.update(zip(span, range(clip.source_offset, clip.source_offset + clip.length_frames), strict=True))
    return played


def project_with_clip(tempos, start_tick, offset, length, source_rate=RATE):
    project = new_project(RATE)
    for tick, bpm, is_ramp in tempos:
        tempo.set_tempo(project, tick, bpm, is_ramp)
    sound = asset("sound", source_rate, SOURCE_FRAMES)
    assets.register_asset(project, sound)
    track = add_track(project, "audio")
    change = clips.add_audio_clip(
        project, track, sound.id, start_tick, source_offset=offset, length_frames=min(length, SOURCE_FRAMES - offset)
    )
    return project, only(change.created)


CLIP = {
    "tempos": TEMPOS,
    "start_tick": TICKS,
    "offset": st.integers(0, SOURCE_FRAMES - 1),
    "length": st.integers(1, SOURCE_FRAMES),
}


@QUICK
@given(**CLIP, cuts=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=4))
def test_split_clips_play_what_the_whole_played(tempos, start_tick, offset, length, cuts):
    project, clip_id = project_with_clip(tempos, start_tick, offset, length)
    whole = timeline(project.state)
    end = project.state.clip_end_tick(project.state.clips[clip_id])
    for share in cuts:
        tick = start_tick + round(share * (end - start_tick))
        try:
            clips.split_clips(project, list(project.state.clips), tick)
        except SplitOutsideClip:
            continue
        right = next(clip for clip in project.state.clips.values() if clip.start_tick == tick)
        assert right.parent is not None
    assert timeline(project.state) == whole


@QUICK
@given(**CLIP, share=st.floats(0.01, 0.99), source_rate=st.sampled_from([8_000, 44_100, 96_000, 192_000]))
def test_halves_adjoin_at_any_source_rate(tempos, start_tick, offset, length, share, source_rate):  # noqa: PLR0917  # drawn by name
    project, clip_id = project_with_clip(tempos, start_tick, offset, length, source_rate)
    before = project.state.clips[clip_id]
    tick = start_tick + round(share * (project.state.clip_end_tick(before) - start_tick))
    try:
        change = clips.split_clips(project, [clip_id], tick)
    except SplitOutsideClip:
        return
    left, right = project.state.clips[clip_id], project.state.clips[only(change.created)]
    assert (left.start_tick, left.source_offset, right.start_tick) == (start_tick, before.source_offset, tick)
    assert right.source_offset == left.source_offset + left.length_frames
    assert left.length_frames + right.length_frames == before.length_frames
    assert (left.fade_in_ms, left.fade_out_ms, right.fade_in_ms, right.fade_out_ms) == (None, None, None, None)
    # The cut is the source frame nearest to the sample at which the right half begins.
    samples = start_sample(project.state, right) - start_sample(project.state, left)
    assert abs(left.length_frames * RATE / source_rate - samples) <= 0.5 * RATE / source_rate + 1e-6


@QUICK
@given(**CLIP, moves=st.lists(st.tuples(st.booleans(), TICKS), min_size=1, max_size=5))
def test_trimming_keeps_every_sample_in_place(tempos, start_tick, offset, length, moves):
    """Whatever the edges do, sample n of the project plays the same source frame or nothing of this clip."""
    project, clip_id = project_with_clip(tempos, start_tick, offset, length)
    clip = project.state.clips[clip_id]
    anchor = start_sample(project.state, clip) - clip.source_offset
    for is_start, tick in moves:
        before = clip
        (clips.trim_clip_start if is_start else clips.trim_clip_end)(project, clip_id, tick)
        clip = project.state.clips[clip_id]
        assert start_sample(project.state, clip) - clip.source_offset == anchor
        assert clip.length_frames >= 1
        assert clip.source_offset >= 0
        assert clip.source_offset + clip.length_frames <= SOURCE_FRAMES
        if is_start:
            assert clip.source_offset + clip.length_frames == before.source_offset + before.length_frames
        else:
            assert (clip.start_tick, clip.source_offset) == (before.start_tick, before.source_offset)


@QUICK
@given(**CLIP, inward=st.floats(0.0, 1.0))
def test_an_edge_trimmed_in_and_out_again_is_where_it_was(tempos, start_tick, offset, length, inward):
    project, clip_id = project_with_clip(tempos, start_tick, 0, length)
    before = project.state.clips[clip_id]
    end = project.state.clip_end_tick(before)
    clips.trim_clip_start(project, clip_id, start_tick + round(inward * (end - start_tick)))
    clips.trim_clip_start(project, clip_id, start_tick)
    assert project.state.clips[clip_id] == before


@QUICK
@given(**CLIP, slips=st.lists(st.integers(-SOURCE_FRAMES, SOURCE_FRAMES), min_size=1, max_size=4))
def test_slipping_stays_inside_the_source(tempos, start_tick, offset, length, slips):
    project, clip_id = project_with_clip(tempos, start_tick, offset, length)
    before = project.state.clips[clip_id]
    for slip in slips:
        offset = min(max(0, project.state.clips[clip_id].source_offset + slip), SOURCE_FRAMES - before.length_frames)
        clips.slip_clip(project, clip_id, slip)
        after = project.state.clips[clip_id]
        assert after.source_offset == offset
        assert (after.start_tick, after.length_frames, after.track) == (start_tick, before.length_frames, before.track)


@QUICK
@given(
    starts=st.lists(TICKS, min_size=1, max_size=6),
    deltas=st.lists(st.tuples(st.integers(-20 * BAR, 20 * BAR), st.integers(-5, 5)), min_size=1, max_size=4),
)
def test_moving_keeps_distances_and_kinds(starts, deltas):
    project = new_project(RATE)
    sound = asset("sound", RATE, SOURCE_FRAMES)
    assets.register_asset(project, sound)
    kinds = ["audio", "group", "audio", "instrument", "audio", "audio"]
    rows = [add_track(project, kind) for kind in kinds]
    audio = [track for track, kind in zip(rows, kinds, strict=True) if kind == "audio"]
    ids = [
        only(clips.add_audio_clip(project, audio[number % 4], sound.id, start, length_frames=100).created)
        for number, start in enumerate(starts)
    ]
    for delta, track_delta in deltas:
        before = [project.state.clips[clip] for clip in ids]
        clips.move_clips(project, ids, delta, track_delta)
        after = [project.state.clips[clip] for clip in ids]
        moved = {new.start_tick - old.start_tick for old, new in zip(before, after, strict=True)}
        assert moved == {max(delta, -min(clip.start_tick for clip in before))}
        steps = {rows.index(new.track) - rows.index(old.track) for old, new in zip(before, after, strict=True)}
        assert len(steps) == 1
        [step] = steps
        assert abs(step) <= abs(track_delta)
        assert step * track_delta >= 0
        assert all(project.state.tracks[clip.track].kind == "audio" for clip in after)


@QUICK
@given(
    starts=st.lists(st.integers(0, BAR - 1), min_size=1, max_size=8, unique=True),
    cut=st.integers(1, BAR - 1),
    start_tick=TICKS,
)
def test_split_midi_clips_keep_every_note_once(starts, cut, start_tick):
    """A note belongs to the half in which it starts; heard from the song's start, nothing has moved."""
    project = new_project(RATE)
    track = add_track(project, "midi")
    clip_id = only(clips.add_midi_clip(project, track, start_tick, BAR, "Riff", notes(*starts)).created)
    whole = heard(project.state)
    clips.split_clips(project, [clip_id], start_tick + cut)
    assert np.array_equal(heard(project.state), whole)
    assert sum(clip.length_ticks for clip in project.state.clips.values()) == BAR


def heard(state: ProjectState) -> np.ndarray:
    """Return (absolute start, length, pitch) of every note that starts inside its clip, sorted."""
    found = []
    for clip in state.clips.values():
        for note in state.notes.get(clip.id, ()):
            assert note["start"] < clip.length_ticks
            found.append((clip.start_tick + int(note["start"]), int(note["length"]), int(note["pitch"])))
    return np.array(sorted(found))
