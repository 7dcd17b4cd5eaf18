"""Where everything in the mixer is: strips side by side, the master fixed at the right. Plain numbers, no Qt.

At 1x a strip is 76 px wide with 4 px between; from the top: 3 px colour bar, EQ and compressor, insert rows, send
rows, pan knob and gain value, fader with scale and 2 x 6 px meter, M S P, name. All strips share one vertical plan,
so faders stand in one line. Fader cap, figures and meter share one travel: a level has the same y in all three.
"""

from dataclasses import dataclass
from typing import NamedTuple

from maxbooster_desktop.ui.mixer.parts import Part
from maxbooster_desktop.ui.widgets.decibel_scale import fraction_of

STRIP_WIDTH = 76
PITCH = 80
MARGIN = 4
READ_OUT_WIDTH = 88
MASTER_WIDTH = STRIP_WIDTH + READ_OUT_WIDTH + 2 * MARGIN
ROW_HEIGHT = 16
ROW_PITCH = 17
CAP = 20
METER_BAR = 6
_INNER = 5
_BUTTONS = 17
_NAME = 17
_LAMP = 11
_LEAST_FADER = 92
_SLOTS_FROM = 190


class Rect(NamedTuple):
    """A rectangle in pixels; `right` and `bottom` are exclusive."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first x to the right."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first y below."""
        return self.y + self.height

    def contains(self, x: float, y: float) -> bool:
        """Return whether a point lies inside."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def grown(self, by: int) -> "Rect":
        """Return the rectangle with `by` more pixels on every side."""
        return Rect(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)


@dataclass(frozen=True, slots=True)
class Plan:
    """The vertical plan that all strips share; every value is a y or a count of rows.

    `slots_y` and `pan_y` are None where the mixer is too low for them.
    """

    height: int
    slots_y: int | None
    inserts_y: int
    insert_rows: int
    sends_y: int
    send_rows: int
    pan_y: int | None
    fader_y: int
    fader_bottom: int
    buttons_y: int
    name_y: int

    @property
    def travel(self) -> tuple[int, int]:
        """The y of +6 dB and of the bottom of the scale."""
        return self.fader_y + _LAMP + 1, self.fader_bottom - CAP // 2

    def y_of(self, level_db: float) -> int:
        """Return the y at which a level stands on faders, figures and meters alike."""
        top, bottom = self.travel
        return bottom - round(fraction_of(level_db) * (bottom - top))


def make_plan(height: int, most_inserts: int, most_sends: int) -> Plan:
    """Share `height` pixels out: the fader gets its least height first, then rows, then the fader the rest.

    One row more than the fullest strip needs is enough, for adding. Inserts and sends take turns.
    """
    y = MARGIN + 3 + 4
    buttons_y = height - MARGIN - 2 - _NAME - _BUTTONS - 1
    has_slots = height >= _SLOTS_FROM
    slots_y = y if has_slots else None
    insert_rows = send_rows = 0
    pan_y = None
    if has_slots:
        y += ROW_PITCH
        room = (buttons_y - y - 30 - 2 - _LEAST_FADER) // ROW_PITCH
        insert_rows, send_rows = _share_rows(max(0, room), most_inserts + 1, most_sends + 1)
    inserts_y, y = y, y + insert_rows * ROW_PITCH
    sends_y, y = y + 1, y + 1 + send_rows * ROW_PITCH
    if has_slots:
        pan_y, y = y + 1, y + 29
    return Plan(
        height, slots_y, inserts_y, insert_rows, sends_y, send_rows, pan_y, y, buttons_y - 3, buttons_y,
        buttons_y + _BUTTONS + 1,
    )  # fmt: skip


def _share_rows(room: int, inserts: int, sends: int) -> tuple[int, int]:
    given = [0, 0]
    wanted = (inserts, sends)
    while room > 0 and any(given[k] < wanted[k] for k in (0, 1)):
        for k in (1, 0):
            if room > 0 and given[k] < wanted[k]:
                given[k] += 1
                room -= 1
    return given[0], given[1]


@dataclass(frozen=True, slots=True)
class StripLayout:
    """One strip at `x`; rectangles in the mixer's pixels."""

    x: int
    plan: Plan
    is_master: bool = False

    @property
    def whole(self) -> Rect:
        """The strip's card."""
        return Rect(self.x, MARGIN, STRIP_WIDTH, self.plan.height - 2 * MARGIN)

    @property
    def _left(self) -> int:
        return self.x + _INNER

    @property
    def _width(self) -> int:
        return STRIP_WIDTH - 2 * _INNER

    def row(self, is_send: bool, index: int) -> Rect:
        """Return an insert's or a send's row."""
        top = self.plan.sends_y if is_send else self.plan.inserts_y
        return Rect(self._left, top + index * ROW_PITCH, self._width, ROW_HEIGHT)

    def meter_bar(self, channel: int) -> Rect:
        """Return the bar of channel 0 (left) or 1 (right); from -60 dB at its bottom to +6 dB at its top."""
        top, bottom = self.plan.travel
        return Rect(self.x + 52 + channel * (METER_BAR + 2), top, METER_BAR, bottom - top)

    @property
    def fader_x(self) -> int:
        """The middle of fader slot and cap."""
        return self.x + 33

    def cap(self, level_db: float) -> Rect:
        """Return the fader's cap; its middle line stands at the level."""
        return Rect(self.fader_x - CAP // 2, self.plan.y_of(level_db) - CAP // 2, CAP, CAP)

    def fixed(self, part: Part) -> Rect | None:
        """Return the rectangle of a part that every strip has once, or None when there is none."""
        plan, left, width = self.plan, self._left, self._width
        third = (width - 6) // 3
        if part in _BELOW:
            count = _BELOW.index(part)
            if self.is_master and count:
                return None
            return Rect(left + count * (third + 3), plan.buttons_y, third, _BUTTONS)
        if part in _SLOTS:
            at = (left, 24) if part is Part.EQ else (left + 25, 41)
            return None if plan.slots_y is None else Rect(at[0], plan.slots_y, at[1], ROW_HEIGHT)
        if part in _VALUES:
            if plan.pan_y is None:
                return None
            is_pan = part is Part.PAN
            return Rect(left, plan.pan_y, 26, 26) if is_pan else Rect(left + 27, plan.pan_y + 4, 39, 18)
        return self._large(part)

    def _large(self, part: Part) -> Rect | None:
        plan, left, width = self.plan, self._left, self._width
        if part is Part.FADER:
            return Rect(self.x + 2, plan.fader_y, 46, plan.fader_bottom - plan.fader_y)
        if part is Part.CLIP:
            return Rect(self.x + 47, plan.fader_y - 1, 25, _LAMP)
        if part is Part.METER:
            bar = self.meter_bar(0)
            return Rect(bar.x, bar.y, 2 * METER_BAR + 2, bar.height)
        if part is Part.NAME:
            return Rect(left - 2, plan.name_y, width + 4, _NAME)
        if part is Part.READ_OUT and self.is_master:
            return Rect(self.x + STRIP_WIDTH + MARGIN, MARGIN, READ_OUT_WIDTH, plan.height - 2 * MARGIN)
        return self.whole if part is Part.STRIP else None


_SLOTS = (Part.EQ, Part.COMP)
_VALUES = (Part.PAN, Part.GAIN_VALUE)
_BELOW = (Part.MUTE, Part.SOLO, Part.PFL)
#: Fixed parts in the order in which a point is tried against them.
FIXED = (
    Part.FADER, Part.CLIP, Part.METER, *_BELOW, Part.PAN, Part.GAIN_VALUE, Part.EQ, Part.COMP, Part.NAME, Part.READ_OUT,
)  # fmt: skip
