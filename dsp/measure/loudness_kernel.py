"""The streaming half of the loudness meter: K-weighting, 10 ms energies, gating blocks into histograms.

Everything is counted in hops of 10 ms. Momentary (40 hops) and short-term (300 hops) are summed afresh at every
hop, so nothing drifts however long the stream is; every tenth hop a 400 ms gating block and a 3 s block enter
their histograms, as BS.1770 (75 % overlap) and Tech 3342 ask. A histogram keeps, per 0.01 LU from the absolute
gate up, the count and the summed energy: the mean of gated blocks stays exact, only the gates are rounded.

What goes where is the same for any way of cutting the stream into blocks: sums run in the order of samples.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from dsp.core.compiled import inlined, njit_kernel
from dsp.core.finite import LOUDEST_SAMPLE

SHORT_HOPS = 300
MOMENTARY_HOPS = 40
GATING_HOPS = 10
BINS_PER_LU = 100
LOWEST_LUFS = -70.0
BINS = 12_000
"""From -70 to +50 LUFS; what is louder falls into the last bin."""
OFFSET_LU = -0.691

FRAME_IN_HOP, HOPS_DONE, HOP_FRAMES = 0, 1, 2
MOMENTARY, SHORT_TERM, MAX_MOMENTARY, MAX_SHORT_TERM = 0, 1, 2, 3

_QUIETEST_STATE = 1e-30


class LoudnessState(NamedTuple):
    """Everything a stream's measurement rests on, in arrays of fixed size.

    coefficients float64 [2, 5]; weights [channels]; memory [channels, 5]: both filters, then the open hop's sum of
    squares; hops [300]: weighted energy of each; progress int64 [3]; levels float64 [4]: mean squares; counts int64
    and energies float64 [2, BINS]: histograms of the 400 ms and of the 3 s blocks.
    """

    coefficients: Any
    weights: Any
    memory: Any
    hops: Any
    progress: Any
    levels: Any
    counts: Any
    energies: Any


@njit_kernel
def _weigh(block: Any, memory: Any, coefficients: Any, channel: int, span: tuple[int, int]) -> None:
    """Run one channel of rows `span` through both filters, adding to the open hop's sum of squares."""
    b0, b1, b2, a1, a2 = (
        coefficients[0, 0],
        coefficients[0, 1],
        coefficients[0, 2],
        coefficients[0, 3],
        coefficients[0, 4],
    )
    c1, c2 = coefficients[1, 3], coefficients[1, 4]
    z1, z2, y1, y2 = memory[channel, 0], memory[channel, 1], memory[channel, 2], memory[channel, 3]
    total = memory[channel, 4]
    for n in range(span[0], span[1]):
        sample = block[n, channel]
        # A sample that is not finite (or absurd) counts as silence: it would stay in the filters for ever.
        x = np.float64(sample) if abs(sample) < LOUDEST_SAMPLE else 0.0
        head = b0 * x + z1
        z1 = b1 * x - a1 * head + z2
        z2 = b2 * x - a2 * head
        y = head + y1
        y1 = y2 - 2.0 * head - c1 * y
        y2 = head - c2 * y
        total += y * y
    memory[channel, 0], memory[channel, 1], memory[channel, 2], memory[channel, 3] = z1, z2, y1, y2
    memory[channel, 4] = total


@inlined
def _count(counts: Any, energies: Any, energy: float) -> None:
    """Put a block's energy into its bin unless the absolute gate holds it back."""
    if energy <= 0.0:
        return
    height = OFFSET_LU + 10.0 * math.log10(energy) - LOWEST_LUFS
    if height >= 0.0:
        place = min(int(height * BINS_PER_LU), BINS - 1)
        counts[place] += 1
        energies[place] += energy


@njit_kernel
def _close_hop(state: Any) -> None:
    """Take the finished hop into the levels and, every tenth, into the histograms."""
    total = 0.0
    for channel in range(state.memory.shape[0]):
        total += state.weights[channel] * state.memory[channel, 4]
        state.memory[channel, 4] = 0.0
        for k in range(4):
            # Ringing out into denormals would cost many times more than sound.
            if abs(state.memory[channel, k]) < _QUIETEST_STATE:
                state.memory[channel, k] = 0.0
    newest = state.progress[HOPS_DONE] % SHORT_HOPS
    state.hops[newest] = total
    state.progress[HOPS_DONE] += 1
    state.progress[FRAME_IN_HOP] = 0
    recent, older = 0.0, 0.0
    for k in range(SHORT_HOPS):
        if k < MOMENTARY_HOPS:
            recent += state.hops[newest]
        else:
            older += state.hops[newest]
        newest = newest - 1 if newest > 0 else SHORT_HOPS - 1
    hop_frames, levels = state.progress[HOP_FRAMES], state.levels
    levels[MOMENTARY] = recent / (MOMENTARY_HOPS * hop_frames)
    levels[SHORT_TERM] = (recent + older) / (SHORT_HOPS * hop_frames)
    levels[MAX_MOMENTARY] = max(levels[MAX_MOMENTARY], levels[MOMENTARY])
    levels[MAX_SHORT_TERM] = max(levels[MAX_SHORT_TERM], levels[SHORT_TERM])
    done = state.progress[HOPS_DONE]
    if done % GATING_HOPS == 0 and done >= MOMENTARY_HOPS:
        _count(state.counts[0], state.energies[0], levels[MOMENTARY])
        if done >= SHORT_HOPS:
            _count(state.counts[1], state.energies[1], levels[SHORT_TERM])


@njit_kernel
def feed_loudness(block: Any, state: Any) -> None:
    """Measure a block float32 [frames, channels] into a `LoudnessState`."""
    start, hop_frames = 0, state.progress[HOP_FRAMES]
    while start < block.shape[0]:
        stop = min(block.shape[0], start + hop_frames - state.progress[FRAME_IN_HOP])
        for channel in range(block.shape[1]):
            if state.weights[channel] > 0.0:
                _weigh(block, state.memory, state.coefficients, channel, (start, stop))
        state.progress[FRAME_IN_HOP] += stop - start
        start = stop
        if state.progress[FRAME_IN_HOP] == hop_frames:
            _close_hop(state)
