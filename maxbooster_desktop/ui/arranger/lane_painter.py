"""Paints the lanes: row backgrounds, grid lines, time selection, loop edges, clips and the rubber band."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPen

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.ui.arranger.clip_painter import ClipPainter, dashed_line
from maxbooster_desktop.ui.arranger.desk import Desk
from maxbooster_desktop.ui.arranger.geometry import Rect, Row, pixel_of
from maxbooster_desktop.ui.arranger.lane_ground import LaneGround
from maxbooster_desktop.ui.arranger.scene import Placed, Scene
from maxbooster_desktop.ui.arranger.screen import copy_picture
from maxbooster_desktop.ui.arranger.take_painter import TakeLanePainter
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
        self._takes = TakeLanePainter(clips)
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
        rows = scene.rows_in(shown)
        self._ground.cover(scene, dirty, rows, self._ratio)
        selected, hot = frozenset(self._studio.selection.clips), self.hot_clip
        # Row by row, as a row just painted is still at hand for the processor.
        for row in rows:
            self._paint_row(painter, row, dirty, selected)
            if row.lanes:
                self._takes.paint(painter, scene, row, dirty)
        for placed in scene.previews_in(shown):
            self.painted_clips += 1
            clip = placed.clip.id
            self._clips.paint(painter, scene, placed, shown, selected=clip in selected, hot=clip == hot)

    def _paint_row(self, painter: QPainter, row: Row, dirty: QRect, selected: frozenset[str]) -> None:
        scene, shown = self._scene, Rect(dirty.x(), dirty.y(), dirty.width(), dirty.height())
        scale, scroll_px = scene.axis.px_per_tick, scene.axis.scroll_px
        # Plain numbers, and rectangles only where a clip is drawn: this runs for every clip of every frame.
        places = []
        for clip, start, end in scene.clips_between(row, shown):
            x = start * scale - scroll_px
            places.append((clip, end, x, max(1.0, end * scale - scroll_px - x)))
        self._paint_ground(painter, row, dirty, [(x, x + width) for _, _, x, width in places])
        self.painted_clips += len(places)
        clips, hot, top, height = self._clips, self.hot_clip, row.top - scene.scroll_y, row.height - 1
        for clip, end, x, width in places:
            is_selected, is_hot = clip.id in selected, clip.id == hot
            # What a gesture may change at the next move is drawn as it is.
            picture = None if is_selected or is_hot else clips.kept_picture(clip, height)
            if picture is None:
                placed = Placed(clip, Rect(x, top, width, height), end)
                clips.paint(painter, scene, placed, shown, selected=is_selected, hot=is_hot)
            else:
                copy_picture(painter, pixel_of(x), top, picture)

    def _paint_ground(self, painter: QPainter, row: Row, dirty: QRect, clips: list[tuple[float, float]]) -> None:
        """Paint a row's ground where it shows between clips, given by their sides in the order of their starts."""
        scene, ground = self._scene, self._ground
        bare, end = dirty.x(), dirty.x() + dirty.width()
        # At a ratio between whole numbers clips may leave parts of a pixel free all around.
        for x, right in clips if self._ratio == int(self._ratio) else ():
            left = pixel_of(x)
            # The last pixel stays free, as the gap before the next clip. So may a clip that is no wider.
            cover = pixel_of(right) - 1
            if left > bare:
                ground.paint(painter, scene, row, bare, min(left, end))
            if cover > left:
                bare = max(bare, cover)
        if bare < end:
            ground.paint(painter, scene, row, bare, end)
        painter.fillRect(
            dirty.x(), row.top - scene.scroll_y + row.height - 1, dirty.width(), 1, theme().colour("bg.app")
        )
        self._paint_range(painter, scene.row_rect(row), dirty)

    def paint_pinned_names(self, painter: QPainter, exposed: QRect) -> None:
        """Draw the names of clips that began before the left edge there; they stay while the picture scrolls."""
        if exposed.x() >= _PINNED_PX:
            return
        scene, selected = self._scene, frozenset(self._studio.selection.clips)
        left_edge = Rect(0, exposed.y(), _PINNED_PX, exposed.height())
        dragged: dict[str, list[Placed]] = {}
        for placed in scene.previews_in(left_edge):
            dragged.setdefault(placed.clip.track, []).append(placed)
        for row in scene.rows_in(left_edge):
            self._paint_pinned_name(painter, row, left_edge, dragged.get(row.track, []), selected)

    def _paint_pinned_name(
        self, painter: QPainter, row: Row, left_edge: Rect, dragged: list[Placed], selected: frozenset[str]
    ) -> None:
        """Draw the name of the topmost clip of a row that began before the left edge; `dragged` lie above the rest."""
        scene, limit = self._scene, _PINNED_PX
        scale, scroll_px, pinned = scene.axis.px_per_tick, scene.axis.scroll_px, None
        places = [(start * scale - scroll_px, clip, end) for clip, start, end in scene.clips_between(row, left_edge)]
        for x, clip, end in places + [(placed.rect.x, placed.clip, placed.end_tick) for placed in dragged]:
            left = pixel_of(x)
            if left < 0:
                pinned, limit = (clip, end), _PINNED_PX
            else:
                # Nothing is written over the next clip.
                limit = min(limit, left)
        placed = None if pinned is None else scene.place(*pinned)
        if placed is not None:
            is_selected = placed.clip.id in selected
            self._clips.paint_pinned_name(painter, scene, placed, limit, selected=is_selected)

    def _paint_range(self, painter: QPainter, row: Rect, dirty: QRect) -> None:
        span = self._studio.selection.time_range
        if span is None:
            return
        x0 = pixel_of(max(self._scene.axis.x_of(span[0]), dirty.x()))
        x1 = pixel_of(min(self._scene.axis.x_of(span[1]), dirty.x() + dirty.width()))
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
