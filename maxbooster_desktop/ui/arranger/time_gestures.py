"""Drags on the ruler and the marker lane: the playhead, zooming, the loop, markers. No Qt."""

from collections.abc import Callable
from typing import Protocol

from maxbooster_desktop.project.document.state import Marker
from maxbooster_desktop.ui.arranger.desk import Desk, Gesture, Pointer
from maxbooster_desktop.ui.arranger.geometry import TimeAxis
from maxbooster_desktop.ui.arranger.hits import Zone

_CLICK_PX = 3.0
_PX_PER_OCTAVE = 60.0


class Dragged(Protocol):
    """What a drag in progress shows."""

    dragged_loop: tuple[int, int] | None
    dragged_marker: tuple[str, int] | None


class TimeHost(Protocol):
    """What a drag needs of the ruler."""

    @property
    def places(self) -> Dragged:
        """Where the ruler's parts are."""
        ...

    def invalidate(self) -> None:
        """Have the ruler painted anew."""
        ...


class ScrubOrZoom(Gesture):
    """A drag in the ruler's lower half. Its first pixels decide: sideways moves the playhead, up or down zooms.

    Zooming keeps the time first touched under the pointer, and so scrolls when the pointer also goes sideways.
    """

    hint = "Sideways: move the playhead · up or down: zoom · Alt: ignore snap · Esc: cancel"

    def __init__(self, desk: Desk, pointer: Pointer, set_axis: Callable[[TimeAxis], None]) -> None:
        self._desk, self._start, self._set_axis = desk, pointer, set_axis
        self._axis = desk.scene.axis
        self._before = desk.studio.playhead_tick
        self._is_zoom: bool | None = None

    def move(self, pointer: Pointer) -> None:
        """Move the playhead to the pointer, or zoom to it."""
        dx, dy = pointer.x - self._start.x, pointer.y - self._start.y
        if self._is_zoom is None and max(abs(dx), abs(dy)) > _CLICK_PX:
            self._is_zoom = abs(dy) > abs(dx)
        if self._is_zoom:
            zoomed = self._axis.zoomed(2.0 ** (dy / _PX_PER_OCTAVE), self._start.x)
            self._set_axis(zoomed.scrolled_to(zoomed.scroll_px - dx))
        elif self._is_zoom is not None:
            seek_to(self._desk, pointer)

    def release(self, pointer: Pointer) -> None:
        """Rest there; a click moves the playhead."""
        self.move(pointer)
        if self._is_zoom is None:
            seek_to(self._desk, pointer)

    def cancel(self) -> None:
        """Show what was shown before, and put the playhead back."""
        if self._is_zoom:
            self._set_axis(self._axis)
        elif self._is_zoom is not None:
            self._desk.studio.engine.seek(self._before)


def seek_to(desk: Desk, pointer: Pointer) -> None:
    """Move the playhead to the pointer."""
    desk.studio.engine.seek(desk.snapper(pointer.keys).snap(desk.scene.axis.tick_at(pointer.x)))


class DrawLoop(Gesture):
    """Draws a loop from where the pointer went down to where it is, and switches it on; a click moves the playhead."""

    hint = "Drag over the time to loop · Alt: ignore snap · Esc: cancel"

    def __init__(self, desk: Desk, host: TimeHost, pointer: Pointer) -> None:
        self._desk, self._host, self._start = desk, host, pointer
        self._anchor_tick = desk.snapper(pointer.keys).snap(desk.scene.axis.tick_at(pointer.x))

    def move(self, pointer: Pointer) -> None:
        """Show the loop up to the pointer."""
        if abs(pointer.x - self._start.x) <= _CLICK_PX and self._host.places.dragged_loop is None:
            return
        tick = self._desk.snapper(pointer.keys).snap(self._desk.scene.axis.tick_at(pointer.x))
        low, high = sorted((self._anchor_tick, tick))
        self._host.places.dragged_loop = (low, max(high, low + 1))
        self._host.invalidate()

    def release(self, pointer: Pointer) -> None:
        """Set the loop as one undo step; nothing when both ends snapped to the same line."""
        self.move(pointer)
        loop = self._host.places.dragged_loop
        self.cancel()
        if loop is None:
            seek_to(self._desk, pointer)
        elif loop[1] > loop[0] + 1:
            self._desk.commit("meta.set_loop", *loop, True)

    def cancel(self) -> None:
        """Show the loop as it is."""
        self._host.places.dragged_loop = None
        self._host.invalidate()


class DragLoop(Gesture):
    """Drags the loop brace: one of its ends, or the whole."""

    hint = "Drag to move · Alt: ignore snap · Esc: cancel"

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
        self._host.places.dragged_loop = (start, end)
        self._host.invalidate()

    def release(self, pointer: Pointer) -> None:
        """Set the loop as one undo step; a click on it switches it on or off."""
        meta = self._desk.scene.state.meta
        if abs(pointer.x - self._start.x) <= _CLICK_PX:
            self.cancel()
            self._desk.commit("meta.set_loop", *self._before, not meta.loop_enabled)
            return
        self.move(pointer)
        loop, self._host.places.dragged_loop = self._host.places.dragged_loop, None
        if loop is not None and loop != self._before:
            self._desk.commit("meta.set_loop", *loop, meta.loop_enabled)

    def cancel(self) -> None:
        """Show the loop as it is."""
        self._host.places.dragged_loop = None
        self._host.invalidate()


class DragMarker(Gesture):
    """Drags a marker; a click goes there."""

    hint = "Drag to move · Alt: ignore snap · Esc: cancel"

    def __init__(self, desk: Desk, host: TimeHost, marker: Marker, pointer: Pointer) -> None:
        self._desk, self._host, self._marker, self._start = desk, host, marker, pointer

    def move(self, pointer: Pointer) -> None:
        """Show the marker under the pointer."""
        if abs(pointer.x - self._start.x) <= _CLICK_PX and self._host.places.dragged_marker is None:
            return
        delta = round((pointer.x - self._start.x) / self._desk.scene.axis.px_per_tick)
        tick = self._desk.snapper(pointer.keys).snap(self._marker.tick + delta)
        self._host.places.dragged_marker = (self._marker.id, tick)
        self._host.invalidate()

    def release(self, pointer: Pointer) -> None:
        """Move the marker as one undo step, or seek to it."""
        self.move(pointer)
        dragged, self._host.places.dragged_marker = self._host.places.dragged_marker, None
        if dragged is None:
            self._desk.studio.engine.seek(self._marker.tick)
        elif dragged[1] != self._marker.tick:
            self._desk.commit("markers.move_marker", self._marker.id, dragged[1])

    def cancel(self) -> None:
        """Show the marker where it is."""
        self._host.places.dragged_marker = None
        self._host.invalidate()
