"""From a declared parameter (channel strip or device) to a control's range, unit, steps and words. No widgets.

A parameter with the range 0 to 1 is a switch when its name says so; shapes and orders are choices; everything else
is a number, on a logarithmic scale where it is a frequency, a time, a ratio or a Q.
"""

import math
from typing import Protocol

from maxbooster_desktop.ui.widgets.value_control import Scale

_SHAPES = ("Bell", "Low shelf", "High shelf")
_ORDERS = ("EQ first", "Comp first")
_LOG_FROM_RATIO = 15.0


class Declared(Protocol):
    """What strip parameters and device parameters have in common."""

    @property
    def name(self) -> str:
        """The stable name."""
        ...

    @property
    def title(self) -> str:
        """What people read."""
        ...

    @property
    def default(self) -> float:
        """The value of an untouched parameter."""
        ...

    @property
    def low(self) -> float:
        """The least value."""
        ...

    @property
    def high(self) -> float:
        """The greatest value."""
        ...

    @property
    def unit(self) -> str:
        """Hz, dB, ms, samples, or nothing."""
        ...


def is_switch(parameter: Declared) -> bool:
    """Return whether a parameter is on or off."""
    return parameter.name.endswith("_on") or parameter.name.startswith("is_")


def choices(parameter: Declared) -> tuple[str, ...]:
    """Return the words for the values 0, 1, .. of a parameter that is a choice; empty for any other."""
    own: tuple[str, ...] = getattr(parameter, "choices", ())
    if own or is_switch(parameter):
        return () if is_switch(parameter) else own
    if parameter.name.endswith("_kind"):
        return _SHAPES
    return _ORDERS if parameter.name == "order" else ()


def scale_of(parameter: Declared) -> Scale:
    """Return the scale of a number."""
    low, high, unit = parameter.low, parameter.high, parameter.unit

    def shown(value: float) -> str:
        text = written(value, unit)
        sign = "+" if low < 0.0 < value and unit.startswith("dB") and float(text) > 0.0 else ""
        return f"{sign}{text} {unit}" if unit else text

    def parse(text: str) -> float | None:
        return parsed(text, unit)

    if low > 0.0 and high / low >= _LOG_FROM_RATIO:
        span = math.log(high / low)
        step = parameter.default * 0.05
        return Scale(
            low, high, parameter.default, step, step * 6.0, shown, parse,
            lambda value: math.log(max(low, value) / low) / span,
            lambda fraction: low * math.exp(fraction * span),
        )  # fmt: skip
    step = 0.5 if unit.startswith("dB") else max(0.01, (high - low) / 100.0)
    return Scale(low, high, parameter.default, step, step * 6.0, shown, parse)


def written(value: float, unit: str) -> str:
    """Write a value with as many digits as its unit deserves: 1,250 Hz as "1250", -6 dB as "-6.0"."""
    value += 0.0
    if unit in ("Hz", "samples"):
        return f"{value:.0f}"
    if unit.startswith("dB"):
        return f"{round(value, 1) + 0.0:.1f}"
    return f"{value:.0f}" if value >= 100.0 else f"{value:.1f}" if value >= 10.0 or unit else f"{value:.2f}"


def parsed(text: str, unit: str) -> float | None:
    """Read "80", "1.2k", "-6 dB" or "1,5"; None when it is no number."""
    text = text.strip().lower().replace("\u2212", "-").replace(",", ".")
    for ending in (unit.lower(), "hz", "ms", "db"):
        text = text.removesuffix(ending).strip() if ending else text
    factor = 1_000.0 if text.endswith("k") else 1.0
    try:
        value = float(text.removesuffix("k"))
    except ValueError:
        return None
    return value * factor if math.isfinite(value) else None
