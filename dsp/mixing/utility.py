"""Utility: gain, width, balance, mono and polarity, as one matrix of two by two.

With mid = (L + R) / 2 and side = (L - R) / 2, and w the width (1 is unchanged, 0 is mono, 2 is side alone twice):

    L' = balance_left  * gain * (mid + w side)        R' = balance_right * gain * (mid - w side)

Polarity turns an input over before that. The four factors follow their targets with `_GLIDE_MS`, so no move clicks;
untouched the device changes no bit. It has no memory of sound, and no latency.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inlined
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE, Device, Parameter, State, switch
from dsp.core.finite import LOUDEST_SAMPLE
from dsp.core.intrinsics import f64_at
from dsp.core.smoothing import smoothing_coefficient, towards
from dsp.mixing.pan import balance, gain_of_db

_GLIDE_MS = 10.0
_SILENT_DB = -72.0


def _private_size(_sample_rate: int) -> int:
    return 5


DEVICE = Device(
    id="mixing.utility",
    title="Utility",
    version=1,
    parameters=(
        Parameter(1, "gain_db", "Gain", 0.0, _SILENT_DB, 24.0, "dB", "db", _GLIDE_MS),
        Parameter(2, "width_percent", "Width", 100.0, 0.0, 200.0, "%", smoothing_ms=_GLIDE_MS),
        Parameter(3, "balance", "Balance", 0.0, -1.0, 1.0, "", smoothing_ms=_GLIDE_MS),
        switch(4, "is_mono", "Mono"),
        switch(5, "is_left_inverted", "Invert left"),
        switch(6, "is_right_inverted", "Invert right"),
    ),
    private_size=_private_size,
)
_GAIN_DB, _WIDTH, _BALANCE, _IS_MONO, _INVERT_LEFT, _INVERT_RIGHT = range(1, 7)
_STARTED, _LL, _LR, _RL, _RR = range(7, 12)
_SIZE = 12


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    return DEVICE.new_state(sample_rate, values)


def reset(state: State) -> None:
    """Let the parameters take effect at once."""
    state[DEVICE.private_start :] = 0.0


@inlined
def _targets(state: Any) -> tuple[float, float, float, float]:
    """Return the matrix: left from left, left from right, right from left, right from right."""
    gain = gain_of_db(state[_GAIN_DB], _SILENT_DB)
    left, right = balance(state[_BALANCE])
    width = 0.0 if state[_IS_MONO] > 0.5 else state[_WIDTH] * 0.01
    own, other = 0.5 + 0.5 * width, 0.5 - 0.5 * width
    of_left = -gain if state[_INVERT_LEFT] > 0.5 else gain
    of_right = -gain if state[_INVERT_RIGHT] > 0.5 else gain
    return left * own * of_left, left * other * of_right, right * other * of_left, right * own * of_right


def _process(address: int, block: Any, frames: int) -> None:
    """Turn one block over in place."""
    state = carray(f64_at(address), (_SIZE,))
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    to_ll, to_lr, to_rl, to_rr = _targets(state)
    keep = smoothing_coefficient(_GLIDE_MS, state[0]) if state[_STARTED] > 0.5 else 0.0
    ll, lr, rl, rr = state[_LL], state[_LR], state[_RL], state[_RR]
    for n in range(frames):
        left, right = samples[n], samples[CHANNEL_STRIDE + n]
        a = left if abs(left) < LOUDEST_SAMPLE else np.float32(0.0)
        b = right if abs(right) < LOUDEST_SAMPLE else np.float32(0.0)
        ll, lr = towards(to_ll, ll, keep), towards(to_lr, lr, keep)
        rl, rr = towards(to_rl, rl, keep), towards(to_rr, rr, keep)
        samples[n] = np.float32(ll * a + lr * b)
        samples[CHANNEL_STRIDE + n] = np.float32(rl * a + rr * b)
    state[_STARTED] = 1.0
    state[_LL], state[_LR], state[_RL], state[_RR] = ll, lr, rl, rr


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
