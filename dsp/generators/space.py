"""Effects that are printed into offline sounds: hall, plate, ping-pong echo, chorus and saturation.

The reverb is a feedback delay network after Jot and Chaigne (AES 90, 1991): sixteen lines, a Householder matrix
(lossless for any input), one-pole damping per line, and three all-pass diffusers before each side's input. Line
lengths are primes at size 1 and odd at any other, so that echoes hardly coincide.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.core.compiled import njit_kernel
from dsp.generators.signal import RATE, Samples, frames_of
from dsp.generators.swept_filter import highpass

_LINES = np.array(
    [1433, 1601, 1867, 2053, 2251, 2399, 2617, 2797, 3001, 3169, 3413, 3593, 3797, 4001, 4241, 4507], dtype=np.int64
)
_DIFFUSERS = np.array([[142, 379, 671], [151, 397, 653]], dtype=np.int64)


@njit_kernel
def _network(  # noqa: PLR0917  # a kernel takes arrays by position
    dry: Any, wet: Any, lengths: Any, feedback: Any, damping: Any, lines: Any, diffusers: Any, diffuser_lengths: Any
) -> None:
    count = lengths.shape[0]
    positions = np.zeros(count, dtype=np.int64)
    corners = np.zeros((2, diffuser_lengths.shape[1]), dtype=np.int64)
    damped = np.zeros(count, dtype=np.float32)
    fed = np.zeros(2, dtype=np.float32)
    share = np.float32(2.0 / count)
    diffusion = np.float32(0.62)
    for frame in range(dry.shape[1]):
        for side in range(2):
            sample = dry[side, frame]
            for stage in range(diffuser_lengths.shape[1]):
                corner = corners[side, stage]
                held = diffusers[side, stage, corner]
                into = sample - diffusion * held
                diffusers[side, stage, corner] = into
                sample = held + diffusion * into
                corner += 1
                corners[side, stage] = corner if corner < diffuser_lengths[side, stage] else 0
            fed[side] = sample
        total = np.float32(0.0)
        for line in range(count):
            damped[line] += damping * (lines[line, positions[line]] - damped[line])
            total += damped[line]
        total *= share
        left = np.float32(0.0)
        right = np.float32(0.0)
        for line in range(count):
            lines[line, positions[line]] = (damped[line] - total) * feedback[line] + fed[line & 1]
            positions[line] += 1
            if positions[line] == lengths[line]:
                positions[line] = 0
            sign = np.float32(1.0 if (line >> 1) & 1 else -1.0)
            if line & 1:
                right += sign * damped[line]
            else:
                left += sign * damped[line]
        wet[0, frame] = left
        wet[1, frame] = right


def reverb(
    dry: Samples, *, time_s: float, size: float, bright_hz: float, pre_delay_s: float, low_cut_hz: float
) -> Samples:
    """Return the wet sound only, [2, frames], of a stereo sound.

    `time_s` is the time to fall by 60 dB, `size` scales the room (1 is a hall of about 90 ms, 0.3 a plate),
    `bright_hz` the corner of the damping. The result is as long as `dry`: leave room for the tail.
    """
    lengths = np.maximum((_LINES * size).astype(np.int64), 7) | 1
    feedback = (10.0 ** (-3.0 * lengths / (time_s * RATE))).astype(np.float32)
    damping = np.float32(1.0 - np.exp(-2.0 * np.pi * bright_hz / RATE))
    diffuser_lengths = np.maximum((_DIFFUSERS * max(size, 0.35)).astype(np.int64), 5)
    wet = np.empty_like(dry)
    lines = np.zeros((lengths.shape[0], int(lengths.max())), dtype=np.float32)
    diffusers = np.zeros((2, 3, int(diffuser_lengths.max())), dtype=np.float32)
    shift = frames_of(pre_delay_s)
    source = highpass(np.pad(dry, ((0, 0), (shift, 0)))[:, : dry.shape[1]], low_cut_hz)
    _network(source, wet, lengths, feedback, damping, lines, diffusers, diffuser_lengths)
    return wet * np.float32(0.25)


@njit_kernel
def _ping_pong(dry: Any, wet: Any, delay: Any, feedback: Any, tone: Any) -> None:
    left_tone = np.float32(0.0)
    right_tone = np.float32(0.0)
    for frame in range(delay, dry.shape[1]):
        into = np.float32(0.5) * (dry[0, frame - delay] + dry[1, frame - delay])
        left_tone += tone * (into + feedback * wet[1, frame - delay] - left_tone)
        right_tone += tone * (wet[0, frame - delay] - right_tone)
        wet[0, frame] = left_tone
        wet[1, frame] = right_tone


def ping_pong(dry: Samples, *, delay_s: float, feedback: float, tone_hz: float) -> Samples:
    """Return the echoes only, [2, frames]: first left, then right, duller with every turn."""
    wet = np.zeros_like(dry)
    tone = np.float32(1.0 - np.exp(-2.0 * np.pi * tone_hz / RATE))
    _ping_pong(np.ascontiguousarray(dry), wet, frames_of(delay_s), np.float32(feedback), tone)
    return highpass(wet, 220.0)


@njit_kernel
def _chorus(sound: Any, out: Any, base: Any, depth: Any, turns_per_frame: Any, mix: Any) -> None:  # noqa: PLR0917  # a kernel takes arrays by position
    for side in range(2):
        for block in range(0, sound.shape[1], 32):
            here = base + depth * np.sin(2.0 * np.pi * (turns_per_frame * block + 0.25 * side))
            there = base + depth * np.sin(2.0 * np.pi * (turns_per_frame * (block + 32) + 0.25 * side))
            for frame in range(block, min(block + 32, sound.shape[1])):
                position = frame - (here + (there - here) * (frame - block) / 32.0)
                if position >= 0.0:
                    below = int(position)
                    part = np.float32(position - below)
                    source = sound[side, below]
                    out[side, frame] += mix * (source + part * (sound[side, below + 1] - source))


def chorus(sound: Samples, *, depth_ms: float, rate_hz: float, mix: float, base_ms: float = 9.0) -> Samples:
    """Return a stereo sound thickened by one slowly moving copy per side, in quadrature.

    The delay is `base_ms` and swings by `depth_ms`, which must be smaller; it moves in straight lines of 32 frames.
    """
    out = sound.copy()
    scale = RATE / 1000.0
    _chorus(np.ascontiguousarray(sound), out, base_ms * scale, depth_ms * scale, rate_hz / RATE, np.float32(mix))
    return out


def saturate(sound: Samples, drive_db: float, bias: float = 0.0) -> Samples:
    """Return `sound` driven into a soft curve (tanh), level kept for small signals; `bias` adds even harmonics."""
    gain = np.float32(10.0 ** (drive_db / 20.0))
    offset = np.float32(bias)
    slope = np.float32(1.0 / (1.0 - np.tanh(bias) ** 2))
    driven: Samples = (np.tanh(gain * sound + offset) - np.tanh(offset)) * (slope / gain)
    return driven


def widened(sound: Samples, amount: float) -> npt.NDArray[np.float32]:
    """Return a stereo sound with its side signal scaled by `amount` (1 leaves it alone)."""
    middle = 0.5 * (sound[0] + sound[1])
    side = np.float32(0.5 * amount) * (sound[0] - sound[1])
    return np.stack((middle + side, middle - side)).astype(np.float32)
