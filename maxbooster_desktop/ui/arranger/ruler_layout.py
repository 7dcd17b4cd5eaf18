"""Where the parts of the ruler are, and what a point of it means.

The ruler is 28 px high. Its upper half belongs to the loop: a drag draws one, and the brace that shows it can be
dragged by its ends and its middle. Its lower half belongs to the playhead and the zoom. Below lies the marker lane.
"""

import math

from maxbooster_desktop.project.document.state import Marker
from maxbooster_desktop.ui.arranger.desk import Desk
from maxbooster_desktop.ui.arranger.geometry import Rect
from maxbooster_desktop.ui.arranger.hits import Hit, Zone
from maxbooster_desktop.ui.arranger.texts import Texts
from maxbooster_desktop.ui.theme.fonts import ui_font

RULER_HEIGHT = 28
LOOP_HEIGHT = 14
MARKER_HEIGHT = 20
_BRACE_TOP = 2
_BRACE_HEIGHT = 10
_EDGE_PX = 5
_MARKER_MAX_PX = 140


class RulerLayout:
    """Places of everything in the ruler; `dragged_loop` and `dragged_marker` show a drag in progress."""

    def __init__(self, desk: Desk, texts: Texts) -> None:
        self._desk, self._texts = desk, texts
        self.dragged_loop: tuple[int, int] | None = None
        self.dragged_marker: tuple[str, int] | None = None

    def loop_rect(self) -> Rect:
        """Return the rectangle of the loop brace."""
        meta = self._desk.scene.state.meta
        start, end = self.dragged_loop or (meta.loop_start_tick, meta.loop_end_tick)
        axis = self._desk.scene.axis
        return Rect(axis.x_of(start), _BRACE_TOP, axis.x_of(end) - axis.x_of(start), _BRACE_HEIGHT)

    def marker_rect(self, marker: Marker) -> Rect:
        """Return the rectangle of a marker's flag."""
        tick = marker.tick
        if self.dragged_marker is not None and self.dragged_marker[0] == marker.id:
            tick = self.dragged_marker[1]
        width = self._texts.advance(marker.name, ui_font("hint", 500))
        shown = min(_MARKER_MAX_PX, max(28.0, math.ceil(width) + 16.0))
        return Rect(self._desk.scene.axis.x_of(tick), RULER_HEIGHT + 3, shown, MARKER_HEIGHT - 5)

    def rect_of(self, entity_id: str) -> Rect | None:
        """Return the rectangle of a marker or of a zone of the ruler (`Zone.LOOP_END`); None for others."""
        marker = next((each for each in self._desk.scene.state.markers if each.id == entity_id), None)
        return self.marker_rect(marker) if marker else self._zones().get(entity_id)

    def _zones(self) -> dict[str, Rect]:
        width, loop = self._desk.scene.width, self.loop_rect()
        edge = min(2.0 * _EDGE_PX, loop.width)
        return {
            Zone.LOOP_LANE: Rect(0, 0, width, LOOP_HEIGHT),
            Zone.RULER: Rect(0, LOOP_HEIGHT, width, RULER_HEIGHT - LOOP_HEIGHT),
            Zone.MARKER_LANE: Rect(0, RULER_HEIGHT, width, MARKER_HEIGHT),
            Zone.LOOP: loop,
            Zone.LOOP_START: Rect(loop.x - _EDGE_PX, 0, edge, LOOP_HEIGHT),
            Zone.LOOP_END: Rect(loop.right + _EDGE_PX - edge, 0, edge, LOOP_HEIGHT),
        }

    def hit_test(self, x: float, y: float) -> Hit:
        """Return what a point means."""
        if y >= RULER_HEIGHT:
            for marker in reversed(self._desk.scene.state.markers):
                if self.marker_rect(marker).contains(x, y):
                    return Hit(Zone.MARKER, marker.id)
            return Hit(Zone.MARKER_LANE)
        if y >= LOOP_HEIGHT:
            return Hit(Zone.RULER)
        loop = self.loop_rect()
        if abs(x - loop.right) <= _EDGE_PX:
            return Hit(Zone.LOOP_END)
        if abs(x - loop.x) <= _EDGE_PX:
            return Hit(Zone.LOOP_START)
        return Hit(Zone.LOOP if loop.x <= x < loop.right else Zone.LOOP_LANE)
