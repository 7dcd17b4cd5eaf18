"""Where things are: ticks to pixels and back, and track rows; plain numbers, no Qt.

The time axis is linear in ticks. Coordinates are floats local to the lanes (x 0 is the left edge of the lanes, y 0
their top after scrolling). A clip of eight hours at the deepest zoom is wider than a C int, so nothing here is
rounded: the painters clip to the visible part before they hand a number to Qt.
"""

import bisect
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from maxbooster_desktop.project.document.state import RECORDABLE, ProjectState, Track, TrackId

MIN_PX_PER_TICK = 2e-6
MAX_PX_PER_TICK = 256.0
ROW_HEIGHTS = (28, 50, 96)
MIN_ROW_HEIGHT = 28
MAX_ROW_HEIGHT = 240
BELOW_LAST_ROW = 120
TAKE_LANE_PX = 30
_NOISE_PX = 1e-6


class Rect(NamedTuple):
    """A rectangle in pixels; `right` and `bottom` are exclusive."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The first x to the right of the rectangle."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The first y below the rectangle."""
        return self.y + self.height

    def contains(self, x: float, y: float) -> bool:
        """Return whether a point lies inside."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def meets(self, other: "Rect") -> bool:
        """Return whether two rectangles share any area."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom


def spanning(x0: float, y0: float, x1: float, y1: float) -> Rect:
    """Return the rectangle between two opposite corners, in any order."""
    return Rect(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0))


def pixel_of(x: float) -> int:
    """Return the whole pixel nearest to `x`; halves go up everywhere, so that scrolling by any amount shifts it."""
    # What is a half but for the rounding of floats is one: that rounding depends on where the view is.
    return math.floor(x + 0.5 + _NOISE_PX)


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Ticks to x: `x = tick * px_per_tick - scroll_px`."""

    px_per_tick: float = 0.02
    scroll_px: float = 0.0

    def x_of(self, tick: float) -> float:
        """Return the x of a tick."""
        return tick * self.px_per_tick - self.scroll_px

    def exact_tick_at(self, x: float) -> float:
        """Return the fractional tick under `x`."""
        return (x + self.scroll_px) / self.px_per_tick

    def tick_at(self, x: float) -> int:
        """Return the nearest tick under `x`, never before the start."""
        return max(0, round(self.exact_tick_at(x)))

    def visible(self, width: float) -> tuple[int, int]:
        """Return the first and last tick shown by `width` pixels."""
        return math.floor(self.exact_tick_at(0)), math.ceil(self.exact_tick_at(width))

    def scrolled_to(self, scroll_px: float) -> "TimeAxis":
        """Return the axis scrolled to `scroll_px` (never before the start)."""
        return replace(self, scroll_px=max(0.0, scroll_px))

    def zoomed(self, factor: float, anchor_x: float) -> "TimeAxis":
        """Return the axis zoomed so that the time under `anchor_x` stays there (unless the start is in the way)."""
        # Nine digits, so that zooming in and out again finds the very same scale and its waveform tiles.
        scale = float(f"{min(MAX_PX_PER_TICK, max(MIN_PX_PER_TICK, self.px_per_tick * factor)):.9g}")
        tick = self.exact_tick_at(anchor_x)
        return TimeAxis(scale, max(0.0, tick * scale - anchor_x))

    def fitted(self, start_tick: float, end_tick: float, width: float, margin_px: float = 16.0) -> "TimeAxis":
        """Return the axis on which `start_tick`..`end_tick` fills `width` with a margin at both sides."""
        span = max(1.0, end_tick - start_tick)
        scale = min(MAX_PX_PER_TICK, max(MIN_PX_PER_TICK, max(1.0, width - 2 * margin_px) / span))
        return TimeAxis(scale, max(0.0, start_tick * scale - margin_px))


@dataclass(frozen=True, slots=True)
class Row:
    """One visible track: `top` counts from the first row, before scrolling; `lanes` of takes lie below it."""

    track: TrackId
    index: int
    top: int
    height: int
    depth: int
    is_group: bool
    number: int
    lanes: int = 0
    can_record: bool = False

    @property
    def bottom(self) -> int:
        """The first y below the row itself, before scrolling."""
        return self.top + self.height

    @property
    def end(self) -> int:
        """The first y below the row and its lanes of takes, before scrolling."""
        return self.bottom + self.lanes * TAKE_LANE_PX


@dataclass(frozen=True)
class Rows:
    """The visible rows from top to bottom, without the content of folded groups."""

    rows: tuple[Row, ...]

    @cached_property
    def _tops(self) -> list[int]:
        return [row.top for row in self.rows]

    @cached_property
    def by_track(self) -> Mapping[TrackId, Row]:
        """The row of each visible track."""
        return {row.track: row for row in self.rows}

    @property
    def height(self) -> int:
        """The height of all rows together."""
        return self.rows[-1].end if self.rows else 0

    def at(self, content_y: float) -> Row | None:
        """Return the row at a y that counts from the first row, or None above and below the rows."""
        if content_y < 0 or content_y >= self.height:
            return None
        return self.rows[bisect.bisect_right(self._tops, content_y) - 1]

    def between(self, top: float, bottom: float) -> tuple[Row, ...]:
        """Return the rows that show anything between two y."""
        first = max(0, bisect.bisect_right(self._tops, top) - 1)
        last = bisect.bisect_left(self._tops, bottom)
        return self.rows[first:last] if top < self.height else ()


def depth_of(tracks: Mapping[TrackId, Track], track: TrackId) -> int:
    """Return how many groups a track is inside of (a cycle, which repair removes, counts once)."""
    depth, seen, parent = 0, {track}, tracks[track].parent
    while parent is not None and parent in tracks and parent not in seen:
        seen.add(parent)
        depth, parent = depth + 1, tracks[parent].parent
    return depth


def layout_rows(
    state: ProjectState,
    folded: Collection[TrackId] = (),
    heights: Mapping[TrackId, int] | None = None,
    opened: Collection[TrackId] = (),
) -> Rows:
    """Lay out the rows of `state`; `heights` overrides stored heights, `opened` tracks show their takes."""
    rows: list[Row] = []
    hidden: set[TrackId] = set()
    top = 0
    for number, track_id in enumerate(state.track_order, start=1):
        track = state.tracks[track_id]
        if track.parent is not None and (track.parent in hidden or track.parent in folded):
            hidden.add(track_id)
            continue
        height = (heights or {}).get(track_id, track.height)
        height = min(MAX_ROW_HEIGHT, max(MIN_ROW_HEIGHT, height))
        depth = depth_of(state.tracks, track_id)
        lanes = len(state.takes_by_track.get(track_id, ())) if track_id in opened else 0
        rows.append(
            Row(track_id, len(rows), top, height, depth, track.kind == "group", number, lanes, track.kind in RECORDABLE)
        )
        top = rows[-1].end
    return Rows(tuple(rows))
