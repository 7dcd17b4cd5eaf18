"""What a growing take looks like equals what a whole one would: extremes by stretches, however it came in."""

import numpy as np
import pytest

from maxbooster_desktop.engine.record.live_peaks import SPAN_FRAMES, LivePeaks

# Long enough for the room to double twice.
NOISE = np.random.default_rng(2).uniform(-1, 1, (SPAN_FRAMES * 3_000 + 77, 2)).astype(np.float32)


@pytest.mark.parametrize("step", [1_000, 511, 7_777, len(NOISE)])
def test_extremes_do_not_depend_on_how_the_sound_came(step: int) -> None:
    peaks = LivePeaks()
    for first in range(0, len(NOISE), step):
        peaks.add(NOISE[first : first + step])
    whole = NOISE[: SPAN_FRAMES * 3_000].reshape(3_000, -1)
    low, high = peaks.columns(0, SPAN_FRAMES, 3_000)
    assert np.array_equal(low, whole.min(axis=1))
    assert np.array_equal(high, whole.max(axis=1))
    wide = peaks.columns(SPAN_FRAMES * 100, SPAN_FRAMES * 10, 20)
    assert np.array_equal(wide[1], whole.max(axis=1)[100:300].reshape(20, 10).max(axis=1))


def test_where_nothing_is_there_is_silence() -> None:
    peaks = LivePeaks()
    assert not peaks.columns(0, 100.0, 50).any()
    peaks.add(np.full((SPAN_FRAMES * 2, 1), np.nan, np.float32))
    peaks.add(np.full((SPAN_FRAMES * 2, 1), 0.5, np.float32))
    columns = peaks.columns(-SPAN_FRAMES, SPAN_FRAMES, 8)
    assert columns[1].tolist() == [0.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.0, 0.0]
    deep = peaks.columns(SPAN_FRAMES * 2.0, 1.5, 4)
    assert deep.tolist() == [[0.5] * 4] * 2
