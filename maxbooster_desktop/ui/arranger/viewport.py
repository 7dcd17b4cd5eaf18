"""Scrolling and zooming: what part of the song is shown, its scroll bars, and the views to go back to."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QScrollBar

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.ui.arranger.geometry import BELOW_LAST_ROW, Row, TimeAxis
from maxbooster_desktop.ui.arranger.grid import adaptive_grid
from maxbooster_desktop.ui.arranger.scene import Scene

_NOTCH = 120.0
_ZOOM_PER_NOTCH = 1.25
_PX_PER_NOTCH = 60.0
_BAR_STEPS = 1 << 20
_KEPT_VIEWS = 32
_LAND_AT = 0.08


class Viewport(QObject):
    """Owns the axis and the scroll offsets of a scene. `moved(axis, scroll_y)` tells what was shown before."""

    moved = Signal(object, int)
    row_height_wanted = Signal(float, int)

    def __init__(self, scene: Scene, studio: Studio, across: QScrollBar, down: QScrollBar) -> None:
        super().__init__()
        self.scene, self._studio = scene, studio
        self._across, self._down = across, down
        self._views: list[TimeAxis] = []
        across.valueChanged.connect(self._bar_across)
        down.valueChanged.connect(self._bar_down)

    def forget(self) -> None:
        """Begin with another project: from the start, with no views to go back to."""
        self._views.clear()
        self.scene.axis = TimeAxis()
        self.update_bars()

    def _length_px(self) -> float:
        scene = self.scene
        end = max(scene.index.content_end_tick(), scene.state.meta.loop_end_tick) * scene.axis.px_per_tick
        return max(end + scene.width * 0.75, scene.axis.scroll_px + scene.width)

    def set_axis(self, axis: TimeAxis) -> None:
        """Show another zoom or time."""
        # Whole pixels, so that scrolling can shift what is painted; zooming may be off by half of one.
        axis = axis.scrolled_to(float(round(axis.scroll_px)))
        before = self.scene.axis
        if axis != before:
            self.scene.axis = axis
            self.update_bars()
            self.moved.emit(before, self.scene.scroll_y)

    def set_scroll_y(self, scroll_y: float) -> None:
        """Scroll the rows, as far as there are any."""
        lowest = max(0, self.scene.rows.height + BELOW_LAST_ROW - self.scene.height)
        wanted = round(max(0.0, min(float(lowest), scroll_y)))
        if wanted != self.scene.scroll_y:
            before, self.scene.scroll_y = self.scene.scroll_y, wanted
            self.update_bars()
            self.moved.emit(self.scene.axis, before)

    def update_bars(self) -> None:
        """Make both scroll bars show where the view is. Their steps are scaled, as pixels may exceed a C int."""
        scene = self.scene
        length = self._length_px()
        page = max(1, round(_BAR_STEPS * scene.width / length))
        lowest = max(0, scene.rows.height + BELOW_LAST_ROW - scene.height)
        for bar in (self._across, self._down):
            bar.blockSignals(True)
        self._across.setRange(0, max(0, _BAR_STEPS - page))
        self._across.setPageStep(page)
        self._across.setSingleStep(max(1, page // 20))
        self._across.setValue(round(scene.axis.scroll_px / length * _BAR_STEPS))
        self._down.setRange(0, lowest)
        self._down.setPageStep(scene.height)
        self._down.setSingleStep(28)
        self._down.setValue(scene.scroll_y)
        for bar in (self._across, self._down):
            bar.blockSignals(False)
        first = max(0, scene.visible_range()[0])
        grid = adaptive_grid(scene.state.tempo_map, first, scene.axis.px_per_tick)
        self._studio.snap.set_adaptive_ticks(grid.ticks)

    def _bar_across(self, value: int) -> None:
        self.set_axis(self.scene.axis.scrolled_to(value / _BAR_STEPS * self._length_px()))

    def _bar_down(self, value: int) -> None:
        self.set_scroll_y(value)

    def pan(self, by: QPointF) -> None:
        """Move the picture by pixels, as a hand would."""
        self.set_axis(self.scene.axis.scrolled_to(self.scene.axis.scroll_px - by.x()))
        self.set_scroll_y(self.scene.scroll_y - by.y())

    def remember(self) -> None:
        """Keep the present view for `back`."""
        if not self._views or self._views[-1] != self.scene.axis:
            self._views = [*self._views[-_KEPT_VIEWS:], self.scene.axis]

    def back(self) -> bool:
        """Return to the view before the last zoom; False when there is none."""
        while self._views:
            axis = self._views.pop()
            if axis != self.scene.axis:
                self.set_axis(axis)
                return True
        return False

    def fit(self, start_tick: int, end_tick: int) -> None:
        """Show a stretch of time across the whole width."""
        self.remember()
        self.set_axis(self.scene.axis.fitted(start_tick, end_tick, self.scene.width))

    def show_tick(self, tick: float, turn_at: float = 1.0) -> None:
        """Scroll to a moment that is out of sight, or that lies beyond the part `turn_at` of the width."""
        x = self.scene.axis.x_of(tick)
        if not 0 <= x <= self.scene.width * turn_at:
            self.set_axis(self.scene.axis.scrolled_to(self.scene.axis.scroll_px + x - self.scene.width * _LAND_AT))

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Scroll as little as it takes to see these rows, or the first of them when there is no room for all."""
        if rows:
            top, bottom = min(row.top for row in rows), max(row.bottom for row in rows)
            self.set_scroll_y(min(top, max(self.scene.scroll_y, bottom - self.scene.height)))

    def zoom(self, factor: float, anchor_x: float) -> None:
        """Zoom around an x."""
        self.remember()
        self.set_axis(self.scene.axis.zoomed(factor, anchor_x))

    def pinch(self, spread: float, x: float) -> None:
        """Zoom at the pointer by what two fingers spread since the last event (0.1: a tenth; negative: closer)."""
        self.set_axis(self.scene.axis.zoomed(max(0.1, 1.0 + spread), x))

    def wheel(self, event: QWheelEvent, x: float, y: float) -> None:
        """Wheel = up and down, Shift = sideways, Ctrl = zoom at the pointer, Alt = track height."""
        keys = event.modifiers()
        pixels, angle = event.pixelDelta(), event.angleDelta()
        notches = (angle.y() or angle.x()) / _NOTCH
        if keys & Qt.KeyboardModifier.ControlModifier:
            self.set_axis(self.scene.axis.zoomed(_ZOOM_PER_NOTCH**notches, x))
        elif keys & Qt.KeyboardModifier.AltModifier:
            self.row_height_wanted.emit(y, 1 if notches > 0 else -1)
        elif not pixels.isNull():
            by = QPointF(pixels)
            self.pan(QPointF(by.y(), 0) if keys & Qt.KeyboardModifier.ShiftModifier and not by.x() else by)
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            self.pan(QPointF(notches * _PX_PER_NOTCH, 0))
        else:
            self.pan(QPointF(angle.x() / _NOTCH * _PX_PER_NOTCH, angle.y() / _NOTCH * _PX_PER_NOTCH))
        event.accept()
