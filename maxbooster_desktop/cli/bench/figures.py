"""What each figure has to reach: the bar, and the dream behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure's bar and dream; `is_low_good` when less is better."""

    what: str
    bar: float
    dream: float
    is_low_good: bool = False

    def is_met(self, value: float, limit: float) -> bool:
        """Return whether a value reaches a limit."""
        return value <= limit if self.is_low_good else value >= limit


BARS: dict[str, Bar] = {
    "ratio": Bar("strip kernels against the faster peer, 64 lanes, times faster", 10, 20),
    "ratio_track": Bar("whole path of 32 tracks against dawdreamer, times faster", 6, 12),
    "tracks_at_64": Bar("stereo tracks at 64 frames on one core", 512, 2_000),
    "capacity_ratio": Bar("capacity at 64 frames / capacity at 1,024", 0.70, 0.85),
    "render_ratio": Bar("64-track song rendered offline against dawdreamer, times faster", 5, 15),
    "slowest_event_ms": Bar("slowest kind of event to the callback at 128 frames, p95 ms", 100, 50, is_low_good=True),
    "idle_share": Bar("callback while stopped, share of a core", 0.02, 0.005, is_low_good=True),
}


def beside_bars(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the figures that have a bar, each beside it; those that could not be measured are left out."""
    found = []
    for name, bar in BARS.items():
        value = figures.get(name)
        if value is not None:
            found.append(
                {
                    "id": name,
                    "what": bar.what,
                    "value": value,
                    "bar": bar.bar,
                    "dream": bar.dream,
                    "is_met": bar.is_met(value, bar.bar),
                    "is_dream": bar.is_met(value, bar.dream),
                }
            )
    return found
