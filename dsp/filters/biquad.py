"""Coefficients of the five second-order filters an equaliser is made of.

Source: R. Bristow-Johnson, "Audio EQ Cookbook" (bilinear transform, centre or corner frequency prewarped).
A filter is (b0, b1, b2, a1, a2), divided by a0: y[n] = b0 x[n] + b1 x[n-1] + b2 x[n-2] - a1 y[n-1] - a2 y[n-2].

What Q means, alpha = sin(w0) / (2 Q) throughout:
  high-pass, low-pass  Q = 1/sqrt(2) is Butterworth: -3.01 dB at the corner, 12 dB per octave
  bell                 bandwidth between the points of half the gain in dB; gain and its negative are exact inverses
  shelves              Q = 1/sqrt(2) is the steepest slope without overshoot; half the gain in dB at the corner

Every frequency is clamped to [1 Hz, 0.49 x rate] and Q to at least 0.05, so the result is always stable. The
functions named `*_coefficients` are inlined into kernels; Python calls `design`.
"""

import math

import numpy as np
import numpy.typing as npt

from dsp.core.compiled import inlined, njit_kernel

BELL, LOW_SHELF, HIGH_SHELF, HIGH_PASS, LOW_PASS = 0, 1, 2, 3, 4
BUTTERWORTH_Q = 0.7071067811865476
HIGHEST_OF_RATE = 0.49
_LOWEST_HZ = 1.0
_LOWEST_Q = 0.05

Coefficients = tuple[float, float, float, float, float]


@inlined
def _angle(hz: float, rate: float) -> float:
    """Angular frequency per sample of a clamped `hz`."""
    return 2.0 * math.pi * min(max(hz, _LOWEST_HZ), HIGHEST_OF_RATE * rate) / rate


@inlined
def bell_coefficients(hz: float, gain_db: float, q: float, rate: float) -> Coefficients:
    """Boost or cut by `gain_db` around `hz`; exactly neutral at 0 dB."""
    w0 = _angle(hz, rate)
    a = 10.0 ** (gain_db / 40.0)
    alpha = math.sin(w0) / (2.0 * max(q, _LOWEST_Q))
    a0 = 1.0 + alpha / a
    middle = -2.0 * math.cos(w0) / a0
    return (1.0 + alpha * a) / a0, middle, (1.0 - alpha * a) / a0, middle, (1.0 - alpha / a) / a0


@inlined
def low_shelf_coefficients(hz: float, gain_db: float, q: float, rate: float) -> Coefficients:
    """Boost or cut everything below `hz` by `gain_db`."""
    w0 = _angle(hz, rate)
    a, c = 10.0 ** (gain_db / 40.0), math.cos(w0)
    beta = math.sqrt(a) * math.sin(w0) / max(q, _LOWEST_Q)
    a0 = (a + 1.0) + (a - 1.0) * c + beta
    return (
        a * ((a + 1.0) - (a - 1.0) * c + beta) / a0,
        2.0 * a * ((a - 1.0) - (a + 1.0) * c) / a0,
        a * ((a + 1.0) - (a - 1.0) * c - beta) / a0,
        -2.0 * ((a - 1.0) + (a + 1.0) * c) / a0,
        ((a + 1.0) + (a - 1.0) * c - beta) / a0,
    )


@inlined
def high_shelf_coefficients(hz: float, gain_db: float, q: float, rate: float) -> Coefficients:
    """Boost or cut everything above `hz` by `gain_db`."""
    w0 = _angle(hz, rate)
    a, c = 10.0 ** (gain_db / 40.0), math.cos(w0)
    beta = math.sqrt(a) * math.sin(w0) / max(q, _LOWEST_Q)
    a0 = (a + 1.0) - (a - 1.0) * c + beta
    return (
        a * ((a + 1.0) + (a - 1.0) * c + beta) / a0,
        -2.0 * a * ((a - 1.0) + (a + 1.0) * c) / a0,
        a * ((a + 1.0) + (a - 1.0) * c - beta) / a0,
        2.0 * ((a - 1.0) - (a + 1.0) * c) / a0,
        ((a + 1.0) - (a - 1.0) * c - beta) / a0,
    )


@inlined
def high_pass_coefficients(hz: float, q: float, rate: float) -> Coefficients:
    """Remove what lies below `hz`, 12 dB per octave."""
    w0 = _angle(hz, rate)
    c, alpha = math.cos(w0), math.sin(w0) / (2.0 * max(q, _LOWEST_Q))
    a0 = 1.0 + alpha
    edge = 0.5 * (1.0 + c) / a0
    return edge, -2.0 * edge, edge, -2.0 * c / a0, (1.0 - alpha) / a0


@inlined
def low_pass_coefficients(hz: float, q: float, rate: float) -> Coefficients:
    """Remove what lies above `hz`, 12 dB per octave."""
    w0 = _angle(hz, rate)
    c, alpha = math.cos(w0), math.sin(w0) / (2.0 * max(q, _LOWEST_Q))
    a0 = 1.0 + alpha
    edge = 0.5 * (1.0 - c) / a0
    return edge, 2.0 * edge, edge, -2.0 * c / a0, (1.0 - alpha) / a0


@njit_kernel
def design(kind: int, hz: float, gain_db: float, q: float, rate: float) -> Coefficients:
    """Return the coefficients of a filter of `kind` (BELL .. LOW_PASS); the passes ignore `gain_db`.

    Call it with floats (an int is another specialisation to compile).
    """
    if kind == LOW_SHELF:
        found: Coefficients = low_shelf_coefficients(hz, gain_db, q, rate)
    elif kind == HIGH_SHELF:
        found = high_shelf_coefficients(hz, gain_db, q, rate)
    elif kind == HIGH_PASS:
        found = high_pass_coefficients(hz, q, rate)
    elif kind == LOW_PASS:
        found = low_pass_coefficients(hz, q, rate)
    else:
        found = bell_coefficients(hz, gain_db, q, rate)
    return found


def response_db(coefficients: Coefficients, hz: npt.ArrayLike, rate: float) -> npt.NDArray[np.float64]:
    """Return the magnitude in dB of one filter at the frequencies `hz`, floored at -400 dB."""
    b0, b1, b2, a1, a2 = (float(value) for value in coefficients)
    delay = np.exp(-2j * np.pi * np.asarray(hz, np.float64) / rate)
    magnitude = np.abs((b0 + (b1 + b2 * delay) * delay) / (1.0 + (a1 + a2 * delay) * delay))
    return np.asarray(20.0 * np.log10(np.maximum(magnitude, 1e-20)))
