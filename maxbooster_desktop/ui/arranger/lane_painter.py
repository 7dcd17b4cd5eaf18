"""Paints the lanes: row backgrounds, grid lines, time selection, loop edges, clips and the rubber band."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPen

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.ui.arranger.clip_painter import ClipPainter, dashed_line
from maxbooster_desktop.ui.arranger.desk import Desk
from maxbooster_desktop.ui.arranger.geometry import Rect, Row
from maxbooster_desktop.ui.arranger.grid import adaptive_grid
from maxbooster_desktop.ui.arranger.scene import Scene
from maxbooster_desktop.ui.theme.tokens import theme


class LanePainter:
    """Paints a rectangle of the lanes; `hot_clip` is the clip under the pointer, `ghost` a drop to come."""

    def __init__(self, desk: Desk, clips: ClipPainter) -> None:
        self._desk, self._clips = desk, clips
        self.hot_clip: str | None = None
        self.ghosts: list[Rect] = []
        self.painted_clips = 0

    @property
    def _scene(self) -> Scene:
        return self._desk.scene

    @property
    def _studio(self) -> Studio:
        return self._desk.studio

    def begin_frame(self, ratio: float) -> None:
        """Start a paint: missing waveform tiles are collected until `end_frame`."""
        self._clips.waveforms.begin_frame(ratio)

    def end_frame(self) -> None:
        """Ask for the tiles that were missing."""
        self._clips.waveforms.end_frame()

    def paint(self, painter: QPainter, dirty: QRect) -> None:
        """Paint everything that `dirty` shows."""
        shown = Rect(dirty.x(), dirty.y(), dirty.width(), dirty.height())
        below = self._scene.rows.height - self._scene.scroll_y
        if below <= dirty.bottom():
            painter.fillRect(dirty.adjusted(0, max(0, below - dirty.y()), 0, 0), theme().colour("bg.app"))
        rows = self._scene.rows.between(shown.y + self._scene.scroll_y, shown.bottom + self._scene.scroll_y)
        for row in rows:
            self._paint_row(painter, row, shown)
        self._paint_grid(painter, shown)
        for row in rows:
            bottom = row.bottom - self._scene.scroll_y - 1
            painter.fillRect(dirty.x(), bottom, dirty.width(), 1, theme().colour("bg.app"))
        self._paint_range(painter, shown)
        selected = frozenset(self._studio.selection.clips)
        for placed in self._scene.clips_in(shown):
            self.painted_clips += 1
            is_hot = placed.clip.id == self.hot_clip
            self._clips.paint(painter, self._scene, placed, shown, selected=placed.clip.id in selected, hot=is_hot)

    def _paint_row(self, painter: QPainter, row: Row, shown: Rect) -> None:
        role = "lane.b" if row.index % 2 else "lane.a"
        painter.fillRect(
            int(shown.x), row.top - self._scene.scroll_y, int(shown.width), row.height, theme().colour(role)
        )

    def _paint_grid(self, painter: QPainter, shown: Rect) -> None:
        """Draw bar, beat and finer lines, at least 14 px apart."""
        scene = self._scene
        tempo_map = scene.state.tempo_map
        bottom = min(shown.bottom, scene.rows.height - scene.scroll_y)
        if bottom <= shown.y:
            return
        first = max(0, int(scene.axis.exact_tick_at(shown.x - 1)))
        last = int(scene.axis.exact_tick_at(shown.right)) + 1
        grid = adaptive_grid(tempo_map, first, scene.axis.px_per_tick)
        colours = [theme().colour(role) for role in ("grid.bar", "grid.beat", "grid.sub")]
        top, height = int(shown.y), round(bottom - shown.y)
        for tick, rank in grid.ranked_lines(first, last):
            painter.fillRect(round(scene.axis.x_of(tick)), top, 1, height, colours[rank])

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
