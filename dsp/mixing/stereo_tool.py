"""Stereo tool: width, the balance of mid and side, sides swapped, and mono below a frequency.

With mid = (L + R) / 2 and side = (L - R) / 2, w the width and (m, s) the balance of both (`dsp.mixing.pan`):

    mid' = m mid        side' = s w side        side' loses what lies below `mono_below_hz`

That is the side through a Linkwitz-Riley high-pass of fourth order (`dsp.filters.crossover`): -6 dB at the frequency,
24 dB per octave. The mid is not filtered, so mono keeps every bit.

All factors follow their targets with `_GLIDE_MS`; untouched the device changes no bit.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE, Device, Parameter, State, switch
from dsp.core.finite import LOUDEST_SAMPLE
from dsp.core.intrinsics import f64_at
from dsp.core.smoothing import smoothing_coefficient, towards
from dsp.filters.crossover import butterworth, tangent
from dsp.mixing.pan import balance

_GLIDE_MS = 15.0
_LOWEST_HZ = 20.0
_QUIETEST = 1e-15


def _private_size(_sample_rate: int) -> int:
    return _SIZE - DEVICE.private_start


DEVICE = Device(
    id="mixing.stereo_tool",
    title="Stereo tool",
    version=1,
    parameters=(
        Parameter(1, "width_percent", "Width", 100.0, 0.0, 200.0, "%", smoothing_ms=_GLIDE_MS),
        Parameter(2, "mid_side", "Mid to side", 0.0, -1.0, 1.0, "", smoothing_ms=_GLIDE_MS),
        Parameter(3, "mono_below_hz", "Mono below", _LOWEST_HZ, _LOWEST_HZ, 1_000.0, "Hz", "log", _GLIDE_MS),
        switch(4, "is_swapped", "Swap sides"),
    ),
    private_size=_private_size,
)
_WIDTH, _MID_SIDE, _MONO_BELOW, _IS_SWAPPED = range(1, 5)
_STARTED, _MID, _SIDE, _LOW, _TANGENT, _MEMORY = range(5, 11)
_SIZE = _MEMORY + 4


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    return DEVICE.new_state(sample_rate, values)


def reset(state: State) -> None:
    """Forget the sound; the parameters take effect at once."""
    state[DEVICE.private_start :] = 0.0


def _process(address: int, block: Any, frames: int) -> None:
    """Turn mid and side of one block in place."""
    state = carray(f64_at(address), (_SIZE,))
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    to_mid, to_side = balance(state[_MID_SIDE])
    to_side *= state[_WIDTH] * (-0.01 if state[_IS_SWAPPED] > 0.5 else 0.01)
    to_low = to_side if state[_MONO_BELOW] > _LOWEST_HZ else 0.0
    to_g = tangent(state[_MONO_BELOW], state[0])
    keep = smoothing_coefficient(_GLIDE_MS, state[0]) if state[_STARTED] > 0.5 else 0.0
    mid, side, low, g = state[_MID], state[_SIDE], state[_LOW], state[_TANGENT]
    m = _MEMORY
    a1, a2, b1, b2 = state[m], state[m + 1], state[m + 2], state[m + 3]
    for n in range(frames):
        left, right = samples[n], samples[CHANNEL_STRIDE + n]
        left = left if abs(left) < LOUDEST_SAMPLE else np.float32(0.0)
        right = right if abs(right) < LOUDEST_SAMPLE else np.float32(0.0)
        mid, side = towards(to_mid, mid, keep), towards(to_side, side, keep)
        low, g = towards(to_low, low, keep), towards(to_g, g, keep)
        between = 0.5 * left - 0.5 * right
        high, _, a1, a2 = butterworth(between, a1, a2, g)
        high, _, b1, b2 = butterworth(high, b1, b2, g)
        taken = low * (between - high)
        own, other = 0.5 * (mid + side), 0.5 * (mid - side)
        samples[n] = np.float32(own * left + other * right - taken)
        samples[CHANNEL_STRIDE + n] = np.float32(other * left + own * right + taken)
    state[_STARTED], state[_MID], state[_SIDE], state[_LOW], state[_TANGENT] = 1.0, mid, side, low, g
    state[m], state[m + 1] = a1 if abs(a1) > _QUIETEST else 0.0, a2 if abs(a2) > _QUIETEST else 0.0
    state[m + 2], state[m + 3] = b1 if abs(b1) > _QUIETEST else 0.0, b2 if abs(b2) > _QUIETEST else 0.0


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
