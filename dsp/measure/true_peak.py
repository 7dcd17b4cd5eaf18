"""True peak after ITU-R BS.1770-5 annex 2: the highest point of the oversampled signal, in dBTP.

4x is what the standard and other meters use; 8x is for offline checks. The peak includes the samples themselves
at once; the points between them follow half a filter (16 samples) later. A stream starts out of silence.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.core.compiled import njit_kernel
from dsp.core.finite import LOUDEST_SAMPLE
from dsp.measure.blocks import as_block
from dsp.measure.interpolation import TAPS, interpolator_phases

_CHUNK = 512


@njit_kernel
def _interpolate(line: Any, taps: Any, points: Any, frames: int) -> None:
    """Filter `line` into `points`; frames lie in the inner loop, four taps at a time, so that it vectorises."""
    for n in range(frames):
        points[n] = np.float32(0.0)
    for k in range(0, TAPS, 4):
        h0, h1, h2, h3 = taps[k], taps[k + 1], taps[k + 2], taps[k + 3]
        shifted = line[k:]
        for n in range(frames):
            points[n] += (h0 * shifted[n] + h1 * shifted[n + 1]) + (h2 * shifted[n + 2] + h3 * shifted[n + 3])


@njit_kernel
def feed_true_peak(block: Any, phases: Any, history: Any, points: Any, peaks: Any) -> None:
    """Raise `peaks` float64 [channels, 2] (sample peak, true peak) by a block float32 [frames, channels].

    `phases` float32 [factor - 1, TAPS]; `history` float32 [channels, TAPS - 1 + _CHUNK] starts with the last samples;
    `points` float32 [_CHUNK] is scratch.
    """
    for channel in range(block.shape[1]):
        line = history[channel]
        highest, between = np.float32(peaks[channel, 0]), np.float32(peaks[channel, 1])
        start = 0
        while start < block.shape[0]:
            frames = min(_CHUNK, block.shape[0] - start)
            for n in range(frames):
                sample = block[start + n, channel]
                sample = sample if abs(sample) < LOUDEST_SAMPLE else np.float32(0.0)
                line[TAPS - 1 + n] = sample
                highest = max(highest, abs(sample))
            for phase in range(phases.shape[0]):
                _interpolate(line, phases[phase], points, frames)
                for n in range(frames):
                    between = max(between, abs(points[n]))
            for k in range(TAPS - 1):
                line[k] = line[frames + k]
            start += frames
        peaks[channel, 0] = highest
        peaks[channel, 1] = max(highest, between)


class TruePeakMeter:
    """Sample peak and true peak of a stream since the last `reset` or `restart`."""

    def __init__(self, channels: int = 2, oversampling: int = 4) -> None:
        self.channels = channels
        self._phases = interpolator_phases(oversampling).astype(np.float32)
        self._history = np.zeros((channels, TAPS - 1 + _CHUNK), np.float32)
        self._points = np.zeros(_CHUNK, np.float32)
        self._peaks = np.zeros((channels, 2), np.float64)

    def feed(self, block: npt.ArrayLike) -> None:
        """Measure a block [frames, channels] of any length; samples that are not finite count as silence."""
        feed_true_peak(as_block(block, self.channels), self._phases, self._history, self._points, self._peaks)

    def reset(self) -> None:
        """Forget everything heard."""
        self._history[...] = 0
        self._peaks[...] = 0

    def restart(self) -> None:
        """Start a new reading without a break in the sound."""
        self._peaks[...] = 0

    @property
    def sample_peaks(self) -> tuple[float, ...]:
        """The highest absolute sample of each channel, linear."""
        return tuple(self._peaks[:, 0].tolist())

    @property
    def true_peaks(self) -> tuple[float, ...]:
        """The highest absolute point of each channel, linear."""
        return tuple(self._peaks[:, 1].tolist())

    @property
    def sample_peak_dbfs(self) -> float | None:
        """The highest sample of all channels; None for silence."""
        return _decibels(max(self.sample_peaks))

    @property
    def true_peak_dbtp(self) -> float | None:
        """The highest point of all channels; None for silence."""
        return _decibels(max(self.true_peaks))


def _decibels(peak: float) -> float | None:
    return 20.0 * math.log10(peak) if peak > 0.0 else None
