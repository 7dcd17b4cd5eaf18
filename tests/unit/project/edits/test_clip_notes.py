"""Edits of notes: what they do to times and pitches, where they stop, and whose notes they leave alone."""

import numpy as np
import pytest

from maxbooster_desktop.project.edits import clip_notes
from maxbooster_desktop.project.edits.errors import ValueNotAllowed, WrongClipKind
from tests.unit.project.edits.songs import BAR, notes, small_song


@pytest.fixture
def song():
    return small_song()


def columns(song, *names):
    return [tuple(note[name].item() for name in names) for note in song.state.notes[song.riff]]


def test_moved_notes_stop_together_at_the_start_and_at_the_lowest_pitch(song):
    chosen = song.state.notes[song.riff][1:3]
    clip_notes.move_notes(song.project, song.riff, chosen, -5_000, -100)
    assert columns(song, "start", "pitch") == [(0, 0), (0, 60), (960, 1), (2880, 63)]


def test_resizing_and_velocity_keep_what_can_be_played(song):
    chosen = song.state.notes[song.riff]
    clip_notes.resize_notes(song.project, song.riff, chosen, -1_000)
    clip_notes.shift_velocity(song.project, song.riff, song.state.notes[song.riff], 90)
    assert columns(song, "length", "velocity") == [(1, 127)] * 4


def test_notes_are_quantised_to_the_songs_grid_and_by_half(song):
    clip_notes.delete_notes(song.project, song.riff, song.state.notes[song.riff])
    clip_notes.add_notes(song.project, song.riff, notes(10, 500, 952))
    clip_notes.quantise_notes(song.project, [song.riff], 480, 0.5)
    assert columns(song, "start") == [(5,), (490,), (956,)]
    clip_notes.quantise_notes(song.project, [song.riff], 480)
    assert columns(song, "start") == [(0,), (480,), (960,)]
    # The clip begins at a bar; a grid of another phase is the song's, not the clip's.
    clip_notes.quantise_notes(song.project, [song.riff], BAR - 100)
    assert min(columns(song, "start")) == (2 * (BAR - 100) - BAR,)


def test_what_somebody_changed_meanwhile_is_left_alone(song):
    seen = song.state.notes[song.riff][:2]
    clip_notes.move_notes(song.project, song.riff, seen[:1], 100)
    clip_notes.delete_notes(song.project, song.riff, seen)
    assert columns(song, "start") == [(100,), (1920,), (2880,)]


def test_audio_clips_and_odd_values_are_refused_by_a_sentence(song):
    with pytest.raises(WrongClipKind, match=r"holds audio, not notes; choose a MIDI clip\."):
        clip_notes.transpose_clips(song.project, [song.loop], 12)
    with pytest.raises(ValueNotAllowed):
        clip_notes.quantise_notes(song.project, [song.riff], 0)
    with pytest.raises(ValueNotAllowed):
        clip_notes.add_notes(song.project, song.riff, np.zeros(1, song.state.notes[song.riff].dtype))


def test_an_instrument_track_plays_its_instrument_first(song):
    from maxbooster_desktop.project.edits.tracks import add_instrument_track

    [made] = [
        song.state.tracks[each]
        for each in add_instrument_track(song.project, "instruments.test_tone", after=song.drums).created
        if each in song.state.tracks
    ]
    assert made.kind == "instrument"
    assert [insert.device for insert in made.inserts] == ["instruments.test_tone"]
    order = list(song.state.track_order)
    assert order.index(made.id) == order.index(song.drums) + 1
