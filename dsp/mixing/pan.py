"""Pan as balance: at the centre both sides are exactly unity, towards one side the other fades along a cosine.

    left = min(1, sqrt(2) cos(t)), right = min(1, sqrt(2) sin(t)), t = (pan + 1) pi / 4, pan in -1..1

A centred stereo track therefore passes unchanged to the bit, and no setting raises a side above its level.
"""

import math

from dsp.core.compiled import inlined

_SQRT_2 = math.sqrt(2.0)


@inlined
def balance(pan: float) -> tuple[float, float]:
    """Return the gains (left, right) of a pan position, clamped to -1..1."""
    pan = min(max(pan, -1.0), 1.0)
    if pan == 0.0:
        return 1.0, 1.0
    angle = (pan + 1.0) * (math.pi / 4.0)
    return min(1.0, _SQRT_2 * math.cos(angle)), max(0.0, min(1.0, _SQRT_2 * math.sin(angle)))


@inlined
def gain_of_db(gain_db: float, silent_db: float) -> float:
    """Turn dB into a factor; at or below `silent_db` it is exactly 0, at 0 dB exactly 1."""
    if gain_db <= silent_db:
        return 0.0
    return 10.0 ** (gain_db / 20.0) if gain_db != 0.0 else 1.0
