"""One biquad of every strip in a lane group, side by side: transposed direct form II.

    y = b0 x + z1;  z1 = b1 x - a1 y + z2;  z2 = b2 x - a2 y

The stability region of (a1, a2) is a triangle, which is convex, so stepping linearly from one stable filter to
another stays stable. An unused lane holds b0 = 1 and zeros and changes no bit.
"""

from numba.np.numpy_support import carray

from dsp.core.compiled import inlined
from dsp.core.intrinsics import stack_f32
from dsp.strips.layout import BIQUAD_ROWS, TICK


@inlined
def filter_lanes(x, rows, biquad, start, frames, is_ramping, lanes):
    """Run biquad number `biquad` over `frames` of x[frame * lanes + lane], which begin at frame `start` of the cell."""
    base = biquad * BIQUAD_ROWS * lanes
    w = carray(stack_f32(1536), (1536,))
    for k in range(BIQUAD_ROWS * lanes):
        w[k] = rows[base + k]
    for i in range(frames):
        if is_ramping and (start + i) % TICK == 0:
            for k in range(5 * lanes):
                w[k] += w[7 * lanes + k]
        for lane in range(lanes):
            v = x[i * lanes + lane]
            y = w[lane] * v + w[5 * lanes + lane]
            w[5 * lanes + lane] = w[lanes + lane] * v - w[3 * lanes + lane] * y + w[6 * lanes + lane]
            w[6 * lanes + lane] = w[2 * lanes + lane] * v - w[4 * lanes + lane] * y
            x[i * lanes + lane] = y
    for k in range(7 * lanes):
        rows[base + k] = w[k]
