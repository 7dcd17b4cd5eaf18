"""K-weighting for any sample rate, and the weight of each channel.

Source: ITU-R BS.1770-5, annex 1. Its table holds coefficients for 48 kHz only; both filters come from analogue
prototypes by the bilinear transform, and the constants below give the table back to 1e-12 at 48 kHz (tested), so
the same formulas serve every rate:

    stage 1  high shelf  f0 = 1681.97 Hz, gain 4.0 dB, Q 0.7072 (the head)
    stage 2  high pass   f0 = 38.135 Hz, Q 0.50033 (RLB), numerator 1, -2, 1 left unnormalised as in the table
"""

import math

import numpy as np
import numpy.typing as npt

_SHELF_HZ, _SHELF_GAIN_DB, _SHELF_Q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
_SHELF_BAND_EXPONENT = 0.4996667741545416
_PASS_HZ, _PASS_Q = 38.13547087602444, 0.5003270373238773

SURROUND_WEIGHT = 1.41
"""For channels 60 to 120 degrees to the side: +1.5 dB."""

_WEIGHTS: dict[int, tuple[float, ...]] = {
    4: (1.0, 1.0, SURROUND_WEIGHT, SURROUND_WEIGHT),  # L R Ls Rs
    5: (1.0, 1.0, 1.0, SURROUND_WEIGHT, SURROUND_WEIGHT),  # L R C Ls Rs
    6: (1.0, 1.0, 1.0, 0.0, SURROUND_WEIGHT, SURROUND_WEIGHT),  # L R C LFE Ls Rs
    8: (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, SURROUND_WEIGHT, SURROUND_WEIGHT),  # L R C LFE Lb Rb Ls Rs
}

Array = npt.NDArray[np.float64]


def channel_weights(channels: int) -> tuple[float, ...]:
    """Return the BS.1770 weights of a layout in WAV order; unlisted counts weigh every channel 1."""
    return _WEIGHTS.get(channels, (1.0,) * channels)


def k_weighting(sample_rate: float) -> Array:
    """Return both stages as [[b0, b1, b2, a1, a2], ...] for a rate in Hz."""
    k = math.tan(math.pi * _SHELF_HZ / sample_rate)
    high = 10.0 ** (_SHELF_GAIN_DB / 20.0)
    band = high**_SHELF_BAND_EXPONENT
    a0 = 1.0 + k / _SHELF_Q + k * k
    shelf = (
        (high + band * k / _SHELF_Q + k * k) / a0,
        2.0 * (k * k - high) / a0,
        (high - band * k / _SHELF_Q + k * k) / a0,
        2.0 * (k * k - 1.0) / a0,
        (1.0 - k / _SHELF_Q + k * k) / a0,
    )
    k = math.tan(math.pi * _PASS_HZ / sample_rate)
    a0 = 1.0 + k / _PASS_Q + k * k
    high_pass = (1.0, -2.0, 1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / _PASS_Q + k * k) / a0)
    return np.array((shelf, high_pass), np.float64)
