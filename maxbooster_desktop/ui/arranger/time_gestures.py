"""Drags on the ruler and the marker lane: scroll and zoom, the playhead, the loop brace, markers. No Qt."""

from collections.abc import Callable
from typing import Protocol

from maxbooster_desktop.project.document.state import Marker
from maxbooster_desktop.ui.arranger.desk import Desk, Gesture, Pointer
from maxbooster_desktop.ui.arranger.geometry import TimeAxis
from maxbooster_desktop.ui.arranger.hits import Zone

_CLICK_PX = 3.0
_PX_PER_OCTAVE = 60.0


class TimeHost(Protocol):
    """What a drag needs of the ruler."""

    dragged_loop: tuple[int, int] | None
    dragged_marker: tuple[str, int] | None

    def update(self) -> None:
        """Repaint the ruler."""
        ...


class ScrollAndZoom(Gesture):
    """Drags the ruler: sideways scrolls, up and down zooms around the time first touched; a click seeks."""

    def __init__(self, desk: Desk, pointer: Pointer, set_axis: Callable[[TimeAxis], None]) -> None:
        self._desk, self._start, self._set_axis = desk, pointer, set_axis
        self._axis = desk.scene.axis
        self._is_drag = False

    def move(self, pointer: Pointer) -> None:
        """Scroll and zoom to the pointer."""
        dx, dy = pointer.x - self._start.x, pointer.y - self._start.y
        self._is_drag = self._is_drag or max(abs(dx), abs(dy)) > _CLICK_PX
        if self._is_drag:
            zoomed = self._axis.zoomed(2.0 ** (dy / _PX_PER_OCTAVE), self._start.x)
            self._set_axis(zoomed.scrolled_to(zoomed.scroll_px - dx))

    def release(self, pointer: Pointer) -> None:
        """Seek when the pointer did not move."""
        self.move(pointer)
        if not self._is_drag:
            desk = self._desk
            desk.studio.engine.seek(desk.snapper(pointer.keys).snap(desk.scene.axis.tick_at(pointer.x)))

    def cancel(self) -> None:
        """Show what was shown before."""
        self._set_axis(self._axis)


class DragLoop(Gesture):
    """Drags the loop brace: one of its ends, or the whole."""

    def __init__(self, desk: Desk, host: TimeHost, zone: Zone, pointer: Pointer) -> None:
        self._desk, self._host, self._zone, self._start = desk, host, zone, pointer
        meta = desk.scene.state.meta
        self._before = (meta.loop_start_tick, meta.loop_end_tick)

    def move(self, pointer: Pointer) -> None:
        """Show the loop under the pointer."""
        delta = round((pointer.x - self._start.x) / self._desk.scene.axis.px_per_tick)
        start, end = self._before
        snapper = self._desk.snapper(pointer.keys)
        if self._zone is Zone.LOOP_START:
            start = min(snapper.snap(start + delta), end - 1)
        elif self._zone is Zone.LOOP_END:
            end = max(snapper.snap(end + delta), start + 1)
        else:
            shift = snapper.snap_move(start, end - start, delta)
            start, end = start + shift, end + shift
        self._host.dragged_loop = (start, end)
        self._host.update()

    def release(self, pointer: Pointer) -> None:
        """Set the loop as one undo step; a click on it switches it on or off."""
        meta = self._desk.scene.state.meta
        if abs(pointer.x - self._start.x) <= _CLICK_PX:
            self.cancel()
            self._desk.commit("meta.set_loop", *self._before, not meta.loop_enabled)
            return
        self.move(pointer)
        loop, self._host.dragged_loop = self._host.dragged_loop, None
        if loop is not None and loop != self._before:
            self._desk.commit("meta.set_loop", *loop, meta.loop_enabled)

    def cancel(self) -> None:
        """Show the loop as it is."""
        self._host.dragged_loop = None
        self._host.update()


class DragMarker(Gesture):
    """Drags a marker; a click goes there."""

    def __init__(self, desk: Desk, host: TimeHost, marker: Marker, pointer: Pointer) -> None:
        self._desk, self._host, self._marker, self._start = desk, host, marker, pointer

    def move(self, pointer: Pointer) -> None:
        """Show the marker under the pointer."""
        if abs(pointer.x - self._start.x) <= _CLICK_PX and self._host.dragged_marker is None:
            return
        delta = round((pointer.x - self._start.x) / self._desk.scene.axis.px_per_tick)
        tick = self._desk.snapper(pointer.keys).snap(self._marker.tick + delta)
        self._host.dragged_marker = (self._marker.id, tick)
        self._host.update()

    def release(self, pointer: Pointer) -> None:
        """Move the marker as one undo step, or seek to it."""
        self.move(pointer)
        dragged, self._host.dragged_marker = self._host.dragged_marker, None
        if dragged is None:
            self._desk.studio.engine.seek(self._marker.tick)
        elif dragged[1] != self._marker.tick:
            self._desk.commit("markers.move_marker", self._marker.id, dragged[1])

    def cancel(self) -> None:
        """Show the marker where it is."""
        self._host.dragged_marker = None
        self._host.update()
