"""One-pole smoothing: how a value follows another in time, for whatever moves in a device."""

import math

from dsp.core.compiled import inlined


@inlined
def smoothing_coefficient(time_ms: float, rate: float) -> float:
    """Return exp(-1 / (t rate)): a step is 63.2 % done after `time_ms`. Zero or less follows at once."""
    frames = time_ms * 0.001 * rate
    return math.exp(-1.0 / frames) if frames > 0.0 else 0.0
