"""The mixer's meters: the engine's readings with the meters' fall and hold, and what of them changed. No Qt.

Readings are taken as they come: a field that is missing, None or NaN is silence, never an error.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, NamedTuple

from maxbooster_desktop.project.document.state import MASTER, TrackId
from maxbooster_desktop.ui.mixer.parts import NO_VALUE
from maxbooster_desktop.ui.widgets.decibel_scale import FLOOR_DB
from maxbooster_desktop.ui.widgets.meter_ballistics import MeterBallistics


def number_or_none(value: Any) -> float | None:
    """Return a finite or infinite number as float; None for anything else, NaN included."""
    if type(value) is float and math.isfinite(value):
        return value
    if not isinstance(value, Real) or math.isnan(value):
        return None
    return float(value)


def channel_of(meters: Any, track: TrackId) -> Any | None:
    """Return the readings of one channel, or None when it is not metered."""
    channels = getattr(meters, "channels", meters)
    return channels.get(track) if isinstance(channels, Mapping) else None


def peaks_of(channel: Any) -> tuple[float, float]:
    """Return a channel's peaks (left, right) in dBFS."""
    peaks = getattr(channel, "peak_db", None) or ()
    found = [number_or_none(peak) for peak in tuple(peaks)[:2]]
    left = FLOOR_DB if not found or found[0] is None else found[0]
    right = left if len(found) < 2 else FLOOR_DB if found[1] is None else found[1]
    return left, right


def gain_reduction_of(channel: Any) -> float:
    """Return how far a channel's compressor turns down, in dB, 0 or above."""
    return abs(number_or_none(getattr(channel, "gain_reduction_db", None)) or 0.0)


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

    def feed(self, meters: Any, tracks: Iterable[TrackId], elapsed_s: float) -> list[Moved]:
        """Take a reading of the engine, `elapsed_s` seconds after the last one."""
        moved: list[Moved] = []
        for track in tracks:
            channel = channel_of(meters, track)
            strip = self.of(track)
            peaks = (FLOOR_DB, FLOOR_DB) if channel is None else peaks_of(channel)
            if strip.is_at_rest and max(peaks) <= FLOOR_DB:
                continue
            had_clipped = strip.has_clipped
            for index, bar in enumerate(strip.bars):
                before = (bar.level_db, bar.hold_db)
                if bar.feed(peaks[index], elapsed_s):
                    seen = (*before, bar.level_db, bar.hold_db)
                    moved.append(Moved(track, index, max(seen), min(seen)))
            self._latch(strip, bool(getattr(channel, "is_clipped", False)))
            if had_clipped != strip.has_clipped:
                moved.append(Moved(track, -1, 0.0, 0.0))
        return moved

    @staticmethod
    def _latch(strip: StripLevels, is_clipped: bool) -> None:
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


def loudness_rows(meters: Any) -> tuple[tuple[str, str, str], ...]:
    """Return the master's read-out as (title, number, unit); an unknown number is a dash."""
    master = getattr(meters, "master", None) or channel_of(meters, MASTER)
    rows = []
    for title, name, unit in _LOUDNESS:
        value = number_or_none(getattr(master, name, None))
        if value is None or value < -120.0:
            shown = NO_VALUE
        else:
            shown = f"{value:+.2f}" if name == "correlation" else f"{value:.1f}"
        rows.append((title, shown, unit))
    return tuple(rows)
