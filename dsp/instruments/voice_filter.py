"""The filter of a voice: low-pass of 12 or 24 dB an octave, band-pass or high-pass, a sample at a time.

A state-variable filter by trapezoidal integration (A. Simper, "Linear Trapezoidal Integrated State Variable Filter",
Cytomic 2013); 24 dB: twice. Its cutoff comes as g = tan(pi hz / rate) and may move every sample.
"""

import math
from typing import Any

from dsp.core.compiled import inner_kernel

LOW_12, LOW_24, BAND, HIGH = range(4)
FILTERS = ("Low-pass 12", "Low-pass 24", "Band-pass", "High-pass")
#: Memory of one side.
FILTER_FIELDS = 4
_FLAT = math.sqrt(2.0)


@inner_kernel
def damping_of(resonance_percent: float) -> Any:
    """Return k: from no resonance at all (2) to a quality of 25."""
    return 2.0 * 0.02 ** (resonance_percent * 0.01)


@inner_kernel
def _filter_once(voice: Any, at: int, sample: float, g: float, k: float, kind: int) -> Any:  # noqa: PLR0917 - a filter and its memory
    """Return a sample through one state-variable filter whose memory lies at `at`."""
    a1 = 1.0 / (1.0 + g * (g + k))
    first, second = voice[at], voice[at + 1]
    v3 = sample - second
    v1 = a1 * (first + g * v3)
    v2 = second + g * v1
    voice[at], voice[at + 1] = 2.0 * v1 - first, 2.0 * v2 - second
    if kind == BAND:
        return k * v1
    return sample - k * v1 - v2 if kind == HIGH else v2


@inner_kernel
def filtered(voice: Any, at: int, sample: float, g: float, k: float, kind: int) -> Any:  # noqa: PLR0917 - as above
    """Return one side of a voice through the chosen filter, whose FILTER_FIELDS of memory lie at `at`."""
    # Two in a row share the resonance: the first is maximally flat.
    through = _filter_once(voice, at, sample, g, k, kind)
    return _filter_once(voice, at + 2, through, g, _FLAT, kind) if kind == LOW_24 else through
