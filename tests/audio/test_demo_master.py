"""The demo song built, rendered by the engine and mastered: what a listener's meter reads."""

import numpy as np
import pytest
from demo_mixdown import correlation, loudness, third_octaves, tilt_deviation

from dsp.generators.signal import RATE
from dsp.measure.true_peak import TruePeakMeter
from maxbooster_desktop.demosong.arrangement import build_demo_song
from maxbooster_desktop.demosong.mastering import MASTER_TARGETS, solve_master_gain
from maxbooster_desktop.demosong.score import SONG_FRAMES
from maxbooster_desktop.engine.media.playable import decode_played
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.render.offline import OfflineRenderer
from maxbooster_desktop.project.document.state import MASTER
from maxbooster_desktop.project.edits.channel import set_insert


def _levels(sound):
    peaks = TruePeakMeter(2)
    peaks.feed(np.ascontiguousarray(sound.T))
    return loudness(sound).integrated_lufs, peaks.true_peak_dbtp


@pytest.mark.full
@pytest.mark.timeout(600)
def test_the_mastered_song_meets_its_targets_through_the_engine(tmp_path):
    with build_demo_song(tmp_path / "song") as project:
        pool = MediaPool(project.audio, RATE, tmp_path / "cache")
        decode_played(project.state, pool)
        limiter = project.state.tracks[MASTER].inserts[0].id

        def render(drive_db):
            project.do(set_insert, MASTER, limiter, {"drive_db": drive_db})
            return np.ascontiguousarray(OfflineRenderer(project.state, pool).process(SONG_FRAMES).T)

        try:
            sound = render(solve_master_gain(lambda drive_db: _levels(render(drive_db))))
        finally:
            pool.close()
    lufs, true_peak_dbtp = _levels(sound)
    assert abs(lufs - MASTER_TARGETS.lufs) <= MASTER_TARGETS.tolerance_lu
    assert true_peak_dbtp <= MASTER_TARGETS.true_peak_dbtp
    assert 4.0 <= loudness(sound).loudness_range_lu <= 9.0
    assert 0.2 <= correlation(sound) <= 0.9
    for slope_db in (-4.5, -1.5):
        assert np.abs(tilt_deviation(*third_octaves(sound), slope_db)).max() <= 6.0
