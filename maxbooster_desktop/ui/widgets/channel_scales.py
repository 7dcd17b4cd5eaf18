"""The scales of a channel's gain, pan and delay, for every control that sets one."""

import math

from maxbooster_desktop.project.document.limits import LONGEST_DELAY_MS
from maxbooster_desktop.ui.widgets import decibel_scale
from maxbooster_desktop.ui.widgets.value_control import Scale


def format_pan(pan: float) -> str:
    """Write a pan position: "C", "L 50", "R 100"."""
    percent = round(abs(pan) * 100)
    return "C" if percent == 0 else f"{'L' if pan < 0 else 'R'} {percent}"


def parse_pan(text: str) -> float | None:
    """Read "C", "L50", "r 20" or a number from -100 to 100; None when it is no position."""
    text = text.strip().upper().replace("\u2212", "-")
    if text in ("C", "0"):
        return 0.0
    sign = -1.0 if text.startswith("L") else 1.0
    try:
        return sign * float(text.lstrip("LR").strip().replace(",", ".")) / 100.0
    except ValueError:
        return None


def format_delay(delay_ms: float) -> str:
    """Write a delay: "0 ms", "-12.5 ms"."""
    return f"{round(delay_ms, 2):g} ms"


def parse_delay(text: str) -> float | None:
    """Read a number of milliseconds, with or without the unit; None when it is none."""
    try:
        return float(text.strip().lower().removesuffix("ms").strip().replace("\u2212", "-").replace(",", "."))
    except ValueError:
        return None


def _delay_fraction(delay_ms: float) -> float:
    """Return the place of a delay: the cube root, so that a drag is fine around none and reaches a second."""
    return 0.5 + 0.5 * math.copysign(abs(delay_ms / LONGEST_DELAY_MS) ** (1 / 3), delay_ms)


def _delay_at(fraction: float) -> float:
    return float(round(LONGEST_DELAY_MS * (2.0 * fraction - 1.0) ** 3, 1))


DELAY = Scale(
    -LONGEST_DELAY_MS, LONGEST_DELAY_MS, 0.0, 1.0, 10.0, format_delay, parse_delay, _delay_fraction, _delay_at
)
PAN = Scale(-1.0, 1.0, 0.0, 0.02, 0.1, format_pan, parse_pan)
GAIN = Scale(
    decibel_scale.SILENCE_DB,
    decibel_scale.TOP_DB,
    0.0,
    0.5,
    3.0,
    decibel_scale.format_db,
    decibel_scale.parse_db,
    decibel_scale.fraction_of,
    decibel_scale.level_at,
)
