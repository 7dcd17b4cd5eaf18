"""A peak pyramid as the media pool fills it and the window draws it (`dsp.peaks`)."""

import numpy as np
import numpy.typing as npt

from dsp.peaks.pyramid import level_starts

Peaks = npt.NDArray[np.int16]


class PeakPyramid:
    """Minimum and maximum per 256 frames and per 4 of those, up to one peak for the whole.

    `peaks` and `starts` are as in `dsp.peaks.pyramid`. `ready_frames` grows while the asset is decoded; what lies
    behind it reads as silence. Any thread may read.
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
