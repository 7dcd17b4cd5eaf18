"""A state-variable filter whose cutoff may move every frame, and the equaliser shapes made from it.

Trapezoidal integration after Andrew Simper, "Linear Trapezoidal Integrated State Variable Filter" (Cytomic, 2013):
g = tan(pi f / rate), k = 1 / Q, output = m0 * in + m1 * band + m2 * low. Audio is [channels, frames] float32; a
cutoff is one number in Hz or one value per frame.
"""

from typing import Any

import numpy as np

from dsp.core.compiled import njit_kernel
from dsp.generators.signal import RATE, Samples


@njit_kernel
def _filter(audio: Any, out: Any, tangent: Any, stride: Any, k: Any, m0: Any, m1: Any, m2: Any) -> None:  # noqa: PLR0917  # a kernel takes arrays by position
    # Both sides in one pass: they share the division, and their two chains of dependences overlap.
    other = audio.shape[0] - 1
    first = second = third = fourth = 0.0
    for frame in range(audio.shape[1]):
        g = tangent[frame * stride]
        a1 = 1.0 / (1.0 + g * (g + k))
        a2 = g * a1
        a3 = g * a2
        sample = audio[0, frame]
        v3 = sample - second
        v1 = a1 * first + a2 * v3
        v2 = second + a2 * first + a3 * v3
        first = 2.0 * v1 - first
        second = 2.0 * v2 - second
        beside = audio[other, frame]
        w3 = beside - fourth
        w1 = a1 * third + a2 * w3
        w2 = fourth + a2 * third + a3 * w3
        third = 2.0 * w1 - third
        fourth = 2.0 * w2 - fourth
        out[0, frame] = m0 * sample + m1 * v1 + m2 * v2
        out[other, frame] = m0 * beside + m1 * w1 + m2 * w2


def _run(audio: Samples, cutoff_hz: Samples | float, k: float, mix: tuple[float, float, float], warp: float) -> Samples:
    corner_hz = np.atleast_1d(np.asarray(cutoff_hz, dtype=np.float32))
    angle = np.minimum(np.maximum(corner_hz, np.float32(5.0)), np.float32(0.46 * RATE)) * np.float32(np.pi / RATE)
    tangent = np.tan(angle) * np.float32(warp)
    out = np.empty_like(audio, dtype=np.float32)
    stride = 0 if tangent.shape[0] == 1 else 1
    _filter(np.ascontiguousarray(audio, dtype=np.float32), out, tangent, stride, float(k), *mix)
    return out


def lowpass(audio: Samples, cutoff_hz: Samples | float, q: float = 0.707) -> Samples:
    """Return `audio` through a 12 dB/octave low-pass."""
    return _run(audio, cutoff_hz, 1.0 / q, (0.0, 0.0, 1.0), 1.0)


def highpass(audio: Samples, cutoff_hz: Samples | float, q: float = 0.707) -> Samples:
    """Return `audio` through a 12 dB/octave high-pass."""
    return _run(audio, cutoff_hz, 1.0 / q, (1.0, -1.0 / q, -1.0), 1.0)


def bandpass(audio: Samples, cutoff_hz: Samples | float, q: float = 1.0) -> Samples:
    """Return `audio` through a band-pass with unity gain at its centre."""
    return _run(audio, cutoff_hz, 1.0 / q, (0.0, 1.0 / q, 0.0), 1.0)


def band_limited(audio: Samples, low_hz: float, high_hz: float) -> Samples:
    """Return `audio` kept between two corners, 12 dB/octave each."""
    return lowpass(highpass(audio, low_hz), high_hz)


def bell(audio: Samples, centre_hz: float, gain_db: float, q: float = 1.0) -> Samples:
    """Return `audio` with a bell boost or cut."""
    amplitude = 10.0 ** (gain_db / 40.0)
    k = 1.0 / (q * amplitude)
    return _run(audio, centre_hz, k, (1.0, k * (amplitude * amplitude - 1.0), 0.0), 1.0)


def low_shelf(audio: Samples, corner_hz: float, gain_db: float, q: float = 0.707) -> Samples:
    """Return `audio` with everything below the corner raised or lowered."""
    amplitude = 10.0 ** (gain_db / 40.0)
    k = 1.0 / q
    mix = (1.0, k * (amplitude - 1.0), amplitude * amplitude - 1.0)
    return _run(audio, corner_hz, k, mix, 1.0 / float(np.sqrt(amplitude)))


def high_shelf(audio: Samples, corner_hz: float, gain_db: float, q: float = 0.707) -> Samples:
    """Return `audio` with everything above the corner raised or lowered."""
    amplitude = 10.0 ** (gain_db / 40.0)
    k = 1.0 / q
    square = amplitude * amplitude
    return _run(
        audio, corner_hz, k, (square, k * (1.0 - amplitude) * amplitude, 1.0 - square), float(np.sqrt(amplitude))
    )
