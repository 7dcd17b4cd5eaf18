"""What is under the pointer: hit zones of clips and lanes, and the words and cursors that go with them.

Zones of a clip in pixels at 1x: header 15 = select and move; edge 6 = trim, or below the header in the upper half of
the right one repeat; fade corners and fade ends 12 x 12; the middle of a fade's line 16 x 12 = its curve; the gain
line +-3.
Below 40 px of width only trim and move; below 12 px only select and move.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from maxbooster_desktop.ui.arranger.geometry import Rect

CLIP_HEADER_PX = 15
EDGE_PX = 6
CORNER_PX = 12
GAIN_REACH_PX = 3
CURVE_REACH_PX = (8, 6)
MIN_CURVED_FADE_PX = 32
GAIN_RANGE_DB = 24.0
MIN_GAIN_LINE_BODY_PX = 24


class Zone(StrEnum):
    """Everything in the arranger that a pointer can mean."""

    EMPTY_LANE = "empty lane"
    BELOW_TRACKS = "below the tracks"
    CLIP = "clip"
    TAKE = "take"
    TAKE_LANE = "lane of a take"
    TRIM_START = "clip start"
    TRIM_END = "clip end"
    LOOP_CLIP = "clip repeats"
    FADE_IN = "fade in"
    FADE_OUT = "fade out"
    FADE_IN_CURVE = "curve of the fade in"
    FADE_OUT_CURVE = "curve of the fade out"
    GAIN = "clip gain"
    RULER = "ruler"
    LOOP_LANE = "loop lane"
    LOOP = "loop"
    LOOP_START = "loop start"
    LOOP_END = "loop end"
    MARKER = "marker"
    MARKER_LANE = "marker lane"
    TEMPO_CHANGE = "tempo or signature change"
    TEMPO_LANE = "tempo lane"
    COMMENT = "comment"
    COMMENT_LANE = "comments lane"
    HEADER = "track"
    HEADER_NAME = "track name"
    HEADER_ARM = "arm"
    HEADER_MUTE = "mute"
    HEADER_SOLO = "solo"
    HEADER_VOLUME = "volume"
    HEADER_FOLD = "fold"
    HEADER_RESIZE = "track height"
    HEADER_METER = "meter"
    NOTHING = "nothing"


HINTS: dict[Zone, str] = {
    Zone.EMPTY_LANE: "Drag to select · Ctrl+wheel: zoom · Shift+wheel: scroll · drop audio here",
    Zone.BELOW_TRACKS: "Drop audio here for new tracks",
    Zone.CLIP: "Drag to move · Alt: ignore snap · Ctrl: copy · Shift: one direction · Ctrl+Alt drag: slip",
    Zone.TAKE: "Click to select its time · T: next take · Shift+T: take before · drag to select other time",
    Zone.TAKE_LANE: "Drag over what is to be heard of this take · double-click: all of it · Alt: ignore snap",
    Zone.TRIM_START: "Drag to trim the start · Alt: ignore snap",
    Zone.TRIM_END: "Drag to trim the end · Alt: ignore snap",
    Zone.LOOP_CLIP: "Drag right to repeat the clip · Alt: ignore snap",
    Zone.FADE_IN: "Drag sideways to fade in",
    Zone.FADE_OUT: "Drag sideways to fade out",
    Zone.FADE_IN_CURVE: "Drag up or down to bend the fade · double-click: straight",
    Zone.FADE_OUT_CURVE: "Drag up or down to bend the fade · double-click: straight",
    Zone.GAIN: "Drag up or down for clip gain · Shift: fine · double-click: 0 dB",
    Zone.RULER: "Click or drag sideways to move the playhead · drag up or down to zoom · double-click: fit",
    Zone.LOOP_LANE: "Drag to draw a loop · click to move the playhead · double-click: fit",
    Zone.LOOP: "Drag to move the loop · click: on or off · Shift+drag: draw another · Alt: ignore snap",
    Zone.LOOP_START: "Drag to move the loop start · Alt: ignore snap",
    Zone.LOOP_END: "Drag to move the loop end · Alt: ignore snap",
    Zone.MARKER: "Drag to move the marker · double-click to rename · click to go there",
    Zone.MARKER_LANE: "Double-click to add a marker",
    Zone.TEMPO_CHANGE: "Click to go there · double-click to edit · right-click to delete",
    Zone.TEMPO_LANE: "Double-click to add a tempo or time signature",
    Zone.COMMENT: "Click a pin: open the thread · arrows: from pin to pin",
    Zone.COMMENT_LANE: "Double-click: new comment · Ctrl+Alt+M: comment on the selection",
    Zone.HEADER: "Drag to reorder · Ctrl or Shift: select several",
    Zone.HEADER_NAME: "Double-click to rename · drag to reorder",
    Zone.HEADER_ARM: "Arm this track: R in the transport records what is armed",
    Zone.HEADER_MUTE: "Mute this track",
    Zone.HEADER_SOLO: "Solo this track",
    Zone.HEADER_VOLUME: "Drag for volume · Shift: fine · double-click: 0 dB",
    Zone.HEADER_FOLD: "Fold or unfold the group",
    Zone.HEADER_RESIZE: "Drag for track height",
    Zone.HEADER_METER: "Click to clear the clip lamp",
    Zone.NOTHING: "",
}

#: Cursor per zone, by Qt.CursorShape name; zones not named keep the arrow.
CURSORS: dict[Zone, str] = {
    Zone.TRIM_START: "SizeHorCursor",
    Zone.TRIM_END: "SizeHorCursor",
    Zone.LOOP_CLIP: "DragCopyCursor",
    Zone.FADE_IN: "CrossCursor",
    Zone.FADE_OUT: "CrossCursor",
    Zone.FADE_IN_CURVE: "SizeVerCursor",
    Zone.FADE_OUT_CURVE: "SizeVerCursor",
    Zone.GAIN: "SizeVerCursor",
    Zone.TAKE_LANE: "IBeamCursor",
    Zone.RULER: "PointingHandCursor",
    Zone.LOOP_LANE: "CrossCursor",
    Zone.LOOP: "OpenHandCursor",
    Zone.LOOP_START: "SizeHorCursor",
    Zone.LOOP_END: "SizeHorCursor",
    Zone.MARKER: "OpenHandCursor",
    Zone.TEMPO_CHANGE: "PointingHandCursor",
    Zone.COMMENT: "PointingHandCursor",
    Zone.HEADER_VOLUME: "SizeHorCursor",
    Zone.HEADER_FOLD: "PointingHandCursor",
    Zone.HEADER_RESIZE: "SizeVerCursor",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A zone and the id of the clip, track or marker it belongs to (None for empty places)."""

    zone: Zone
    entity: str | None = None
    track: str | None = None


class FadeLine(NamedTuple):
    """The line of a fade on screen, from the x where it is silent to the x where it is full."""

    silent_x: float
    full_x: float
    curve: float


@dataclass(frozen=True, slots=True)
class ClipShape:
    """A clip on screen: its rectangle, its fades and its gain line, all in lane pixels.

    `carried` are fades of the pieces it was split from, as far as they run on in it; they are bent and drawn out there.
    """

    rect: Rect
    fade_in_x: float
    fade_out_x: float
    gain_y: float | None
    fade_in_curve: float = 0.0
    fade_out_curve: float = 0.0
    carried: tuple[FadeLine, ...] = ()

    def fade_middles(self) -> dict[Zone, tuple[float, float]]:
        """Return where the lines of the fades that are long enough to be bent have their middle."""
        body = body_of(self.rect)
        ends = (
            (Zone.FADE_IN_CURVE, self.rect.x, self.fade_in_x, self.fade_in_curve),
            (Zone.FADE_OUT_CURVE, self.rect.right, self.fade_out_x, self.fade_out_curve),
        )
        return {
            zone: ((edge + full) / 2, body.y + body.height * (1.0 - fade_level(0.5, curve)))
            for zone, edge, full, curve in ends
            if self.gain_y is not None and abs(full - edge) >= MIN_CURVED_FADE_PX
        }

    def zone(self, x: float, y: float) -> Zone:
        """Return what a point inside the clip means."""
        left, right = x - self.rect.x, self.rect.right - x
        if self.rect.width < 12:
            return Zone.CLIP
        if self.rect.width >= 40:
            zone = self._corner(x, y - self.rect.y) or self._middle(x, y)
            if zone is not None:
                return zone
        if left < EDGE_PX:
            return Zone.TRIM_START
        if right <= EDGE_PX:
            body = body_of(self.rect)
            is_loop = self.gain_y is not None and body.y <= y < body.y + body.height / 2
            return Zone.LOOP_CLIP if is_loop and self.rect.width >= 40 else Zone.TRIM_END
        if self.rect.width >= 40 and self.gain_y is not None and abs(y - self.gain_y) <= GAIN_REACH_PX:
            return Zone.GAIN
        return Zone.CLIP

    def _middle(self, x: float, y: float) -> Zone | None:
        for zone, (middle_x, middle_y) in self.fade_middles().items():
            if abs(x - middle_x) <= CURVE_REACH_PX[0] and abs(y - middle_y) <= CURVE_REACH_PX[1]:
                return zone
        return None

    def _corner(self, x: float, below_top: float) -> Zone | None:
        if below_top >= CORNER_PX or self.gain_y is None:
            return None
        if x < self.rect.x + CORNER_PX or abs(x - self.fade_in_x) <= CORNER_PX / 2:
            return Zone.FADE_IN
        if x >= self.rect.right - CORNER_PX or abs(x - self.fade_out_x) <= CORNER_PX / 2:
            return Zone.FADE_OUT
        return None


def header_of(height: float) -> float:
    """Return how high the header of a clip of some height is: a compact clip keeps a body of at least 8 px."""
    return min(CLIP_HEADER_PX, max(0.0, height - 8))


def body_of(rect: Rect) -> Rect:
    """Return the part of a clip below its header."""
    header = header_of(rect.height)
    return Rect(rect.x, rect.y + header, rect.width, rect.height - header)


def fade_level(position: float, curve: float) -> float:
    """Return the level (0..1) at `position` (0..1) of a fade; curve -1 starts slowly, +1 fast."""
    t = max(0.0, min(1.0, position))
    # The same law as the engine's clip reader: t / (t + (1 - t) a), a = 4^-curve.
    return t / (t + (1.0 - t) * math.pow(4.0, -max(-1.0, min(1.0, curve))))


def curve_through(level: float) -> float:
    """Return the curve (-1..1) of a fade whose middle has a level: `fade_level(0.5, ...)` the other way round."""
    held = max(fade_level(0.5, -1.0), min(fade_level(0.5, 1.0), level))
    return -math.log(1.0 / held - 1.0, 4.0)


def gain_line_y(body: Rect, gain_db: float) -> float:
    """Return where a clip's gain line runs: 0 dB in the middle, +-24 dB at the edges of the body."""
    shown = max(-GAIN_RANGE_DB, min(GAIN_RANGE_DB, gain_db))
    return body.y + body.height * (0.5 - shown / (2 * GAIN_RANGE_DB))
