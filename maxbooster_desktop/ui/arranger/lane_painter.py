"""Paints the lanes: row backgrounds, grid lines, time selection, loop edges, clips and the rubber band."""

import math

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.ui.arranger.clip_painter import ClipPainter, dashed_line
from maxbooster_desktop.ui.arranger.desk import Desk
from maxbooster_desktop.ui.arranger.geometry import Rect, Row
from maxbooster_desktop.ui.arranger.grid import adaptive_grid
from maxbooster_desktop.ui.arranger.scene import Placed, Scene
from maxbooster_desktop.ui.theme.tokens import theme

_PINNED_PX = 240


class LanePainter:
    """Paints a rectangle of the lanes; `hot_clip` is the clip under the pointer, `ghost` a drop to come."""

    def __init__(self, desk: Desk, clips: ClipPainter) -> None:
        self._desk, self._clips = desk, clips
        self.hot_clip: str | None = None
        self.ghosts: list[Rect] = []
        self.painted_clips = 0
        self._ratio = 1.0

    @property
    def _scene(self) -> Scene:
        return self._desk.scene

    @property
    def _studio(self) -> Studio:
        return self._desk.studio

    def begin_frame(self, ratio: float) -> None:
        """Start a paint: missing waveform tiles are collected until `end_frame`."""
        self._ratio = ratio
        self._clips.begin_frame(ratio)

    def end_frame(self) -> None:
        """Ask for the tiles that were missing."""
        self._clips.end_frame()

    def paint(self, painter: QPainter, dirty: QRect) -> None:
        """Paint everything that `dirty` shows, but for the names at the left edge."""
        scene = self._scene
        shown = Rect(dirty.x(), dirty.y(), dirty.width(), dirty.height())
        below = scene.rows.height - scene.scroll_y
        if below <= dirty.bottom():
            painter.fillRect(dirty.adjusted(0, max(0, below - dirty.y()), 0, 0), theme().colour("bg.app"))
        self._paint_rows(painter, scene.rows.between(shown.y + scene.scroll_y, shown.bottom + scene.scroll_y), dirty)
        self._paint_range(painter, shown)
        selected, hot, clips = frozenset(self._studio.selection.clips), self.hot_clip, self._clips
        for placed in scene.clips_in(shown):
            self.painted_clips += 1
            clip = placed.clip.id
            clips.paint(painter, scene, placed, shown, selected=clip in selected, hot=clip == hot)

    def _paint_rows(self, painter: QPainter, rows: tuple[Row, ...], dirty: QRect) -> None:
        """Draw the ground of rows: a piece of lane with its grid for every other row, copied down the rows."""
        if not rows:
            return
        lanes = self._lanes(dirty, max(row.height for row in rows))
        line = theme().colour("bg.app")
        for row in rows:
            lane, top = lanes[row.index % 2], row.top - self._scene.scroll_y
            shown = QRectF(0, 0, lane.width(), round(row.height * self._ratio))
            painter.drawPixmap(QPointF(dirty.x(), top), lane, shown)
            painter.fillRect(dirty.x(), top + row.height - 1, dirty.width(), 1, line)

    def _lanes(self, dirty: QRect, height: int) -> tuple[QPixmap, QPixmap]:
        """Return both kinds of empty lane below `dirty`: with bar, beat and finer lines, at least 14 px apart."""
        axis, tempo_map = self._scene.axis, self._scene.state.tempo_map
        first = max(0, int(axis.exact_tick_at(dirty.x() - 1)))
        last = int(axis.exact_tick_at(dirty.right() + 1)) + 1
        lines: tuple[list[QRect], ...] = ([], [], [])
        for tick, rank in adaptive_grid(tempo_map, first, axis.px_per_tick).ranked_lines(first, last):
            lines[rank].append(QRect(round(axis.x_of(tick)) - dirty.x(), 0, 1, height))
        size = QSize(math.ceil(dirty.width() * self._ratio), math.ceil(height * self._ratio))
        lanes = QPixmap(size), QPixmap(size)
        for lane, role in zip(lanes, ("lane.a", "lane.b"), strict=True):
            lane.setDevicePixelRatio(self._ratio)
            lane.fill(theme().colour(role))
            painter = QPainter(lane)
            painter.setPen(Qt.PenStyle.NoPen)
            for rects, colour in zip(lines, ("grid.bar", "grid.beat", "grid.sub"), strict=True):
                painter.setBrush(theme().colour(colour))
                painter.drawRects(rects)
            painter.end()
        return lanes

    def paint_pinned_names(self, painter: QPainter, exposed: QRect) -> None:
        """Draw the names of clips that began before the left edge there; they stay while the picture scrolls."""
        if exposed.x() >= _PINNED_PX:
            return
        pinned: dict[float, tuple[Placed, int]] = {}
        for placed in self._scene.clips_in(Rect(0, exposed.y(), _PINNED_PX, exposed.height())):
            left, y = round(placed.rect.x), placed.rect.y
            if left < 0:
                pinned[y] = (placed, _PINNED_PX)
            elif y in pinned:
                # Nothing is written over the next clip.
                below, limit = pinned[y]
                pinned[y] = (below, min(limit, left))
        selected = self._studio.selection.clips
        for placed, limit in pinned.values():
            is_selected = placed.clip.id in selected
            self._clips.paint_pinned_name(painter, self._scene, placed, limit, selected=is_selected)

    def _paint_range(self, painter: QPainter, shown: Rect) -> None:
        span = self._studio.selection.time_range
        if span is None:
            return
        x0 = max(self._scene.axis.x_of(span[0]), shown.x)
        x1 = min(self._scene.axis.x_of(span[1]), shown.right)
        bottom = min(shown.bottom, self._scene.rows.height - self._scene.scroll_y)
        if x1 > x0 and bottom > shown.y:
            rect = QRect(round(x0), int(shown.y), round(x1) - round(x0), round(bottom - shown.y))
            painter.fillRect(rect, theme().colour("selection.range"))

    def paint_overlays(self, painter: QPainter) -> None:
        """Draw the rubber band and the ghosts of a drop, above everything."""
        band = self._desk.band
        if band is not None:
            colour = theme().colour("accent")
            painter.setPen(QPen(colour, 1))
            painter.setBrush(QColor(colour.red(), colour.green(), colour.blue(), 30))
            painter.drawRect(QRect(round(band.x), round(band.y), round(band.width), round(band.height)))
        for ghost in self.ghosts:
            rect = QRect(round(ghost.x), round(ghost.y), max(2, round(min(ghost.width, 4000.0))), round(ghost.height))
            colour = theme().colour("accent")
            painter.fillRect(rect, QColor(colour.red(), colour.green(), colour.blue(), 70))
            dashed_line(painter, rect.x(), rect.y(), rect.bottom(), colour)
