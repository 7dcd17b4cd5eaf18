"""The demo song as sound: stems without faults, and a mix that measures like music."""

from itertools import combinations

import numpy as np
import pytest
from demo_mixdown import correlation, lay, loudness, mixdown, third_octaves, tilt_deviation

from dsp.generators.signal import gain_of
from maxbooster_desktop.demosong.clips import cut
from maxbooster_desktop.demosong.parts import drums, lead
from maxbooster_desktop.demosong.score import BARS, SONG_FRAMES, TICKS_PER_BAR, frame_of_bar
from maxbooster_desktop.demosong.stems import PRINT_DB, TRACK_NAMES, render_stems


@pytest.fixture(scope="module")
def stems():
    return render_stems()


@pytest.fixture(scope="module")
def mixed(stems):
    return mixdown(stems)


def _db(value):
    return 20.0 * np.log10(value + 1e-12)


def test_every_track_has_named_clips_that_never_overlap(stems):
    assert tuple(stems) == TRACK_NAMES
    assert len(TRACK_NAMES) >= 8
    for clips in stems.values():
        end = 0
        for clip in sorted(clips, key=lambda clip: clip.start_tick):
            start = frame_of_bar(clip.start_tick / TICKS_PER_BAR)
            assert start >= end, clip.name
            end = start + clip.samples.shape[1]
            assert end <= SONG_FRAMES
            assert clip.name
    counts = [len(clips) for clips in stems.values()]
    assert 60 <= sum(counts) <= 90
    assert len({id(clip.samples) for clips in stems.values() for clip in clips}) < sum(counts)


def test_stems_are_finite_below_full_scale_and_without_dc(stems):
    for name, clips in stems.items():
        sound = np.concatenate([clip.samples for clip in clips], axis=1)
        assert np.isfinite(sound).all(), name
        assert -20.0 < _db(np.abs(sound).max()) < -2.0, name
        assert abs(sound.mean()) < 0.005, name


def test_clips_start_and_end_without_a_click(stems):
    """A clip that nothing precedes starts near silence; one that nothing follows ends there."""
    for clips in stems.values():
        spans = [(frame_of_bar(clip.start_tick / TICKS_PER_BAR), clip) for clip in clips]
        starts = {start for start, _ in spans}
        ends = {start + clip.samples.shape[1] for start, clip in spans}
        for start, clip in spans:
            peak = np.abs(clip.samples).max()
            if start not in ends:
                assert np.abs(clip.samples[:, 0]).max() < 0.03 * peak, clip.name
            if start + clip.samples.shape[1] not in starts:
                assert np.abs(clip.samples[:, -1]).max() < 0.03 * peak, clip.name


def test_adjoining_clips_continue_each_other(stems):
    for clips in stems.values():
        whole = lay(clips)
        steps = np.abs(np.diff(whole, axis=1)).max(axis=0)
        limit = np.percentile(steps[steps > 0.0], 99.99)
        for clip in clips:
            seam = frame_of_bar(clip.start_tick / TICKS_PER_BAR)
            if seam:
                assert steps[seam - 1] <= limit, clip.name


def test_the_same_score_gives_the_same_bytes(stems):
    printed = np.float32(gain_of(PRINT_DB))
    for name, again in (("Lead", cut(lead.lead(), lead.CUTS)), ("Snare & Clap", drums.snare())):
        for clip, other in zip(stems[name], again, strict=True):
            assert clip.samples.tobytes() == (other.samples * printed).tobytes(), clip.name


def test_no_two_sections_of_eight_bars_null(mixed):
    length = frame_of_bar(8)
    parts = [mixed[:, frame_of_bar(bar) : frame_of_bar(bar) + length] for bar in range(0, BARS, 4)]
    parts = [part for part in parts if part.shape[1] == length]
    for one, other in combinations(parts, 2):
        left = np.sqrt(np.mean((one - other) ** 2))
        assert _db(left) > _db(np.sqrt(np.mean(one**2))) - 6.0


@pytest.fixture(scope="module")
def bands(mixed):
    return third_octaves(mixed)


@pytest.mark.parametrize("slope_db", [-4.5, -1.5])
def test_the_spectrum_falls_as_music_does(bands, slope_db):
    """Within 6 dB of -4.5 dB per octave as band levels; and as density, where bands fall 3 dB less."""
    centres, levels = bands
    assert centres[0] < 51.0
    assert centres[-1] > 9_900.0
    assert np.abs(tilt_deviation(centres, levels, slope_db)).max() <= 6.0


def test_the_mix_leaves_room_and_has_dynamics_and_width(mixed):
    meter = loudness(mixed)
    assert -8.0 < _db(np.abs(mixed).max()) < -3.0
    assert -22.0 < meter.integrated_lufs < -16.0
    assert 4.0 <= meter.loudness_range_lu <= 9.0
    assert 0.2 <= correlation(mixed) <= 0.9


def test_the_hook_is_the_loudest_and_intro_and_break_step_back(mixed):
    def level(first, last):
        return loudness(mixed[:, frame_of_bar(first) : frame_of_bar(last)]).integrated_lufs

    hook = level(12, 20)
    assert hook > level(4, 12) + 1.0
    assert hook > level(0, 4) + 4.0
    assert hook > level(20, 24) + 1.5
