"""The thread that draws waveform tiles, newest wish first, and never makes the window wait.

The window replaces the list of wishes as it scrolls and zooms, so what nobody sees any more is not drawn, and it
goes first: while it paints no new tile is begun, as both need the interpreter. Results queue up; one signal
announces a batch, another its end. The compiled raster is imported here, to keep numba out of start-up.
"""

import collections
import math
import threading
from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from maxbooster_desktop.ui.arranger.tiles import TILE_PX, TileKey

MARGIN_PX = 1
_SAMPLES_BELOW_FRAMES_PER_PX = 256
_STEMS_FROM_PX_PER_FRAME = 4.0


Picture = npt.NDArray[np.uint32]


class Peaks(Protocol):
    """A min/max pyramid of one asset; see `dsp.peaks.pyramid`."""

    peaks: npt.NDArray[np.int16]
    starts: npt.NDArray[np.int64]
    ready_frames: int


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


class Drawn(NamedTuple):
    """What became of a wish: no pixels for audio that is not there yet; `age` is the asset's as the drawing began."""

    key: TileKey
    pixels: Picture | None
    age: int


class TileWorker(QObject):
    """Draws wished tiles on one thread.

    Results wait in `take`; on the window's thread `ready` announces the first of them, `finished` that no wish is left.
    `age_of` counts how often an asset's audio has changed: a tile begun before the last change may show less.
    """

    ready = Signal()
    finished = Signal()

    def __init__(self, source: PeakSource, shape_of: SourceShape, age_of: Callable[[str], int]) -> None:
        super().__init__()
        self._source, self._shape_of, self._age_of = source, shape_of, age_of
        self._wishes: collections.deque[TileKey] = collections.deque()
        self._results: list[Drawn] = []
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

    def take(self) -> list[Drawn]:
        """Return what was drawn since the last call."""
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
            age = self._age_of(key.asset)
            pixels = self.draw(key)
            with self._wake:
                is_first, is_last = not self._results, not self._wishes
                self._results.append(Drawn(key, pixels, age))
            if self._is_closed:
                return
            if is_last:
                self.finished.emit()
            elif is_first:
                self.ready.emit()

    def draw(self, key: TileKey) -> npt.NDArray[np.uint32] | None:
        """Draw one tile; None when its audio is not there yet."""
        channels, frames = self._shape_of(key.asset)
        pixels = np.full((max(1, key.height), TILE_PX), key.ground, dtype=np.uint32)
        first = key.number * TILE_PX * key.frames_per_px
        count = min(TILE_PX, max(0, math.ceil((frames - first) / key.frames_per_px)))
        if count == 0:
            return pixels
        lanes = max(1, min(key.lanes, channels))
        # The whole picture and how many of its columns: a part of it would be another type, compiled once more.
        look = MARGIN_PX, max(1, (key.height - 2 * MARGIN_PX) // lanes), lanes, 10.0 ** (key.gain_decibels_x10 / 200.0)
        is_close = key.frames_per_px < _SAMPLES_BELOW_FRAMES_PER_PX
        draw = self._draw_samples if is_close else self._draw_peaks
        return pixels if draw(key, pixels, count, first, *look) else None

    def _draw_peaks(  # noqa: PLR0917 - a tile, where it begins and how it looks
        self, key: TileKey, pixels: Picture, count: int, first: float, top: int, height: int, lanes: int, gain: float
    ) -> bool:
        """Draw a tile from peaks in one compiled call, so that the window waits for the interpreter once a tile."""
        from dsp.peaks.raster import draw_peaks  # noqa: PLC0415 - see above

        pyramid = self._source.peaks(key.asset)
        if pyramid is None:
            return False
        start = round(first)
        end = min(self._shape_of(key.asset)[1], round(first + count * key.frames_per_px))
        peaks, starts, ready, colour = pyramid.peaks, pyramid.starts, pyramid.ready_frames, np.uint32(key.colour)
        if end > start:
            draw_peaks(peaks, starts, ready, start, end, count, pixels, top, height, lanes, gain, colour)
        return True

    def _draw_samples(  # noqa: PLR0917 - as above
        self, key: TileKey, pixels: Picture, count: int, first: float, top: int, height: int, lanes: int, gain: float
    ) -> bool:
        """Draw a tile from the samples themselves, with a dot on each when they are far apart."""
        from dsp.peaks.raster import (  # noqa: PLC0415 - see above
            columns_of_samples,
            draw_columns,
            draw_stems,
            merge_columns,
        )

        samples, colour = self._source.samples(key.asset), np.uint32(key.colour)
        if samples is None:
            return False
        columns, more = np.zeros((2, count, 2), dtype=np.int16)
        for lane in range(lanes):
            columns_of_samples(samples[lane], first, key.frames_per_px, columns)
            for channel in range(1, len(samples) if lanes == 1 else 0):
                columns_of_samples(samples[channel], first, key.frames_per_px, more)
                merge_columns(columns, more)
            draw_columns(columns, pixels, top + lane * height, height, gain, colour)
            if key.frames_per_px * _STEMS_FROM_PX_PER_FRAME <= 1.0:
                draw_stems(samples[lane], first, key.frames_per_px, pixels, top + lane * height, height, gain, colour)
        return True
