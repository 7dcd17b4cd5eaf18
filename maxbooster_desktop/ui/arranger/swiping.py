"""Swiping over a take's lane: the time under the swipe is heard of that take. No Qt."""

from maxbooster_desktop.project.document.state import Take
from maxbooster_desktop.ui.arranger.desk import Desk, Gesture, Pointer
from maxbooster_desktop.ui.arranger.geometry import Rect, spanning


class SwipeTake(Gesture):
    """Lets a take be heard in the time that is dragged over, snapped to the grid."""

    hint = "Drag over what is to be heard of this take · Alt: ignore snap · Esc: cancel"

    def __init__(self, desk: Desk, take: Take, lane: Rect, pointer: Pointer) -> None:
        self._desk, self._take, self._lane = desk, take, lane
        self._anchor_tick = desk.scene.axis.exact_tick_at(pointer.x)

    def move(self, pointer: Pointer) -> None:
        """Show what would be heard."""
        first, end = self._span(pointer)
        axis = self._desk.scene.axis
        self._desk.show_band(spanning(axis.x_of(first), self._lane.y, axis.x_of(end), self._lane.bottom - 1))

    def release(self, pointer: Pointer) -> None:
        """Let it be heard, as one step."""
        self._desk.show_band(None)
        first, end = self._span(pointer)
        if end > first:
            self._desk.commit("takes.choose_range", self._take.id, first, end)

    def cancel(self) -> None:
        """Leave the comp as it is."""
        self._desk.show_band(None)

    def _span(self, pointer: Pointer) -> tuple[int, int]:
        snapper = self._desk.snapper(pointer.keys)
        ends = (max(0, round(self._anchor_tick)), self._desk.scene.axis.tick_at(pointer.x))
        first, end = sorted(snapper.snap(tick) for tick in ends)
        return first, end
