"""Meter levels of the track headers: the engine's peaks with the meters' fall, one pair a track. No Qt."""

from collections.abc import Iterable, Mapping
from typing import Any

from maxbooster_desktop.project.document.state import TrackId
from maxbooster_desktop.ui.arranger.header_painter import Levels
from maxbooster_desktop.ui.widgets.decibel_scale import FLOOR_DB
from maxbooster_desktop.ui.widgets.meter_ballistics import MeterBallistics


def peaks_of(meters: Any, track: TrackId) -> tuple[float, float]:
    """Return the peaks (left, right) of a track in dBFS since the last reading; silence when it is not metered."""
    channels = getattr(meters, "channels", None) or {}
    channel = channels.get(track)
    if channel is None:
        return FLOOR_DB, FLOOR_DB
    left, right = channel.peak_db
    return float(left), float(right)


class HeaderLevels:
    """The levels of every track that was metered."""

    def __init__(self) -> None:
        self._bars: dict[TrackId, tuple[MeterBallistics, MeterBallistics]] = {}

    def feed(self, meters: Any, tracks: Iterable[TrackId], elapsed_s: float) -> Mapping[TrackId, Levels]:
        """Take a reading of the engine and return what the headers show."""
        shown = {}
        for track in tracks:
            bars = self._bars.setdefault(track, (MeterBallistics(), MeterBallistics()))
            for bar, peak_db in zip(bars, peaks_of(meters, track), strict=True):
                bar.feed(peak_db, elapsed_s)
            left, right = bars
            shown[track] = Levels(left.level_db, right.level_db, left.has_clipped or right.has_clipped)
        return shown

    def clear_clip(self, track: TrackId) -> None:
        """Put a track's clip lamp out."""
        for bar in self._bars.get(track, ()):
            bar.clear_clip()

    @property
    def is_at_rest(self) -> bool:
        """Whether no bar moves any more."""
        return all(bar.is_at_rest for bars in self._bars.values() for bar in bars)
