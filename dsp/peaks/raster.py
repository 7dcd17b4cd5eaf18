"""Waveform pixels: min/max columns of samples, and columns to a picture.

Runs in a drawing thread without the GIL. Pictures are uint32 arrays [height, width] of
0xffRRGGBB; columns are int16 [width, 2] (minimum, maximum) with full scale at 32767.
"""

import numpy as np
import numpy.typing as npt

from dsp.core.compiled import njit_kernel
from dsp.peaks.pyramid import Peaks, Starts, read_peaks

Samples = npt.NDArray[np.float32]
Columns = npt.NDArray[np.int16]
Picture = npt.NDArray[np.uint32]


@njit_kernel
def columns_of_samples(samples: Samples, first_frame: float, frames_per_column: float, columns: Columns) -> None:
    """Fill `columns` [n, 2] from mono float32 `samples`; below one frame per column the line is interpolated.

    `first_frame` may be fractional; columns outside the samples stay silent.
    """
    frames = samples.shape[0]
    for column in range(columns.shape[0]):
        start = first_frame + column * frames_per_column
        end = start + frames_per_column
        low = 1e9
        high = -1e9
        inner_first = int(np.ceil(start))
        for frame in range(max(0, inner_first), min(frames, int(np.ceil(end)))):
            value = samples[frame]
            low = min(low, value)
            high = max(high, value)
        if frames_per_column < 16.0:
            # The line between samples: its height where this column begins and ends.
            for edge in (start, end):
                left = int(np.floor(edge))
                if 0 <= left < frames:
                    right = min(frames - 1, left + 1)
                    value = samples[left] + (samples[right] - samples[left]) * (edge - left)
                    low = min(low, value)
                    high = max(high, value)
        if low > high:
            low = high = 0.0
        columns[column, 0] = np.int16(max(-1.0, min(1.0, low)) * 32767.0)
        columns[column, 1] = np.int16(max(-1.0, min(1.0, high)) * 32767.0)


@njit_kernel
def merge_columns(target: Columns, other: Columns) -> None:
    """Widen `target` [n, 2] in place to cover `other` [n, 2] too: several channels as one shape."""
    for column in range(target.shape[0]):
        target[column, 0] = min(target[column, 0], other[column, 0])
        target[column, 1] = max(target[column, 1], other[column, 1])


@njit_kernel
def draw_columns(  # noqa: PLR0917 - compiled kernels take positions only
    columns: Columns, picture: Picture, top: int, height: int, gain: float, colour: np.uint32
) -> None:
    """Draw `columns` into rows `top`..`top + height` of `picture`, scaled by a linear `gain`, clipped at the edges.

    A silent column still shows a line of one pixel, so that a clip never looks empty.
    """
    middle = (height - 1) * 0.5
    scale = gain * middle / 32767.0
    for x in range(columns.shape[0]):
        upper = int(np.floor(middle - columns[x, 1] * scale + 0.5))
        lower = int(np.floor(middle - columns[x, 0] * scale + 0.5))
        upper = max(0, min(height - 1, upper))
        lower = max(upper, min(height - 1, lower))
        for y in range(upper, lower + 1):
            picture[top + y, x] = colour


@njit_kernel
def draw_peaks(  # noqa: PLR0917 - compiled kernels take positions only
    peaks: Peaks,
    starts: Starts,
    ready_frames: int,
    start_frame: int,
    end_frame: int,
    count: int,
    picture: Picture,
    top: int,
    height: int,
    lanes: int,
    gain: float,
    colour: np.uint32,
) -> None:
    """Draw frames [start_frame, end_frame) of a peak pyramid across the first `count` columns of `picture`.

    Each of the `lanes` is `height` rows and shows a channel of its own; a single one shows all channels as one shape.
    """
    columns = np.empty((count, 2), np.int16)
    more = np.empty((count, 2), np.int16)
    for lane in range(lanes):
        read_peaks(peaks, starts, lane, start_frame, end_frame, ready_frames, columns)
        if lanes == 1:
            for channel in range(1, peaks.shape[0]):
                read_peaks(peaks, starts, channel, start_frame, end_frame, ready_frames, more)
                merge_columns(columns, more)
        draw_columns(columns, picture, top + lane * height, height, gain, colour)


@njit_kernel
def draw_stems(  # noqa: PLR0917 - compiled kernels take positions only
    samples: Samples,
    first_frame: float,
    frames_per_column: float,
    picture: Picture,
    top: int,
    height: int,
    gain: float,
    colour: np.uint32,
) -> None:
    """Draw a dot on every sample of mono `samples`, for zooms of four pixels or more to a sample."""
    width = picture.shape[1]
    middle = (height - 1) * 0.5
    first = max(0, int(np.ceil(first_frame)))
    last = min(samples.shape[0], int(np.ceil(first_frame + width * frames_per_column)))
    for frame in range(first, last):
        x = int((frame - first_frame) / frames_per_column)
        y = int(np.floor(middle - samples[frame] * gain * middle + 0.5))
        for dy in range(-1, 2):
            for dx in range(-1, 2):
                if 0 <= x + dx < width and 0 <= y + dy < height and 0 <= y < height:
                    picture[top + y + dy, x + dx] = colour
