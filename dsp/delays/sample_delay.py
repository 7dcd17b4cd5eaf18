"""Sample delay: a whole number of samples, reported as latency, so that delay compensation can be heard and tested.

A change of `samples` takes effect at once (a step, not a glide). Exact: the output is the input's bits, later.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE, Device, Parameter, State
from dsp.core.finite import LOUDEST_SAMPLE
from dsp.core.intrinsics import f64_at

_LONGEST = 8_192
_RING = 16_384


def _private_size(_sample_rate: int) -> int:
    return 1 + 2 * _RING


def _latency(_sample_rate: int, values: Mapping[str, float]) -> int:
    return round(values["samples"])


DEVICE = Device(
    id="delays.sample_delay",
    title="Sample delay",
    version=1,
    parameters=(Parameter(1, "samples", "Samples", default=0.0, low=0.0, high=float(_LONGEST), unit="samples"),),
    private_size=_private_size,
    latency=_latency,
)
_SAMPLES, _POSITION, _LINE = 1, 2, 3
_SIZE = _LINE + 2 * _RING


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    return DEVICE.new_state(sample_rate, values)


def reset(state: State) -> None:
    """Forget the sound in the line."""
    state[_POSITION:] = 0.0


def _process(address: int, block: Any, frames: int) -> None:
    """Delay one block in place."""
    state = carray(f64_at(address), (_SIZE,))
    delay = min(max(int(state[_SAMPLES] + 0.5), 0), _LONGEST)
    start = int(state[_POSITION])
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    for channel in range(2):
        line = _LINE + channel * _RING
        for n in range(frames):
            sample = samples[channel * CHANNEL_STRIDE + n]
            write = (start + n) & (_RING - 1)
            state[line + write] = sample if abs(sample) < LOUDEST_SAMPLE else np.float32(0.0)
            samples[channel * CHANNEL_STRIDE + n] = np.float32(state[line + ((write - delay) & (_RING - 1))])
    state[_POSITION] = (start + frames) & (_RING - 1)


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
