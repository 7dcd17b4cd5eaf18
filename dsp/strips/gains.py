"""Trim, fader and meters of a lane group, and the matrix that sums it into buses.

A gain ramps by a step per frame; a matrix row holds one weight per lane and its step, so a whole group reaches one
target in a multiply-add per lane instead of a loop per strip.
"""

import numpy as np

from dsp.core.compiled import inlined
from dsp.core.lanes import (
    WIDTH,
    all_lanes,
    largest_lanes,
    load_lanes,
    magnitude_lanes,
    store_lanes,
    sum_of_lanes,
)
from dsp.strips.layout import CELL, PEAK, SQUARES

_ZERO = np.float32(0.0)


@inlined
def scale_lanes(x, rows, gain_row, frames, is_ramping, lanes):
    """Multiply every lane by its gain row; when ramping, the row below it is the step per frame."""
    for lane in range(0, lanes, WIDTH):
        at = gain_row * lanes + lane
        gain = load_lanes(rows, at)
        if is_ramping:
            step = load_lanes(rows, at + lanes)
            for i in range(frames):
                gain += step
                store_lanes(x, i * lanes + lane, load_lanes(x, i * lanes + lane) * gain)
            store_lanes(rows, at, gain)
        else:
            for i in range(frames):
                store_lanes(x, i * lanes + lane, load_lanes(x, i * lanes + lane) * gain)


@inlined
def meter_lanes(x, rows, frames, lanes):
    """Keep every lane's largest magnitude and add up its squares."""
    for lane in range(0, lanes, WIDTH):
        peak, squares = load_lanes(rows, PEAK * lanes + lane), load_lanes(rows, SQUARES * lanes + lane)
        for i in range(frames):
            v = load_lanes(x, i * lanes + lane)
            squares += v * v
            peak = largest_lanes(peak, magnitude_lanes(v))
        store_lanes(rows, PEAK * lanes + lane, peak)
        store_lanes(rows, SQUARES * lanes + lane, squares)


@inlined
def mix_lanes(x, weights, out, frames, is_ramping, lanes):
    """Add the weighted lanes to a stereo target, out[side * CELL + frame].

    `weights` holds `lanes` weights, then their steps per frame.
    """
    half = lanes // 2
    for i in range(frames):
        left, right = all_lanes(_ZERO), all_lanes(_ZERO)
        if is_ramping:
            for lane in range(0, lanes, WIDTH):
                store_lanes(weights, lane, load_lanes(weights, lane) + load_lanes(weights, lanes + lane))
        for lane in range(0, half, WIDTH):
            left += load_lanes(weights, lane) * load_lanes(x, i * lanes + lane)
            right += load_lanes(weights, half + lane) * load_lanes(x, i * lanes + half + lane)
        out[i] += sum_of_lanes(left)
        out[CELL + i] += sum_of_lanes(right)
