"""Peak pyramids against brute force: every level, any range, fed in blocks of any size."""

import numpy as np
import pytest

from dsp.peaks.pyramid import PEAK_FRAMES, add_frames, level_starts, read_peaks
from maxbooster_desktop.engine.media.peaks import PeakPyramid
from tests.factories.audio_files import noise


def _rounded(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values * np.float32(32_767)), -32_767, 32_767).astype(np.int16)


def _extremes(samples: np.ndarray, start: int, end: int) -> tuple[int, int]:
    inside = samples[max(0, start) : max(0, end)]
    if not len(inside):
        return 0, 0
    return int(_rounded(inside.min())), int(_rounded(inside.max()))


def _pyramid(samples: np.ndarray, block: int) -> PeakPyramid:
    pyramid = PeakPyramid(samples.shape[1], samples.shape[0])
    for start in range(0, samples.shape[1], block):
        piece = np.ascontiguousarray(samples[:, start : start + block])
        add_frames(piece, start, pyramid.peaks, pyramid.starts)
        pyramid.ready_frames = start + piece.shape[1]
    return pyramid


def _read(pyramid: PeakPyramid, start: int, end: int, columns: int) -> np.ndarray:
    read = np.empty((columns, 2), np.int16)
    read_peaks(pyramid.peaks, pyramid.starts, 0, start, end, pyramid.ready_frames, read)
    return read


@pytest.mark.parametrize("frames", [1, 255, 256, 257, 1_024, 1_025, 70_001])
def test_every_level_holds_the_extremes_of_its_frames(frames: int) -> None:
    samples = noise(frames, 2, level=0.4).T.copy()
    pyramid = _pyramid(samples, 1_000)
    assert pyramid.levels[-1].shape[1] == 1
    for level, peaks in enumerate(pyramid.levels):
        width = PEAK_FRAMES * 4**level
        assert peaks.shape[1] == -(-frames // width)
        for channel in range(2):
            for index in range(peaks.shape[1]):
                wanted = _extremes(samples[channel], index * width, (index + 1) * width)
                assert tuple(peaks[channel, index]) == wanted


@pytest.mark.parametrize("block", [1, 255, 256, 3_000, 65_536])
def test_the_size_of_the_blocks_does_not_matter(block: int) -> None:
    samples = noise(9_000, 1, seed=7, level=0.5).T.copy()
    assert np.array_equal(_pyramid(samples, block).peaks, _pyramid(samples, 9_000).peaks)


def test_reading_is_exact_on_peak_edges_and_encloses_elsewhere() -> None:
    samples = noise(300_000, 1, seed=5, level=0.3).T.copy()
    pyramid = _pyramid(samples, 65_536)
    random = np.random.default_rng(2)
    for _ in range(200):
        start, end = sorted(random.integers(-2_000, 302_000, 2).tolist())
        columns = int(random.integers(1, 40))
        if end - start < columns:
            continue
        read = _read(pyramid, start, end, columns)
        for column in range(columns):
            first = start + (end - start) * column // columns
            last = start + (end - start) * (column + 1) // columns
            if min(last, 300_000) <= max(first, 0):
                assert tuple(read[column]) == (0, 0)
                continue
            begin, stop = (
                max(first, 0) // PEAK_FRAMES * PEAK_FRAMES,
                -(-min(last, 300_000) // PEAK_FRAMES) * PEAK_FRAMES,
            )
            assert tuple(read[column]) == _extremes(samples[0], begin, stop)


def test_aligned_columns_equal_brute_force() -> None:
    samples = noise(256 * 1_000, 1, seed=6, level=0.3).T.copy()
    read = _read(_pyramid(samples, 10_000), 256 * 40, 256 * 940, 100)
    wanted = [_extremes(samples[0], 256 * (40 + 9 * c), 256 * (49 + 9 * c)) for c in range(100)]
    assert read.tolist() == [list(pair) for pair in wanted]


def test_a_pyramid_that_still_grows_reads_what_is_ready() -> None:
    samples = noise(100_000, 1, seed=8, level=0.3).T.copy()
    pyramid = PeakPyramid(100_000, 1)
    add_frames(np.ascontiguousarray(samples[:, :40_000]), 0, pyramid.peaks, pyramid.starts)
    pyramid.ready_frames = 40_000
    read = _read(pyramid, 0, 100_000, 10)
    assert tuple(read[2]) == _extremes(samples[0], 19_968, 30_208)
    assert tuple(read[3]) == _extremes(samples[0], 29_952, 40_000)
    assert not read[4:].any()


def test_full_scale_and_beyond_is_held_to_int16() -> None:
    samples = np.array([[2.0, -3.0, 0.0]], np.float32)
    assert _pyramid(samples, 3).peaks[0, 0].tolist() == [-32_767, 32_767]


def test_the_far_right_of_eight_hours_is_drawn() -> None:
    frames = 8 * 3_600 * 48_000
    pyramid = PeakPyramid(frames, 1, np.zeros((1, int(level_starts(frames)[-1]), 2), np.int16))
    last = np.full((1, 300), 0.5, np.float32)
    add_frames(last, frames - 300, pyramid.peaks, pyramid.starts)
    assert _read(pyramid, frames - 256, frames, 1).tolist() == [[16_384, 16_384]]
    assert _read(pyramid, 0, frames, 1_000)[-1].tolist() == [0, 16_384]
    assert not _read(pyramid, 0, frames, 1_000)[:-1].any()
