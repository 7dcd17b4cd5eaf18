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
from maxbooster_desktop.ui.arranger.tiles import TILE_PX, Tile, TileCache, TileKey, tile_of

_GATHER_MS = 24
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
        self._worker = TileWorker(source, self._shape_of)
        # Tiles come by the dozen; taking them together repaints once.
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(_GATHER_MS)
        self._gather.timeout.connect(self._take)
        self._worker.ready.connect(self._gather.start)

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

    def _take(self) -> None:
        """Keep what the worker drew and repaint where it goes."""
        dirty = QRegion()
        for key, pixels in self._worker.take():
            rect = self._waiting.pop(key, None)
            if pixels is None:
                self._absent.add(key)
                continue
            self.cache.put(key, tile_of(pixels))
            self._stale.discard(key)
            self.drawn_tiles += 1
            if rect is not None:
                dirty = dirty.united(rect)
        if not dirty.isEmpty():
            self.arrived.emit(dirty)

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
                is_complete &= self._paint_span(painter, span, look, left=left, right=right, top=body.y)
        if is_complete:
            self._incomplete.discard(placed.clip.id)
        else:
            self._incomplete.add(placed.clip.id)

    def _paint_span(
        self, painter: QPainter, span: Span, look: TileKey, *, left: float, right: float, top: float
    ) -> bool:
        """Draw a span from its tiles; return whether all of them were there and fresh."""
        ratio, is_complete = look.ratio, True
        # Device x of the source's first column; whole pixels, so that tiles are copied and never resampled.
        base = round(span.x0 * ratio - span.first_frame / look.frames_per_px)
        first, last = round(left * ratio) - base, round(right * ratio) - base
        if ratio != int(ratio):
            # Between two tiles Qt may round a column away; it must not show the lane.
            painter.fillRect(QRectF(left, top, right - left, look.height / ratio), QColor.fromRgba(look.ground))
        for number in range(first // TILE_PX, (last - 1) // TILE_PX + 1):
            start = max(first, number * TILE_PX)
            end = min(last, (number + 1) * TILE_PX)
            target = QRectF((base + start) / ratio, top, (end - start) / ratio, look.height / ratio)
            key = TileKey(*look[:-1], number)
            tile = self.cache.get(key)
            if tile is not None:
                painter.drawImage(target, tile.image, QRectF(start - number * TILE_PX, 0, end - start, look.height))
            else:
                painter.fillRect(target, QColor.fromRgba(look.ground))
                self._stand_in(painter, key, target, start - number * TILE_PX)
            is_complete &= tile is not None and key not in self._stale
            if (tile is None and key not in self._absent) or key in self._stale:
                rect = target.toAlignedRect()
                self._wishes[key] = self._wishes[key].united(rect) if key in self._wishes else rect
        return is_complete

    def _stand_in(self, painter: QPainter, key: TileKey, target: QRectF, offset: int) -> None:
        """Draw the nearest cached level, scaled, where a tile is missing."""
        ratio = key.ratio
        for tile, start, end in self.cache.nearest(key):
            source, shown = _overlap(tile, start, end, offset, offset + target.width() * ratio)
            if shown[1] <= shown[0]:
                continue
            x = target.x() + (shown[0] - offset) / ratio
            part = QRectF(x, target.y(), (shown[1] - shown[0]) / ratio, target.height())
            painter.drawImage(part, tile.image, QRectF(source[0], 0, source[1] - source[0], tile.image.height()))


def _overlap(
    tile: Tile, start: float, end: float, first: float, last: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the part of a stand-in (source columns) and where it goes (wanted columns) within first..last."""
    low, high = max(start, first), min(end, last)
    scale = tile.image.width() / (end - start)
    return ((low - start) * scale, (high - start) * scale), (low, high)
