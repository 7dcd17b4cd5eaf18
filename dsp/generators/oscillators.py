"""Unison oscillators: detuned band-limited saws and pulses, spread over the stereo field.

Band limiting is the two-sample polynomial residual of Valimaki and Huovilainen, "Antialiasing Oscillators in
Subtractive Synthesis" (IEEE Signal Processing Magazine, 2007): the step of the saw is replaced by a parabola.
A pulse of a width is the difference of two saws that far apart in phase.
"""

from typing import Any

import numpy as np

from dsp.core.compiled import inlined, njit_kernel
from dsp.generators.signal import RATE, Samples


@inlined
def _saw(phase: float, step: float) -> float:
    value = 2.0 * phase - 1.0
    if phase < step:
        ratio = phase / step
        value -= ratio + ratio - ratio * ratio - 1.0
    elif phase > 1.0 - step:
        ratio = (phase - 1.0) / step
        value -= ratio * ratio + ratio + ratio + 1.0
    return value


@njit_kernel
def _unison(  # noqa: PLR0917  # a kernel takes arrays by position
    out: Any, frequency_hz: Any, ratios: Any, phases: Any, left: Any, right: Any, pulse_mix: Any, width: Any, rate: Any
) -> None:
    for voice in range(ratios.shape[0]):
        phase = phases[voice]
        scale = ratios[voice] / rate
        for frame in range(out.shape[1]):
            step = frequency_hz[frame] * scale
            value = _saw(phase, step)
            if pulse_mix > 0.0:
                shifted = phase + width
                if shifted >= 1.0:
                    shifted -= 1.0
                value = value - pulse_mix * _saw(shifted, step)
            out[0, frame] += left[voice] * value
            out[1, frame] += right[voice] * value
            phase += step
            if phase >= 1.0:
                phase -= 1.0


def unison(
    frequency_hz: Samples,
    *,
    voices: int,
    detune_cents: float,
    spread: float,
    seed: int,
    pulse_mix: float = 0.0,
    width: float = 0.5,
) -> Samples:
    """Return [2, frames] of `voices` detuned saws whose phases and exact detuning come from `seed`.

    `frequency_hz` is float32 per frame. `spread` 0 keeps all voices at the centre, 1 places the outermost hard
    left and right. `pulse_mix` 1 turns the saws into pulses of `width`.
    """
    random = np.random.default_rng(seed)
    positions = np.linspace(-1.0, 1.0, voices) if voices > 1 else np.zeros(1)
    cents = detune_cents * (positions + random.uniform(-0.12, 0.12, voices))
    sides = positions * spread * np.where(np.arange(voices) % 2 == 0, 1.0, -1.0)
    angle = (sides + 1.0) * np.pi / 4.0
    level = np.sqrt(2.0 / voices)
    out = np.zeros((2, frequency_hz.shape[0]), dtype=np.float32)
    _unison(
        out,
        np.ascontiguousarray(frequency_hz, dtype=np.float32),
        np.exp2(cents / 1200.0),
        random.uniform(0.0, 1.0, voices),
        np.cos(angle) * level,
        np.sin(angle) * level,
        float(pulse_mix),
        float(width),
        float(RATE),
    )
    return out
