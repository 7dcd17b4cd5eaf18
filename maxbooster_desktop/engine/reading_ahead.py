"""Reads ahead of the playhead: what the callback plays next is in memory before it gets there.

A thread looks where the playhead is ten times a second and has the next seconds of every clip there read from disk,
each stretch once; near the loop's end it goes on at the loop's start. A seek is answered at once, before the callback
has obeyed it. Muted tracks count too, because unmuting them must not wait for the disk. The callback takes part in
none of this: the thread only reads its cells.
"""

import threading
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.state import AssetId

AHEAD_S = 2.0
_STEP_S = 0.1


class Prefetches(Protocol):
    """Who reads sound from disk (`engine.media.pool.MediaPool`)."""

    def prefetch(self, asset_id: AssetId, start_frame: int, frames: int) -> None:
        """Have a stretch read soon."""


class ReadAhead:
    """Follows one runtime's playhead until it is closed. Any thread may call it."""

    def __init__(self, runtime: Any, sample_rate: int) -> None:
        self._cells = runtime.cells
        self._frames = round(AHEAD_S * sample_rate)
        self._lock = threading.Lock()
        self._rows: npt.NDArray[np.int64] = np.zeros((0, at.K_FIELDS), np.int64)
        self._assets: Sequence[AssetId] = ()
        self._pool: Prefetches | None = None
        # The stretch of the timeline that was read last; it grows at its end while the playhead rolls through it.
        self._read = (0, 0)
        self._read_loop = (0, 0, False)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="engine-read-ahead", daemon=True)
        self._thread.start()

    def show(self, rows: npt.NDArray[np.int64], assets: Sequence[AssetId], pool: Prefetches) -> None:
        """Follow a new program: its clip rows (`realtime.layout.K_*`), the asset of each row, and who reads them."""
        with self._lock:
            self._rows, self._assets, self._pool = rows, assets, pool
            self._read = (0, 0)
        self.look()

    def look(self, position: int | None = None) -> None:
        """Have read what follows `position` in frames of the timeline, the playhead's own when None."""
        here = int(self._cells[at.POSITION]) if position is None else position
        with self._lock:
            for first, last in self._unread(here):
                self._ask(first, last)

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stop.wait(_STEP_S):
            # While a fade leads to a seek the playhead is still in the old place.
            target = int(self._cells[at.SEEK_TARGET])
            self.look(None if target == at.NO_TARGET else target)

    def _unread(self, here: int) -> Iterator[tuple[int, int]]:
        """Yield the stretches [first, last) that are needed from `here` on and were not asked for yet."""
        start, end = int(self._cells[at.LOOP_START]), int(self._cells[at.LOOP_END])
        is_looping = bool(self._cells[at.LOOP_ON]) and here < end
        wanted = here + self._frames
        read_first, read_last = self._read
        loop = start, end, is_looping
        if not read_first <= here <= read_last or loop != self._read_loop:
            read_last = here
        self._read, self._read_loop = (here, wanted), loop
        yield read_last, min(wanted, end) if is_looping else wanted
        if is_looping and wanted > end:
            # What lies behind the loop's end is not played: the same length from its start is.
            yield start + max(0, read_last - end), start + wanted - end

    def _ask(self, first: int, last: int) -> None:
        rows, pool = self._rows, self._pool
        if last <= first or pool is None or not len(rows):
            return
        for row in np.flatnonzero((rows[:, at.K_START] < last) & (rows[:, at.K_END] > first)):
            start, end, source = (int(rows[row, column]) for column in (at.K_START, at.K_END, at.K_SOURCE))
            begin = max(first, start)
            pool.prefetch(self._assets[int(row)], source + begin - start, min(last, end) - begin)
