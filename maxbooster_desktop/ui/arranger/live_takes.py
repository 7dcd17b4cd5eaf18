"""Takes while they are recorded: they grow in the lanes with their waveform, in a layer of their own.

A frame repaints the strip that came since the last one; nothing is painted while nothing is recorded.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.ui.arranger.geometry import Rect
from maxbooster_desktop.ui.arranger.hits import CLIP_HEADER_PX
from maxbooster_desktop.ui.arranger.layer import Layer
from maxbooster_desktop.ui.arranger.scene import Scene
from maxbooster_desktop.ui.theme.fonts import ui_font
from maxbooster_desktop.ui.theme.tokens import theme

if TYPE_CHECKING:
    from maxbooster_desktop.engine.record.recorder import Growing
    from maxbooster_desktop.project.document.state import TrackId

#: Its colour in per cent of the state's, as dark as a clip's body beside its header.
_BODY_DARKER = 400
_EDGE_PX = 2


class LiveTakes:
    """Shows what is being recorded over `canvas`, the lanes."""

    def __init__(self, studio: Studio, scene: Scene, canvas: QWidget) -> None:
        self._studio, self._scene, self._canvas = studio, scene, canvas
        self.layer = Layer(canvas, self._paint)
        self._shown: dict[tuple[TrackId, int], Rect] = {}

    def follow(self) -> None:
        """Show how far the takes have come."""
        growing = self._studio.takes.growing()
        if not growing and not self._shown:
            return
        rects = {(take.track, take.position): rect for take in growing if (rect := self.rect_of(take))}
        before, self._shown = self._shown, rects
        self.layer.resize(self._canvas.size())
        self.layer.setVisible(bool(rects))
        for key in before.keys() | rects.keys():
            self._repaint(before.get(key), rects.get(key))

    def rect_of(self, take: "Growing") -> Rect | None:
        """Return where a growing take stands in the lanes, or None while its track is folded away."""
        row = self._scene.rows.by_track.get(take.track)
        if row is None:
            return None
        rate, tempo_map = self._studio.engine.sample_rate, self._scene.state.tempo_map
        x0, x1 = (
            self._scene.axis.x_of(tempo_map.exact_tick_at(frame / rate))
            for frame in (take.position, take.position + take.frames)
        )
        return Rect(x0, row.top - self._scene.scroll_y, max(1.0, x1 - x0), row.height - 1)

    def _repaint(self, old: Rect | None, new: Rect | None) -> None:
        """Repaint what differs: the strip by which a take grew, or all of it when it moved."""
        if old is not None and new is not None and old[:2] == new[:2] and old.height == new.height:
            start = old.right - _EDGE_PX
            self._update(Rect(start, new.y, new.right - start, new.height))
            return
        for rect in (old, new):
            if rect is not None:
                self._update(rect)

    def _update(self, rect: Rect) -> None:
        box = self._visible(rect)
        if box is not None:
            self.layer.update(box.adjusted(-1, 0, 1, 1))

    def _visible(self, rect: Rect) -> QRect | None:
        left, right = max(0, round(rect.x)), min(round(self._scene.width), round(rect.right))
        return QRect(left, round(rect.y), right - left, round(rect.height)) if right > left else None

    def _paint(self, painter: QPainter, event: QPaintEvent) -> None:
        for take in self._studio.takes.growing():
            rect = self._shown.get((take.track, take.position))
            box = None if rect is None else self._visible(rect)
            if rect is not None and box is not None and (dirty := box.intersected(event.rect())).isValid():
                self._paint_take(painter, take, rect, box, dirty)

    def _paint_take(self, painter: QPainter, take: "Growing", rect: Rect, box: QRect, dirty: QRect) -> None:
        colour = theme().colour("danger")
        header = QRect(box.left(), box.top(), box.width(), min(CLIP_HEADER_PX, box.height()))
        painter.fillRect(dirty, colour.darker(_BODY_DARKER))
        painter.fillRect(header.intersected(dirty), colour)
        self._paint_wave(painter, take, rect, box, dirty)
        painter.setFont(ui_font("hint", 600))
        painter.setPen(theme().colour("text.on_state"))
        painter.setClipRect(header.intersected(dirty))
        painter.drawText(header.adjusted(5, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, "Recording")
        painter.setClipping(False)

    def _paint_wave(self, painter: QPainter, take: "Growing", rect: Rect, box: QRect, dirty: QRect) -> None:
        """Draw a line from the lowest to the highest sample for each pixel of `dirty`."""
        top = box.top() + CLIP_HEADER_PX
        half = (box.bottom() + 1 - top) / 2
        if half < 1.0 or rect.width < 1.0:
            return
        per_pixel = take.frames / rect.width
        low, high = take.peaks.columns((dirty.left() - rect.x) * per_pixel, per_pixel, dirty.width()).clip(-1.0, 1.0)
        colour: QColor = theme().colour("danger")
        for column in range(dirty.width()):
            y0, y1 = top + half * (1.0 - high[column]), top + half * (1.0 - low[column])
            painter.fillRect(QRectF(dirty.left() + column, y0, 1.0, max(1.0, y1 - y0)), colour)
