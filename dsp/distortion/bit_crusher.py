"""Bit-crusher: fewer bits and a lower rate, as early samplers had them, without a filter against the aliasing.

    held = round(drive * x * 2^(bits - 1)) / 2^(bits - 1), taken `rate` times a second and held in between

`bits` need not be whole; a rate at or above the session's takes every sample. Rounding is to the nearest with 0 among
the values, so silence stays silence.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE, Device, Parameter, State
from dsp.core.finite import LOUDEST_SAMPLE
from dsp.core.intrinsics import f64_at
from dsp.core.smoothing import smoothing_coefficient
from dsp.mixing.pan import gain_of_db

_GLIDE_MS = 10.0


def _private_size(_sample_rate: int) -> int:
    return _SIZE - DEVICE.private_start


DEVICE = Device(
    id="distortion.bit_crusher",
    title="Bit-crusher",
    version=1,
    parameters=(
        Parameter(1, "drive_db", "Drive", 0.0, -24.0, 24.0, "dB", "db", _GLIDE_MS),
        Parameter(2, "bits", "Bits", 8.0, 1.0, 16.0, "bit", smoothing_ms=_GLIDE_MS),
        Parameter(3, "rate_hz", "Rate", 192_000.0, 250.0, 192_000.0, "Hz", "log"),
        Parameter(4, "mix_percent", "Mix", 100.0, 0.0, 100.0, "%", smoothing_ms=_GLIDE_MS),
    ),
    private_size=_private_size,
)
_DRIVE, _BITS, _RATE_HZ, _MIX = range(1, 5)
_STARTED, _PHASE, _LEFT, _RIGHT, _DRIVE_NOW, _STEPS_NOW, _MIX_NOW, _SIZE = range(5, 13)


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    return DEVICE.new_state(sample_rate, values)


def reset(state: State) -> None:
    """Forget what is held."""
    state[DEVICE.private_start :] = 0.0


def _process(address: int, block: Any, frames: int) -> None:
    """Crush one block in place."""
    state = carray(f64_at(address), (_SIZE,))
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    to_drive, to_steps = gain_of_db(state[_DRIVE], -200.0), 2.0 ** (state[_BITS] - 1.0)
    to_mix, advance = state[_MIX] * 0.01, min(1.0, state[_RATE_HZ] / state[0])
    keep = smoothing_coefficient(_GLIDE_MS, state[0]) if state[_STARTED] > 0.5 else 0.0
    phase, held_left, held_right = state[_PHASE], state[_LEFT], state[_RIGHT]
    drive, steps, mix = state[_DRIVE_NOW], state[_STEPS_NOW], state[_MIX_NOW]
    if state[_STARTED] < 0.5:
        phase = 1.0 - advance
    for n in range(frames):
        left, right = samples[n], samples[CHANNEL_STRIDE + n]
        left = left if abs(left) < LOUDEST_SAMPLE else np.float32(0.0)
        right = right if abs(right) < LOUDEST_SAMPLE else np.float32(0.0)
        drive, mix = to_drive + keep * (drive - to_drive), to_mix + keep * (mix - to_mix)
        steps = to_steps + keep * (steps - to_steps)
        phase += advance
        if phase >= 1.0:
            phase -= 1.0
            held_left = math.floor(drive * left * steps + 0.5) / steps
            held_right = math.floor(drive * right * steps + 0.5) / steps
        samples[n] = np.float32(left + mix * (held_left - left))
        samples[CHANNEL_STRIDE + n] = np.float32(right + mix * (held_right - right))
    state[_STARTED], state[_PHASE], state[_LEFT], state[_RIGHT] = 1.0, phase, held_left, held_right
    state[_DRIVE_NOW], state[_STEPS_NOW], state[_MIX_NOW] = drive, steps, mix


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
