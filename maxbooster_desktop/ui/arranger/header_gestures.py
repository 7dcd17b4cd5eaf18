"""Drags on track headers: volume, height, and the order of tracks."""

from collections.abc import Callable
from typing import Protocol

from maxbooster_desktop.project.document.state import ProjectState, TrackId
from maxbooster_desktop.ui.arranger.desk import Desk, Gesture, Pointer
from maxbooster_desktop.ui.arranger.geometry import MAX_ROW_HEIGHT, MIN_ROW_HEIGHT, ROW_HEIGHTS, Row
from maxbooster_desktop.ui.arranger.header_layout import HeaderLayout
from maxbooster_desktop.ui.widgets.decibel_scale import fraction_of, level_at

_FINE = 0.1
_HEIGHT_MAGNET_PX = 5


class HeaderHost(Protocol):
    """What a drag needs of the column of headers."""

    insert_y: float | None
    dragged_gains: dict[TrackId, float]

    def layout_of(self, row: Row) -> HeaderLayout:
        """Return where the parts of a header are."""
        ...

    def update_track(self, track: TrackId) -> None:
        """Repaint one header."""
        ...

    def update(self) -> None:
        """Repaint the column."""
        ...


class Volume(Gesture):
    """Drags a track's volume; heard at once through the engine, written on release."""

    def __init__(self, desk: Desk, host: HeaderHost, track: TrackId, pointer: Pointer) -> None:
        self._desk, self._host, self._track = desk, host, track
        self._before = desk.scene.state.tracks[track].gain_db
        self._position = fraction_of(self._before)
        self._last_x = pointer.x
        volume = host.layout_of(desk.scene.rows.by_track[track]).volume
        self._width = volume.width if volume else 110.0
        self._gain_db = self._before

    def move(self, pointer: Pointer) -> None:
        """Show and play the volume under the pointer."""
        if pointer.x == self._last_x:
            return
        step = (pointer.x - self._last_x) / self._width * (_FINE if pointer.keys.shift else 1.0)
        self._last_x = pointer.x
        self._position = max(0.0, min(1.0, self._position + step))
        self._show(round(level_at(self._position), 1))

    def _show(self, gain_db: float) -> None:
        self._gain_db = gain_db
        self._host.dragged_gains[self._track] = gain_db
        self._desk.touch(self._track, "gain_db", gain_db)
        self._host.update_track(self._track)

    def release(self, pointer: Pointer) -> None:
        """Write the volume as one undo step."""
        self.move(pointer)
        self._host.dragged_gains.pop(self._track, None)
        if self._gain_db != self._before:
            self._desk.commit("channel.set_gain", self._track, self._gain_db)

    def cancel(self) -> None:
        """Put the volume back."""
        self._desk.touch(self._track, "gain_db", self._before)
        self._host.dragged_gains.pop(self._track, None)
        self._host.update_track(self._track)


class Resize(Gesture):
    """Drags a track's height; it lingers at compact, normal and expanded."""

    def __init__(self, desk: Desk, track: TrackId, pointer: Pointer, rows_changed: Callable[[], None]) -> None:
        self._desk, self._track, self._changed = desk, track, rows_changed
        self._before = desk.scene.rows.by_track[track].height
        self._start_y = pointer.y

    def move(self, pointer: Pointer) -> None:
        """Show the height under the pointer."""
        height = round(self._before + pointer.y - self._start_y)
        nearest = min(ROW_HEIGHTS, key=lambda known: abs(known - height))
        if abs(nearest - height) <= _HEIGHT_MAGNET_PX:
            height = nearest
        self._desk.scene.heights[self._track] = max(MIN_ROW_HEIGHT, min(MAX_ROW_HEIGHT, height))
        self._changed()

    def release(self, pointer: Pointer) -> None:
        """Write the height as one undo step."""
        self.move(pointer)
        height = self._desk.scene.heights[self._track]
        if height == self._before:
            self.cancel()
        else:
            self._desk.commit("tracks.set_track_height", self._track, height)

    def cancel(self) -> None:
        """Put the height back."""
        self._desk.scene.heights.pop(self._track, None)
        self._changed()


class Reorder(Gesture):
    """Drags the selected tracks to another place, into and out of groups."""

    def __init__(self, desk: Desk, host: HeaderHost, track: TrackId) -> None:
        self._desk, self._host = desk, host
        selected = desk.studio.selection.tracks
        self._tracks = selected if track in selected else (track,)
        self._place: tuple[TrackId | None, TrackId | None] | None = None

    def move(self, pointer: Pointer) -> None:
        """Show the line where the tracks would go."""
        scene = self._desk.scene
        y = pointer.y + scene.scroll_y
        row = scene.rows.at(y)
        gap = len(scene.rows.rows) if row is None and y > 0 else 0
        if row is not None:
            gap = row.index + (y > row.top + row.height / 2)
        self._place = place_below(scene.state, scene.rows.rows[:gap], self._tracks)
        self._host.insert_y = (scene.rows.rows[gap - 1].bottom if gap else 0) - scene.scroll_y
        self._host.update()

    def release(self, pointer: Pointer) -> None:
        """Move the tracks as one undo step."""
        self.move(pointer)
        place = self._place
        self.cancel()
        if place is not None and place[1] not in self._tracks:
            self._desk.commit("tracks.move_tracks", self._tracks, *place)

    def cancel(self) -> None:
        """Take the line away."""
        self._host.insert_y = None
        self._host.update()


def place_below(
    state: ProjectState, above: tuple[Row, ...], moving: tuple[TrackId, ...]
) -> tuple[TrackId | None, TrackId | None] | None:
    """Return (parent, after) for tracks dropped below the rows `above`; None when that is inside themselves."""
    if not above:
        return None, None
    last = state.tracks[above[-1].track]
    if last.kind == "group" and last.id not in moving:
        return last.id, None
    return (last.parent, last.id) if last.parent not in moving else None
