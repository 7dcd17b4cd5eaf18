"""Four times the rate and back, one sample at a time: so that what a curve adds above half the rate can be removed.

Up and down go through one Kaiser-windowed sinc of `_TAPS` taps at the fourfold rate (J. O. Smith, *Spectral Audio
Signal Processing*, "Kaiser window"), beta 9: flat to 0.39 of the rate, 90 dB down from 0.61 on. Both together take
`LATENCY` frames, exactly.

A side keeps two lines in a device's state, each twice, one copy behind the other, so that any stretch lies in one
piece: IN_FLOATS numbers of what came in, UP_FLOATS of what was bent. `place` counts frames modulo IN_FRAMES.
"""

from typing import Any

import numpy as np

from dsp.core.compiled import inlined

TIMES, _PER_PHASE = 4, 24
_TAPS = TIMES * _PER_PHASE + 1
LATENCY = (_TAPS - 1) // TIMES
IN_FRAMES, UP_FRAMES = _PER_PHASE + 1, _TAPS + 3
IN_FLOATS, UP_FLOATS = 2 * IN_FRAMES, 2 * UP_FRAMES


def _filter() -> Any:
    """Return the taps, symmetric, with a sum of `TIMES`; the last of a phase that has one tap less is 0."""
    n = np.arange(_TAPS) - (_TAPS - 1) / 2
    taps = np.sinc(n / TIMES) * np.kaiser(_TAPS, 9.0)
    return taps * (TIMES / taps.sum())


_FILTER = _filter()
#: Taps by phase, oldest sample first.
_PHASES = np.stack([np.append(_FILTER, [0.0] * (TIMES - 1))[phase::TIMES][::-1] for phase in range(TIMES)]).copy()


@inlined
def take_in(state: Any, first: int, place: int, sample: float) -> float:
    """Put a sample into the line that begins at `first`; returns the one of `LATENCY` frames ago."""
    state[first + place] = state[first + place + IN_FRAMES] = sample
    return state[first + place + 1]


@inlined
def raised(state: Any, first: int, place: int, phase: int) -> float:
    """Return the newest sample's value at one of the TIMES places of the fourfold rate."""
    # The oldest sample of the stretch that ends with the newest one.
    oldest = first + place + 1
    x = 0.0
    for k in range(IN_FRAMES):
        x += _PHASES[phase, k] * state[oldest + k]
    return x


@inlined
def keep_bent(state: Any, above: int, place: int, phase: int, value: float) -> None:
    """Put what a curve made of it into the line of the fourfold rate that begins at `above`."""
    at = above + ((place * TIMES) % UP_FRAMES + phase) % UP_FRAMES
    state[at] = state[at + UP_FRAMES] = value


@inlined
def lowered(state: Any, above: int, place: int) -> float:
    """Return what is left of that line at the rate, freed of all above half of it."""
    # The filter ends with the first of the four: so both ways together take whole frames.
    start, found = above + ((place * TIMES) % UP_FRAMES + 1 + UP_FRAMES - _TAPS) % UP_FRAMES, 0.0
    for k in range(_TAPS):
        found += _FILTER[k] * state[start + k]
    return found * (1.0 / TIMES)
