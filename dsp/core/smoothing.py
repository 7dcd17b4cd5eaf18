"""One-pole smoothing: how a value follows another in time, for whatever moves in a device."""

import math

from dsp.core.compiled import inlined

_NEAR = 1e-7


@inlined
def smoothing_coefficient(time_ms: float, rate: float) -> float:
    """Return exp(-1 / (t rate)): a step is 63.2 % done after `time_ms`. Zero or less follows at once."""
    frames = time_ms * 0.001 * rate
    return math.exp(-1.0 / frames) if frames > 0.0 else 0.0


@inlined
def towards(target: float, value: float, keep: float) -> float:
    """Step a value to its target, which it reaches exactly; `keep` is a smoothing coefficient, 0 is at once."""
    moved = target + keep * (value - target)
    return target if abs(moved - target) < _NEAR else moved
