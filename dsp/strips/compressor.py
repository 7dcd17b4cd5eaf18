"""The strips' compressors side by side: stereo-linked peak detector, soft knee, all in log2 units.

The detector and the static curve are those of `dsp.dynamics.compressor_curve`. A lane that is off has slope and
make-up 0: its gain is exactly 1 and it changes no bit.
"""

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import inlined
from dsp.core.fastmath import exp2_poly, log2_poly
from dsp.core.intrinsics import stack_f32
from dsp.dynamics.compressor_curve import follow, gain_log2
from dsp.strips.layout import COMP, TICK

_f4 = np.float32
_FLOOR = _f4(1e-9)


@inlined
def compress_lanes(x, rows, start, frames, is_ramping, lanes):
    """Compress `frames` of x[frame * lanes + lane] in place; the deepest gain (log2) is kept in REDUCTION."""
    half = lanes // 2
    base = COMP * lanes
    w = carray(stack_f32(896), (896,))
    for row in range(12):
        for lane in range(half):
            w[row * half + lane] = rows[base + row * lanes + lane]
    for i in range(frames):
        if is_ramping and (start + i) % TICK == 0:
            for k in range(3 * half):
                w[k] += w[3 * half + k]
        for lane in range(half):
            left, right = abs(x[i * lanes + lane]), abs(x[i * lanes + half + lane])
            peak = max(right, left)
            envelope = w[10 * half + lane]
            envelope = follow(peak, envelope, w[8 * half + lane], w[9 * half + lane])
            w[10 * half + lane] = envelope
            w[12 * half + lane] = max(_FLOOR, envelope)
        for lane in range(half):
            level = log2_poly(w[12 * half + lane])
            gain = gain_log2(level, w[lane], w[half + lane], w[6 * half + lane], w[7 * half + lane])
            w[11 * half + lane] = min(w[11 * half + lane], gain)
            w[12 * half + lane] = exp2_poly(gain + w[2 * half + lane])
        for lane in range(half):
            x[i * lanes + lane] *= w[12 * half + lane]
        for lane in range(half):
            x[i * lanes + half + lane] *= w[12 * half + lane]
    for row in range(12):
        for lane in range(half):
            rows[base + row * lanes + lane] = w[row * half + lane]
