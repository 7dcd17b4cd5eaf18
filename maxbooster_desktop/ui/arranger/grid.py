"""The musical grid and snapping: which lines are drawn, and where a dragged thing comes to rest.

Adaptive: the finest division whose lines are at least 14 px apart. Relative: a clip that starts off the grid keeps
its offset when it moves. Magnets (clip edges, markers, playhead, loop) win over the grid when they are nearer and
within 8 px. All ticks are integers; no Qt.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.actions.snap import ADAPTIVE, DIVISIONS, Snap
from maxbooster_desktop.project.document.tempo_map import TICKS_PER_QUARTER, TempoMap

MIN_LINE_PX = 14.0
MAGNET_PX = 8.0


@dataclass(frozen=True, slots=True)
class Grid:
    """Lines every `division` ticks from each bar line, or every `bars` bars when `division` is 0."""

    tempo_map: TempoMap
    division: int
    bars: int = 1

    @property
    def ticks(self) -> int:
        """The distance of two lines in ticks (at the start of the song when lines are bars)."""
        return self.division or self.bars * self.tempo_map.signature_at(0).bar_ticks

    def floor(self, tick: int) -> int:
        """Return the last line at or before `tick`."""
        tick = max(0, tick)
        bar = self.tempo_map.position_at(tick).bar
        if self.division == 0:
            return self.tempo_map.bar_start(1 + (bar - 1) // self.bars * self.bars)
        start = self.tempo_map.bar_start(bar)
        return start + (tick - start) // self.division * self.division

    def ceil(self, tick: int) -> int:
        """Return the first line after `tick`."""
        line = self.floor(tick)
        bar = self.tempo_map.position_at(line).bar
        if self.division == 0:
            return self.tempo_map.bar_start(1 + ((bar - 1) // self.bars + 1) * self.bars)
        return min(line + self.division, self.tempo_map.bar_start(bar + 1))

    def nearest(self, tick: int) -> int:
        """Return the line nearest to `tick`."""
        below, above = self.floor(tick), self.ceil(tick)
        return below if tick - below <= above - tick else above

    def lines(self, start_tick: int, end_tick: int) -> Iterator[int]:
        """Yield the lines from the one at or before `start_tick` up to `end_tick`."""
        return (tick for tick, _rank in self.ranked_lines(start_tick, end_tick))

    def ranked_lines(self, start_tick: int, end_tick: int) -> Iterator[tuple[int, int]]:
        """Yield (tick, rank) of the same lines; rank 0 is a bar line, 1 a beat, 2 anything finer."""
        first = self.floor(start_tick)
        bar = self.tempo_map.position_at(first).bar
        start = self.tempo_map.bar_start(bar)
        while start <= end_tick:
            following = self.tempo_map.bar_start(bar + self.bars)
            beat = self.tempo_map.signature_at(start).beat_ticks
            for tick in range(start, following, self.division or following - start):
                if first <= tick <= end_tick:
                    offset = tick - start
                    yield tick, (0 if offset == 0 else (1 if offset % beat == 0 else 2))
            bar, start = bar + self.bars, following


def adaptive_grid(tempo_map: TempoMap, tick: int, px_per_tick: float, spacing_px: float = MIN_LINE_PX) -> Grid:
    """Return the finest binary grid around `tick` whose lines are at least `spacing_px` apart."""
    signature = tempo_map.signature_at(max(0, tick))
    division = TICKS_PER_QUARTER // 16
    while division < signature.beat_ticks:
        if division * px_per_tick >= spacing_px:
            return Grid(tempo_map, division)
        division *= 2
    if signature.beat_ticks * px_per_tick >= spacing_px:
        return Grid(tempo_map, signature.beat_ticks)
    bar_px = signature.bar_ticks * px_per_tick
    bars = 1 if bar_px >= spacing_px else 2 ** math.ceil(math.log2(spacing_px / bar_px))
    return Grid(tempo_map, 0, bars)


def shown_lines(
    tempo_map: TempoMap,
    first_tick: int,
    last_tick: int,
    px_per_tick: float,
    spacing_px: float = MIN_LINE_PX,
    *,
    finest_ticks: int = 1,
) -> Iterator[tuple[int, int]]:
    """Yield (tick, rank) of the lines to draw between two ticks: under each signature those of its own grid.

    No grid is finer than a division of `finest_ticks`.

    A line is there or not wherever the view begins, so that what scrolls in continues what is shown.
    """
    starts = [event.tick for event in tempo_map.signatures]
    for start, following in zip(starts, [*starts[1:], last_tick + 1], strict=True):
        low, high = max(first_tick, start), min(last_tick, following - 1)
        if low <= high:
            grid = adaptive_grid(tempo_map, start, px_per_tick, spacing_px)
            if 0 < grid.division < finest_ticks:
                grid = Grid(tempo_map, finest_ticks)
            yield from (line for line in grid.ranked_lines(low, high) if line[0] >= start)


def grid_for(snap: Snap, tempo_map: TempoMap, tick: int, px_per_tick: float) -> Grid | None:
    """Return the grid that `snap` asks for around `tick`; None while snapping is off."""
    if not snap.is_on:
        return None
    if snap.division == ADAPTIVE:
        return adaptive_grid(tempo_map, tick, px_per_tick)
    return Grid(tempo_map, DIVISIONS.get(snap.division, 0))


@dataclass(frozen=True, slots=True)
class Snapper:
    """Snaps ticks to a grid and to magnets at one zoom; `grid` None leaves only the magnets."""

    grid: Grid | None
    magnets: npt.NDArray[np.int64]
    px_per_tick: float

    def _magnet(self, tick: int) -> int | None:
        if len(self.magnets) == 0:
            return None
        index = int(np.searchsorted(self.magnets, tick))
        around = self.magnets[max(0, index - 1) : index + 1]
        best = int(around[int(np.argmin(np.abs(around - tick)))])
        return best if abs(best - tick) * self.px_per_tick <= MAGNET_PX else None

    def snap(self, tick: int) -> int:
        """Return where an edge, the playhead or a drop at `tick` comes to rest."""
        line = self.grid.nearest(tick) if self.grid else None
        magnet = self._magnet(tick)
        if magnet is not None and (line is None or abs(magnet - tick) < abs(line - tick)):
            return magnet
        return max(0, tick) if line is None else line

    def snap_move(self, start_tick: int, length_ticks: int, delta_ticks: int) -> int:
        """Return the delta at which something of `length_ticks` that began at `start_tick` comes to rest."""
        wanted = start_tick + delta_ticks
        candidates = []
        if self.grid:
            offset = start_tick - self.grid.floor(start_tick)
            candidates.append(self.grid.nearest(wanted - offset) + offset)
        for edge in (0, length_ticks):
            magnet = self._magnet(wanted + edge)
            if magnet is not None:
                candidates.append(magnet - edge)
        best = min(candidates, key=lambda tick: abs(tick - wanted), default=wanted)
        return max(0, best) - start_tick


def magnets_of(ticks: Iterable[int]) -> npt.NDArray[np.int64]:
    """Return sorted, unique magnet ticks."""
    return np.unique(np.fromiter(ticks, dtype=np.int64))


NO_SNAP_MAGNETS = magnets_of(())
