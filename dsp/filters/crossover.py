"""What a Linkwitz-Riley crossover of fourth order is made of: a Butterworth filter that gives high-pass and all-pass.

Source: S. Linkwitz, JAES 24(1), 1976: each band passes two Butterworth filters of second order, so it has -6 dB at the
frequency and 24 dB per octave. With D = s^2 + sqrt(2) s + 1 the bands add up to

    1 / D^2 + s^4 / D^2 = (s^2 - sqrt(2) s + 1) / D

an all-pass of second order, which the first filter of the high band holds already. A crossover therefore takes two
filters: high = the high-pass twice, low = all-pass - high, and low + high is flat whatever the frequency does.

The filter is a state-variable one by trapezoidal integration (A. Simper, 2013), stable however its frequency moves.
"""

import math

from dsp.core.compiled import inlined

_DAMPING = math.sqrt(2.0)


@inlined
def tangent(hz: float, rate: float) -> float:
    """Return what `butterworth` takes for a frequency, which must lie below half the rate."""
    return math.tan(math.pi * hz / rate)


@inlined
def butterworth(sample: float, first: float, second: float, g: float) -> tuple[float, float, float, float]:
    """Return a sample behind the high-pass and behind the all-pass, and the filter's two memories."""
    middle = (first + g * (sample - second)) / (1.0 + g * (g + _DAMPING))
    low = second + g * middle
    damped = _DAMPING * middle
    return sample - damped - low, sample - 2.0 * damped, 2.0 * middle - first, 2.0 * low - second
