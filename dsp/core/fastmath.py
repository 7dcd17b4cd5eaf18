"""Polynomial log2 and exp2 in float32: no library call, so loops over lanes vectorise.

log2: x = 2**e * m with m in [sqrt(1/2), sqrt(2)), split on the bits; log2(1 + t) is t times a degree-5 minimax
polynomial (Lawson's reweighted least squares, fitted error 2.2e-6), exact at powers of two. Positive normal x;
absolute error < 1e-5 over the whole range (float32 rounding of e included). Zero gives about -127, a finite floor.

exp2: x = n + f with n the nearest integer, taken from the bits of x + 1.5 * 2**23 (a float subtraction would be
folded away by reassociation); 2**f is 1 plus f times a degree-4 minimax polynomial (fitted relative error 1e-7),
exact at integers. x is clamped to [-126, 126], NaN becomes -126; relative error < 1e-6.
"""

import numpy as np

from dsp.core.compiled import inlined
from dsp.core.intrinsics import bits_of, float_of

DB_PER_OCTAVE = 6.020599913279624
"""Decibels of one doubling of amplitude, 20 log10 2: dB = log2 * DB_PER_OCTAVE."""

f4, i4 = np.float32, np.int32

#: The polynomials' terms, highest power first; `dsp.core.lanes` evaluates the same ones.
SQRT_HALF_BITS = i4(0x3F3504F3)
_LOG_1, _LOG_2, _LOG_3 = f4(1.4427134990692139), f4(-0.7211318612098694), f4(0.47934800386428833)
_LOG_4, _LOG_5, _LOG_6 = f4(-0.3674899637699127), f4(0.32215484976768494), f4(-0.20659184455871582)
LOG2_TERMS = (_LOG_6, _LOG_5, _LOG_4, _LOG_3, _LOG_2, _LOG_1)

ROUNDING = f4(12582912.0)
ROUNDING_BITS = i4(0x4B400000)
_EXP_1, _EXP_2, _EXP_3 = f4(0.6931470036506653), f4(0.24022242426872253), f4(0.05550733581185341)
_EXP_4, _EXP_5 = f4(0.009671512991189957), f4(0.001326472731307149)
EXP2_TERMS = (_EXP_5, _EXP_4, _EXP_3, _EXP_2, _EXP_1)


@inlined
def log2_poly(x: np.float32) -> np.float32:
    """Return log2 of a positive float32, within 1e-5."""
    bits = bits_of(f4(x))
    exponent = i4(i4(bits - SQRT_HALF_BITS) >> i4(23))
    t = float_of(i4(bits - i4(exponent << i4(23)))) - f4(1.0)
    q = ((((_LOG_6 * t + _LOG_5) * t + _LOG_4) * t + _LOG_3) * t + _LOG_2) * t + _LOG_1
    found: np.float32 = f4(exponent) + q * t
    return found


@inlined
def exp2_poly(x: np.float32) -> np.float32:
    """Return 2**x as float32, within 1e-6 of its value."""
    v = min(f4(126.0), max(f4(-126.0), f4(x)))
    whole = i4(bits_of(v + ROUNDING) - ROUNDING_BITS)
    f = v - f4(whole)
    q = (((_EXP_5 * f + _EXP_4) * f + _EXP_3) * f + _EXP_2) * f + _EXP_1
    power: np.float32 = float_of(i4(i4(whole + i4(127)) << i4(23)))
    return (q * f + f4(1.0)) * power
