"""Reads the callback's meter and tap rings: channel levels for the window, loudness of the master.

A thread of its own feeds the loudness meters from the tap twenty times a second (compiled code, no GIL). Levels are
the maximum over the last few slots, so several views may look as often as they like and all see the same.
"""

import math
import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.measure.levels import CorrelationMeter
from dsp.measure.loudness import LoudnessMeter
from dsp.measure.true_peak import TruePeakMeter
from maxbooster_desktop.engine.readings import SILENCE_DB, ChannelMeter, MasterMeter
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.state import TrackId

_STEP_S = 0.05
_SHOWN_SLOTS = 4
#: Programs whose channel names are remembered: the running one, and those on their way.
_KEPT_NAMES = 16
_QUIET = 10 ** (SILENCE_DB / 20)


def to_db(level: float) -> float:
    """Turn an amplitude into dBFS, at least SILENCE_DB."""
    return 20.0 * math.log10(level) if level > _QUIET else SILENCE_DB


def compile_meters(sample_rate: int = 48_000) -> None:
    """Compile what measures the master before the first sound needs it: it would miss what plays meanwhile. Slow."""
    silence = np.zeros((1, 2), np.float32)
    for meter in (LoudnessMeter(sample_rate), TruePeakMeter(2), CorrelationMeter(sample_rate, time_ms=300)):
        meter.feed(silence)


class MeterReader:
    """Watches one runtime's rings until it is closed."""

    def __init__(self, runtime: Any, sample_rate: int) -> None:
        self._runtime, self._rate = runtime, sample_rate
        self._tap_read, self._slot_read = 0, 0
        self._lock = threading.Lock()
        self._names: dict[int, tuple[TrackId, ...]] = {}
        self._clipped: set[TrackId] = set()
        self.master = MasterMeter()
        self.reset_master()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="engine-meters", daemon=True)
        self._thread.start()

    def reset_master(self) -> None:
        """Begin a new measurement of the master (integrated loudness, range and the highest true peak)."""
        with self._lock:
            self._loudness = LoudnessMeter(self._rate)
            self._played: tuple[float | None, float | None] = None, None
            self._true_peak = TruePeakMeter(2)
            self._correlation = CorrelationMeter(self._rate, time_ms=300)
            self._tap_read = int(self._runtime.cells[at.TAP_WRITTEN])
            self.master = MasterMeter()

    def clear_clip(self, track_id: TrackId) -> None:
        """Put out one channel's clip lamp."""
        self._clipped.discard(track_id)

    def name_channels(self, serial: int, index_of: Mapping[TrackId, int]) -> None:
        """Tell which channel is which in program `serial`; a lamp stays with its track."""
        kept = dict(list(self._names.items())[1 - _KEPT_NAMES :])
        self._names = {**kept, serial: tuple(sorted(index_of, key=index_of.__getitem__))}

    def channels(self, index_of: Mapping[TrackId, int]) -> dict[TrackId, ChannelMeter]:
        """Return the levels over the last 40 ms of every channel in `index_of`, whatever program they come from."""
        written = int(self._runtime.cells[at.METERS_WRITTEN])
        numbers = range(max(0, written - _SHOWN_SLOTS), written)
        serial = self._serial_of(written - 1) if written else 0
        names = self._names.get(serial, ())
        slots = [number % at.METER_SLOTS for number in numbers if self._serial_of(number) == serial]
        found = dict.fromkeys(index_of, ChannelMeter())
        if not names or not slots:
            return found
        shown = self._runtime.meters[slots, : len(names)]
        peaks, rms = shown[:, :, :2].max(axis=0), shown[:, :, 2:4].max(axis=0)
        reduction = shown[:, :, 4].min(axis=0)
        for index, track_id in enumerate(names[: shown.shape[1]]):
            if track_id in found:
                is_clipped = track_id in self._clipped
                found[track_id] = _channel_meter(peaks[index], rms[index], float(reduction[index]), is_clipped)
        return found

    def _serial_of(self, number: int) -> int:
        """Return the serial number of the program that slot `number` tells of."""
        return int(self._runtime.cells[at.CELLS + number % at.METER_SLOTS])

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stop.wait(_STEP_S):
            self._note_clips()
            with self._lock:
                self._feed_master()

    def _note_clips(self) -> None:
        written = int(self._runtime.cells[at.METERS_WRITTEN])
        first = max(self._slot_read, written - at.METER_SLOTS + 1)
        for number in range(first, written):
            names = self._names.get(self._serial_of(number), ())
            peaks = self._runtime.meters[number % at.METER_SLOTS, : len(names), :2]
            self._clipped.update(names[index] for index in np.flatnonzero(peaks.max(axis=1, initial=0.0) > 1.0))
        self._slot_read = written

    def _feed_master(self) -> None:
        written = int(self._runtime.cells[at.TAP_WRITTEN])
        behind = written - self._tap_read
        if behind <= 0:
            return
        # A reader that fell a whole ring behind starts again at what is certainly not being overwritten.
        first = self._tap_read if behind <= at.TAP_FRAMES // 2 else written - at.TAP_FRAMES // 4
        self._tap_read = written
        block = self._taken(first, written)
        self._loudness.feed(block)
        self._true_peak.feed(block)
        self._correlation.feed(block)
        if self._runtime.cells[at.IS_PLAYING]:
            # The silence after a stop is no part of what was played: it would widen the range by its fall.
            self._played = self._loudness.integrated_lufs, self._loudness.loudness_range_lu
        self.master = MasterMeter(
            self._loudness.momentary_lufs,
            self._loudness.short_term_lufs,
            *self._played,
            self._true_peak.true_peak_dbtp,
            self._correlation.correlation,
        )

    def _taken(self, first: int, last: int) -> npt.NDArray[np.float32]:
        indices = np.arange(first, last) % at.TAP_FRAMES
        taken: npt.NDArray[np.float32] = self._runtime.tap[indices]
        return taken


def _channel_meter(
    peaks: npt.NDArray[np.float32], rms: npt.NDArray[np.float32], reduction_db: float, is_clipped: bool
) -> ChannelMeter:
    left, right = (to_db(float(level)) for level in peaks)
    rms_left, rms_right = (to_db(float(level)) for level in rms)
    return ChannelMeter((left, right), (rms_left, rms_right), reduction_db, is_clipped)
