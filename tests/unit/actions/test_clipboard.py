"""Cut, copy and paste on a real project: where clips land, what steps are called, what undo takes back."""

import pytest

from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.project.edits.clips import add_midi_clip
from maxbooster_desktop.project.edits.tracks import add_track, delete_tracks
from tests.unit.project.edits.songs import notes

CUT, COPY, PASTE = (REGISTRY[f"clip.{name}"] for name in ("cut", "copy", "paste"))


@pytest.fixture
def tracks(studio):
    """Four MIDI tracks with a group between the second and the third; clips on the first two, 960 ticks apart."""
    made = []
    for kind in ("midi", "midi", "group", "midi", "midi"):
        after = made[-1] if made else None
        made += studio.project.do(add_track, kind, after=after).created
    for place, tick in ((0, 0), (1, 960)):
        studio.project.do(add_midi_clip, made[place], tick, 480, f"Clip {place}", notes(0, 240))
    return made


def places(studio):
    return sorted((clip.start_tick, clip.track, clip.name) for clip in studio.state.clips.values())


def step_names(studio):
    return [step.name for step in studio.project.history() if not step.is_undone]


def paste(studio, until):
    before = studio.selection.clips
    PASTE.run(studio)
    until(lambda: studio.selection.clips != before)
    return [studio.state.clips[clip] for clip in studio.selection.clips]


def test_cut_and_paste_at_the_playhead_keeps_distances_tracks_and_notes(studio, tracks, until):
    REGISTRY["edit.select_all"].run(studio)
    CUT.run(studio)
    until(lambda: not studio.state.clips)
    studio.engine.seek(3840)
    pasted = paste(studio, until)
    assert places(studio) == [(3840, tracks[0], "Clip 0"), (4800, tracks[1], "Clip 1")]
    assert [len(studio.state.notes[clip.id]) for clip in pasted] == [2, 2]
    assert step_names(studio)[-2:] == ["Cut 2 clips", "Paste 2 clips"]
    studio.project.undo().result(5)
    assert not studio.state.clips


def test_paste_goes_to_the_track_selected_since_and_steps_over_groups(studio, tracks, until):
    REGISTRY["edit.select_all"].run(studio)
    COPY.run(studio)
    studio.selection.set_tracks([tracks[1]])
    pasted = paste(studio, until)
    assert {clip.track for clip in pasted} == {tracks[1], tracks[3]}
    studio.selection.set_tracks([tracks[2]])
    assert {clip.track for clip in paste(studio, until)} == {tracks[0], tracks[1]}


def test_paste_twice_makes_two_and_the_copy_outlives_a_change(studio, tracks, until):
    (first, *_) = studio.state.clips_by_track[tracks[0]]
    studio.selection.set_clips([first])
    COPY.run(studio)
    studio.do("clips.rename_clip", first, "Other").result(5)
    for tick in (1920, 3840):
        studio.engine.seek(tick)
        paste(studio, until)
    assert [place for place in places(studio) if place[2] == "Clip 0"] == [
        (1920, tracks[0], "Clip 0"),
        (3840, tracks[0], "Clip 0"),
    ]


def test_what_cannot_be_pasted_says_what_to_select(studio, tracks):
    said = []
    studio.notices.subscribe(said.append)
    assert PASTE.why_not(studio) == "No clip was copied yet."
    REGISTRY["edit.select_all"].run(studio)
    COPY.run(studio)
    assert PASTE.why_not(studio) == ""
    studio.selection.set_tracks([tracks[-1]])
    PASTE.run(studio)
    assert "do not fit" in said[-1]
    studio.selection.clear()
    studio.project.do(delete_tracks, [tracks[0]])
    PASTE.run(studio)
    assert "select the track to paste on" in said[-1]
    assert len(studio.state.clips) == 1


def test_another_project_has_nothing_to_paste(studio, tracks):
    REGISTRY["edit.select_all"].run(studio)
    COPY.run(studio)
    project = studio.project
    studio.detach()
    studio.attach(project, None)
    assert PASTE.why_not(studio)
