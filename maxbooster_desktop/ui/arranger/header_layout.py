"""Where the parts of a track header are, and what a point in one means. Plain numbers, no Qt.

At 1x in a row 232 wide: 4 px colour bar, number, name, M and S of 20 x 18, volume 110 x 4 with its dB value, and a
stereo meter of 2 x 4 px at the right edge. A compact row (below 44 px) has no volume. Groups indent their tracks.
"""

from dataclasses import dataclass

from maxbooster_desktop.ui.arranger.geometry import Rect, Row
from maxbooster_desktop.ui.arranger.hits import Zone

HEADER_WIDTH = 232
INDENT_PX = 12
RESIZE_PX = 4
VOLUME_FROM_PX = 44
MIN_GAIN_DB = -72.0
MAX_GAIN_DB = 6.0
#: The volume slider's scale: (dB, position 0..1), straight in between.
_LAW = ((MIN_GAIN_DB, 0.0), (-48.0, 0.1), (-24.0, 0.32), (-12.0, 0.55), (-6.0, 0.70), (0.0, 0.86), (MAX_GAIN_DB, 1.0))


def position_of_gain(gain_db: float) -> float:
    """Return where on the volume slider (0..1) a gain stands."""
    for (low_db, low), (high_db, high) in zip(_LAW, _LAW[1:], strict=False):
        if gain_db <= high_db:
            return low + (high - low) * max(0.0, (gain_db - low_db) / (high_db - low_db))
    return 1.0


def gain_of_position(position: float) -> float:
    """Return the gain in dB at a slider position; the inverse of `position_of_gain`."""
    for (low_db, low), (high_db, high) in zip(_LAW, _LAW[1:], strict=False):
        if position <= high:
            return low_db + (high_db - low_db) * max(0.0, (position - low) / (high - low))
    return MAX_GAIN_DB


def gain_text(gain_db: float) -> str:
    """Return a gain as the header shows it: "-6.5", "+1.0", "0.0", or "-inf" at the bottom."""
    if gain_db <= MIN_GAIN_DB:
        return "-inf"
    rounded = round(gain_db, 1)
    return f"{rounded:+.1f}" if rounded > 0 else f"{abs(rounded) if rounded == 0 else rounded:.1f}"


@dataclass(frozen=True, slots=True)
class HeaderLayout:
    """The parts of one header; rectangles in the pixels of the header column."""

    whole: Rect
    colour_bar: Rect
    number: Rect
    name: Rect
    mute: Rect
    solo: Rect
    volume: Rect | None
    decibels: Rect | None
    meter: Rect
    is_group: bool

    def hit(self, x: float, y: float) -> Zone:
        """Return what a point in the header means."""
        if y >= self.whole.bottom - RESIZE_PX:
            return Zone.HEADER_RESIZE
        zones = ((self.mute, Zone.HEADER_MUTE), (self.solo, Zone.HEADER_SOLO), (self.meter, Zone.HEADER_METER))
        for rect, zone in zones:
            if rect.contains(x, y):
                return zone
        if self.is_group and self.number.contains(x, y):
            return Zone.HEADER_FOLD
        if self.volume is not None:
            reach = Rect(self.volume.x - 6, self.volume.y - 9, self.volume.width + 12, self.volume.height + 18)
            if reach.contains(x, y):
                return Zone.HEADER_VOLUME
        return Zone.HEADER_NAME if self.name.contains(x, y) else Zone.HEADER


def layout_header(row: Row, scroll_y: int, width: int = HEADER_WIDTH) -> HeaderLayout:
    """Lay out the header of `row`; the right-hand parts keep their places while the name gives way."""
    top = row.top - scroll_y
    indent = min(row.depth, 4) * INDENT_PX
    left = indent + 8
    line = 5 if row.height < VOLUME_FROM_PX else 7
    name_x = indent + 32
    mute_x = width - 62
    volume = decibels = None
    if row.height >= VOLUME_FROM_PX:
        volume = Rect(name_x, top + 34, max(40, 110 - indent), 4)
        decibels = Rect(width - 62, top + 27, 42, 16)
    return HeaderLayout(
        Rect(0, top, width, row.height),
        Rect(indent, top, 4, row.height - 1),
        Rect(left, top + line, 22, 18),
        Rect(name_x, top + line - 2, mute_x - name_x - 6, 22),
        Rect(mute_x, top + line, 20, 18),
        Rect(mute_x + 22, top + line, 20, 18),
        volume,
        decibels,
        Rect(width - 13, top + 3, 10, row.height - 7),
        row.is_group,
    )
