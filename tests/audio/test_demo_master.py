"""The demo song built, rendered by the engine and mastered: what a listener's meter reads."""

import numpy as np
import pytest
from demo_mixdown import correlation, loudness, third_octaves, tilt_deviation

from dsp.generators.signal import RATE
from dsp.measure.true_peak import TruePeakMeter
from maxbooster_desktop.cli.demo_making import MASTER_LOUDNESS
from maxbooster_desktop.demosong.arrangement import build_demo_song
from maxbooster_desktop.demosong.score import SONG_FRAMES
from maxbooster_desktop.engine.media.playable import decode_played
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.render.loudness import Levels, normalised
from maxbooster_desktop.engine.render.offline import OfflineRenderer


def _levels(sound):
    peaks = TruePeakMeter(2)
    peaks.feed(np.ascontiguousarray(sound.T))
    return Levels(loudness(sound).integrated_lufs, peaks.true_peak_dbtp)


@pytest.mark.full
@pytest.mark.timeout(600)
def test_the_mastered_song_meets_its_targets_through_the_engine(tmp_path):
    with build_demo_song(tmp_path / "song") as project:
        pool = MediaPool(project.audio, RATE, tmp_path / "cache")
        decode_played(project.state, pool)

        def render(state):
            return np.ascontiguousarray(OfflineRenderer(state, pool).process(SONG_FRAMES).T)

        try:
            done = normalised(project.state, MASTER_LOUDNESS, lambda state: _levels(render(state)))
            sound = render(done.state)
        finally:
            pool.close()
    levels = _levels(sound)
    assert done.is_met
    assert abs(levels.lufs - MASTER_LOUDNESS.lufs) <= 0.1
    assert levels.true_peak_dbtp <= -1.0
    assert 4.0 <= loudness(sound).loudness_range_lu <= 9.0
    assert 0.2 <= correlation(sound) <= 0.9
    for slope_db in (-4.5, -1.5):
        assert np.abs(tilt_deviation(*third_octaves(sound), slope_db)).max() <= 6.0
