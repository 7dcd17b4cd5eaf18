"""The time ruler (28 px: bar and beat numbers, loop brace) and the marker lane (20 px) above the lanes."""

import math

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from maxbooster_desktop.project.document.state import Marker, MarkerId
from maxbooster_desktop.ui.arranger.desk import Desk, Gesture
from maxbooster_desktop.ui.arranger.geometry import Rect
from maxbooster_desktop.ui.arranger.grid import Grid, adaptive_grid
from maxbooster_desktop.ui.arranger.hits import CURSORS, HINTS, Hit, Zone
from maxbooster_desktop.ui.arranger.pointing import pointer_of
from maxbooster_desktop.ui.arranger.rename_field import RenameField
from maxbooster_desktop.ui.arranger.texts import Texts
from maxbooster_desktop.ui.arranger.time_gestures import DragLoop, DragMarker, ScrollAndZoom
from maxbooster_desktop.ui.theme.fonts import mono_font, ui_font
from maxbooster_desktop.ui.theme.tokens import theme

RULER_HEIGHT = 28
MARKER_HEIGHT = 20
_LOOP_TOP = 19
_LOOP_HEIGHT = 8
_EDGE_PX = 5
_LABEL_PX = 46.0
_TICK_PX = 14.0
_MARKER_MAX_PX = 140


class Ruler(QWidget):
    """Ruler and marker lane. `axis_wanted` asks for another zoom or scroll; `fit_wanted` to show selection or all."""

    hint = Signal(str)
    axis_wanted = Signal(object)
    fit_wanted = Signal()
    menu_wanted = Signal(object, QPoint)

    def __init__(self, desk: Desk, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._texts = desk, texts
        self._gesture: Gesture | None = None
        self._hot = Zone.NOTHING
        self.dragged_loop: tuple[int, int] | None = None
        self.dragged_marker: tuple[str, int] | None = None
        self.setFixedHeight(RULER_HEIGHT + MARKER_HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(self.tr("Ruler and markers"))

    def loop_rect(self) -> Rect:
        """Return the rectangle of the loop brace."""
        meta = self._desk.scene.state.meta
        start, end = self.dragged_loop or (meta.loop_start_tick, meta.loop_end_tick)
        axis = self._desk.scene.axis
        return Rect(axis.x_of(start), _LOOP_TOP, axis.x_of(end) - axis.x_of(start), _LOOP_HEIGHT)

    def marker_rect(self, marker: Marker) -> Rect:
        """Return the rectangle of a marker's flag."""
        tick = marker.tick
        if self.dragged_marker is not None and self.dragged_marker[0] == marker.id:
            tick = self.dragged_marker[1]
        width = self._texts.advance(marker.name, ui_font("hint", 500))
        shown = min(_MARKER_MAX_PX, max(28.0, math.ceil(width) + 16.0))
        return Rect(self._desk.scene.axis.x_of(tick), RULER_HEIGHT + 3, shown, MARKER_HEIGHT - 5)

    def rect_of(self, entity_id: str) -> Rect | None:
        """Return the rectangle of a marker, or None."""
        marker = next((each for each in self._desk.scene.state.markers if each.id == entity_id), None)
        return self.marker_rect(marker) if marker else None

    def hit_test(self, x: float, y: float) -> Hit:
        """Return what a point means."""
        if y >= RULER_HEIGHT:
            for marker in reversed(self._desk.scene.state.markers):
                if self.marker_rect(marker).contains(x, y):
                    return Hit(Zone.MARKER, marker.id)
            return Hit(Zone.MARKER_LANE)
        loop = self.loop_rect()
        if loop.y - 2 <= y < loop.bottom + 1 and loop.x - _EDGE_PX <= x < loop.right + _EDGE_PX:
            if abs(x - loop.x) <= _EDGE_PX:
                return Hit(Zone.LOOP_START)
            return Hit(Zone.LOOP_END if abs(x - loop.right) <= _EDGE_PX else Zone.LOOP)
        return Hit(Zone.RULER)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ticks, numbers, the loop brace and markers."""
        painter = QPainter(self)
        dirty = event.rect()
        painter.fillRect(dirty, theme().colour("bg.panel"))
        self._paint_ticks(painter, dirty)
        self._paint_loop(painter)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme().colour("line.hair"))
        for marker in self._desk.scene.state.markers:
            self._paint_marker(painter, marker)
        painter.end()

    def _paint_ticks(self, painter: QPainter, dirty: QRect) -> None:
        scene = self._desk.scene
        first = max(0, int(scene.axis.exact_tick_at(dirty.left() - 60)))
        last = int(scene.axis.exact_tick_at(dirty.right() + 1)) + 1
        tempo_map = scene.state.tempo_map
        fine = adaptive_grid(tempo_map, first, scene.axis.px_per_tick, _TICK_PX * 2)
        for tick, rank in fine.ranked_lines(first, last):
            x, top = round(scene.axis.x_of(tick)), 12 if rank == 0 else 18
            painter.fillRect(x, top, 1, RULER_HEIGHT - top, theme().colour("grid.bar"))
        grid = label_grid(adaptive_grid(tempo_map, first, scene.axis.px_per_tick, _LABEL_PX))
        painter.setPen(theme().colour("text.2"))
        for tick in grid.lines(first, last):
            position = tempo_map.position_at(tick)
            label = f"{position.bar}"
            if (position.beat, position.sixteenth) != (1, 1):
                label += f".{position.beat}" + (f".{position.sixteenth}" if position.sixteenth > 1 else "")
            x = round(scene.axis.x_of(tick))
            painter.fillRect(x, 2, 1, RULER_HEIGHT - 2, theme().colour("line.control"))
            self._texts.draw(painter, x + 4, 12.5, label, font=mono_font("scale"), width=int(_LABEL_PX))

    def _paint_loop(self, painter: QPainter) -> None:
        loop = self.loop_rect()
        left, right = max(-4.0, loop.x), min(self.width() + 4.0, loop.right)
        if right <= left:
            return
        colour = QColor(theme().colour("loop"))
        if not self._desk.scene.state.meta.loop_enabled:
            colour = QColor(theme().colour("line.control"))
            colour.setAlpha(110)
        painter.fillRect(round(left), int(loop.y), round(right) - round(left), int(loop.height), colour)
        colour.setAlpha(255)
        for x in (loop.x, loop.right - 2):
            if -4 <= x <= self.width() + 4:
                painter.fillRect(round(x), int(loop.y) - 1, 2, int(loop.height) + 2, colour)

    def _paint_marker(self, painter: QPainter, marker: Marker) -> None:
        box = self.marker_rect(marker)
        if box.right < 0 or box.x > self.width():
            return
        rect = QRect(round(box.x), round(box.y), round(box.width), round(box.height))
        painter.fillRect(rect, theme().track_colour(marker.colour))
        painter.setPen(theme().colour("text.on_state"))
        font = ui_font("hint", 500)
        self._texts.draw(painter, rect.x() + 5, rect.y() + 11.5, marker.name, font=font, width=rect.width() - 8)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin the drag of what is under the pointer."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        pointer = pointer_of(event)
        hit = self.hit_test(pointer.x, pointer.y)
        if hit.zone is Zone.RULER:
            self._gesture = ScrollAndZoom(self._desk, pointer, self.axis_wanted.emit)
        elif hit.zone in {Zone.LOOP, Zone.LOOP_START, Zone.LOOP_END}:
            self._gesture = DragLoop(self._desk, self, hit.zone, pointer)
        elif hit.zone is Zone.MARKER:
            marker = next(each for each in self._desk.scene.state.markers if each.id == hit.entity)
            self._gesture = DragMarker(self._desk, self, marker, pointer)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow a drag, or show what a drag would do."""
        pointer = pointer_of(event)
        if self._gesture is not None:
            self._gesture.move(pointer)
            return
        zone = self.hit_test(pointer.x, pointer.y).zone
        if zone is not self._hot:
            self._hot = zone
            self.setCursor(Qt.CursorShape[CURSORS.get(zone, "ArrowCursor")])
            self.hint.emit(HINTS[zone])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Finish a drag."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None and event.button() == Qt.MouseButton.LeftButton:
            gesture.release(pointer_of(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit the view, add a marker or rename one."""
        pointer = pointer_of(event)
        hit = self.hit_test(pointer.x, pointer.y)
        if hit.zone is Zone.RULER:
            self.fit_wanted.emit()
        elif hit.zone is Zone.MARKER and hit.entity is not None:
            self.begin_rename(MarkerId(hit.entity))
        elif hit.zone is Zone.MARKER_LANE:
            tick = self._desk.snapper(pointer.keys).snap(self._desk.scene.axis.tick_at(pointer.x))
            number = len(self._desk.scene.state.markers) + 1
            self._desk.commit("markers.add_marker", tick, self.tr("Marker {}").format(number), number % 12)

    def begin_rename(self, marker: MarkerId) -> None:
        """Let a marker's name be typed in place."""
        box = self.rect_of(marker)
        name = next((each.name for each in self._desk.scene.state.markers if each.id == marker), "")
        if box is None:
            return
        rect = QRect(round(box.x), RULER_HEIGHT, max(110, round(box.width)), MARKER_HEIGHT)
        field = RenameField(self, rect, name, lambda text: self._desk.commit("markers.rename_marker", marker, text))
        field.setAccessibleName(self.tr("Marker name"))

    def cancel_gesture(self) -> bool:
        """Give a drag in progress up; return whether there was one."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()
        return gesture is not None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what is under the pointer."""
        self.menu_wanted.emit(self.hit_test(event.pos().x(), event.pos().y()), event.globalPos())


def label_grid(grid: Grid) -> Grid:
    """Return the grid whose lines carry numbers: never finer than a sixteenth."""
    finest = 240
    return Grid(grid.tempo_map, finest) if 0 < grid.division < finest else grid
