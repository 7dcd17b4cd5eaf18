"""The channel strip's declared parameters: stable names, units, ranges, defaults.

The document stores touched values by name (`Track.strip`), the window draws controls from this table, and the
compiled strip reads one float per parameter at the index given here. Indices are internal and may move; names may
not.
"""

from collections.abc import Mapping
from dataclasses import dataclass

BANDS = 4
BELL, LOW_SHELF, HIGH_SHELF = 0, 1, 2


@dataclass(frozen=True, slots=True)
class StripParameter:
    """One value of the strip; `index` is its place in the compiled parameter row."""

    index: int
    name: str
    title: str
    default: float
    low: float
    high: float
    unit: str = ""


# The first three belong to the channel rather than to `Track.strip`; they share the row.
GAIN_DB, PAN, AUDIBLE = 0, 1, 2
TRIM_DB, IS_INVERTED, ORDER = 3, 4, 5
HP_ON, HP_HZ, LP_ON, LP_HZ, EQ_ON = 6, 7, 8, 9, 10
BAND_KIND, BAND_HZ, BAND_GAIN_DB, BAND_Q = 11, 12, 13, 14
BAND_WIDTH = 4
COMP_ON = BAND_KIND + BANDS * BAND_WIDTH
COMP_THRESHOLD_DB, COMP_RATIO, COMP_ATTACK_MS, COMP_RELEASE_MS, COMP_KNEE_DB, COMP_MAKEUP_DB = range(
    COMP_ON + 1, COMP_ON + 7
)
#: 1 unless mute automation closes the channel; the document has no such value.
OPEN = COMP_ON + 7
PARAMETERS = OPEN + 1

#: A fader or send at or below this level is silent.
SILENT_DB = -144.0

_BAND_DEFAULTS = ((LOW_SHELF, 100.0), (BELL, 500.0), (BELL, 2_500.0), (HIGH_SHELF, 8_000.0))


def _band(number: int) -> tuple[StripParameter, ...]:
    kind, hz = _BAND_DEFAULTS[number - 1]
    first = BAND_KIND + (number - 1) * BAND_WIDTH
    return (
        StripParameter(first, f"band{number}_kind", f"Band {number} shape", kind, 0, 2),
        StripParameter(first + 1, f"band{number}_hz", f"Band {number} frequency", hz, 20.0, 20_000.0, "Hz"),
        StripParameter(first + 2, f"band{number}_gain_db", f"Band {number} gain", 0.0, -18.0, 18.0, "dB"),
        StripParameter(first + 3, f"band{number}_q", f"Band {number} Q", 0.71, 0.1, 10.0),
    )


STRIP: tuple[StripParameter, ...] = (
    StripParameter(TRIM_DB, "trim_db", "Trim", 0.0, -24.0, 24.0, "dB"),
    StripParameter(IS_INVERTED, "is_inverted", "Polarity", 0, 0, 1),
    StripParameter(ORDER, "order", "Order", 0, 0, 1),
    StripParameter(HP_ON, "hp_on", "High-pass", 0, 0, 1),
    StripParameter(HP_HZ, "hp_hz", "High-pass frequency", 80.0, 20.0, 2_000.0, "Hz"),
    StripParameter(LP_ON, "lp_on", "Low-pass", 0, 0, 1),
    StripParameter(LP_HZ, "lp_hz", "Low-pass frequency", 12_000.0, 200.0, 20_000.0, "Hz"),
    StripParameter(EQ_ON, "eq_on", "EQ", 0, 0, 1),
    *(parameter for number in range(1, BANDS + 1) for parameter in _band(number)),
    StripParameter(COMP_ON, "comp_on", "Compressor", 0, 0, 1),
    StripParameter(COMP_THRESHOLD_DB, "comp_threshold_db", "Threshold", -18.0, -60.0, 0.0, "dB"),
    StripParameter(COMP_RATIO, "comp_ratio", "Ratio", 3.0, 1.0, 20.0),
    StripParameter(COMP_ATTACK_MS, "comp_attack_ms", "Attack", 10.0, 0.1, 200.0, "ms"),
    StripParameter(COMP_RELEASE_MS, "comp_release_ms", "Release", 120.0, 5.0, 2_000.0, "ms"),
    StripParameter(COMP_KNEE_DB, "comp_knee_db", "Knee", 6.0, 0.0, 24.0, "dB"),
    StripParameter(COMP_MAKEUP_DB, "comp_makeup_db", "Make-up", 0.0, 0.0, 24.0, "dB"),
)

BY_NAME: Mapping[str, StripParameter] = {parameter.name: parameter for parameter in STRIP}
