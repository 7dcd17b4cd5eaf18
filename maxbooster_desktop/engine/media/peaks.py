"""A peak pyramid as the window reads it: any range of any channel as columns of minimum and maximum."""

import numpy as np
import numpy.typing as npt

from dsp.peaks.pyramid import level_starts, read_peaks, read_samples

Peaks = npt.NDArray[np.int16]
Columns = npt.NDArray[np.int16]


class PeakPyramid:
    """Minimum and maximum per 256 frames and per 4 of those, up to one peak for the whole.

    `ready_frames` grows while the asset is decoded; what lies behind it reads as silence. Any thread may read.
    """

    def __init__(self, frames: int, channels: int, peaks: Peaks | None = None) -> None:
        self.frames = frames
        self.channels = channels
        self.starts = level_starts(frames)
        self.peaks = np.zeros((channels, int(self.starts[-1]), 2), np.int16) if peaks is None else peaks
        self.ready_frames = 0 if peaks is None else frames

    @property
    def levels(self) -> list[Peaks]:
        """The levels from fine to coarse, each int16 [channels, peaks, 2] at 256 * 4^level frames per peak."""
        return [self.peaks[:, start:end] for start, end in zip(self.starts[:-1], self.starts[1:], strict=True)]

    def read(self, channel: int, start_frame: int, end_frame: int, columns: int) -> Columns:
        """Return int16 [columns, 2]: minimum and maximum (+-32767 is full scale) of equal parts of a range.

        Column c covers the frames from start + c * span // columns up to the next column's first, rounded outwards to
        multiples of 256; with such multiples as edges the result is exact. Outside the sound it is (0, 0).

        Raises:
            ValueError: no such channel, an empty range, or no columns.
        """
        if not 0 <= channel < self.channels or end_frame <= start_frame or columns < 1:
            raise ValueError(f"no peaks for channel {channel}, frames {start_frame} to {end_frame}, {columns} columns")
        result = np.empty((columns, 2), np.int16)
        read_peaks(self.peaks, self.starts, channel, start_frame, end_frame, self.ready_frames, result)
        return result


def read_columns(
    samples: npt.NDArray[np.float32], channel: int, start_frame: int, end_frame: int, columns: int
) -> Columns:
    """Return int16 [columns, 2] as `PeakPyramid.read`, exactly, from samples [channels, frames] themselves.

    For zooms below 256 frames a column; a column narrower than a frame shows the frame it lies in.
    """
    if end_frame <= start_frame or columns < 1:
        raise ValueError(f"no columns for frames {start_frame} to {end_frame}")
    result = np.empty((columns, 2), np.int16)
    read_samples(samples[channel], start_frame, end_frame, result)
    return result
