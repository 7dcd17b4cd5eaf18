"""The strips' compressors side by side: stereo-linked peak detector, soft knee, all in log2 units.

The detector and the static curve are those of `dsp.dynamics.compressor_curve`, on whole registers of lanes. A lane
that is off has slope and make-up 0: its gain is exactly 1 and it changes no bit. Envelope, curve and gain are loops of
their own: one long chain of waits per frame would fill the processor's scheduler with so few frames that it idles.
"""

import numpy as np

from dsp.core.compiled import inlined
from dsp.core.intrinsics import stack_f32
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
    CELL,
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
#: A cell of one register of lanes.
_LEVELS = CELL * WIDTH
_FLOOR, _ZERO, _HALF = _f4(1e-9), _f4(0.0), _f4(0.5)


@inlined
def compress_lanes(x, rows, start, frames, is_ramping, lanes):
    """Compress `frames` of x[frame * lanes + lane] in place; the deepest gain (log2) is kept in REDUCTION."""
    levels = stack_f32(_LEVELS)
    for lane in range(0, lanes // 2, WIDTH):
        _follow_envelope(x, rows, levels, frames, lanes, lane)
        _curve_gain(rows, levels, start, frames, is_ramping, lanes, lane)
        _apply_gain(x, levels, frames, lanes, lane)


@inlined
def _follow_envelope(x, rows, levels, frames, lanes, lane):
    """Write the envelope of WIDTH strips to levels[frame * WIDTH]."""
    attack, release = load_lanes(rows, ATTACK * lanes + lane), load_lanes(rows, RELEASE * lanes + lane)
    envelope = load_lanes(rows, ENVELOPE * lanes + lane)
    for i in range(frames):
        left, right = load_lanes(x, i * lanes + lane), load_lanes(x, i * lanes + lanes // 2 + lane)
        peak = largest_lanes(magnitude_lanes(left), magnitude_lanes(right))
        keep = choose_lanes(peak, envelope, attack, release)
        envelope = multiply_add(keep, envelope - peak, peak)
        store_lanes(levels, i * WIDTH, envelope)
    store_lanes(rows, ENVELOPE * lanes + lane, envelope)


@inlined
def _curve_gain(rows, levels, start, frames, is_ramping, lanes, lane):
    """Turn envelopes into gains, make-up included, both log2."""
    threshold, slope = load_lanes(rows, THRESHOLD * lanes + lane), load_lanes(rows, SLOPE * lanes + lane)
    makeup, knee = load_lanes(rows, MAKEUP * lanes + lane), load_lanes(rows, KNEE * lanes + lane)
    scale, half_knee = load_lanes(rows, INVERSE_KNEE * lanes + lane), knee * all_lanes(_HALF)
    floor, zero, deepest = all_lanes(_FLOOR), all_lanes(_ZERO), load_lanes(rows, REDUCTION * lanes + lane)
    for i in range(frames):
        if is_ramping and (start + i) % TICK == 0:
            threshold += load_lanes(rows, THRESHOLD_STEP * lanes + lane)
            slope += load_lanes(rows, SLOPE_STEP * lanes + lane)
            makeup += load_lanes(rows, MAKEUP_STEP * lanes + lane)
        over = log2_lanes(largest_lanes(load_lanes(levels, i * WIDTH), floor)) - threshold
        inside = smallest_lanes(largest_lanes(over + half_knee, zero), knee)
        above = multiply_add(inside * inside, scale, largest_lanes(over - half_knee, zero))
        gain = zero - slope * above
        deepest = smallest_lanes(deepest, gain)
        store_lanes(levels, i * WIDTH, gain + makeup)
    store_lanes(rows, REDUCTION * lanes + lane, deepest)
    if is_ramping:
        store_lanes(rows, THRESHOLD * lanes + lane, threshold)
        store_lanes(rows, SLOPE * lanes + lane, slope)
        store_lanes(rows, MAKEUP * lanes + lane, makeup)


@inlined
def _apply_gain(x, levels, frames, lanes, lane):
    """Multiply both sides of WIDTH strips by their gains."""
    for i in range(frames):
        factor = exp2_lanes(load_lanes(levels, i * WIDTH))
        for side in range(2):
            at = i * lanes + side * (lanes // 2) + lane
            store_lanes(x, at, load_lanes(x, at) * factor)
