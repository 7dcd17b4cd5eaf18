"""The mixer's meters: the engine's readings with the meters' fall and hold, and what of them changed. No Qt.

A channel that is not metered is silent.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from maxbooster_desktop.engine.readings import ChannelMeter, MasterMeter, Meters
from maxbooster_desktop.project.document.state import TrackId
from maxbooster_desktop.ui.mixer.parts import NO_VALUE
from maxbooster_desktop.ui.widgets.decibel_scale import FLOOR_DB
from maxbooster_desktop.ui.widgets.meter_ballistics import MeterBallistics

_SILENT = ChannelMeter()


def gain_reduction_db(meters: Meters, track: TrackId) -> float:
    """Return how far a channel's compressor turns down, in dB, 0 or above."""
    return -meters.channels.get(track, _SILENT).gain_reduction_db


@dataclass(slots=True)
class StripLevels:
    """The meter of one strip."""

    bars: tuple[MeterBallistics, MeterBallistics] = field(
        default_factory=lambda: (MeterBallistics(), MeterBallistics())
    )
    was_clipped: bool = False

    @property
    def has_clipped(self) -> bool:
        """Whether the clip lamp is lit."""
        return any(bar.has_clipped for bar in self.bars)

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing moves any more."""
        return all(bar.is_at_rest for bar in self.bars)


class Moved(NamedTuple):
    """A bar that changed, with the highest and the lowest level touched, or the lamp when `channel` is -1."""

    track: TrackId
    channel: int
    high_db: float
    low_db: float


class MixerLevels:
    """The meters of all strips; `feed` returns what must be drawn again."""

    def __init__(self) -> None:
        self._strips: dict[TrackId, StripLevels] = {}

    def of(self, track: TrackId) -> StripLevels:
        """Return a strip's meter."""
        found = self._strips.get(track)
        if found is None:
            found = self._strips[track] = StripLevels()
        return found

    @property
    def is_at_rest(self) -> bool:
        """Whether no bar moves any more."""
        return all(strip.is_at_rest for strip in self._strips.values())

    def keep_only(self, tracks: Iterable[TrackId]) -> None:
        """Forget the meters of strips that are gone."""
        kept = set(tracks)
        self._strips = {track: strip for track, strip in self._strips.items() if track in kept}

    def clear_clip(self, track: TrackId) -> None:
        """Put a strip's clip lamp out."""
        for bar in self.of(track).bars:
            bar.clear_clip()

    def feed(self, meters: Meters, tracks: Iterable[TrackId], elapsed_s: float) -> list[Moved]:
        """Take a reading of the engine, `elapsed_s` seconds after the last one."""
        moved: list[Moved] = []
        for track in tracks:
            channel, strip = meters.channels.get(track, _SILENT), self.of(track)
            if strip.is_at_rest and max(channel.peak_db) <= FLOOR_DB:
                continue
            had_clipped = strip.has_clipped
            for index, (bar, peak_db) in enumerate(zip(strip.bars, channel.peak_db, strict=True)):
                before = (bar.level_db, bar.hold_db)
                if bar.feed(peak_db, elapsed_s):
                    seen = (*before, bar.level_db, bar.hold_db)
                    moved.append(Moved(track, index, max(seen), min(seen)))
            self._latch(strip, is_clipped=channel.is_clipped)
            if had_clipped != strip.has_clipped:
                moved.append(Moved(track, -1, 0.0, 0.0))
        return moved

    @staticmethod
    def _latch(strip: StripLevels, *, is_clipped: bool) -> None:
        """Light the lamp when the engine begins to report a clip; its own latch may stay on after ours is out."""
        if is_clipped and not strip.was_clipped:
            strip.bars[0].has_clipped = True
        strip.was_clipped = is_clipped


_LOUDNESS = (
    ("Momentary", "momentary_lufs", "LUFS"),
    ("Short term", "short_term_lufs", "LUFS"),
    ("Integrated", "integrated_lufs", "LUFS"),
    ("Range", "lra_lu", "LU"),
    ("True peak", "true_peak_dbtp", "dBTP"),
    ("Correlation", "correlation", ""),
)


def loudness_rows(master: MasterMeter) -> tuple[tuple[str, str, str], ...]:
    """Return the master's read-out as (title, number, unit); a number that does not exist is a dash."""
    rows = []
    for title, name, unit in _LOUDNESS:
        value: float | None = getattr(master, name)
        shown = NO_VALUE
        if value is not None:
            shown = f"{value:+.2f}" if name == "correlation" else f"{value:.1f}"
        rows.append((title, shown, unit))
    return tuple(rows)
