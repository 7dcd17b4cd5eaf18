"""Filters of first and second order that follow their analogue prototype to the top of the band: none is cramped there.

After M. Vicanek, *Matched Second Order Digital Filters* (2016): poles by impulse invariance, zeros from the squared
magnitude, which is linear in three numbers with phi1 = sin^2(w / 2), phi0 = 1 - phi1, phi2 = 4 phi0 phi1:

    |B|^2 = B0 phi0 + B1 phi1 + B2 phi2

Ours: it is met at 0, at the filter's own frequency (no higher than rate / 4) and at 0.425 rate, which errs less below
0.4 rate than the paper's third point, rate / 2. A high-pass of second order keeps both zeros at 0 and meets one point;
a notch is the all-pass one of P. Regalia and S. Mitra (1987), whose -3 dB width is exact.

Prototypes, Q and coefficients are those of `dsp.filters.biquad`; a shelf's Q is held to 1 at most. A tilt is
(s + g) / (g s + 1), a pole alone s or 1 over s + 1. A gain and its negative are exact inverses: what is designed is
the one whose poles lie lower.
"""

import math

from dsp.core.compiled import inner_kernel
from dsp.filters.biquad import Coefficients

BELL, LOW_SHELF, HIGH_SHELF, TILT, BAND_PASS, NOTCH, HIGH_PASS, LOW_PASS, HIGH_POLE, LOW_POLE = range(10)
HIGHEST_OF_RATE = 0.45
"""No filter lies higher than this part of the rate."""
_HIGHEST_MET = 0.5 * math.pi
_TOP_MET = 0.85 * math.pi
_HIGH_PASS_MET = 0.6 * math.pi
_STEEPEST_SHELF_Q = 1.0
_WIDEST_NOTCH = 0.9 * math.pi


@inner_kernel
def _squared(kind: int, u: float, a: float, q: float) -> float:
    """Return the prototype's squared magnitude at u = (f / f0)^2, a gain of a^2 (high shelf and tilt: 1 / a^2)."""
    if kind >= HIGH_POLE:
        return (u if kind == HIGH_POLE else 1.0) / (1.0 + u)
    aa, uq, below = a * a, u / (q * q), (1.0 - u) * (1.0 - u)
    if kind == TILT:
        return (u + aa * aa) / (u * aa * aa + 1.0)
    if kind == BELL:
        return (below + uq * aa) / (below + uq / aa)
    if kind == LOW_SHELF:
        return aa * ((a - u) * (a - u) + uq * a) / ((1.0 - a * u) * (1.0 - a * u) + uq * a)
    if kind == HIGH_SHELF:
        return ((a - u) * (a - u) + uq * a) / (aa * ((1.0 - a * u) * (1.0 - a * u) + uq * a))
    return (1.0 if kind == LOW_PASS else u * u if kind == HIGH_PASS else uq) / (below + uq)


@inner_kernel
def _poles(kind: int, w0: float, a: float, q: float) -> tuple[float, float]:
    """Return a1 and a2 of the prototype's sampled impulse response, its poles at or below `w0` radians a sample."""
    if kind >= HIGH_POLE or kind == TILT:
        return -math.exp(-w0 / (a * a)), 0.0
    w = w0 / math.sqrt(a) if LOW_SHELF <= kind <= HIGH_SHELF else w0
    damping = 0.5 / (a * q if kind == BELL else q)
    fall = math.exp(-damping * w)
    turn = math.sqrt(abs(1.0 - damping * damping)) * w
    return -2.0 * fall * (math.cos(turn) if damping <= 1.0 else math.cosh(turn)), fall * fall


@inner_kernel
def _phi1(w: float) -> float:
    """Return sin^2(w / 2)."""
    return math.sin(0.5 * w) * math.sin(0.5 * w)


@inner_kernel
def _power(w: float, a1: float, a2: float) -> float:
    """Return the squared magnitude of the poles' part, |A|^2, at `w` radians a sample."""
    phi1, at_zero, at_top = _phi1(w), 1.0 + a1 + a2, 1.0 - a1 + a2
    return at_zero * at_zero * (1.0 - phi1) + at_top * at_top * phi1 - 16.0 * a2 * phi1 * (1.0 - phi1)


@inner_kernel
def _met(kind: int, w0: float, a: float, q: float, poles: tuple[float, float]) -> Coefficients:
    """Return the filter with these poles that meets its prototype at three frequencies, no zero outside the circle."""
    a1, a2 = poles
    near_w = min(w0, _HIGHEST_MET)
    near, top = _phi1(near_w), _phi1(_TOP_MET)
    b_zero = _power(0.0, a1, a2) * _squared(kind, 0.0, a, q)
    left_near = _squared(kind, near_w * near_w / (w0 * w0), a, q) * _power(near_w, a1, a2) - b_zero * (1.0 - near)
    left_top = _squared(kind, _TOP_MET * _TOP_MET / (w0 * w0), a, q) * _power(_TOP_MET, a1, a2) - b_zero * (1.0 - top)
    between = (left_near / near - left_top / top) / (4.0 * (top - near))
    b_top = max(left_top / top - 4.0 * between * (1.0 - top), 0.0)
    half = 0.5 * (math.sqrt(b_zero) + math.sqrt(b_top))
    b0 = 0.5 * (half + math.sqrt(max(half * half + between, 0.0)))
    return b0, 0.5 * (math.sqrt(b_zero) - math.sqrt(b_top)), -0.25 * between / b0, a1, a2


@inner_kernel
def _fixed_zeros(kind: int, w0: float, q: float, a1: float, a2: float) -> Coefficients:
    """Return a high-pass of second order, or a notch: their zeros are where they must be."""
    if kind == HIGH_PASS:
        power = _power(_HIGH_PASS_MET, a1, a2)
        b0 = math.sqrt(_squared(kind, _HIGH_PASS_MET * _HIGH_PASS_MET / (w0 * w0), 1.0, q) * power)
        b0 /= 4.0 * _phi1(_HIGH_PASS_MET)
        return b0, -2.0 * b0, b0, a1, a2
    width = math.tan(0.5 * min(w0 / q, _WIDEST_NOTCH))
    b0 = 1.0 / (1.0 + width)
    middle = -2.0 * b0 * math.cos(w0)
    return b0, middle, b0, middle, (1.0 - width) * b0


@inner_kernel
def matched(kind: int, hz: float, gain_db: float, q: float, rate: float) -> Coefficients:
    """Return the coefficients of a filter of `kind` (BELL .. LOW_POLE); those up to TILT have a gain."""
    w0 = 2.0 * math.pi * min(hz, HIGHEST_OF_RATE * rate) / rate
    a = 10.0 ** (abs(gain_db) / 40.0) if kind <= TILT else 1.0
    q = min(q, _STEEPEST_SHELF_Q) if LOW_SHELF <= kind <= HIGH_SHELF else q
    a1, a2 = _poles(kind, w0, a, q)
    if NOTCH <= kind <= HIGH_PASS:
        return _fixed_zeros(kind, w0, q, a1, a2)
    b0, b1, b2, a1, a2 = _met(kind, w0, a, q, (a1, a2))
    is_up = gain_db > 0.0
    if kind <= TILT and is_up == (kind >= HIGH_SHELF):
        return 1.0 / b0, a1 / b0, a2 / b0, b1 / b0, b2 / b0
    return b0, b1, b2, a1, a2
