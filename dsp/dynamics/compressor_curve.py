"""The compressor's gain computer: what the channel strip runs in lanes, and what the window draws as its curve.

Source: D. Giannoulis, M. Massberg, J. D. Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6), 2012:
static curve with a quadratic soft knee (their equation 4), one-pole ballistics exp(-1 / (t * rate)) (equation 7).
Levels and gains are in log2 of amplitude (1.0 = 6.0206 dB), so a lane needs one log2 and one exp2 a sample;
`dsp.strips.compressor` writes `gain_log2` and `follow` out on whole registers. All functions are inlined, work in the
type they are given (float32 in lanes) and hold no branch that stops a loop from vectorising.
"""

import numpy as np

from dsp.core.compiled import inlined
from dsp.core.fastmath import DB_PER_OCTAVE

_NARROWEST_KNEE = 1e-4

f4 = np.float32


@inlined
def log2_of_db(db: float) -> float:
    """Turn decibels into log2 of amplitude."""
    return db / DB_PER_OCTAVE


@inlined
def slope_of_ratio(ratio: float) -> float:
    """Turn a ratio (>= 1) into the curve's slope: 0 does nothing, 1 limits."""
    return 1.0 - 1.0 / max(ratio, 1.0)


@inlined
def knee_scale(knee_log2: float) -> float:
    """Return 1 / (2 knee), finite for a hard knee, for `gain_log2`."""
    return 0.5 / max(knee_log2, _NARROWEST_KNEE)


@inlined
def gain_log2(
    level_log2: np.float32, threshold_log2: np.float32, slope: np.float32, knee_log2: np.float32, scale: np.float32
) -> np.float32:
    """Return the static curve's gain (<= 0) for a level; `scale` is `knee_scale(knee_log2)`.

    Below the knee 0, above it -slope * (level - threshold), a parabola between: branch-free as
    -slope * (t^2 / (2 knee) + max(over - knee / 2, 0)) with t = clamp(over + knee / 2, 0, knee).
    """
    over = level_log2 - threshold_log2
    half = f4(0.5) * knee_log2
    inside = min(max(over + half, f4(0.0)), knee_log2)
    return -slope * (inside * inside * scale + max(over - half, f4(0.0)))


@inlined
def follow(target: np.float32, envelope: np.float32, attack: np.float32, release: np.float32) -> np.float32:
    """Step an envelope towards `target`: with `attack` when it rises, with `release` when it falls."""
    keep = attack if target > envelope else release
    return target + keep * (envelope - target)
