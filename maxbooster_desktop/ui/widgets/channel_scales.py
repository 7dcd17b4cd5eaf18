"""The scales of a channel's gain and pan, for every control that sets one."""

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
