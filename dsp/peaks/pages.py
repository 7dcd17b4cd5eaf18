"""Touching memory-mapped samples so that the disk has delivered them before the audio callback asks."""

import numpy as np
import numpy.typing as npt

from dsp.core.compiled import njit_kernel

#: Smallest page of the systems we run on, in float32 frames: larger pages are touched more than once.
PAGE_FRAMES = 1_024


@njit_kernel
def touch_pages(samples: npt.NDArray[np.float32], start_frame: int, end_frame: int) -> np.float32:
    """Read one frame per page of float32 `samples` [channels, frames]; return their sum so that the reads stay."""
    total = np.float32(0.0)
    for channel in range(samples.shape[0]):
        for frame in range(start_frame, end_frame, PAGE_FRAMES):
            total += samples[channel, frame]
        if end_frame > start_frame:
            total += samples[channel, end_frame - 1]
    return total
