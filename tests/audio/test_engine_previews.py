"""A preview plays until its original has come: the two fade over without a click, and what follows is exact."""

import numpy as np

from tests.factories.engine_projects import Song, StillLive, ones

FRAMES = 96_000
#: As in the edits of what sounds.
STEEPEST = 0.01


def test_the_original_replaces_its_preview_without_a_click():
    song = Song()
    asset = song.asset(ones(FRAMES))
    song.pool.put_preview(asset, 0.5 * ones(FRAMES))
    song.clip(song.track(), asset)
    live = StillLive(song)
    before = live.run(9_600)
    assert np.abs(before[:, 4_800:] - 0.5).max() < 1e-6
    assert not live.show(), "a preview that stays must not make every edit compile"
    song.pool.put(asset, ones(FRAMES))
    assert live.show()
    after = live.run(19_200)
    heard = np.concatenate([before[0, 4_800:], after[0]])
    assert np.abs(np.diff(heard)).max() < STEEPEST
    np.testing.assert_array_equal(after[:, 9_600:], 1.0)
    assert not live.show()
