"""The interpolator behind true-peak metering and limiting: a Kaiser-windowed sinc in polyphase form.

BS.1770-5 annex 2 asks for 4x oversampling and gives a 48-tap example; that one reads up to 1 dB low near 20 kHz.
With 32 taps a phase and beta 5 the response is flat within 0.04 dB up to 0.45 x rate (21.6 kHz at 48 kHz). Phase 0
is the samples themselves, so only the phases between them are computed.
"""

import numpy as np
import numpy.typing as npt

TAPS = 32
"""Taps a phase: the interval between samples TAPS / 2 - 1 and TAPS / 2 of a window is interpolated."""
_BETA = 5.0


def interpolator_phases(factor: int, taps: int = TAPS, beta: float = _BETA) -> npt.NDArray[np.float64]:
    """Return the filters [factor - 1, taps] for the points 1/factor .. (factor-1)/factor between two samples.

    The dot product of row j - 1 with `taps` consecutive samples is the signal at j / factor past the sample
    taps / 2 - 1. Each row sums to 1.
    """
    return sinc_rows(np.arange(1, factor) / factor, taps, beta)


def sinc_rows(
    fractions: npt.NDArray[np.float64], taps: int, beta: float, cutoff: float = 1.0
) -> npt.NDArray[np.float64]:
    """Return the filters [fractions, taps] for points between the samples taps / 2 - 1 and taps / 2 of a window.

    `cutoff` is where they let half the amplitude through, in halves of the rate. Each row sums to 1.
    """
    distance = np.arange(taps)[None, :] - (taps // 2 - 1) - fractions[:, None]
    inside = np.maximum(0.0, 1.0 - (distance / (taps / 2)) ** 2)
    rows = np.sinc(cutoff * distance) * np.i0(beta * np.sqrt(inside)) / np.i0(beta)
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))
