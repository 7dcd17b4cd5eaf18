"""Paints the ruler: ticks, bar and beat numbers, the loop brace, markers and tempo changes in their lanes."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter

from maxbooster_desktop.project.document.state import Marker
from maxbooster_desktop.ui.arranger.desk import Desk
from maxbooster_desktop.ui.arranger.geometry import pixel_of
from maxbooster_desktop.ui.arranger.grid import shown_lines
from maxbooster_desktop.ui.arranger.ruler_layout import LOOP_HEIGHT, RULER_HEIGHT, RulerLayout
from maxbooster_desktop.ui.arranger.texts import Texts
from maxbooster_desktop.ui.theme.fonts import mono_font, ui_font
from maxbooster_desktop.ui.theme.tokens import theme

_LABEL_PX = 46.0
_TICK_PX = 14.0
_TICK_TOP = 22
_BAR_TOP = 18
_LABEL_BASELINE = 24.5
_FINEST_LABEL_TICKS = 240
_BEYOND_PX = 4.0


class RulerPainter:
    """Paints what the layout places."""

    def __init__(self, desk: Desk, texts: Texts, layout: RulerLayout) -> None:
        self._desk, self._texts, self._layout = desk, texts, layout

    def paint(self, painter: QPainter, dirty: QRect, size: QRect) -> None:
        """Paint what `dirty` shows of a ruler of `size`."""
        painter.fillRect(dirty, theme().colour("bg.panel"))
        painter.fillRect(0, 0, size.width(), LOOP_HEIGHT, theme().colour("bg.app"))
        self._paint_ticks(painter, dirty)
        self._paint_loop(painter, size.width())
        painter.fillRect(0, size.height() - 1, size.width(), 1, theme().colour("line.hair"))
        for marker in self._desk.scene.state.markers:
            self._paint_marker(painter, marker, dirty)
        if self._layout.has_tempo_lane:
            for tick, text in self._layout.changes().items():
                self._paint_change(painter, tick, text, dirty)

    def _paint_ticks(self, painter: QPainter, dirty: QRect) -> None:
        scene = self._desk.scene
        first = max(0, int(scene.axis.exact_tick_at(dirty.left() - 60)))
        last = int(scene.axis.exact_tick_at(dirty.right() + 1)) + 1
        tempo_map = scene.state.tempo_map
        scale = scene.axis.px_per_tick
        for tick, rank in shown_lines(tempo_map, first, last, scale, _TICK_PX * 2):
            x, top = pixel_of(scene.axis.x_of(tick)), _BAR_TOP if rank == 0 else _TICK_TOP
            painter.fillRect(x, top, 1, RULER_HEIGHT - top, theme().colour("grid.bar"))
        painter.setPen(theme().colour("text.2"))
        for tick, _rank in shown_lines(tempo_map, first, last, scale, _LABEL_PX, finest_ticks=_FINEST_LABEL_TICKS):
            position = tempo_map.position_at(tick)
            label = f"{position.bar}"
            if (position.beat, position.sixteenth) != (1, 1):
                label += f".{position.beat}" + (f".{position.sixteenth}" if position.sixteenth > 1 else "")
            x = pixel_of(scene.axis.x_of(tick))
            painter.fillRect(x, LOOP_HEIGHT, 1, RULER_HEIGHT - LOOP_HEIGHT, theme().colour("line.control"))
            self._texts.draw(painter, x + 4, _LABEL_BASELINE, label, font=mono_font("scale"), width=int(_LABEL_PX))

    def _paint_loop(self, painter: QPainter, width: int) -> None:
        loop = self._layout.loop_rect()
        left, right = max(-_BEYOND_PX, loop.x), min(width + _BEYOND_PX, loop.right)
        if right <= left:
            return
        colour = QColor(theme().colour("loop"))
        if not self._desk.scene.state.meta.loop_enabled and self._layout.dragged_loop is None:
            colour = QColor(theme().colour("line.control"))
            colour.setAlpha(110)
        painter.fillRect(pixel_of(left), int(loop.y), pixel_of(right) - pixel_of(left), int(loop.height), colour)
        colour.setAlpha(255)
        for x in (loop.x, loop.right - 2):
            if -_BEYOND_PX <= x <= width + _BEYOND_PX:
                painter.fillRect(pixel_of(x), int(loop.y) - 1, 2, int(loop.height) + 2, colour)

    def _paint_marker(self, painter: QPainter, marker: Marker, dirty: QRect) -> None:
        box = self._layout.marker_rect(marker)
        if box.right < dirty.left() or box.x > dirty.right() + 1:
            return
        rect = QRect(pixel_of(box.x), round(box.y), round(box.width), round(box.height))
        painter.fillRect(rect, theme().track_colour(marker.colour))
        painter.setPen(theme().colour("text.on_state"))
        font = ui_font("hint", 500)
        self._texts.draw(painter, rect.x() + 5, rect.y() + 11.5, marker.name, font=font, width=rect.width() - 8)

    def _paint_change(self, painter: QPainter, tick: int, text: str, dirty: QRect) -> None:
        box = self._layout.change_rect(tick, text)
        if box.right < dirty.left() or box.x > dirty.right() + 1:
            return
        rect = QRect(pixel_of(box.x), round(box.y), round(box.width), round(box.height))
        painter.fillRect(rect, theme().colour("bg.raised"))
        painter.fillRect(rect.x(), rect.y(), 2, rect.height(), theme().colour("accent"))
        painter.setPen(theme().colour("text.1"))
        self._texts.draw(painter, rect.x() + 6, rect.y() + 11.0, text, font=mono_font("scale"), width=rect.width())
