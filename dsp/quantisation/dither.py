"""The last step to integer samples: TPDF dither of 2 LSB peak to peak, exact rounding, clipping counted.

Dither is the difference of two uniform values of 1 LSB: triangular, variance LSB^2 / 6, which with the rounding's
LSB^2 / 12 makes an error of LSB^2 / 4 whose mean and variance do not depend on the signal (Lipshitz, Wannamaker,
Vanderkooy, JAES 40(5), 1992). The values come from a counter, not from a running generator: sample n of channel c has
the same dither for every block size. The counter is hashed by SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
"""

import numpy as np
import numpy.typing as npt

from dsp.core.compiled import inlined, njit_kernel

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_LOW_HALF = np.uint64(0xFFFFFFFF)
_UNIT = 2.0**-32


@inlined
def _tpdf(counter: np.uint64, seed: np.uint64) -> np.float64:
    """Return a triangular value in (-1, 1) for `counter`."""
    mixed = seed + (counter + np.uint64(1)) * _GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_1
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
    mixed ^= mixed >> np.uint64(31)
    return (np.float64(mixed & _LOW_HALF) - np.float64(mixed >> np.uint64(32))) * _UNIT


@njit_kernel
def quantise(  # noqa: PLR0917 - numba takes no keyword-only arguments
    samples: npt.NDArray[np.float32],
    bits: int,
    is_dithered: bool,
    seed: int,
    first_frame: int,
    output: npt.NDArray[np.int32],
) -> int:
    """Write `samples` float32 [frames, channels] as `bits` integers to int32 `output` of the same shape.

    Ties round to even. `first_frame` counts from the start of the file. Returns how many samples were beyond full
    scale and were clipped.
    """
    frames, channels = samples.shape
    scale = 2.0 ** (bits - 1)
    clipped = 0
    for frame in range(frames):
        for channel in range(channels):
            value = np.float64(samples[frame, channel]) * scale
            # Full scale itself is one step beyond the highest integer; that is no clipping anybody hears of.
            if value > scale or value < -scale:
                clipped += 1
            if is_dithered:
                value += _tpdf(np.uint64((first_frame + frame) * channels + channel), np.uint64(seed))
            output[frame, channel] = np.int32(min(max(np.rint(value), -scale), scale - 1.0))
    return clipped
