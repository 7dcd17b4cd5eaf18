"""De-esser: turns the sibilants of a voice down, by what lies above a frequency.

A Linkwitz-Riley crossover (`dsp.filters.crossover`) splits the sound; the peak of the louder side of the high band,
falling by `_FALL_MS`, is the key. What it exceeds the threshold by is taken away, `range_db` at the most; attack and
release work on that reduction in the log domain, as in the compressor.

    split   all-pass - (1 - gain) high      only what lies above the frequency is turned down
    wide    gain input                      all of it; where nothing is reduced no bit changes
    listen  high                            what the key hears

In split the bands add up to an all-pass: untouched the sound is flat, only its phase turns. Mixing that with the input
would cancel at the frequency, so it stays for as long as the mode does.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE, Device, Parameter, State, choice, switch
from dsp.core.fastmath import exp2_poly, log2_poly
from dsp.core.finite import LOUDEST_SAMPLE
from dsp.core.intrinsics import f64_at
from dsp.core.smoothing import smoothing_coefficient, towards
from dsp.dynamics.compressor_curve import follow, gain_log2, knee_scale, log2_of_db
from dsp.filters.crossover import butterworth, tangent

_GLIDE_MS = 15.0
_FALL_MS = 2.0
_KNEE_DB = 3.0
_LIMITING = np.float32(1.0)
_FLOOR = np.float32(1e-6)
_QUIETEST = 1e-15


def _private_size(_sample_rate: int) -> int:
    return _SIZE - DEVICE.private_start


DEVICE = Device(
    id="dynamics.de_esser",
    title="De-esser",
    version=1,
    parameters=(
        choice(1, "mode", "Mode", ("Split", "Wide")),
        Parameter(2, "split_hz", "Frequency", 5_500.0, 2_000.0, 12_000.0, "Hz", "log", _GLIDE_MS),
        Parameter(3, "threshold_db", "Threshold", -30.0, -60.0, 0.0, "dB", "db"),
        Parameter(4, "range_db", "Range", -8.0, -24.0, 0.0, "dB", "db"),
        Parameter(5, "attack_ms", "Attack", 1.0, 0.1, 20.0, "ms", "log"),
        Parameter(6, "release_ms", "Release", 50.0, 5.0, 500.0, "ms", "log"),
        switch(7, "is_listening", "Listen"),
    ),
    private_size=_private_size,
)
_MODE, _SPLIT, _THRESHOLD, _RANGE, _ATTACK, _RELEASE, _IS_LISTENING = range(1, 8)
_STARTED, _PEAK, _REDUCTION, _TANGENT, _WIDE, _HEARD, _MEMORY = range(8, 15)
_SIZE = _MEMORY + 8


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    return DEVICE.new_state(sample_rate, values)


def reset(state: State) -> None:
    """Forget the sound and the reduction; the parameters stay and take effect at once."""
    state[DEVICE.private_start :] = 0.0


def _process(address: int, block: Any, frames: int) -> None:
    """Turn the sibilants of one block down in place."""
    state = carray(f64_at(address), (_SIZE,))
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    rate = state[0]
    threshold, most = np.float32(log2_of_db(state[_THRESHOLD])), np.float32(-log2_of_db(state[_RANGE]))
    knee = np.float32(log2_of_db(_KNEE_DB))
    scale = np.float32(knee_scale(knee))
    attack = np.float32(smoothing_coefficient(state[_ATTACK], rate))
    release = np.float32(smoothing_coefficient(state[_RELEASE], rate))
    fall = smoothing_coefficient(_FALL_MS, rate)
    to_g, to_wide, to_heard = tangent(state[_SPLIT], rate), state[_MODE], state[_IS_LISTENING]
    keep = smoothing_coefficient(_GLIDE_MS, rate) if state[_STARTED] > 0.5 else 0.0
    peak, reduction = state[_PEAK], np.float32(state[_REDUCTION])
    g, wide, heard = state[_TANGENT], state[_WIDE], state[_HEARD]
    m = _MEMORY
    a1, a2, b1, b2 = state[m], state[m + 1], state[m + 2], state[m + 3]
    c1, c2, d1, d2 = state[m + 4], state[m + 5], state[m + 6], state[m + 7]
    for n in range(frames):
        left, right = samples[n], samples[CHANNEL_STRIDE + n]
        left = left if abs(left) < LOUDEST_SAMPLE else np.float32(0.0)
        right = right if abs(right) < LOUDEST_SAMPLE else np.float32(0.0)
        g, wide, heard = towards(to_g, g, keep), towards(to_wide, wide, keep), towards(to_heard, heard, keep)
        high_left, flat_left, a1, a2 = butterworth(left, a1, a2, g)
        high_left, _, b1, b2 = butterworth(high_left, b1, b2, g)
        high_right, flat_right, c1, c2 = butterworth(right, c1, c2, g)
        high_right, _, d1, d2 = butterworth(high_right, d1, d2, g)
        peak = max(abs(high_left), abs(high_right), peak * fall)
        level = log2_poly(max(np.float32(peak), _FLOOR))
        wanted = min(-gain_log2(level, threshold, _LIMITING, knee, scale), most)
        reduction = follow(wanted, reduction, attack, release)
        gain = exp2_poly(-reduction)
        split, whole, key = (1.0 - heard) * (1.0 - wide), (1.0 - heard) * wide * gain, heard
        key -= split * (1.0 - gain)
        samples[n] = np.float32(split * flat_left + whole * left + key * high_left)
        samples[CHANNEL_STRIDE + n] = np.float32(split * flat_right + whole * right + key * high_right)
    state[_STARTED], state[_PEAK], state[_REDUCTION] = 1.0, peak if peak > _QUIETEST else 0.0, reduction
    state[_TANGENT], state[_WIDE], state[_HEARD] = g, wide, heard
    state[m], state[m + 1], state[m + 2], state[m + 3] = a1, a2, b1, b2
    state[m + 4], state[m + 5], state[m + 6], state[m + 7] = c1, c2, d1, d2
    for place in range(_MEMORY, _SIZE):
        state[place] = state[place] if abs(state[place]) > _QUIETEST else 0.0


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
