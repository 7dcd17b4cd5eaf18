"""Where the lanes of takes are, below a track whose takes are open: one a take, the one recorded last on top. No Qt.

Which tracks' takes are open is the window's own (`Studio.open_takes`) and no part of the project.
"""

from collections.abc import Iterator
from typing import NamedTuple

from maxbooster_desktop.project.document.state import Take
from maxbooster_desktop.ui.arranger.geometry import TAKE_LANE_PX, Rect, Row
from maxbooster_desktop.ui.arranger.scene import Scene


class TakeLane(NamedTuple):
    """One take's lane, in pixels of the lanes."""

    take: Take
    rect: Rect


def lanes_of(scene: Scene, row: Row) -> Iterator[TakeLane]:
    """Yield the lanes below a row from the top; none unless its takes are open."""
    takes = scene.state.takes_by_track.get(row.track, ())[::-1]
    for number in range(row.lanes):
        top = row.bottom - scene.scroll_y + number * TAKE_LANE_PX
        yield TakeLane(scene.state.takes[takes[number]], Rect(0, top, scene.width, TAKE_LANE_PX))


def lane_at(scene: Scene, y: float) -> TakeLane | None:
    """Return the lane under a y in lane pixels."""
    row = scene.row_at(y)
    lanes = () if row is None else lanes_of(scene, row)
    return next((lane for lane in lanes if lane.rect.y <= y < lane.rect.bottom), None)
