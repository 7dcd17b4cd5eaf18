"""Waveforms on screen: finds the tiles a clip needs, draws those there are, stands in for those to come.

The caller brackets painting with `begin_frame` and `end_frame`; between them every missing tile becomes a wish for
the worker, together with the rectangle to repaint when it arrives.
"""

import math
from collections.abc import Callable

from PySide6.QtCore import QObject, QRect, QRectF, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QRegion

from maxbooster_desktop.project.document.state import AssetId, ProjectState
from maxbooster_desktop.ui.arranger.clip_time import Span, spans_of
from maxbooster_desktop.ui.arranger.geometry import Rect
from maxbooster_desktop.ui.arranger.scene import Placed, Scene
from maxbooster_desktop.ui.arranger.shades import Shades
from maxbooster_desktop.ui.arranger.tile_worker import PeakSource, TileWorker
from maxbooster_desktop.ui.arranger.tiles import TILE_PX, TileCache, TileKey, tile_of

_GATHER_MS = 24
# While many are to come, repainting for each handful would only keep the worker waiting.
_GATHER_MANY_MS = 60
_MANY_TILES = 64
_TWO_LANES_FROM_PX = 58
_WAVEFORM_FROM_PX = 6


class Waveforms(QObject):
    """Owns the tile cache and its worker; `arrived` carries the region that new tiles fill."""

    arrived = Signal(QRegion)

    def __init__(self, source: PeakSource, state: Callable[[], ProjectState]) -> None:
        super().__init__()
        self.cache = TileCache()
        self.drawn_tiles = 0
        self.ratio = 1.0
        self._state = state
        self._pool_rate: int | None = getattr(source, "sample_rate", None)
        self._wishes: dict[TileKey, QRect] = {}
        self._waiting: dict[TileKey, QRect] = {}
        self._absent: set[TileKey] = set()
        self._stale: set[TileKey] = set()
        self._incomplete: set[str] = set()
        self._source = source
        self._worker = TileWorker(source, self._shape_of)
        # Tiles come by the dozen; taking them together repaints once.
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.timeout.connect(self._take)
        self._worker.ready.connect(self._gather_soon)

    def _shape_of(self, asset_id: str) -> tuple[int, int]:
        state = self._state()
        asset = state.assets.get(AssetId(asset_id))
        if asset is None:
            return 0, 0
        rate = self._pool_rate or state.meta.sample_rate
        return asset.channels, math.ceil(asset.frames * rate / asset.sample_rate)

    def close(self) -> None:
        """Stop drawing."""
        self._gather.stop()
        self._worker.close()

    def asset_arrived(self, asset: str) -> None:
        """Draw an asset again: its audio was not there, or not whole. What is drawn stays until then."""
        self._stale.update(self.cache.keys_of(asset))
        self._absent = {key for key in self._absent if key.asset != asset}

    def begin_frame(self, ratio: float) -> None:
        """Start collecting wishes, on a screen of `ratio` device pixels to a pixel; they add to those that wait."""
        self.ratio = ratio
        self._wishes = dict(self._waiting)

    def end_frame(self) -> None:
        """Hand new wishes to the worker."""
        if self._wishes.keys() != self._waiting.keys():
            self._waiting = self._wishes
            self._worker.wish(list(self._waiting))

    def forget_wishes(self) -> None:
        """Drop wishes that a scroll or zoom made stale."""
        self._waiting = {}

    def is_complete(self, clip_id: str) -> bool:
        """Return whether a clip was last drawn with every tile it needs."""
        return clip_id not in self._incomplete

    @property
    def is_settled(self) -> bool:
        """Whether everything shown is drawn from its own tile."""
        return not self._waiting

    def _gather_soon(self) -> None:
        self._gather.start(_GATHER_MANY_MS if len(self._waiting) > _MANY_TILES else _GATHER_MS)

    def _take(self) -> None:
        """Keep what the worker drew and repaint where it goes."""
        dirty = QRegion()
        for key, pixels in self._worker.take():
            rect = self._waiting.pop(key, None)
            if pixels is None:
                # The audio may have come while the worker was still saying that it is not there.
                if not self._is_there(key.asset):
                    self._absent.add(key)
                elif rect is not None:
                    dirty = dirty.united(rect)
                continue
            self.cache.put(key, tile_of(pixels))
            self._stale.discard(key)
            self.drawn_tiles += 1
            if rect is not None:
                dirty = dirty.united(rect)
        if not dirty.isEmpty():
            self.arrived.emit(dirty)

    def _is_there(self, asset: str) -> bool:
        return self._source.peaks(asset) is not None and self._source.samples(asset) is not None

    def paint(
        self, painter: QPainter, scene: Scene, placed: Placed, *, body: Rect, shades: Shades, shown: Rect
    ) -> None:
        """Draw the body of an audio clip with its waveform, clipped to `shown`."""
        asset = placed.clip.asset
        height = int(body.height)
        if asset is None or height < _WAVEFORM_FROM_PX:
            painter.fillRect(QRectF(body.x, body.y, body.width, body.height), shades.body)
            return
        lanes = 2 if height >= _TWO_LANES_FROM_PX and self._shape_of(asset)[0] > 1 else 1
        gain, ratio = round(placed.clip.gain_db * 10), self.ratio
        is_complete = True
        x0, x1 = max(shown.x, body.x), min(shown.right, body.right)
        rate = self._pool_rate
        for span in spans_of(scene.state, placed.clip, placed.end_tick, scene.axis, left=x0, right=x1, rate=rate):
            left, right = max(span.x0, x0), min(span.x1, x1)
            if right > left:
                frames_per_px, pixels = span.frames_per_px / ratio, round(height * ratio)
                look = TileKey(
                    asset, shades.wave_argb, shades.body_argb, frames_per_px, pixels, gain, lanes, ratio, number=0
                )
                is_complete &= self._paint_span(painter, span, look, shades.body, (left, right, body.y))
        if is_complete:
            self._incomplete.discard(placed.clip.id)
        else:
            self._incomplete.add(placed.clip.id)

    def _paint_span(
        self, painter: QPainter, span: Span, look: TileKey, ground: QColor, place: tuple[float, float, float]
    ) -> bool:
        """Draw a span from its tiles at (left, right, top); return whether all of them were there and fresh."""
        left, right, top = place
        ratio, height = look.ratio, look.height
        # Device x of the source's first column; whole pixels, so that tiles are copied and never resampled.
        base = round(span.x0 * ratio - span.first_frame / look.frames_per_px)
        first, last = round(left * ratio) - base, round(right * ratio) - base
        keys = [look.at(number) for number in range(first // TILE_PX, (last - 1) // TILE_PX + 1)]
        tiles = [self.cache.get(key) for key in keys]
        has_all = None not in tiles
        if not has_all or ratio != int(ratio):
            # Between two tiles Qt may round a column away; it must not show the lane.
            painter.fillRect(QRectF(left, top, right - left, height / ratio), ground)
        if not has_all:
            self._stand_in(painter, look, first, last, (base, top))
        is_complete = has_all
        for key, tile in zip(keys, tiles, strict=True):
            start, end = max(first, key.number * TILE_PX), min(last, (key.number + 1) * TILE_PX)
            if tile is not None:
                target = QRectF((base + start) / ratio, top, (end - start) / ratio, height / ratio)
                painter.drawImage(target, tile.image, QRectF(start - key.number * TILE_PX, 0, end - start, height))
                if key not in self._stale:
                    continue
                is_complete = False
            elif key in self._absent:
                continue
            x, right_x = math.floor((base + start) / ratio), math.ceil((base + end) / ratio)
            self._wish(key, QRect(x, int(top), right_x - x, math.ceil(height / ratio)))
        return is_complete

    def _wish(self, key: TileKey, rect: QRect) -> None:
        """Have a tile drawn, to go where `rect` is and wherever else it was wished for."""
        known = self._wishes.get(key)
        self._wishes[key] = rect if known is None else known.united(rect)

    def _stand_in(self, painter: QPainter, look: TileKey, first: int, last: int, place: tuple[int, float]) -> None:
        """Draw the nearest cached level, scaled, over columns first..last; `place` is column 0's device x and top."""
        base, top = place
        ratio, height = look.ratio, look.height / look.ratio
        for tile, start, end in self.cache.nearest(look, first, last):
            low, high = max(start, first), min(end, last)
            if high <= low:
                continue
            scale = TILE_PX / (end - start)
            target = QRectF((base + low) / ratio, top, (high - low) / ratio, height)
            source = QRectF((low - start) * scale, 0, (high - low) * scale, tile.image.height())
            painter.drawImage(target, tile.image, source)
