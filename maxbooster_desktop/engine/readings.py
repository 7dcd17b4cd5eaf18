"""What the engine tells the window: plain frozen values, made anew at every look."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from maxbooster_desktop.project.document.state import TrackId

SILENCE_DB = -144.0


@dataclass(frozen=True, slots=True)
class Transport:
    """Where the engine plays; positions count from the project's start."""

    is_playing: bool
    position_samples: int
    position_tick: float
    loop_start_tick: int = 0
    loop_end_tick: int = 0
    is_looping: bool = False


@dataclass(frozen=True, slots=True)
class ChannelMeter:
    """Levels of one channel behind its fader, left and right in dBFS; gain reduction is 0 or below."""

    peak_db: tuple[float, float] = (SILENCE_DB, SILENCE_DB)
    rms_db: tuple[float, float] = (SILENCE_DB, SILENCE_DB)
    gain_reduction_db: float = 0.0
    is_clipped: bool = False


@dataclass(frozen=True, slots=True)
class MasterMeter:
    """Loudness of the master since playback began; None where there is nothing to measure."""

    momentary_lufs: float | None = None
    short_term_lufs: float | None = None
    integrated_lufs: float | None = None
    lra_lu: float | None = None
    true_peak_dbtp: float | None = None
    correlation: float | None = None


@dataclass(frozen=True, slots=True)
class Meters:
    """One look at all meters."""

    channels: Mapping[TrackId, ChannelMeter] = field(default_factory=dict)
    master: MasterMeter = field(default_factory=MasterMeter)


class PluginReading(NamedTuple):
    """How a hosted plug-in is doing; `condition` is "loading", "running", "crashed", "hung" or "silent".

    `reason` says why it is lost, `late_hops` how many hops of 64 frames were not there in time.
    """

    insert_id: str
    title: str
    condition: str
    reason: str
    late_hops: int

    @property
    def is_lost(self) -> bool:
        """Whether the sound goes past it, and stays so until it is loaded again."""
        return self.condition in {"crashed", "hung", "silent"}


class Stats(NamedTuple):
    """How the callback is doing: share of a block's time, late blocks, clip reads that met undecoded sound."""

    load: float
    late_blocks: int
    dropouts: int
