"""Reading recorded sound between its samples: windowed sincs whose cutoff falls with the speed, so nothing folds back.

24 taps at the sound's own pitch or below it, and in proportion more above it: flat up to 0.4 of the rate, images and
what folds back below -70 dB from there (Kaiser window, beta 7; J. O. Smith, "Digital Audio Resampling", 2002).
Between two of 256 rows the filter is a straight line, -94 dB. The row at no fraction is the sample itself, so a sound
at its own pitch passes bit for bit.
"""

import math
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.core.compiled import inner_kernel
from dsp.core.finite import LOUDEST_SAMPLE
from dsp.measure.interpolation import sinc_rows

PHASES = 256
_BETA, _FEWEST_TAPS = 7.0, 24
#: How many times faster than recorded each filter is for, and its taps.
_SPEEDS = np.array([1.0, 2**0.5, 2.0, 8**0.5, 4.0, 32**0.5, 8.0])
_TAPS = np.array([2 * math.ceil(_FEWEST_TAPS * speed / 2) for speed in _SPEEDS.tolist()])
_PLACES = np.cumsum([0, *((PHASES + 1) * _TAPS[:-1])])
#: The farthest from its point that a filter reads.
MOST_REACH = int(_TAPS[-1]) // 2
FASTEST = 16.0
#: A little faster than its filter is for: what bends by a quarter of a tone keeps its filter.
_TOLERANCE = 1.03


@cache
def filter_bank() -> npt.NDArray[np.float32]:
    """Return all filters in a row, each [PHASES + 1, taps]; the array lives as long as the program."""
    fractions = np.arange(PHASES + 1) / PHASES
    pairs = zip(_SPEEDS.tolist(), _TAPS.tolist(), strict=True)
    rows = [sinc_rows(fractions, taps, _BETA, 1.0 / speed).ravel() for speed, taps in pairs]
    bank = np.concatenate(rows)
    bank[np.abs(bank) < 1e-12] = 0.0
    return bank.astype(np.float32)


def between(samples: npt.NDArray[np.float32], places: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the signal samples[frames] at `places` in frames, at its own speed; silence lies around it."""
    half = _FEWEST_TAPS // 2
    whole = np.floor(places).astype(np.int64)
    rows = sinc_rows(places - whole, _FEWEST_TAPS, _BETA)
    taken = whole[:, None] + np.arange(1 - half, half + 1)
    inside = (taken >= 0) & (taken < len(samples))
    return np.asarray((rows * np.where(inside, samples[taken.clip(0, max(0, len(samples) - 1))], 0.0)).sum(axis=1))


@inner_kernel
def filter_for(speed: float) -> Any:
    """Return which filter reads at `speed` frames a frame."""
    chosen = 0
    while chosen < _SPEEDS.shape[0] - 1 and _SPEEDS[chosen] * _TOLERANCE < speed:
        chosen += 1
    return np.int64(chosen)


@inner_kernel
def taps_of(chosen: int) -> Any:
    """Return how many samples a filter reads."""
    return np.int64(_TAPS[chosen])


@inner_kernel
def _sound_of(value: float) -> Any:
    return value if abs(value) < LOUDEST_SAMPLE else 0.0


@inner_kernel
def read_inside(bank: Any, chosen: int, left: Any, right: Any, first: int, fraction: float) -> Any:  # noqa: PLR0917 - a filter and a place
    """Return (left, right) at `fraction` past the middle of a window that begins at sample `first` of both sides."""
    taps = _TAPS[chosen]
    place = fraction * PHASES
    row = int(place)
    share = np.float32(place - row)
    at = _PLACES[chosen] + row * taps
    one = other = np.float32(0.0)
    for k in range(taps):
        weight = bank[at + k] + share * (bank[at + taps + k] - bank[at + k])
        one += weight * left[first + k]
        other += weight * right[first + k]
    return _sound_of(one), _sound_of(other)


@inner_kernel
def read_at_edge(bank: Any, chosen: int, left: Any, right: Any, first: int, fraction: float, frames: int) -> Any:  # noqa: PLR0917 - as above
    """Return what `read_inside` does where a window may reach beyond a sound of `frames`: there is silence."""
    taps = _TAPS[chosen]
    place = fraction * PHASES
    row = int(place)
    share = np.float32(place - row)
    at = _PLACES[chosen] + row * taps
    one = other = np.float32(0.0)
    for k in range(max(0, -first), min(taps, frames - first)):
        weight = bank[at + k] + share * (bank[at + taps + k] - bank[at + k])
        one += weight * left[first + k]
        other += weight * right[first + k]
    return _sound_of(one), _sound_of(other)
