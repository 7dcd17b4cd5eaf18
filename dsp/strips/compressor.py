"""The strips' compressors side by side: stereo-linked peak detector, soft knee, all in log2 units.

Envelope: e += c (peak - e), c the attack or release coefficient 1 - exp(-1 / (t rate)).
Static curve (Giannoulis, Massberg, Reiss, "Digital Dynamic Range Compressor Design", JAES 2012, soft knee) with
overshoot o = log2 e - threshold and knee width w: gain = makeup - slope * k(o), k = 0 below -w/2, o above w/2 and
(o + w/2)^2 / 2w between. A lane that is off has slope and makeup 0: its gain is exactly 1.
"""

import numpy as np
from numba import carray

from dsp.core.compiled import inlined
from dsp.core.intrinsics import stack_f32
from dsp.core.lane_math import exp2_lane, log2_lane
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
            peak = left if left > right else right
            envelope = w[10 * half + lane]
            rate = w[8 * half + lane] if peak > envelope else w[9 * half + lane]
            envelope += rate * (peak - envelope)
            w[10 * half + lane] = envelope
            w[12 * half + lane] = envelope if envelope > _FLOOR else _FLOOR
        for lane in range(half):
            over = log2_lane(w[12 * half + lane]) - w[lane]
            knee = w[6 * half + lane]
            bend = over + _f4(0.5) * knee
            bend = bend if bend > _f4(0.0) else _f4(0.0)
            bend = bend if bend < knee else knee
            above = over - _f4(0.5) * knee
            above = above if above > _f4(0.0) else _f4(0.0)
            gain = -w[half + lane] * (bend * bend * w[7 * half + lane] + above)
            w[11 * half + lane] = gain if gain < w[11 * half + lane] else w[11 * half + lane]
            w[12 * half + lane] = exp2_lane(gain + w[2 * half + lane])
        for lane in range(half):
            x[i * lanes + lane] *= w[12 * half + lane]
        for lane in range(half):
            x[i * lanes + half + lane] *= w[12 * half + lane]
    for row in range(12):
        for lane in range(half):
            rows[base + row * lanes + lane] = w[row * half + lane]
