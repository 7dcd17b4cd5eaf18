"""Trim, fader and meters of a lane group, and the matrix that sums it into buses.

A gain ramps by a step per frame; a matrix row holds one weight per lane and its step, so a whole group reaches one
target in a multiply-add per lane instead of a loop per strip.
"""

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import inlined
from dsp.core.intrinsics import stack_f32
from dsp.strips.layout import CELL, PEAK, SQUARES

_f4 = np.float32


@inlined
def scale_lanes(x, rows, gain_row, frames, is_ramping, lanes):
    """Multiply every lane by its gain row; when ramping, the row below it is the step per frame."""
    base = gain_row * lanes
    w = carray(stack_f32(256), (256,))
    for k in range(2 * lanes):
        w[k] = rows[base + k]
    for i in range(frames):
        if is_ramping:
            for lane in range(lanes):
                w[lane] += w[lanes + lane]
        for lane in range(lanes):
            x[i * lanes + lane] *= w[lane]
    for k in range(lanes):
        rows[base + k] = w[k]


@inlined
def meter_lanes(x, rows, frames, lanes):
    """Keep every lane's largest magnitude and add up its squares."""
    w = carray(stack_f32(256), (256,))
    for lane in range(lanes):
        w[lane] = rows[PEAK * lanes + lane]
        w[lanes + lane] = _f4(0.0)
    for i in range(frames):
        for lane in range(lanes):
            v = x[i * lanes + lane]
            w[lanes + lane] += v * v
            v = abs(v)
            w[lane] = max(w[lane], v)
    for lane in range(lanes):
        rows[PEAK * lanes + lane] = w[lane]
        rows[SQUARES * lanes + lane] += w[lanes + lane]


@inlined
def mix_lanes(x, weights, out, frames, is_ramping, lanes):
    """Add the weighted lanes to a stereo target, out[side * CELL + frame].

    `weights` holds `lanes` weights, then their steps per frame.
    """
    half = lanes // 2
    w = carray(stack_f32(256), (256,))
    for k in range(2 * lanes):
        w[k] = weights[k]
    for i in range(frames):
        if is_ramping:
            for lane in range(lanes):
                w[lane] += w[lanes + lane]
        left, right = _f4(0.0), _f4(0.0)
        for lane in range(half):
            left += w[lane] * x[i * lanes + lane]
        for lane in range(half):
            right += w[half + lane] * x[i * lanes + half + lane]
        out[i] += left
        out[CELL + i] += right
    for k in range(lanes):
        weights[k] = w[k]
