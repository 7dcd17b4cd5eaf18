"""What a take looks like while it grows: its extremes, added by the recorder's thread and read by a window's.

One writer, any readers, no lock: what is counted is never written again, and room is made before more is counted.
"""

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
#: Frames of one pair of extremes: a pixel is wider than this at all but the deepest zooms.
SPAN_FRAMES = 512
_FIRST_ROOM = 1_024


class LivePeaks:
    """Lowest and highest sample of all channels for each `SPAN_FRAMES` frames of a sound that grows."""

    def __init__(self) -> None:
        # [extreme, span]; the span behind the last counted one is still being filled.
        self._extremes = np.zeros((2, _FIRST_ROOM), np.float32)
        self._spans, self._pending_frames = 0, 0

    def add(self, samples: Samples) -> None:
        """Take the next float32 [frames, channels]; what is no number counts as 0."""
        numbers = np.nan_to_num(samples)
        self._add(numbers.min(axis=1), numbers.max(axis=1))

    def _add(self, low: Samples, high: Samples) -> None:
        while len(low):
            taken = min(SPAN_FRAMES - self._pending_frames, len(low))
            self._widen(float(low[:taken].min()), float(high[:taken].max()))
            self._pending_frames += taken
            if self._pending_frames == SPAN_FRAMES:
                self._spans, self._pending_frames = self._spans + 1, 0
            low, high = low[taken:], high[taken:]

    def _widen(self, low: float, high: float) -> None:
        """Let the span that is being filled reach from `low` to `high` at least."""
        at = self._spans
        if at == self._extremes.shape[1]:
            self._extremes = np.concatenate((self._extremes, np.zeros_like(self._extremes)), axis=1)
        if self._pending_frames:
            low, high = min(low, float(self._extremes[0, at])), max(high, float(self._extremes[1, at]))
        self._extremes[:, at] = low, high

    def columns(self, first_frame: float, frames_per_column: float, count: int) -> Samples:
        """Return float32 [2, count]: lowest and highest of `count` stretches from `first_frame` on, 0 where none is."""
        spans = self._spans
        columns = np.zeros((2, count), np.float32)
        edges = (first_frame + np.arange(count + 1) * frames_per_column) / SPAN_FRAMES
        first = np.floor(edges[:-1]).astype(np.int64)
        last = np.maximum(np.ceil(edges[1:]).astype(np.int64), first + 1)
        # Read behind `spans`: an array that is newer than the count holds all of it.
        extremes = self._extremes
        for column in np.nonzero((first < spans) & (last > 0))[0]:
            part = extremes[:, max(int(first[column]), 0) : min(int(last[column]), spans)]
            columns[:, column] = part[0].min(), part[1].max()
        return columns
