"""Loudness after ITU-R BS.1770-5, EBU Tech 3341 (M, S, I) and Tech 3342 (loudness range).

`LoudnessMeter` measures a stream of any length in bounded memory (about 400 kB) with compiled code that releases
the GIL; one thread feeds and reads it. The gates (-70 LUFS, then -10 LU for I or -20 LU for LRA below the mean of
what passed) are found on histograms of 0.01 LU, which moves I and LRA by less than 0.02 LU.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dsp.measure import loudness_kernel as kernel
from dsp.measure.blocks import as_block
from dsp.measure.weighting import channel_weights, k_weighting

FLOOR_LUFS = -120.0
"""Quieter than this is silence: the meter reads None."""
_INTEGRATED_GATE_LU = -10.0
_RANGE_GATE_LU = -20.0
_RANGE_LOW, _RANGE_HIGH = 0.10, 0.95


def lufs_of(energy: float) -> float | None:
    """Turn a weighted mean square into LUFS; None for silence."""
    if energy <= 0.0:
        return None
    level = kernel.OFFSET_LU + 10.0 * math.log10(energy)
    return level if level > FLOOR_LUFS else None


class LoudnessMeter:
    """Momentary, short-term and integrated loudness and loudness range of a stream.

    Weights default to the layout's (WAV order); 0 leaves a channel out. Every reading is None while there is
    nothing to read: silence, or (integrated, range) no gating block yet.
    """

    def __init__(self, sample_rate: int, channels: int = 2, weights: Sequence[float] | None = None) -> None:
        self.sample_rate = sample_rate
        self.channels = channels
        chosen = np.array(channel_weights(channels) if weights is None else weights, np.float64)
        if chosen.shape != (channels,):
            message = f"{channels} channels need {channels} weights, not {chosen.size}."
            raise ValueError(message)
        self._state = kernel.LoudnessState(
            coefficients=k_weighting(float(sample_rate)),
            weights=chosen,
            memory=np.zeros((channels, 5), np.float64),
            hops=np.zeros(kernel.SHORT_HOPS, np.float64),
            progress=np.zeros(3, np.int64),
            levels=np.zeros(4, np.float64),
            counts=np.zeros((2, kernel.BINS), np.int64),
            energies=np.zeros((2, kernel.BINS), np.float64),
        )
        self.reset()

    def feed(self, block: npt.ArrayLike) -> None:
        """Measure a block [frames, channels] of any length; samples that are not finite count as silence."""
        kernel.feed_loudness(as_block(block, self.channels), self._state)

    def reset(self) -> None:
        """Forget everything heard."""
        for array in self._state[2:]:
            array[...] = 0
        self._state.progress[kernel.HOP_FRAMES] = max(1, round(self.sample_rate / 100))

    @property
    def momentary_lufs(self) -> float | None:
        """Loudness of the last 400 ms, renewed every 10 ms; what precedes the stream is silence."""
        return lufs_of(self._state.levels[kernel.MOMENTARY])

    @property
    def short_term_lufs(self) -> float | None:
        """Loudness of the last 3 s, renewed every 10 ms; what precedes the stream is silence."""
        return lufs_of(self._state.levels[kernel.SHORT_TERM])

    @property
    def max_momentary_lufs(self) -> float | None:
        """The highest momentary loudness so far."""
        return lufs_of(self._state.levels[kernel.MAX_MOMENTARY])

    @property
    def max_short_term_lufs(self) -> float | None:
        """The highest short-term loudness so far."""
        return lufs_of(self._state.levels[kernel.MAX_SHORT_TERM])

    @property
    def integrated_lufs(self) -> float | None:
        """Gated loudness of everything so far."""
        first = self._first_bin(0, _INTEGRATED_GATE_LU)
        if first is None:
            return None
        return lufs_of(self._state.energies[0, first:].sum() / self._state.counts[0, first:].sum())

    @property
    def loudness_range_lu(self) -> float | None:
        """Tech 3342: from the 10th to the 95th percentile of gated short-term loudness."""
        first = self._first_bin(1, _RANGE_GATE_LU)
        if first is None:
            return None
        counts, energies = self._state.counts[1, first:], self._state.energies[1, first:]
        reached = np.cumsum(counts)
        low, high = (
            # Tech 3342's percentile: the block at rank round((n - 1) p), counted from 0.
            int(np.searchsorted(reached, math.floor((reached[-1] - 1) * part + 0.5), side="right"))
            for part in (_RANGE_LOW, _RANGE_HIGH)
        )
        return 10.0 * math.log10(energies[high] / counts[high] / (energies[low] / counts[low]))

    def _first_bin(self, which: int, gate_lu: float) -> int | None:
        """Return the lowest bin above the relative gate of a histogram; None when it is empty."""
        blocks = self._state.counts[which].sum()
        if blocks == 0:
            return None
        mean = kernel.OFFSET_LU + 10.0 * math.log10(self._state.energies[which].sum() / blocks)
        gate = (mean + gate_lu - kernel.LOWEST_LUFS) * kernel.BINS_PER_LU
        return min(max(round(gate), 0), kernel.BINS - 1)
