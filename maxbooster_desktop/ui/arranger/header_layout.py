"""Where the parts of a track header are, and what a point in one means. Plain numbers, no Qt.

At 1x in a row 232 wide: 4 px colour bar, number, name, R (audio tracks), M and S of 20 x 18, volume 110 x 4 with its
dB value, and a stereo meter of 2 x 4 px at the right edge. A compact row (below 44 px) has no volume. Groups indent
their tracks.
"""

from dataclasses import dataclass

from maxbooster_desktop.ui.arranger.geometry import Rect, Row
from maxbooster_desktop.ui.arranger.hits import Zone

HEADER_WIDTH = 232
INDENT_PX = 12
RESIZE_PX = 4
VOLUME_FROM_PX = 44


@dataclass(frozen=True, slots=True)
class HeaderLayout:
    """The parts of one header; rectangles in the pixels of the header column."""

    whole: Rect
    colour_bar: Rect
    number: Rect
    name: Rect
    arm: Rect | None
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
        if self.arm is not None and self.arm.contains(x, y):
            return Zone.HEADER_ARM
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
    name_end = mute_x - (28 if row.can_record else 6)
    volume = decibels = None
    if row.height >= VOLUME_FROM_PX:
        volume = Rect(name_x, top + 34, max(40, 110 - indent), 4)
        decibels = Rect(width - 62, top + 27, 42, 16)
    return HeaderLayout(
        Rect(0, top, width, row.height),
        Rect(indent, top, 4, row.height - 1),
        Rect(left, top + line, 22, 18),
        Rect(name_x, top + line - 2, name_end - name_x, 22),
        Rect(mute_x - 22, top + line, 20, 18) if row.can_record else None,
        Rect(mute_x, top + line, 20, 18),
        Rect(mute_x + 22, top + line, 20, 18),
        volume,
        decibels,
        Rect(width - 13, top + 3, 10, row.height - 7),
        row.is_group,
    )
