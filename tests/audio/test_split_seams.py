"""Clips split by the verb, played by the engine: side by side they are the whole, apart each half fades."""

import numpy as np
import pytest

from maxbooster_desktop.engine.render.offline import OfflineRenderer
from maxbooster_desktop.project.document.ids import seeded_ids
from maxbooster_desktop.project.document.new_document import new_document
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import Asset
from maxbooster_desktop.project.edits.assets import register_asset
from maxbooster_desktop.project.edits.clips import (
    add_audio_clip,
    move_clips,
    mute_clips,
    set_clip_fades,
    split_clips,
)
from maxbooster_desktop.project.edits.tracks import add_track
from tests.factories.engine_projects import FRAMES_PER_TICK, MemoryPool, noise

_FRAMES = 48_000
_FADE_FRAMES = 192


class SplitSong:
    """One clip of noise on one track."""

    def __init__(self):
        self.pool = MemoryPool()
        self.sound = noise(_FRAMES)
        self.pool.put("a", self.sound)
        self.document = ProjectDocument(new_document("Seams", 48_000, seeded_ids(1)), ids=seeded_ids(2))
        asset = Asset("a", "a", 48_000, len(self.sound), _FRAMES, "PCM_24", "00" * 16, "wav")
        register_asset(self.document, asset)
        [self.track] = add_track(self.document, "audio", "T").created
        [self.clip] = add_audio_clip(self.document, self.track, "a", 480).created

    def split(self, tick):
        [right] = split_clips(self.document, [self.last_at(tick)], tick).created
        return right

    def last_at(self, tick):
        state = self.document.state
        return [name for name in state.clips_by_track[self.track] if state.clips[name].start_tick < tick][-1]

    def render(self, frames=90_000):
        return OfflineRenderer(self.document.state, self.pool).process(frames)[:, 0]


def test_a_clip_split_many_times_nulls_against_the_whole():
    song = SplitSong()
    whole = song.render()
    assert np.abs(whole).max() > 0.1
    for tick in (600, 601, 777, 1_500, 2_399):
        song.split(tick)
    np.testing.assert_array_equal(song.render(), whole)


def test_fades_that_fit_their_half_null_too():
    song = SplitSong()
    set_clip_fades(song.document, song.clip, fade_in_ms=50.0, fade_out_ms=70.0, fade_in_curve=0.3)
    whole = song.render()
    song.split(1_200)
    np.testing.assert_array_equal(song.render(), whole)


@pytest.mark.parametrize("cuts", [[700], [2_300], [500, 501, 640, 2_250, 2_390], [1_900, 900]])
def test_fades_that_are_cut_run_on_in_the_other_half(cuts):
    song = SplitSong()
    set_clip_fades(song.document, song.clip, fade_in_ms=400.0, fade_out_ms=350.0)
    set_clip_fades(song.document, song.clip, fade_in_curve=-0.6, fade_out_curve=0.8)
    whole = song.render()
    for tick in cuts:
        song.split(tick)
    np.testing.assert_array_equal(song.render(), whole)


def test_a_half_keeps_the_slope_of_its_fade_when_the_other_is_moved_away():
    song = SplitSong()
    set_clip_fades(song.document, song.clip, fade_in_ms=400.0)
    whole = song.render()
    right = song.split(700)
    move_clips(song.document, [right], 1_000)
    cut = 700 * FRAMES_PER_TICK
    heard = song.render(100_000)
    np.testing.assert_array_equal(heard[: cut - _FADE_FRAMES], whole[: cut - _FADE_FRAMES])
    assert np.abs(heard[cut - 5 : cut]).max() < 0.05 * np.abs(whole[cut - 200 : cut]).max()
    # The half that went away begins with its own short fade, at its full level.
    source = song.sound[0, (700 - 480) * FRAMES_PER_TICK :]
    there = 1_700 * FRAMES_PER_TICK
    np.testing.assert_array_equal(heard[there + _FADE_FRAMES : there + 5_000], source[_FADE_FRAMES:5_000])


@pytest.mark.parametrize("is_moved", [True, False])
def test_a_half_whose_neighbour_is_moved_or_muted_fades_out_at_the_cut(is_moved):
    song = SplitSong()
    whole = song.render()
    right = song.split(1_200)
    if is_moved:
        move_clips(song.document, [right], 100)
    else:
        mute_clips(song.document, [right], True)
    alone = song.render()
    cut = 1_200 * FRAMES_PER_TICK
    np.testing.assert_array_equal(alone[: cut - _FADE_FRAMES], whole[: cut - _FADE_FRAMES])
    fading = slice(cut - _FADE_FRAMES, cut)
    envelope = np.abs(alone[fading]) / np.maximum(np.abs(whole[fading]), 1e-9)
    assert envelope[:20].mean() > 0.9
    assert envelope[-20:].mean() < 0.1


def test_a_half_that_is_moved_away_fades_in():
    song = SplitSong()
    right = song.split(1_200)
    move_clips(song.document, [right], 100)
    heard, start = song.render(), 1_300 * FRAMES_PER_TICK
    source = song.sound[0, (1_200 - 480) * FRAMES_PER_TICK :]
    assert not heard[1_200 * FRAMES_PER_TICK : start].any()
    assert np.abs(heard[start : start + 10]).max() < 0.1 * np.abs(source[:10]).max()
    np.testing.assert_array_equal(heard[start + 192 : start + 5_000], source[192:5_000])


def test_an_edge_next_to_a_drawn_fade_is_not_cut_hard():
    song = SplitSong()
    right = song.split(1_200)
    set_clip_fades(song.document, song.clip, fade_out_ms=100.0)
    heard, start = song.render(), 1_200 * FRAMES_PER_TICK
    assert np.abs(heard[start : start + 10]).max() < 0.1 * np.abs(song.sound[0]).max()
    set_clip_fades(song.document, right, fade_in_ms=0.0)
    assert song.render()[start] != 0.0
