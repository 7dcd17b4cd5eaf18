"""What the callback captured, read by whoever records: frames by their number, and where each stood on the timeline.

The ring is written over while nobody reads: frames that are gone are silence, and counted, so that what follows them
stays in its place.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.engine.realtime import layout as at

Samples = npt.NDArray[np.float32]
#: The callback may be writing this many frames at this moment.
_MARGIN_FRAMES = 8_192


class Mark(NamedTuple):
    """From captured frame `frame` on, frames lie on the timeline from `position` on; nothing rolls unless `rolls`."""

    frame: int
    position: int
    rolls: bool


class CaptureRing:
    """Reads one runtime's ring; one thread may do so."""

    def __init__(self, runtime: Any) -> None:
        self._runtime = runtime
        self._marks_read = int(runtime.cells[at.MARKS_WRITTEN])
        self.lost_frames = self._lost_until = 0

    @property
    def written(self) -> int:
        """Frames captured since the engine was made."""
        return int(self._runtime.cells[at.CAPTURE_WRITTEN])

    def now(self) -> Mark:
        """Return the newest mark: what holds at present."""
        count = int(self._runtime.cells[at.MARKS_WRITTEN])
        return self._mark(count - 1) if count else Mark(self.written, 0, rolls=False)

    def new_marks(self) -> list[Mark]:
        """Return the marks written since this was asked last, oldest first."""
        count = int(self._runtime.cells[at.MARKS_WRITTEN])
        first = max(self._marks_read, count - at.MARK_CAPACITY // 2)
        self._marks_read = count
        return [self._mark(number) for number in range(first, count)]

    def _mark(self, number: int) -> Mark:
        frame, position, rolls = (int(word) for word in self._runtime.marks[number % at.MARK_CAPACITY])
        return Mark(frame, position, bool(rolls))

    def read(self, first: int, last: int, channel: int, channels: int) -> Samples:
        """Return captured frames [first, last) of `channels` channels from `channel` on, float32 [frames, channels]."""
        rows = np.arange(first, last) % at.CAPTURE_FRAMES
        taken: Samples = self._runtime.capture[rows, channel : channel + channels]
        # Judged behind the copy: what was written over while it was made is gone, too.
        oldest = max(0, self.written - at.CAPTURE_FRAMES + _MARGIN_FRAMES)
        gone = min(max(oldest - first, 0), last - first)
        taken[:gone] = 0.0
        # Several tracks miss the same frames: each counts once.
        self.lost_frames += max(0, first + gone - max(first, self._lost_until))
        self._lost_until = max(self._lost_until, first + gone)
        return taken
