"""Compressor: feed-forward, stereo-linked, with look-ahead; its curve is the one of the channel strip.

Source: D. Giannoulis, M. Massberg, J. D. Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6), 2012: the gain
computer works on the level in the log domain, the ballistics follow it there ("smooth, branching, log domain").

    level = log2(max(|L|, |R|)) of the key      reduction follows -curve(level) with attack and release
    output = input * 2^(make-up - reduction), `look_ahead_ms` later

The key is the input behind a high-pass of one pole (`key_low_cut_hz`; off at its lowest), so that a bass need not pump
the rest.
Automatic make-up gives back half of what the curve takes from a level of 0 dBFS. `mix_percent` lets the untouched
sound through beside it, equally late (parallel compression).
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inlined
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE, Device, Parameter, State, switch
from dsp.core.fastmath import exp2_poly, log2_poly
from dsp.core.finite import LOUDEST_SAMPLE
from dsp.core.intrinsics import f64_at
from dsp.core.smoothing import smoothing_coefficient
from dsp.dynamics.compressor_curve import (
    follow,
    gain_log2,
    knee_scale,
    log2_of_db,
    slope_of_ratio,
)

_GLIDE_MS = 10.0
_LONGEST_MS = 10.0
_LOWEST_CUT_HZ = 20.0
_FLOOR = np.float32(1e-6)
_NEAR = 1e-9


@inlined
def _ahead_frames(look_ahead_ms: float, rate: float) -> int:
    return int(min(max(look_ahead_ms, 0.0), _LONGEST_MS) * 0.001 * rate + 0.5)


@inlined
def _line_frames(rate: float) -> int:
    return int(_LONGEST_MS * 0.001 * rate + 0.5) + 1


def _private_size(sample_rate: int) -> int:
    return int(_LINE - _REDUCTION + 2 * _line_frames.py_func(float(sample_rate)))


def _latency(sample_rate: int, values: Mapping[str, float]) -> int:
    return int(_ahead_frames.py_func(values["look_ahead_ms"], float(sample_rate)))


DEVICE = Device(
    id="dynamics.compressor",
    title="Compressor",
    version=1,
    parameters=(
        Parameter(1, "threshold_db", "Threshold", -18.0, -60.0, 0.0, "dB", "db", _GLIDE_MS),
        Parameter(2, "ratio", "Ratio", 4.0, 1.0, 20.0, ":1", "log", _GLIDE_MS),
        Parameter(3, "attack_ms", "Attack", 10.0, 0.1, 200.0, "ms", "log"),
        Parameter(4, "release_ms", "Release", 120.0, 5.0, 2_000.0, "ms", "log"),
        Parameter(5, "knee_db", "Knee", 6.0, 0.0, 24.0, "dB", "db", _GLIDE_MS),
        Parameter(6, "makeup_db", "Make-up", 0.0, -12.0, 24.0, "dB", "db", _GLIDE_MS),
        switch(7, "is_makeup_auto", "Auto make-up"),
        Parameter(8, "look_ahead_ms", "Look-ahead", 0.0, 0.0, _LONGEST_MS, "ms"),
        Parameter(9, "key_low_cut_hz", "Key low cut", _LOWEST_CUT_HZ, _LOWEST_CUT_HZ, 1_000.0, "Hz", "log"),
        Parameter(10, "mix_percent", "Mix", 100.0, 0.0, 100.0, "%", smoothing_ms=_GLIDE_MS),
    ),
    private_size=_private_size,
    latency=_latency,
)
_THRESHOLD, _RATIO, _ATTACK, _RELEASE, _KNEE, _MAKEUP, _IS_AUTO, _AHEAD, _KEY_CUT, _MIX = range(1, 11)
_REDUCTION, _STARTED, _PLACE, _LOW_LEFT, _LOW_RIGHT, _GAIN_NOW, _MIX_NOW, _LINE = range(11, 19)


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    return DEVICE.new_state(sample_rate, values)


def reset(state: State) -> None:
    """Forget the sound and the reduction; the parameters stay and take effect at once."""
    state[DEVICE.private_start :] = 0.0


@inlined
def _makeup_log2(state: Any, threshold: Any, slope: Any, knee: Any, scale: Any) -> float:
    """Return the gain behind the curve: what is set, and half of what 0 dBFS loses when it is automatic."""
    automatic = -0.5 * gain_log2(np.float32(0.0), threshold, slope, knee, scale)
    return log2_of_db(state[_MAKEUP]) + (automatic if state[_IS_AUTO] > 0.5 else 0.0)


@inlined
def _near(target: float, value: float, keep: float) -> float:
    moved = target + keep * (value - target)
    return target if abs(moved - target) < _NEAR else moved


def _process(address: int, block: Any, frames: int) -> None:
    """Compress one block in place."""
    rate = carray(f64_at(address), (1,))[0]
    length = _line_frames(rate)
    state = carray(f64_at(address), (_LINE + 2 * length,))
    samples = carray(block, (2 * CHANNEL_STRIDE,))
    threshold = np.float32(log2_of_db(state[_THRESHOLD]))
    slope, knee = np.float32(slope_of_ratio(state[_RATIO])), np.float32(log2_of_db(state[_KNEE]))
    scale = np.float32(knee_scale(knee))
    attack = np.float32(smoothing_coefficient(state[_ATTACK], rate))
    release = np.float32(smoothing_coefficient(state[_RELEASE], rate))
    key = 1.0 - math.exp(-2.0 * math.pi * state[_KEY_CUT] / rate) if state[_KEY_CUT] > _LOWEST_CUT_HZ else 0.0
    glide = smoothing_coefficient(_GLIDE_MS, rate)
    makeup, mix = _makeup_log2(state, threshold, slope, knee, scale), state[_MIX] * 0.01
    ahead, place = _ahead_frames(state[_AHEAD], rate), int(state[_PLACE])
    reduction, gain, share = np.float32(state[_REDUCTION]), state[_GAIN_NOW], state[_MIX_NOW]
    low_left, low_right = (state[_LOW_LEFT], state[_LOW_RIGHT]) if key > 0.0 else (0.0, 0.0)
    if state[_STARTED] < 0.5:
        gain, share = makeup, mix
    for n in range(frames):
        left, right = samples[n], samples[CHANNEL_STRIDE + n]
        left = left if abs(left) < LOUDEST_SAMPLE else np.float32(0.0)
        right = right if abs(right) < LOUDEST_SAMPLE else np.float32(0.0)
        low_left, low_right = low_left + key * (left - low_left), low_right + key * (right - low_right)
        loudest = np.float32(max(abs(left - low_left), abs(right - low_right)))
        wanted = -gain_log2(log2_poly(max(loudest, _FLOOR)), threshold, slope, knee, scale)
        reduction = follow(wanted, reduction, attack, release)
        gain, share = _near(makeup, gain, glide), _near(mix, share, glide)
        factor = 1.0 - share + share * exp2_poly(np.float32(gain) - reduction)
        state[_LINE + place], state[_LINE + length + place] = left, right
        late = place - ahead if place >= ahead else place - ahead + length
        samples[n] = np.float32(state[_LINE + late] * factor)
        samples[CHANNEL_STRIDE + n] = np.float32(state[_LINE + length + late] * factor)
        place = place + 1 if place + 1 < length else 0
    state[_STARTED], state[_PLACE], state[_REDUCTION] = 1.0, place, reduction
    state[_GAIN_NOW], state[_MIX_NOW] = gain, share
    state[_LOW_LEFT], state[_LOW_RIGHT] = low_left, low_right


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
