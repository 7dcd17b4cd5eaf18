"""Peak pyramid kernels: int16 minimum and maximum per 256 frames, then per 4 of those, and so on.

A pyramid is one int16 array [channels, peaks, 2] (minimum, maximum) that holds all levels one behind the other;
`starts[level]` is where a level begins and `starts[-1]` is its end. Level l covers 256 * 4^l frames per peak; the last
peak of a level may cover fewer. Values are round(sample * 32767) held to +-32767, so that silence is (0, 0), full scale
is +-32767 and the minimum of rounded values is the rounded minimum.
"""

import numpy as np
import numpy.typing as npt

from dsp.core.compiled import inlined, njit_kernel

PEAK_FRAMES = 256
FANOUT = 4
FULL_SCALE = 32_767

Samples = npt.NDArray[np.float32]
Peaks = npt.NDArray[np.int16]
Starts = npt.NDArray[np.int64]


def level_starts(frames: int) -> Starts:
    """Return where each level of a pyramid over `frames` starts; the last entry is the total number of peaks."""
    starts = [0]
    count = -(-frames // PEAK_FRAMES)
    while count > 0:
        starts.append(starts[-1] + count)
        count = 0 if count == 1 else -(-count // FANOUT)
    return np.array(starts, np.int64)


@inlined
def _as_int16(value: np.float32) -> np.int16:
    scaled = np.rint(value * np.float32(FULL_SCALE))
    return np.int16(min(max(scaled, np.float32(-FULL_SCALE)), np.float32(FULL_SCALE)))


@njit_kernel
def add_frames(samples: Samples, start_frame: int, peaks: Peaks, starts: Starts) -> None:
    """Fold `samples` [channels, frames], which begin at `start_frame`, into a pyramid that is filled from the left."""
    channels, frames = samples.shape
    if frames == 0:
        return
    end_frame = start_frame + frames
    for channel in range(channels):
        for peak in range(start_frame // PEAK_FRAMES, (end_frame - 1) // PEAK_FRAMES + 1):
            first = max(peak * PEAK_FRAMES, start_frame)
            lowest = highest = samples[channel, first - start_frame]
            for at in range(first - start_frame + 1, min((peak + 1) * PEAK_FRAMES, end_frame) - start_frame):
                lowest = min(lowest, samples[channel, at])
                highest = max(highest, samples[channel, at])
            low, high = _as_int16(lowest), _as_int16(highest)
            if first > peak * PEAK_FRAMES:
                low, high = min(low, peaks[channel, peak, 0]), max(high, peaks[channel, peak, 1])
            peaks[channel, peak, 0], peaks[channel, peak, 1] = low, high
        raise_levels(peaks, starts, channel, start_frame // PEAK_FRAMES, (end_frame - 1) // PEAK_FRAMES)


@njit_kernel
def raise_levels(peaks: Peaks, starts: Starts, channel: int, first: int, last: int) -> None:
    """Recompute the parents of level-0 peaks `first` to `last`; children behind `last` are not filled yet."""
    for level in range(1, starts.shape[0] - 1):
        below, here = starts[level - 1], starts[level]
        valid = last + 1
        first, last = first // FANOUT, last // FANOUT
        for peak in range(first, last + 1):
            child = below + peak * FANOUT
            low, high = peaks[channel, child, 0], peaks[channel, child, 1]
            for other in range(child + 1, below + min(peak * FANOUT + FANOUT, valid)):
                low = min(low, peaks[channel, other, 0])
                high = max(high, peaks[channel, other, 1])
            peaks[channel, here + peak, 0], peaks[channel, here + peak, 1] = low, high


@njit_kernel
def read_peaks(  # noqa: PLR0917 - numba takes no keyword-only arguments
    peaks: Peaks, starts: Starts, channel: int, start_frame: int, end_frame: int, ready_frames: int, columns: Peaks
) -> None:
    """Fill `columns` int16 [n, 2] with the extremes of n equal parts of [start_frame, end_frame).

    Each column is rounded outwards to whole level-0 peaks and joined from as few peaks as there are. Parts outside
    [0, ready_frames) are (0, 0).
    """
    count = columns.shape[0]
    span = end_frame - start_frame
    for column in range(count):
        begin = max(start_frame + span * column // count, 0)
        end = min(start_frame + span * (column + 1) // count, ready_frames)
        at = begin // PEAK_FRAMES
        stop = (end + PEAK_FRAMES - 1) // PEAK_FRAMES
        low, high = np.int16(FULL_SCALE), np.int16(-FULL_SCALE)
        if end <= begin:
            low = high = np.int16(0)
            stop = at
        while at < stop:
            level, step = 0, 1
            while level + 2 < starts.shape[0] and at % (step * FANOUT) == 0 and at + step * FANOUT <= stop:
                level += 1
                step *= FANOUT
            index = starts[level] + at // step
            low = min(low, peaks[channel, index, 0])
            high = max(high, peaks[channel, index, 1])
            at += step
        columns[column, 0], columns[column, 1] = low, high
