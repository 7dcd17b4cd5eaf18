"""What is different between two states, in words and counts; fast for a large project."""

import time
from dataclasses import replace

import numpy as np
import pytest

from maxbooster_desktop.project.document.ids import seeded_ids
from maxbooster_desktop.project.document.new_document import new_document
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import NOTE, Clip, Comment, Insert, Lane, Point, Send, Track
from maxbooster_desktop.project.edits import clips, markers, meta, tempo, tracks
from maxbooster_desktop.project.versions.comparing import compare
from tests.factories.projects import some_notes

BAR = 3840


@pytest.fixture
def song():
    """Keys with one clip of notes, Bass with five, a bus."""
    document = ProjectDocument(new_document("Night Drive", 48_000, seeded_ids(1)), ids=seeded_ids(2))
    with document.edit("Fill") as edit:
        for place, (track, kind) in enumerate((("keys", "instrument"), ("bass", "instrument"), ("hall", "bus"))):
            edit.create(Track(track, kind, track.capitalize(), f"a{place}"))
        edit.create(Clip("riff", "keys", 0, "Riff", "midi", length_ticks=2 * BAR))
        edit.set_notes("riff", some_notes(8))
        for number in range(5):
            edit.create(Clip(f"b{number}", "bass", number * BAR, f"Bass {number}", "midi", length_ticks=BAR))
    return document


def said(document, before):
    """Return {track: lines} and the counts as text."""
    found = compare(before, document.state)
    return {one.name: list(one.lines) for one in found.tracks}, [count.text for count in found.counts]


def test_equal_states_say_nothing(song):
    assert compare(song.state, song.state).tracks == ()
    assert compare(song.state, replace(song.state)).counts == ()


def test_a_moved_clip_says_from_where_to_where(song):
    before = song.state
    clips.move_clips(song, ["riff"], 4 * BAR + 240)
    assert said(song, before) == ({"Keys": ["Riff moved from 1.1.1 to 5.1.2"]}, ["1 clip moved"])


def test_a_clip_on_another_track_names_the_one_it_left(song):
    before = song.state
    with song.edit("Move") as edit:
        edit.set(replace(before.clips["riff"], track="bass"))
    assert said(song, before)[0] == {"Bass": ["Riff moved from Keys, 1.1.1, to 1.1.1"]}


def test_many_clips_are_counted(song):
    before = song.state
    clips.move_clips(song, [f"b{number}" for number in range(5)], BAR)
    assert said(song, before) == ({"Bass": ["5 clips moved"]}, ["5 clips moved"])


def test_a_split_is_neither_a_new_clip_nor_a_trim(song):
    before = song.state
    clips.split_clips(song, ["riff"], BAR)
    lines, counts = said(song, before)
    assert lines["Keys"][0] == "Riff split at 2.1.1"
    assert counts[0] == "1 clip split"


def test_a_clip_trimmed_at_its_beginning_was_not_moved(song):
    before = song.state
    with song.edit("Trim") as edit:
        edit.set(replace(before.clips["riff"], start_tick=960, length_ticks=2 * BAR - 960))
    assert said(song, before) == ({"Keys": ["Riff trimmed"]}, ["1 clip trimmed"])


def test_clips_that_came_went_and_changed(song):
    before = song.state
    with song.edit("Several") as edit:
        edit.create(Clip("new", "keys", BAR, "Fill", "midi", length_ticks=960))
        edit.delete("b4")
        edit.set(replace(before.clips["riff"], name="Hook", gain_db=-3.0, is_muted=True))
    lines, counts = said(song, before)
    assert lines["Keys"] == [
        "Fill added at 2.1.1",
        "Hook muted",
        "Riff renamed to Hook",
        "Hook from 0.0 dB to -3.0 dB",
    ]
    assert lines["Bass"] == ["Bass 4 at 5.1.1 deleted"]
    assert counts == ["3 clips changed", "1 clip added", "1 clip deleted"]


def test_notes_are_counted_by_what_became_of_them(song):
    before = song.state
    notes = before.notes["riff"].copy()
    notes["pitch"][:3] += 1
    with song.edit("Draw") as edit:
        edit.set_notes("riff", np.concatenate([notes[:7], later_notes()]))
    assert said(song, before) == (
        {"Keys": ["Riff: notes 1 added, 4 changed"]},
        ["4 notes changed", "1 note added"],
    )


def later_notes():
    notes = some_notes(2)
    notes["start"] += 5000
    return notes


def test_a_track_that_came_or_went_is_told_with_its_clips_only(song):
    before = song.state
    tracks.add_track(song, "audio", name="Vox")
    tracks.delete_tracks(song, ["bass"])
    lines, counts = said(song, before)
    assert (lines["Vox"], lines["Bass"]) == ([], ["with 5 clips"])
    assert counts == ["1 track added", "1 track deleted"]
    assert [one.kind for one in compare(before, song.state).tracks] == ["added", "deleted"]


def test_the_fewest_tracks_are_said_to_have_moved(song):
    before = song.state
    tracks.move_tracks(song, ["hall"], None, None)
    assert [song.state.tracks[each].name for each in song.state.track_order] == ["Hall", "Keys", "Bass"]
    assert said(song, before) == ({"Hall": ["moved in the list"]}, ["1 track moved"])


def test_the_channel_says_what_sounds_otherwise(song):
    before = song.state
    with song.edit("Mix") as edit:
        edit.set(
            replace(
                before.tracks["keys"],
                name="Rhodes",
                gain_db=-4.5,
                pan=-0.3,
                is_muted=True,
                strip={"comp_ratio": 4.0},
                sends=(Send("s1", "hall"),),
                inserts=(Insert("i1", "dynamics.true_peak_limiter", "a0"),),
            )
        )
    lines, counts = said(song, before)
    assert lines["Rhodes"] == [
        "renamed from Keys",
        "level from 0.0 dB to -4.5 dB",
        "pan from centre to 30% left",
        "mute on",
        "Ratio changed",
        "send to Hall added",
        "True peak limiter added",
    ]
    assert counts == ["1 track changed", "1 strip changed"]
    between = song.state
    with song.edit("Mix") as edit:
        track = between.tracks["keys"]
        edit.set(replace(track, inserts=(replace(track.inserts[0], values={"ceiling_db": -2.0}),), output="hall"))
    assert said(song, between)[0]["Rhodes"] == ["True peak limiter changed in 1 value", "goes to Hall"]


def test_automation_is_counted_in_points(song):
    with song.edit("Draw") as edit:
        edit.create(Lane("l1", "keys", "gain_db", points=(Point("p1", 0, -6.0), Point("p2", BAR, 0.0))))
    before = song.state
    with song.edit("Draw") as edit:
        edit.set(replace(before.lanes["l1"], points=(Point("p1", 0, -3.0), Point("p3", BAR, 0.0))))
    assert said(song, before) == (
        {"Keys": ["automation of level: points 1 added, 1 changed, 1 deleted"]},
        ["1 automation point changed", "1 automation point added", "1 automation point deleted"],
    )


def test_the_song_itself_comes_first(song):
    markers.add_marker(song, BAR, "Verse")
    before = song.state
    (verse,) = before.markers
    markers.move_marker(song, verse.id, 2 * BAR)
    tempo.set_tempo(song, 0, 93.5)
    meta.rename_project(song, "Dawn Drive")
    with song.edit("Say") as edit:
        edit.create(Comment("c1", 0, "Nice", author="Mara"))
    found = compare(before, song.state)
    assert found.tracks[0].track is None
    assert list(found.tracks[0].lines) == [
        "renamed from Night Drive to Dawn Drive",
        "tempo from 120 to 93.5 at 1.1.1",
        "marker Verse moved from 2.1.1 to 3.1.1",
        "1 comment written",
    ]


def test_two_hundred_tracks_are_compared_while_one_waits():
    """40,000 clips and 200,000 notes, every clip read from another document: nothing is shared."""
    document = ProjectDocument(new_document("Large", 48_000, seeded_ids(1)), ids=seeded_ids(2))
    notes = np.zeros(1000, NOTE)
    notes["start"], notes["pitch"], notes["velocity"] = np.arange(1000) * 10, 60, 100
    before = document.state
    tracks_ = dict(before.tracks) | {
        f"t{number}": Track(f"t{number}", "midi", f"Track {number}", f"V{number:03}x") for number in range(200)
    }

    def state(start):
        made = {
            f"c{track}-{place}": Clip(f"c{track}-{place}", f"t{track}", start + place * 960, "Clip", "midi")
            for track in range(200)
            for place in range(200)
        }
        return replace(
            before,
            tracks=tracks_,
            track_order=tuple(tracks_)[1:],
            clips=made,
            notes={f"c{track}-0": notes.copy() for track in range(200)},
        )

    old, new = state(0), state(0)
    new.notes["c7-0"]["pitch"][:50] = 61
    new.clips["c3-3"] = replace(new.clips["c3-3"], start_tick=7)
    begun = time.thread_time()
    found = compare(old, new)
    assert time.thread_time() - begun < 1.0
    assert [count.text for count in found.counts] == ["1 clip moved", "50 notes changed"]
