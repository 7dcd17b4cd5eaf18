"""Multiband compressor: low, middle and high are each compressed by the compressor's curve, then added up again.

Two Linkwitz-Riley crossovers (`dsp.filters.crossover`). The high band is split off first; the rest is split into low
and middle, and the high band passes that second crossover's all-pass, so that all three turn their phases alike:

    flat, high = split(input, high_split_hz)      low, mid = split(flat - high, low_split_hz)
    output = low * gain + mid * gain + all-pass(high) * gain      flat where no band is turned

A band's level is the louder side's (stereo-linked), its reduction follows the static curve with the band's own attack
and release in the log domain, as in `dsp.dynamics.compressor`: a bass needs slower times than a cymbal. The knee is
fixed. A band is compressed, bypassed (it passes as it is) or alone (bands that are not alone are silent).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inlined, inner_kernel
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE, Device, Parameter, State
from dsp.core.fastmath import exp2_poly, log2_poly
from dsp.core.finite import LOUDEST_SAMPLE
from dsp.core.intrinsics import f64_at
from dsp.core.smoothing import smoothing_coefficient, towards
from dsp.dynamics.compressor_curve import follow, gain_log2, knee_scale, log2_of_db, slope_of_ratio
from dsp.filters.crossover import butterworth, tangent

KNEE_DB = 6.0
_GLIDE_MS = 15.0
_BANDS = 3
_PLAYED = ("Compressed", "Bypassed", "Alone")
_BYPASSED, _ALONE = 1.0, 2.0
_FLOOR = np.float32(1e-6)
_QUIETEST = 1e-15


def _band(
    first_id: int, name: str, title: str, threshold_db: float, *, attack_ms: float, release_ms: float
) -> tuple[Parameter, ...]:
    """Return the six parameters of a band."""
    return (
        Parameter(first_id, f"{name}_threshold_db", f"{title} threshold", threshold_db, -60.0, 0.0, "dB", "db"),
        Parameter(first_id + 1, f"{name}_ratio", f"{title} ratio", 2.0, 1.0, 20.0, ":1", "log"),
        Parameter(first_id + 2, f"{name}_attack_ms", f"{title} attack", attack_ms, 0.5, 200.0, "ms", "log"),
        Parameter(first_id + 3, f"{name}_release_ms", f"{title} release", release_ms, 10.0, 2_000.0, "ms", "log"),
        Parameter(first_id + 4, f"{name}_makeup_db", f"{title} make-up", 0.0, -12.0, 18.0, "dB", "db", _GLIDE_MS),
        Parameter(first_id + 5, f"{name}_mode", f"{title} band", 0.0, 0.0, 2.0, "", choices=_PLAYED),
    )


def _private_size(_sample_rate: int) -> int:
    return _SIZE - DEVICE.private_start


DEVICE = Device(
    id="dynamics.multiband_compressor",
    title="Multiband compressor",
    version=1,
    parameters=(
        Parameter(1, "low_split_hz", "Low to middle", 150.0, 40.0, 1_000.0, "Hz", "log", _GLIDE_MS),
        Parameter(2, "high_split_hz", "Middle to high", 2_000.0, 1_000.0, 12_000.0, "Hz", "log", _GLIDE_MS),
        *_band(3, "low", "Low", -24.0, attack_ms=30.0, release_ms=200.0),
        *_band(9, "mid", "Middle", -24.0, attack_ms=15.0, release_ms=120.0),
        *_band(15, "high", "High", -30.0, attack_ms=5.0, release_ms=80.0),
    ),
    private_size=_private_size,
)
_LOW_SPLIT, _HIGH_SPLIT, _FIRST_BAND, _PER_BAND = 1, 2, 3, 6
_THRESHOLD, _RATIO, _ATTACK, _RELEASE, _MAKEUP, _MODE = range(6)
_STARTED, _TANGENT_LOW, _TANGENT_HIGH, _REDUCTION, _GAIN = 21, 22, 23, 24, 27
_MEMORY, _PER_CHANNEL = 30, 10
_SOUND = _MEMORY + 2 * _PER_CHANNEL
_SIZE = _SOUND + 2 * _BANDS * CHANNEL_STRIDE


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    return DEVICE.new_state(sample_rate, values)


def reset(state: State) -> None:
    """Forget the sound and the reduction; the parameters stay and take effect at once."""
    state[DEVICE.private_start :] = 0.0


@inner_kernel
def _split(state: Any, samples: Any, frames: int, channel: int, keep: float) -> tuple[float, float]:
    """Put the three bands of a side into the state; returns where both frequencies have got to."""
    to_low, to_high = tangent(state[_LOW_SPLIT], state[0]), tangent(state[_HIGH_SPLIT], state[0])
    low_g, high_g = state[_TANGENT_LOW], state[_TANGENT_HIGH]
    m, out = _MEMORY + channel * _PER_CHANNEL, _SOUND + channel * CHANNEL_STRIDE
    a1, a2, b1, b2, c1, c2 = state[m], state[m + 1], state[m + 2], state[m + 3], state[m + 4], state[m + 5]
    d1, d2, e1, e2 = state[m + 6], state[m + 7], state[m + 8], state[m + 9]
    for n in range(frames):
        sample = samples[channel * CHANNEL_STRIDE + n]
        sample = sample if abs(sample) < LOUDEST_SAMPLE else np.float32(0.0)
        low_g, high_g = towards(to_low, low_g, keep), towards(to_high, high_g, keep)
        high, flat, a1, a2 = butterworth(sample, a1, a2, high_g)
        high, _, b1, b2 = butterworth(high, b1, b2, high_g)
        mid, lower, c1, c2 = butterworth(flat - high, c1, c2, low_g)
        mid, _, d1, d2 = butterworth(mid, d1, d2, low_g)
        _, high, e1, e2 = butterworth(high, e1, e2, low_g)
        state[out + n] = lower - mid
        state[out + 2 * CHANNEL_STRIDE + n] = mid
        state[out + 4 * CHANNEL_STRIDE + n] = high
    state[m], state[m + 1], state[m + 2], state[m + 3], state[m + 4], state[m + 5] = a1, a2, b1, b2, c1, c2
    state[m + 6], state[m + 7], state[m + 8], state[m + 9] = d1, d2, e1, e2
    return low_g, high_g


@inlined
def _share(state: Any, band: int) -> float:
    """Return 1 where a band is to be heard: it is alone, or none is."""
    is_any_alone = False
    for other in range(_BANDS):
        is_any_alone = is_any_alone or state[_FIRST_BAND + other * _PER_BAND + _MODE] == _ALONE
    return 0.0 if is_any_alone and state[_FIRST_BAND + band * _PER_BAND + _MODE] != _ALONE else 1.0


@inner_kernel
def _add_band(state: Any, samples: Any, frames: int, band: int, keep: float) -> None:
    """Compress one band and add it to the block."""
    rate, own = state[0], _FIRST_BAND + band * _PER_BAND
    is_compressed = state[own + _MODE] != _BYPASSED
    threshold, knee = np.float32(log2_of_db(state[own + _THRESHOLD])), np.float32(log2_of_db(KNEE_DB))
    slope = np.float32(slope_of_ratio(state[own + _RATIO]) if is_compressed else 0.0)
    to_gain = _share(state, band) * (10.0 ** (state[own + _MAKEUP] / 20.0) if is_compressed else 1.0)
    scale = np.float32(knee_scale(knee))
    attack = np.float32(smoothing_coefficient(state[own + _ATTACK], rate))
    release = np.float32(smoothing_coefficient(state[own + _RELEASE], rate))
    reduction, gain = np.float32(state[_REDUCTION + band]), state[_GAIN + band]
    left = _SOUND + 2 * band * CHANNEL_STRIDE
    right = left + CHANNEL_STRIDE
    for n in range(frames):
        loudest = np.float32(max(abs(state[left + n]), abs(state[right + n])))
        wanted = -gain_log2(log2_poly(max(loudest, _FLOOR)), threshold, slope, knee, scale)
        reduction = follow(wanted, reduction, attack, release)
        gain = towards(to_gain, gain, keep)
        factor = gain * exp2_poly(-reduction)
        samples[n] += np.float32(factor * state[left + n])
        samples[CHANNEL_STRIDE + n] += np.float32(factor * state[right + n])
    state[_REDUCTION + band], state[_GAIN + band] = reduction, gain


def _process(address: int, block: Any, frames: int) -> None:
    """Compress one block in place."""
    state = carray(f64_at(address), (_SIZE,))
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    keep = smoothing_coefficient(_GLIDE_MS, state[0]) if state[_STARTED] > 0.5 else 0.0
    low_g, high_g = 0.0, 0.0
    for channel in range(2):
        low_g, high_g = _split(state, samples, frames, channel, keep)
    for n in range(frames):
        samples[n], samples[CHANNEL_STRIDE + n] = np.float32(0.0), np.float32(0.0)
    for band in range(_BANDS):
        _add_band(state, samples, frames, band, keep)
    state[_STARTED], state[_TANGENT_LOW], state[_TANGENT_HIGH] = 1.0, low_g, high_g
    for place in range(_MEMORY, _SOUND):
        state[place] = state[place] if abs(state[place]) > _QUIETEST else 0.0


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
