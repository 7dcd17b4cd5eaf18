"""Trim, fader and meters of a lane group, and the matrix that sums it into buses.

A gain ramps by a step per frame; a matrix row holds one weight per lane and its step, so a whole group reaches one
target in a multiply-add per lane instead of a loop per strip.
"""

import numpy as np

from dsp.core.compiled import inlined
from dsp.core.lane_squares import SQUARE, add_sums
from dsp.core.lanes import (
    WIDTH,
    all_lanes,
    largest_lanes,
    load_lanes,
    magnitude_lanes,
    multiply_add,
    store_lanes,
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

    `weights` holds `lanes` weights, then their steps per frame. Eight frames are summed at once: x is read and out
    is written up to the next multiple of eight, and what lies there beyond `frames` means nothing.
    """
    half = lanes // 2
    for first in range(0, frames, SQUARE):
        for side in range(2):
            a = b = c = d = e = f = g = h = all_lanes(_ZERO)
            step = all_lanes(_ZERO)
            for lane in range(side * half, (side + 1) * half, WIDTH):
                weight, at = load_lanes(weights, lane), first * lanes + lane
                if is_ramping:
                    step = load_lanes(weights, lanes + lane)
                    _move_weights(weights, lane, step, min(SQUARE, frames - first))
                weight += step
                a = multiply_add(weight, load_lanes(x, at), a)
                weight += step
                b = multiply_add(weight, load_lanes(x, at + lanes), b)
                weight += step
                c = multiply_add(weight, load_lanes(x, at + 2 * lanes), c)
                weight += step
                d = multiply_add(weight, load_lanes(x, at + 3 * lanes), d)
                weight += step
                e = multiply_add(weight, load_lanes(x, at + 4 * lanes), e)
                weight += step
                f = multiply_add(weight, load_lanes(x, at + 5 * lanes), f)
                weight += step
                g = multiply_add(weight, load_lanes(x, at + 6 * lanes), g)
                weight += step
                h = multiply_add(weight, load_lanes(x, at + 7 * lanes), h)
            add_sums(out, side * CELL + first, (a, b, c, d, e, f, g, h))


@inlined
def _move_weights(weights, lane, step, frames):
    """Let the weights of WIDTH lanes take `frames` steps, one after the other as the frames do."""
    moved = load_lanes(weights, lane)
    for _ in range(frames):
        moved += step
    store_lanes(weights, lane, moved)
