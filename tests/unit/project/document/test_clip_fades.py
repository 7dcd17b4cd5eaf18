"""Which fades a clip has when nobody set one: at edges that cut into their sound, not at its ends nor at seams."""

from dataclasses import replace

import pytest

from maxbooster_desktop.project.document.clip_fades import lone_fades_ms, track_fades_ms
from maxbooster_desktop.project.document.state import DEFAULT_FADE_MS
from tests.factories.engine_projects import FRAMES_PER_TICK, RATE, Song, ones

HALF = RATE // 2


@pytest.fixture
def halves():
    """A second of sound, split in the middle: the song, its track and the two halves."""
    song = Song()
    track, sound = song.track(), song.asset(ones(RATE))
    first = song.clip(track, sound, 0, length_frames=HALF)
    second = song.clip(track, sound, HALF // FRAMES_PER_TICK, source_offset=HALF)
    return song, track, first, second


def _change(song, clip_id, **fields):
    song.change(clips={**song.state.clips, clip_id: replace(song.state.clips[clip_id], **fields)})


def test_a_whole_sound_has_no_fades_and_a_cut_edge_has_the_default():
    song = Song()
    track, sound = song.track(), song.asset(ones(RATE))
    whole = song.clip(track, sound)
    middle = song.clip(track, sound, 9_600, source_offset=100, length_frames=1_000)
    assert track_fades_ms(song.state, track) == {whole: (0.0, 0.0), middle: (DEFAULT_FADE_MS, DEFAULT_FADE_MS)}
    _change(song, middle, fade_in_ms=0.0, fade_out_ms=7.0)
    assert track_fades_ms(song.state, track)[middle] == (0.0, 7.0)


def test_a_seam_has_none(halves):
    song, track, first, second = halves
    assert track_fades_ms(song.state, track) == {first: (0.0, 0.0), second: (0.0, 0.0)}
    assert lone_fades_ms(song.state, song.state.clips[first]) == (0.0, DEFAULT_FADE_MS)


@pytest.mark.parametrize("change", [{"gain_db": -3.0}, {"start_tick": 2_000}, {"is_muted": True}])
def test_a_half_that_changes_gives_the_other_its_fade_back(halves, change):
    song, track, first, second = halves
    _change(song, second, **change)
    assert track_fades_ms(song.state, track)[first] == (0.0, DEFAULT_FADE_MS)
