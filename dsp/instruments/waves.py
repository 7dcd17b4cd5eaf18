"""Waves without audible aliasing: saw, pulse, triangle and sine, a sample at a time from a phase in turns.

Every step and corner of the ideal wave is replaced by that of a wave low-passed by a cubic B-spline four samples wide:
polynomials over the two samples on either side (Valimaki, Pekonen, Nam, "Perceptually informed synthesis of
bandlimited classical waveforms using integrated polynomial interpolation", JASA 131, 2012). A saw runs from -1 to 1
and steps down at phase 0, a triangle has its lowest corner there; a pulse is the difference of two saws.
"""

import math
from typing import Any

from dsp.core.compiled import inner_kernel

SAW, PULSE, TRIANGLE, SINE = range(4)
SHAPES = ("Saw", "Pulse", "Triangle", "Sine")


@inner_kernel
def _step(u: float) -> Any:
    """Return what a smoothed unit step already has `u` samples before the step (and still lacks behind it)."""
    if u >= 2.0:
        return 0.0
    if u >= 1.0:
        rest = (2.0 - u) * (2.0 - u)
        return rest * rest / 24.0
    return 0.5 + u * (-2.0 / 3.0 + u * u * (1.0 / 3.0 - u / 8.0))


@inner_kernel
def _corner(u: float) -> Any:
    """Return by how much a smoothed unit change of slope lies above the corner, `u` samples away from it."""
    if u >= 2.0:
        return 0.0
    if u >= 1.0:
        rest = (2.0 - u) * (2.0 - u)
        return rest * rest * (2.0 - u) / 120.0
    square = u * u
    return 7.0 / 30.0 - u / 2.0 + square * (1.0 / 3.0 + square * (u / 40.0 - 1.0 / 12.0))


@inner_kernel
def _saw(phase: float, step: float) -> Any:
    # Behind the step the wave has not fallen all the way yet, before it it has begun to.
    return 2.0 * phase - 1.0 + 2.0 * (_step(phase / step) - _step((1.0 - phase) / step))


@inner_kernel
def _triangle(phase: float, step: float) -> Any:
    from_corner, from_top = min(phase, 1.0 - phase), abs(phase - 0.5)
    ideal = 4.0 * from_corner - 1.0
    return ideal + 8.0 * step * (_corner(from_corner / step) - _corner(from_top / step))


@inner_kernel
def wave(shape: int, phase: float, step: float, width: float) -> Any:
    """Return a sample at `phase` (0 <= phase < 1) of a wave that moves by `step` turns a sample.

    `width` is the share of a pulse's turn in which it is high; the pulse has no constant part.
    """
    if shape == SAW:
        return _saw(phase, step)
    if shape == PULSE:
        shifted = phase + width
        return _saw(phase, step) - _saw(shifted - math.floor(shifted), step)
    if shape == TRIANGLE:
        return _triangle(phase, step)
    return math.sin(2.0 * math.pi * phase)
