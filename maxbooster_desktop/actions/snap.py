"""The grid that edits snap to: a division of the bar, or one that adapts to the zoom.

Ticks, 960 to a quarter. Divisions count from the start of their bar, so an odd signature keeps its bar lines.
"""

from collections.abc import Callable

from maxbooster_desktop.actions.notices import Notice, Unsubscribe
from maxbooster_desktop.project.document.tempo_map import TICKS_PER_QUARTER, TempoMap

WHOLE = 4 * TICKS_PER_QUARTER
ADAPTIVE = "Adaptive"
BAR = "Bar"
#: Ticks of every fixed division; T is a triplet (two thirds), D is dotted (three halves).
DIVISIONS: dict[str, int] = {
    "1/1": WHOLE,
    "1/2": WHOLE // 2,
    "1/4": WHOLE // 4,
    "1/8": WHOLE // 8,
    "1/16": WHOLE // 16,
    "1/32": WHOLE // 32,
    "1/64": WHOLE // 64,
    "1/4T": WHOLE // 6,
    "1/8T": WHOLE // 12,
    "1/16T": WHOLE // 24,
    "1/4D": WHOLE * 3 // 8,
    "1/8D": WHOLE * 3 // 16,
    "1/16D": WHOLE * 3 // 32,
}
CHOICES = (ADAPTIVE, BAR, *DIVISIONS)
_STRAIGHT = (BAR, "1/2", "1/4", "1/8", "1/16", "1/32", "1/64")


class Snap:
    """Whether and to what edits snap. The arranger writes `adaptive_ticks` (0 means a bar) when its zoom changes."""

    def __init__(self) -> None:
        self._is_on, self._division, self._adaptive_ticks = True, ADAPTIVE, TICKS_PER_QUARTER
        self._changed: Notice[[]] = Notice()

    @property
    def is_on(self) -> bool:
        """Whether edits snap at all."""
        return self._is_on

    @property
    def division(self) -> str:
        """The chosen grid, one of `CHOICES`."""
        return self._division

    @property
    def adaptive_ticks(self) -> int:
        """The grid the arranger draws at its zoom, in ticks; 0 means whole bars."""
        return self._adaptive_ticks

    def subscribe(self, callback: Callable[[], None]) -> Unsubscribe:
        """Call `callback()` after every change; returns the way to stop."""
        return self._changed.subscribe(callback)

    def set_on(self, is_on: bool) -> None:
        """Switch snapping."""
        self._become(is_on, self._division, self._adaptive_ticks)

    def choose(self, division: str) -> None:
        """Choose a grid and switch snapping on; raises ValueError for one that is not in `CHOICES`."""
        if division not in CHOICES:
            raise ValueError(f"{division} is no grid; choose one of {', '.join(CHOICES)}")
        self._become(True, division, self._adaptive_ticks)

    def set_adaptive_ticks(self, ticks: int) -> None:
        """Tell which grid lines the arranger draws at its zoom (0: whole bars)."""
        self._become(self._is_on, self._division, max(0, ticks))

    def finer(self, step: int) -> None:
        """Move `step` places along the straight grids: positive is finer, negative coarser."""
        here = _STRAIGHT.index(self._division) if self._division in _STRAIGHT else 4
        self.choose(_STRAIGHT[max(0, min(len(_STRAIGHT) - 1, here + step))])

    def grid_ticks(self, tempo_map: TempoMap, tick: int) -> int:
        """Return the distance of two grid lines around `tick` in ticks (never 0)."""
        bar = tempo_map.signature_at(tick).bar_ticks
        if self._division == ADAPTIVE:
            return self._adaptive_ticks or bar
        return bar if self._division == BAR else DIVISIONS[self._division]

    def snap_tick(self, tick: int, tempo_map: TempoMap) -> int:
        """Return the grid line nearest to `tick`, or `tick` when snapping is off; never negative."""
        tick = max(0, tick)
        if not self._is_on:
            return tick
        bar_start = tempo_map.bar_start(tempo_map.position_at(tick).bar)
        bar_end = tempo_map.bar_start(tempo_map.position_at(tick).bar + 1)
        grid = self.grid_ticks(tempo_map, tick)
        line = bar_start + round((tick - bar_start) / grid) * grid
        if grid > bar_end - bar_start:
            line = round(tick / grid) * grid
        elif tick - bar_start > bar_end - tick and abs(bar_end - tick) < abs(line - tick):
            line = bar_end
        return line

    def _become(self, is_on: bool, division: str, adaptive_ticks: int) -> None:
        if (is_on, division, adaptive_ticks) != (self._is_on, self._division, self._adaptive_ticks):
            self._is_on, self._division, self._adaptive_ticks = is_on, division, adaptive_ticks
            self._changed.emit()
