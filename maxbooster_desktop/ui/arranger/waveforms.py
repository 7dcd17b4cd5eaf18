"""Waveforms on screen: finds the tiles a clip needs, draws those there are, stands in for those to come.

The caller brackets painting with `begin_frame` and `end_frame`; between them every missing tile becomes a wish for
the worker, together with the rectangle to repaint when it arrives. While the zoom changes from frame to frame nothing
is wished: stand-ins are shown, and the tiles of the scale where it comes to rest are drawn.
"""

import collections
import math
from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QRegion

from maxbooster_desktop.project.document.state import AssetId, ProjectState
from maxbooster_desktop.project.exchange.fold_down import HEARD_CHANNELS
from maxbooster_desktop.ui.arranger.geometry import Rect, pixel_of
from maxbooster_desktop.ui.arranger.hits import body_of
from maxbooster_desktop.ui.arranger.scene import Placed, Scene
from maxbooster_desktop.ui.arranger.screen import on_screen
from maxbooster_desktop.ui.arranger.shades import Shades
from maxbooster_desktop.ui.arranger.tile_worker import PeakSource, TileWorker
from maxbooster_desktop.ui.arranger.tiles import TILE_PX, TileCache, TileKey, tile_of
from maxbooster_desktop.ui.arranger.waveform_columns import Columns, WaveformColumns

_ZOOM_RESTS_MS = 50
_GATHER_MS = 60
_NEAR_PX = 1600
_PRUNE_PX = 400
_LEAST_AT_ONCE, _MOST_AT_ONCE = 4, 64


class Waveforms(QObject):
    """Owns the tile cache and its worker; `arrived` carries the region that new tiles fill.

    `rested` says that a zoom has come to rest: a repaint now asks for its tiles.
    """

    arrived = Signal(QRegion)
    rested = Signal()

    def __init__(self, source: PeakSource, state: Callable[[], ProjectState]) -> None:
        super().__init__()
        self.cache = TileCache()
        self.ratio = 1.0
        self._state = state
        self._pool_rate: int | None = getattr(source, "sample_rate", None)
        #: Counts whatever may make a waveform whole, or a wish forgotten.
        self.changes = 0
        # Tiles to come, each with where it goes as of the shift below; whether the worker knows of all of them.
        self._waiting: dict[TileKey, QRect] = {}
        self._shift = QPoint()
        self._columns = WaveformColumns(lambda asset: self._shape_of(asset)[0], self._pool_rate)
        self._is_told = True
        # Nothing was painted yet.
        self._owes_paint = True
        self._absent: set[TileKey] = set()
        self._stale: set[TileKey] = set()
        self._source = source
        # How often each asset's audio has changed.
        self._ages: collections.Counter[str] = collections.Counter()
        self._worker = TileWorker(source, self._shape_of, self._ages.__getitem__)
        # By clip, in the order in which they were met; how many one turn paints, how many of those were put off again.
        self._postponed: dict[str, QRect] = {}
        self._at_once, self._put_off = _LEAST_AT_ONCE, 0
        self._goes_on = self._timer(0, self._paint_postponed)
        self._zoom_rests = self._timer(_ZOOM_RESTS_MS, self.rested.emit)
        # Tiles come by the dozen; taking them together repaints once.
        self._gather = self._timer(_GATHER_MS, self._take)
        self._worker.ready.connect(self._gather_soon)
        self._worker.finished.connect(self._take)

    def _timer(self, milliseconds: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(act)
        return timer

    def _shape_of(self, asset_id: str) -> tuple[int, int]:
        state = self._state()
        asset = state.assets.get(AssetId(asset_id))
        if asset is None:
            return 0, 0
        rate = self._pool_rate or state.meta.sample_rate
        return min(HEARD_CHANNELS, asset.channels), math.ceil(asset.frames * rate / asset.sample_rate)

    def close(self) -> None:
        """Stop drawing."""
        for timer in (self._gather, self._goes_on, self._zoom_rests):
            timer.stop()
        self._worker.close()

    def asset_arrived(self, asset: str) -> None:
        """Draw an asset again: its audio was not there, or not whole. What is drawn stays until then."""
        self.changes += 1
        self._ages[asset] += 1
        self._stale.update(self.cache.keys_of(asset))
        self._absent = {key for key in self._absent if key.asset != asset}

    def begin_frame(self, ratio: float) -> None:
        """Start collecting wishes, on a screen of `ratio` device pixels to a pixel; they add to those that wait."""
        self.ratio = ratio
        self._worker.hold()

    def postpone(self, clip_id: str, rect: QRect) -> None:
        """Have a clip painted again at the next turn of the event loop: this frame has taken long enough."""
        self._postponed[clip_id] = rect
        self._put_off += 1

    def _paint_postponed(self) -> None:
        """Have the first of what was postponed painted; the rest waits its turn without being painted plain.

        It is about as many as one turn can draw: more when all of the last ones were drawn, fewer when not.
        """
        at_once, put_off = self._at_once, self._put_off
        self._at_once = max(_LEAST_AT_ONCE, at_once - put_off) if put_off else min(_MOST_AT_ONCE, 2 * at_once)
        now, self._put_off = QRegion(), 0
        for clip_id in list(self._postponed)[: self._at_once]:
            now = now.united(self._postponed.pop(clip_id))
        self._owes_paint = True
        self.arrived.emit(now)

    def end_frame(self) -> None:
        """Hand new wishes to the worker."""
        if self._postponed:
            self._goes_on.start()
        if not self._is_told:
            self._is_told = True
            self._worker.wish(list(self._waiting))
        self._worker.release()
        self._owes_paint = self.is_zooming
        if self.is_zooming:
            # The rest counts from when the person saw the frame.
            self._zoom_rests.start()

    def view_scrolled(self, dx: int, dy: int, shown: QRect) -> None:
        """Move wishes with the picture, which is `shown` now, and drop those of tiles that are far from it."""
        self._postponed = {clip: rect.translated(dx, dy) for clip, rect in self._postponed.items()}
        self._shift += QPoint(dx, dy)
        if self._shift.manhattanLength() < _PRUNE_PX:
            return
        near = shown.adjusted(-_NEAR_PX, -_NEAR_PX, _NEAR_PX, _NEAR_PX)
        moved = {key: rect.translated(self._shift) for key, rect in self._waiting.items()}
        self._waiting = {key: rect for key, rect in moved.items() if rect.intersects(near)}
        self._shift = QPoint()
        if len(self._waiting) < len(moved):
            self._is_told = False
            self.changes += 1

    def view_zoomed(self) -> None:
        """Drop wishes, and make no new ones before the zoom has come to rest: then `rested` asks for a repaint."""
        self._waiting = {}
        self._is_told = False
        self.changes += 1
        self._owes_paint = True
        self._zoom_rests.start()

    @property
    def is_zooming(self) -> bool:
        """Whether the zoom changed just now."""
        return self._zoom_rests.isActive()

    @property
    def is_settled(self) -> bool:
        """Whether everything shown is drawn, and from its own tiles."""
        return not self._waiting and not self._owes_paint and not self._postponed

    def _gather_soon(self) -> None:
        if not self._gather.isActive():
            self._gather.start()

    def _take(self) -> None:
        """Keep what the worker drew and repaint where it goes."""
        self._gather.stop()
        self.changes += 1
        # By row, as a region of hundreds of rectangles is slow to unite and to paint.
        dirty: dict[int, QRect] = {}
        for key, pixels, age in self._worker.take():
            rect = self._waiting.pop(key, None)
            if pixels is not None:
                self.cache.put(key, tile_of(pixels))
                # More of the audio came while it was drawn: shown, and drawn once more.
                (self._stale.add if age != self._ages[key.asset] else self._stale.discard)(key)
            elif not self._is_there(key.asset):
                self._absent.add(key)
                continue
            # Else the audio has come while the worker was still saying that it is not there.
            if rect is not None:
                rect.translate(self._shift)
                known = dirty.get(rect.y())
                dirty[rect.y()] = rect if known is None else known.united(rect)
        if dirty:
            region = QRegion()
            for rect in dirty.values():
                region = region.united(rect)
            self.arrived.emit(region)

    def _is_there(self, asset: str) -> bool:
        return self._source.peaks(asset) is not None and self._source.samples(asset) is not None

    def is_whole(self, scene: Scene, placed: Placed, shades: Shades) -> bool:
        """Return whether every tile of a clip is there and fresh; those that are not are wished for.

        Whichever comes has all of the clip painted, as the last may lie outside the view.
        """
        is_whole = True
        x, y, width, height = placed.rect
        whole = QRect(round(x), round(y), round(width) + 1, round(height))
        for look, columns in self._columns.levels(scene, placed, shades, placed.rect, self.ratio):
            level, numbers = self.cache.level(look), columns.tiles
            missing = [n for n in numbers if n not in level or (self._stale and look.at(n) in self._stale)]
            if missing:
                self._wish(look, missing, columns, whole)
                is_whole = False
        return is_whole

    def paint(
        self, painter: QPainter, scene: Scene, placed: Placed, shades: Shades, shown: Rect, *, is_wished: bool = False
    ) -> None:
        """Draw the body of an audio clip with its waveform, clipped to `shown`.

        `is_wished` when all its missing tiles have been asked for by `is_whole`.
        """
        levels = self._columns.levels(scene, placed, shades, shown, self.ratio)
        if not levels:
            body = body_of(placed.rect)
            left, right = max(pixel_of(body.x), shown.x), min(pixel_of(body.right) - 1, shown.right)
            painter.fillRect(QRectF(left, body.y, max(0, right - left), body.height), shades.body)
        for look, columns in levels:
            self._paint_columns(painter, look, columns, shades.body, is_wished=is_wished)

    def _paint_columns(
        self, painter: QPainter, look: TileKey, columns: Columns, ground: QColor, *, is_wished: bool
    ) -> None:
        """Draw columns of a level from its tiles, and from stand-ins for those to come."""
        base, first, last, top = columns
        level, ratio, clock = self.cache.level(look), look.ratio, self.cache.clock
        numbers = columns.tiles
        missing = [number for number in numbers if number not in level]
        if missing or ratio != int(ratio):
            # Between two tiles Qt may round a column away; it must not show the lane.
            place = QRectF((base + first) / ratio, top, (last - first) / ratio, look.height / ratio)
            painter.fillRect(place, ground)
        if missing:
            self._stand_in(painter, look, columns, missing)
            if not (is_wished or self.is_zooming):
                self._wish(look, missing, columns)
        if self._stale:
            self._wish(look, [n for n in numbers if n in level and look.at(n) in self._stale], columns)
        for number in numbers:
            tile = level.get(number)
            if tile is not None:
                tile.used = clock
                origin = number * TILE_PX
                start, end = max(first, origin), min(last, origin + TILE_PX)
                if ratio == 1.0:
                    painter.drawImage(base + start, top, tile.image, start - origin, 0, end - start, look.height)
                else:
                    target = QRectF(
                        (base + start) / ratio, on_screen(top, ratio), (end - start) / ratio, look.height / ratio
                    )
                    painter.drawImage(target, tile.image, QRectF(start - origin, 0, end - start, look.height))

    def _wish(self, look: TileKey, numbers: list[int], columns: Columns, whole: QRect | None = None) -> None:
        """Have tiles drawn, to go where their columns are (or `whole`) and wherever else they were wished for."""
        base, first, last, top = columns
        ratio, height = look.ratio, math.ceil(look.height / look.ratio)
        for number in numbers:
            key = look.at(number)
            if key in self._absent:
                continue
            start, end = max(first, number * TILE_PX), min(last, (number + 1) * TILE_PX)
            x, right = math.floor((base + start) / ratio), math.ceil((base + end) / ratio)
            rect = (whole or QRect(x, top, right - x, height)).translated(-self._shift)
            known = self._waiting.get(key)
            if known is None:
                self._is_told = False
            self._waiting[key] = rect if known is None else known.united(rect)

    def _stand_in(self, painter: QPainter, look: TileKey, columns: Columns, missing: list[int]) -> None:
        """Draw the nearest cached levels, scaled, where tiles are missing."""
        first, last = max(columns.first, missing[0] * TILE_PX), min(columns.last, (missing[-1] + 1) * TILE_PX)
        ratio = look.ratio
        for tile, start, end in self.cache.nearest(look, first, last):
            low, high = max(start, first), min(end, last)
            if high > low:
                scale = TILE_PX / (end - start)
                place = (columns.base + low) / ratio, columns.top, (high - low) / ratio, look.height / ratio
                source = QRectF((low - start) * scale, 0, (high - low) * scale, tile.image.height())
                painter.drawImage(QRectF(*place), tile.image, source)
