"""The strip's two fixed slots, EQ and compressor: what switches each, and what its lamp and its name say. No Qt.

High-pass and low-pass work without the EQ's bands, so they light the EQ slot as well; its switch is the bands' alone.
"""

from collections.abc import Mapping

from maxbooster_desktop.ui.mixer.parts import Part

#: What each slot is called in a sentence.
WORDS = {Part.EQ: "EQ", Part.COMP: "compressor"}
#: The strip parameter that each slot switches.
SWITCHES = {Part.EQ: "eq_on", Part.COMP: "comp_on"}
_PASSES = ("hp_on", "lp_on")


def is_on(strip: Mapping[str, float], name: str) -> bool:
    """Return whether a switch of the strip is on; an untouched one is off."""
    return strip.get(name, 0.0) > 0.5


def is_lit(strip: Mapping[str, float], part: Part) -> bool:
    """Return whether a slot works on the sound, which its lamp shows."""
    return is_on(strip, SWITCHES[part]) or (part is Part.EQ and any(is_on(strip, name) for name in _PASSES))


def state_text(strip: Mapping[str, float], part: Part) -> str:
    """Return a slot's state in words: "on", "off", or "filters on" when only high-pass or low-pass work."""
    if is_on(strip, SWITCHES[part]):
        return "on"
    return "filters on" if is_lit(strip, part) else "off"
