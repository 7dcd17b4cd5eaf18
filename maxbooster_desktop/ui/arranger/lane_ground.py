"""The ground of the lanes: their colour and grid lines, kept as a picture of a stretch that scrolling moves along.

The picture begins at a whole step of the song's own pixels, so a lane looks the same however it came into view.
"""

import math

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

from maxbooster_desktop.ui.arranger.geometry import Row, pixel_of
from maxbooster_desktop.ui.arranger.grid import shown_lines
from maxbooster_desktop.ui.arranger.scene import Scene
from maxbooster_desktop.ui.arranger.screen import on_screen
from maxbooster_desktop.ui.theme.tokens import theme

_STEP_PX = 256
_LANES = ("lane.a", "lane.b")
_LINES = ("grid.bar", "grid.beat", "grid.sub")


class LaneGround:
    """One empty lane of each kind for a stretch of the song; painting rows copies them down the view."""

    def __init__(self) -> None:
        self._pictures: list[QPixmap] = []
        self._look: tuple[object, ...] = ()
        # What the pictures cover, in pixels from the start of the song, and how high they are.
        self._start_px = self._end_px = self._height = 0
        self._ratio = 1.0

    def paint(self, painter: QPainter, scene: Scene, row: Row, left: int, right: int) -> None:
        """Draw the ground of a row from x `left` to before `right`, both of which are covered."""
        ratio, top, picture = self._ratio, row.top - scene.scroll_y, self._pictures[row.index % 2]
        start, height = int(scene.axis.scroll_px) - self._start_px + left, round(row.height * ratio)
        if ratio == int(ratio):
            # Plain numbers: half the time of the same in floats.
            whole = int(ratio)
            painter.drawPixmap(left, top, picture, start * whole, 0, (right - left) * whole, height)
        else:
            shown = QRectF(start * ratio, 0, (right - left) * ratio, height)
            painter.drawPixmap(QPointF(left, on_screen(top, ratio)), picture, shown)

    def cover(self, scene: Scene, dirty: QRect, rows: tuple[Row, ...], ratio: float) -> None:
        """Have pictures that reach as far as `dirty` and are as high as the rows."""
        scroll_px, tallest = int(scene.axis.scroll_px), max((row.height for row in rows), default=1)
        start_px, end_px = scroll_px + dirty.x(), scroll_px + dirty.right() + 1
        look = (scene.axis.px_per_tick, scene.state.tempo_map, ratio, theme())
        is_like = self._look == look and tallest <= self._height
        if is_like and self._start_px <= start_px and end_px <= self._end_px:
            return
        # While the zoom moves every frame has a scale of its own: no more than that frame needs is drawn.
        beyond = 1 if self._look == look else 0
        self._height = max(tallest, self._height if self._look == look else 0)
        self._look, self._ratio = look, ratio
        self._start_px = max(0, min(start_px, scroll_px) // _STEP_PX - beyond) * _STEP_PX
        self._end_px = (max(end_px, scroll_px + scene.width) // _STEP_PX + 1 + beyond) * _STEP_PX
        self._pictures = self._draw(scene, ratio)

    def _draw(self, scene: Scene, ratio: float) -> list[QPixmap]:
        """Draw both kinds of lane: with bar, beat and finer lines, at least 14 px apart."""
        scale, width = scene.axis.px_per_tick, self._end_px - self._start_px
        first, last = max(0, int((self._start_px - 1) / scale)), int((self._end_px + 1) / scale) + 1
        lines: tuple[list[QRect], ...] = ([], [], [])
        for tick, rank in shown_lines(scene.state.tempo_map, first, last, scale):
            lines[rank].append(QRect(pixel_of(tick * scale) - self._start_px, 0, 1, self._height))
        size = QSize(math.ceil(width * ratio), math.ceil(self._height * ratio))
        lanes = []
        for role in _LANES:
            lane = QPixmap(size)
            lane.setDevicePixelRatio(ratio)
            lane.fill(theme().colour(role))
            painter = QPainter(lane)
            painter.setPen(Qt.PenStyle.NoPen)
            for rects, colour in zip(lines, _LINES, strict=True):
                painter.setBrush(theme().colour(colour))
                painter.drawRects(rects)
            painter.end()
            lanes.append(lane)
        return lanes
