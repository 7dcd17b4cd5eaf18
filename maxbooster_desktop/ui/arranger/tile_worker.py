"""The thread that draws waveform tiles, newest wish first, and never makes the window wait.

The window replaces the list of wishes as it scrolls and zooms, so what nobody sees any more is not drawn, and it
goes first: while it paints no new tile is begun, as both need the interpreter. Results queue up; one signal
announces a batch, another its end. The compiled raster is imported here, to keep numba out of start-up.
"""

import collections
import threading
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from maxbooster_desktop.ui.arranger.tiles import TILE_PX, TileKey

MARGIN_PX = 1
_SAMPLES_BELOW_FRAMES_PER_PX = 256
_STEMS_FROM_PX_PER_FRAME = 4.0


class Peaks(Protocol):
    """A min/max pyramid of one asset."""

    def read(self, channel: int, start_frame: int, end_frame: int, columns: int) -> npt.NDArray[np.int16]:
        """Return [columns, 2] minima and maxima."""
        ...


class PeakSource(Protocol):
    """Where audio comes from: the media pool, or a synthetic one in tests and benchmarks."""

    def peaks(self, asset_id: str) -> Peaks | None:
        """Return the pyramid, or None until it is built."""
        ...

    def samples(self, asset_id: str) -> npt.NDArray[np.float32] | None:
        """Return planar samples [channels, frames], or None until they are decoded."""
        ...


class SourceShape(Protocol):
    """How long and how wide an asset is, in frames of the pool's rate."""

    def __call__(self, asset_id: str) -> tuple[int, int]:
        """Return (channels, frames)."""
        ...


class TileWorker(QObject):
    """Draws wished tiles on one thread.

    Results wait in `take`; on the window's thread `ready` announces the first of them, `finished` that no wish is left.
    """

    ready = Signal()
    finished = Signal()

    def __init__(self, source: PeakSource, shape_of: SourceShape) -> None:
        super().__init__()
        self._source, self._shape_of = source, shape_of
        self._wishes: collections.deque[TileKey] = collections.deque()
        self._results: list[tuple[TileKey, npt.NDArray[np.uint32] | None]] = []
        self._wake = threading.Condition()
        self._may_draw = threading.Event()
        self._may_draw.set()
        self._is_closed = False
        self._thread: threading.Thread | None = None

    def hold(self) -> None:
        """Begin no tile until `release`: the window paints. A tile under way is finished."""
        self._may_draw.clear()

    def release(self) -> None:
        """Draw on."""
        self._may_draw.set()

    def wish(self, keys: list[TileKey]) -> None:
        """Replace the wishes; the first is drawn first."""
        with self._wake:
            self._wishes = collections.deque(keys)
            if keys and self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._run, name="waveform tiles", daemon=True)
                self._thread.start()
            self._wake.notify()

    def take(self) -> list[tuple[TileKey, npt.NDArray[np.uint32] | None]]:
        """Return what was drawn since the last call; None stands for audio that is not there yet."""
        with self._wake:
            results, self._results = self._results, []
        return results

    def close(self) -> None:
        """Stop the thread and wait for it."""
        with self._wake:
            self._is_closed = True
            self._wishes.clear()
            self._wake.notify()
        self._may_draw.set()
        if self._thread is not None:
            self._thread.join()

    def _next(self) -> TileKey | None:
        with self._wake:
            while not self._wishes and not self._is_closed:
                self._wake.wait()
            return None if self._is_closed else self._wishes.popleft()

    def _run(self) -> None:
        while (key := self._next()) is not None:
            self._may_draw.wait()
            pixels = self.draw(key)
            with self._wake:
                is_first, is_last = not self._results, not self._wishes
                self._results.append((key, pixels))
            if self._is_closed:
                return
            if is_last:
                self.finished.emit()
            elif is_first:
                self.ready.emit()

    def draw(self, key: TileKey) -> npt.NDArray[np.uint32] | None:
        """Draw one tile; None when its audio is not there yet."""
        from dsp.peaks.raster import draw_columns, draw_stems, merge_columns  # noqa: PLC0415 - see above

        channels, frames = self._shape_of(key.asset)
        pixels = np.full((max(1, key.height), TILE_PX), key.ground, dtype=np.uint32)
        gain, colour = 10.0 ** (key.gain_decibels_x10 / 200.0), np.uint32(key.colour)
        lanes = max(1, min(key.lanes, channels))
        height = max(1, (key.height - 2 * MARGIN_PX) // lanes)
        for lane in range(lanes):
            columns = self._columns(key, lane, frames)
            if columns is None:
                return None
            for other in range(1, channels if lanes == 1 else 0):
                more = self._columns(key, other, frames)
                if more is not None:
                    merge_columns(columns, more)
            shown, top = pixels[:, : len(columns)], MARGIN_PX + lane * height
            draw_columns(columns, shown, top, height, gain, colour)
            if key.frames_per_px * _STEMS_FROM_PX_PER_FRAME <= 1.0:
                samples = self._source.samples(key.asset)
                first = key.number * TILE_PX * key.frames_per_px
                if samples is not None:
                    draw_stems(samples[lane], first, key.frames_per_px, shown, top, height, gain, colour)
        return pixels

    def _columns(self, key: TileKey, channel: int, frames: int) -> npt.NDArray[np.int16] | None:
        """Return the columns of one channel that lie inside the source."""
        first = key.number * TILE_PX * key.frames_per_px
        count = min(TILE_PX, max(0, int(np.ceil((frames - first) / key.frames_per_px))))
        if count == 0:
            return np.zeros((0, 2), dtype=np.int16)
        if key.frames_per_px < _SAMPLES_BELOW_FRAMES_PER_PX:
            samples = self._source.samples(key.asset)
            if samples is None:
                return None
            from dsp.peaks.raster import columns_of_samples  # noqa: PLC0415 - see above

            columns = np.zeros((count, 2), dtype=np.int16)
            columns_of_samples(samples[channel], first, key.frames_per_px, columns)
            return columns
        peaks = self._source.peaks(key.asset)
        if peaks is None:
            return None
        end = min(frames, round(first + count * key.frames_per_px))
        return np.array(peaks.read(channel, round(first), end, count), dtype=np.int16)
