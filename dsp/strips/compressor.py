"""The strips' compressors side by side: stereo-linked peak detector, soft knee, all in log2 units.

The detector and the static curve are those of `dsp.dynamics.compressor_curve`, on whole registers of lanes. A lane
that is off has slope and make-up 0: its gain is exactly 1 and it changes no bit. Everything of a frame is in one
loop: the envelope waits for the frame before, the curve does not, and fills that wait.
"""

import numpy as np

from dsp.core.compiled import inlined
from dsp.core.lanes import (
    WIDTH,
    all_lanes,
    choose_lanes,
    exp2_lanes,
    largest_lanes,
    load_lanes,
    log2_lanes,
    magnitude_lanes,
    multiply_add,
    smallest_lanes,
    store_lanes,
)
from dsp.strips.layout import (
    ATTACK,
    ENVELOPE,
    INVERSE_KNEE,
    KNEE,
    MAKEUP,
    MAKEUP_STEP,
    REDUCTION,
    RELEASE,
    SLOPE,
    SLOPE_STEP,
    THRESHOLD,
    THRESHOLD_STEP,
    TICK,
)

_f4 = np.float32
_FLOOR, _ZERO, _HALF = _f4(1e-9), _f4(0.0), _f4(0.5)


@inlined
def compress_lanes(x, rows, start, frames, is_ramping, lanes):
    """Compress `frames` of x[frame * lanes + lane] in place; the deepest gain (log2) is kept in REDUCTION."""
    half = lanes // 2
    floor, zero = all_lanes(_FLOOR), all_lanes(_ZERO)
    for lane in range(0, half, WIDTH):
        threshold, slope = load_lanes(rows, THRESHOLD * lanes + lane), load_lanes(rows, SLOPE * lanes + lane)
        makeup, knee = load_lanes(rows, MAKEUP * lanes + lane), load_lanes(rows, KNEE * lanes + lane)
        scale, half_knee = load_lanes(rows, INVERSE_KNEE * lanes + lane), knee * all_lanes(_HALF)
        attack, release = load_lanes(rows, ATTACK * lanes + lane), load_lanes(rows, RELEASE * lanes + lane)
        envelope, deepest = load_lanes(rows, ENVELOPE * lanes + lane), load_lanes(rows, REDUCTION * lanes + lane)
        for i in range(frames):
            if is_ramping and (start + i) % TICK == 0:
                threshold += load_lanes(rows, THRESHOLD_STEP * lanes + lane)
                slope += load_lanes(rows, SLOPE_STEP * lanes + lane)
                makeup += load_lanes(rows, MAKEUP_STEP * lanes + lane)
            left, right = load_lanes(x, i * lanes + lane), load_lanes(x, i * lanes + half + lane)
            peak = largest_lanes(magnitude_lanes(left), magnitude_lanes(right))
            keep = choose_lanes(peak, envelope, attack, release)
            envelope = multiply_add(keep, envelope - peak, peak)
            over = log2_lanes(largest_lanes(envelope, floor)) - threshold
            inside = smallest_lanes(largest_lanes(over + half_knee, zero), knee)
            above = inside * inside * scale + largest_lanes(over - half_knee, zero)
            gain = zero - slope * above
            deepest = smallest_lanes(deepest, gain)
            factor = exp2_lanes(gain + makeup)
            store_lanes(x, i * lanes + lane, left * factor)
            store_lanes(x, i * lanes + half + lane, right * factor)
        store_lanes(rows, ENVELOPE * lanes + lane, envelope)
        store_lanes(rows, REDUCTION * lanes + lane, deepest)
        if is_ramping:
            store_lanes(rows, THRESHOLD * lanes + lane, threshold)
            store_lanes(rows, SLOPE * lanes + lane, slope)
            store_lanes(rows, MAKEUP * lanes + lane, makeup)
