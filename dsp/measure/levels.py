"""Peak, RMS, DC offset and stereo correlation of a stream.

RMS here is plain (a full-scale sine reads -3.01 dBFS). Correlation is sum(L R) / sqrt(sum(L^2) sum(R^2)): +1 for
mono, 0 for unrelated channels, -1 for opposite polarity.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.core.compiled import njit_kernel
from dsp.core.finite import LOUDEST_SAMPLE
from dsp.measure.blocks import as_block

_SILENCE_ENERGY = 1e-24
PEAK, SUM, SQUARES, BAD = 0, 1, 2, 3


@njit_kernel
def feed_levels(block: Any, sums: Any) -> None:
    """Add a block float32 [frames, channels] to float64 [channels, 4]: peak, sum, squares, samples not finite."""
    for channel in range(block.shape[1]):
        peak, total, squares, bad = np.float32(0.0), 0.0, 0.0, 0.0
        for n in range(block.shape[0]):
            sample = block[n, channel]
            if not abs(sample) < LOUDEST_SAMPLE:
                bad += 1.0
                sample = np.float32(0.0)
            peak = max(peak, abs(sample))
            x = np.float64(sample)
            total += x
            squares += x * x
        sums[channel, PEAK] = max(sums[channel, PEAK], np.float64(peak))
        sums[channel, SUM] += total
        sums[channel, SQUARES] += squares
        sums[channel, BAD] += bad


@njit_kernel
def feed_correlation(block: Any, sums: Any, keep: float) -> None:
    """Add a stereo block to float64 [3] (LR, LL, RR), older sound fading by `keep` per frame (1: never)."""
    cross, left_energy, right_energy = sums[0], sums[1], sums[2]
    for n in range(block.shape[0]):
        left, right = block[n, 0], block[n, 1]
        a = np.float64(left) if abs(left) < LOUDEST_SAMPLE else 0.0
        b = np.float64(right) if abs(right) < LOUDEST_SAMPLE else 0.0
        cross = cross * keep + a * b
        left_energy = left_energy * keep + a * a
        right_energy = right_energy * keep + b * b
    if left_energy + right_energy < _SILENCE_ENERGY:
        cross, left_energy, right_energy = 0.0, 0.0, 0.0
    sums[0], sums[1], sums[2] = cross, left_energy, right_energy


class LevelMeter:
    """Peak, RMS and DC offset of each channel since the last `reset`."""

    def __init__(self, channels: int = 2) -> None:
        self.channels = channels
        self.frames = 0
        self._sums = np.zeros((channels, 4), np.float64)

    def feed(self, block: npt.ArrayLike) -> None:
        """Measure a block [frames, channels] of any length; samples that are not finite count as silence."""
        taken = as_block(block, self.channels)
        feed_levels(taken, self._sums)
        self.frames += taken.shape[0]

    def reset(self) -> None:
        """Start a new reading."""
        self.frames = 0
        self._sums[...] = 0

    @property
    def peaks(self) -> tuple[float, ...]:
        """The highest absolute sample of each channel, linear."""
        return tuple(self._sums[:, PEAK].tolist())

    @property
    def rms(self) -> tuple[float, ...]:
        """The root of the mean square of each channel, linear."""
        return tuple(np.sqrt(self._sums[:, SQUARES] / max(self.frames, 1)).tolist())

    @property
    def dc_offsets(self) -> tuple[float, ...]:
        """The mean of each channel, linear."""
        return tuple((self._sums[:, SUM] / max(self.frames, 1)).tolist())

    @property
    def bad_samples(self) -> int:
        """How many samples were not finite (or beyond 1e30)."""
        return int(self._sums[:, BAD].sum())


class CorrelationMeter:
    """Correlation of a stereo stream: over the last `time_ms` (exponential window), or over all of it when None."""

    def __init__(self, sample_rate: int, time_ms: float | None = 300.0) -> None:
        self._keep = 1.0 if time_ms is None else math.exp(-1000.0 / (time_ms * sample_rate))
        self._sums = np.zeros(3, np.float64)

    def feed(self, block: npt.ArrayLike) -> None:
        """Measure a block [frames, 2] of any length."""
        feed_correlation(as_block(block, 2), self._sums, self._keep)

    def reset(self) -> None:
        """Forget everything heard."""
        self._sums[...] = 0

    @property
    def correlation(self) -> float | None:
        """From -1 to 1; None while either channel is silent."""
        cross, left, right = self._sums.tolist()
        if left <= 0.0 or right <= 0.0:
            return None
        return min(1.0, max(-1.0, cross / math.sqrt(left * right)))
