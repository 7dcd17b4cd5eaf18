"""What can be pointed at and focused in the mixer: parts of strips, and the words that go with them. No Qt."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from maxbooster_desktop.project.document.state import TrackId


class Part(StrEnum):
    """Everything in the mixer that a pointer can mean."""

    NOTHING = "nothing"
    STRIP = "strip"
    EQ = "EQ"
    COMP = "compressor"
    INSERT = "insert"
    INSERT_ADD = "add insert"
    INSERT_MORE = "more inserts"
    SEND = "send"
    SEND_ADD = "add send"
    SEND_MORE = "more sends"
    PAN = "pan"
    GAIN_VALUE = "gain value"
    FADER = "gain"
    CLIP = "clip lamp"
    METER = "level"
    MUTE = "mute"
    SOLO = "solo"
    PFL = "pre-fader listen"
    NAME = "name"
    READ_OUT = "loudness"


class Control(NamedTuple):
    """One part of one track's strip; `entity` is the insert's or send's id."""

    part: Part
    track: TrackId = TrackId("")
    entity: str = ""


#: What stands where there is no name or number.
NO_VALUE = "\u2013"
NOTHING = Control(Part.NOTHING)
#: Parts that hold a number and follow drag, wheel and keys.
NUMBERS = frozenset({Part.FADER, Part.GAIN_VALUE, Part.PAN, Part.SEND})
BUTTONS = frozenset({Part.MUTE, Part.SOLO, Part.PFL})
#: Slots that open their controls in the strip panel.
SLOTS = frozenset({Part.EQ, Part.COMP, Part.INSERT})
#: Rows that open a menu.
MENUS = frozenset({Part.INSERT_ADD, Part.INSERT_MORE, Part.SEND_ADD, Part.SEND_MORE})
_SLOT = "Click: open in the strip panel · Alt+click: on or off · right-click: more"
_VALUE = "Drag to change · Shift: fine · double-click: default · wheel and arrows: steps · type a number"
HINTS: dict[Part, str] = {
    Part.NOTHING: "",
    Part.STRIP: "Click to select · Ctrl: add to the selection · wheel: scroll",
    Part.EQ: _SLOT,
    Part.COMP: _SLOT,
    Part.INSERT: _SLOT,
    Part.INSERT_ADD: "Click to add an insert",
    Part.INSERT_MORE: "Click to see the other inserts",
    Part.SEND: "Drag to change · Shift: fine · Alt+click: before or after the fader · double-click: 0 dB",
    Part.SEND_ADD: "Click to send this channel to another one as well",
    Part.SEND_MORE: "Click to see the other sends",
    Part.PAN: _VALUE,
    Part.GAIN_VALUE: "Double-click to type a level · drag to change · Shift: fine",
    Part.FADER: _VALUE,
    Part.CLIP: "Lit when the level reached 0 dBFS · click to put it out",
    Part.METER: "Peak level on the fader's scale · click to put the clip lamp out",
    Part.MUTE: "Mute · M",
    Part.SOLO: "Solo in place · S",
    Part.PFL: "Listen before the fader, without changing the mix · P",
    Part.NAME: "Double-click to rename",
    Part.READ_OUT: "Loudness of the whole mix after ITU-R BS.1770-5",
}


@dataclass(slots=True)
class Pointing:
    """What the pointer is over and what has the keyboard."""

    hot: Control = NOTHING
    focus: Control = NOTHING
    has_focus: bool = False
