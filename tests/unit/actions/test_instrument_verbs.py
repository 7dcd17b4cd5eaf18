"""Instrument verbs on a real project: tracks with instruments, clips at the playhead's bar, notes of whole clips."""

import numpy as np
import pytest

from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.project.document.state import NOTE
from maxbooster_desktop.project.edits.clip_notes import add_notes
from maxbooster_desktop.project.edits.tracks import add_track

BAR = 3_840


@pytest.fixture
def song(studio, until):
    """A studio with a synth track and an empty clip in the second bar, both selected."""
    REGISTRY["track.add_synth"].run(studio)
    until(lambda: bool(studio.selection.tracks))
    studio.engine.transport.position_tick = BAR + 100.0
    track = studio.selection.tracks[0]
    REGISTRY["clip.add_notes"].run(studio)
    until(lambda: bool(studio.selection.clips))
    return studio, track, studio.selection.clips[0]


def pitches(studio, clip):
    return studio.state.notes[clip]["pitch"].tolist()


@pytest.mark.parametrize(
    ("action", "device"),
    [
        ("track.add_synth", "instruments.subtractive"),
        ("track.add_sampler", "instruments.sampler"),
        ("track.add_drums", "instruments.drum_pads"),
        ("track.add_test_tone", "instruments.test_tone"),
    ],
)
def test_an_instrument_track_comes_with_its_instrument_in_one_step(studio, until, action, device):
    steps = len(studio.project.history())
    REGISTRY[action].run(studio)
    until(lambda: bool(studio.selection.tracks))
    track = studio.state.tracks[studio.selection.tracks[0]]
    assert (track.kind, [insert.device for insert in track.inserts]) == ("instrument", [device])
    assert len(studio.project.history()) == steps + 1


def test_a_note_clip_fills_the_playheads_bar(song):
    studio, track, clip = song
    made = studio.state.clips[clip]
    assert (made.track, made.start_tick, made.length_ticks, made.kind) == (track, BAR, BAR, "midi")


def test_a_note_clip_needs_an_instrument_track(studio):
    action = REGISTRY["clip.add_notes"]
    (audio,) = studio.project.do(add_track, "audio").created
    studio.selection.set_tracks([audio])
    assert action.why_not(studio) == "No instrument track is selected."
    assert REGISTRY["clip.quantise"].why_not(studio) == "No clip with notes is selected."


def test_notes_of_selected_clips_are_transposed_and_quantised(song, until):
    studio, _, clip = song
    studio.project.do(add_notes, clip, np.array([(7, 100, 0, 60, 90, 0.0), (500, 100, 0, 64, 90, 0.0)], NOTE))
    REGISTRY["clip.transpose_octave_up"].run(studio)
    until(lambda: pitches(studio, clip) == [72, 76])
    REGISTRY["clip.transpose_down"].run(studio)
    until(lambda: pitches(studio, clip) == [71, 75])
    studio.snap.choose("1/8")
    REGISTRY["clip.quantise"].run(studio)
    until(lambda: studio.state.notes[clip]["start"].tolist() == [0, 480])
    REGISTRY["edit.undo"].run(studio)
    until(lambda: studio.state.notes[clip]["start"].tolist() == [7, 500])


def test_a_grid_that_follows_the_zoom_does_not_put_a_phrase_on_one_beat(song, until):
    studio, _, clip = song
    studio.project.do(add_notes, clip, np.array([(7, 100, 0, 60, 90, 0.0), (500, 100, 0, 64, 90, 0.0)], NOTE))
    studio.snap.set_adaptive_ticks(0)
    REGISTRY["clip.quantise"].run(studio)
    until(lambda: studio.state.notes[clip]["start"].tolist() == [0, 480])
