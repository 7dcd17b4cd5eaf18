"""Paints the lanes: row backgrounds, grid lines, time selection, loop edges, clips and the rubber band."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPen

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.ui.arranger.clip_painter import ClipPainter, dashed_line
from maxbooster_desktop.ui.arranger.desk import Desk
from maxbooster_desktop.ui.arranger.geometry import Rect, pixel_of
from maxbooster_desktop.ui.arranger.lane_ground import LaneGround
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
        self._ground = LaneGround()
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
        self._clips.begin_frame(self._scene, ratio)

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
        selected, hot, clips = frozenset(self._studio.selection.clips), self.hot_clip, self._clips
        rows = scene.rows_in(shown)
        self._ground.cover(scene, dirty, rows, self._ratio)
        # Row by row, as a row just painted is still at hand for the processor.
        for row in rows:
            self._ground.paint(painter, scene, row, dirty)
            self._paint_range(painter, scene.row_rect(row), shown)
            for placed in scene.clips_of(row, shown):
                self.painted_clips += 1
                clip = placed.clip.id
                clips.paint(painter, scene, placed, shown, selected=clip in selected, hot=clip == hot)
        for placed in scene.previews_in(shown):
            self.painted_clips += 1
            clip = placed.clip.id
            clips.paint(painter, scene, placed, shown, selected=clip in selected, hot=clip == hot)

    def paint_pinned_names(self, painter: QPainter, exposed: QRect) -> None:
        """Draw the names of clips that began before the left edge there; they stay while the picture scrolls."""
        if exposed.x() >= _PINNED_PX:
            return
        pinned: dict[float, tuple[Placed, int]] = {}
        for placed in self._scene.clips_in(Rect(0, exposed.y(), _PINNED_PX, exposed.height())):
            left, y = pixel_of(placed.rect.x), placed.rect.y
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

    def _paint_range(self, painter: QPainter, row: Rect, shown: Rect) -> None:
        span = self._studio.selection.time_range
        if span is None:
            return
        x0 = pixel_of(max(self._scene.axis.x_of(span[0]), shown.x))
        x1 = pixel_of(min(self._scene.axis.x_of(span[1]), shown.right))
        if x1 > x0:
            painter.fillRect(x0, int(row.y), x1 - x0, int(row.height), theme().colour("selection.range"))

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
