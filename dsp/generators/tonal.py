"""Keyboard and string-like voices: electric piano (FM), plucked string (delay line), synth pluck and stabs.

The electric piano is two-operator frequency modulation after Chowning (JAES 1973), with a second, bell-like pair
for the tine. The plucked string is the Karplus-Strong loop with Jaffe and Smith's fractional tuning and pick
position (Computer Music Journal 1983). Every note returns float32 [2, frames].
"""

from typing import Any

import numpy as np

from dsp.core.compiled import njit_kernel
from dsp.generators.oscillators import unison
from dsp.generators.signal import (
    RATE,
    Samples,
    adsr,
    decay,
    edge_fade,
    frames_of,
    hertz,
    noise,
    panned,
    phase_of,
    seconds_axis,
    vibrato,
)
from dsp.generators.space import saturate
from dsp.generators.swept_filter import bandpass, bell, highpass, lowpass


def electric_piano(pitch: float, length_s: float, velocity: float, seed: int) -> Samples:
    """Return one note of a tine piano: warmer when soft, barking when hard, slightly wide."""
    frames = frames_of(length_s + 0.35)
    frequency = hertz(pitch)
    random = np.random.default_rng(seed)
    ringing = decay(frames, 4.2 - 0.03 * (pitch - 48.0))
    bark = np.float32(0.25 + 1.25 * velocity * velocity) * (0.35 + 0.65 * decay(frames, 0.55))
    out = np.zeros((2, frames), dtype=np.float32)
    short = min(frames, frames_of(1.0))
    ping = np.float32(0.7 * velocity) * decay(short, 0.22)
    tine_level = np.float32(0.28) * decay(short, 1.0)
    for side, cents in enumerate((-2.2, 2.2)):
        turns = phase_of(frequency * 2.0 ** (cents / 1200.0), frames)
        angle = ((turns - np.floor(turns)) * (2.0 * np.pi)).astype(np.float32)
        reed = np.sin(angle + bark * np.sin(angle + np.float32(random.uniform(0.0, 0.3))))
        out[side] = reed
        head = angle[:short]
        out[side, :short] += tine_level * np.sin(head * 2.0 + ping * np.sin(head * 14.0))
    thump = lowpass(noise(frames, seed), 900.0) * decay(frames, 0.03) * np.float32(0.25 * velocity)
    envelope = adsr(frames, length_s, 0.0025, 1.4, 0.55, 0.30) * ringing
    return saturate((out * np.float32(0.5) + thump) * envelope * np.float32(0.25 + 0.75 * velocity), 3.0, 0.12)


@njit_kernel
def _string(line: Any, out: Any, delay: Any, fraction: Any, brightness: Any, loss: Any) -> None:  # noqa: PLR0917  # a kernel takes arrays by position
    length = line.shape[0]
    position = 0
    previous = np.float32(0.0)
    tuned = np.float32(0.0)
    last = np.float32(0.0)
    for frame in range(out.shape[0]):
        sample = line[position]
        damped = loss * (brightness * sample + (np.float32(1.0) - brightness) * previous)
        previous = sample
        tuned = fraction * (damped - tuned) + last
        last = damped
        line[position] = tuned
        out[frame] = sample
        position += 1
        if position >= delay or position >= length:
            position = 0


def plucked_string(pitch: float, length_s: float, velocity: float, seed: int) -> Samples:
    """Return a plucked steel string, [2, frames], brighter with velocity, panned a little by chance."""
    frames = frames_of(length_s + 0.25)
    period = RATE / hertz(pitch)
    brightness = 0.62 + 0.2 * velocity
    delay = int(period - 0.8)
    rest = period - delay - (1.0 - brightness)
    fraction = np.float32((1.0 - rest) / (1.0 + rest))
    burst = lowpass(noise(delay, seed), 2200.0 + 9000.0 * velocity)
    pick = max(1, round(delay * 0.17))
    shaped = (burst - np.roll(burst, pick, axis=1))[0] * np.float32(0.6)
    mono = np.zeros(frames, dtype=np.float32)
    loss = np.float32(10.0 ** (-3.0 / (hertz(pitch) * 2.4)))
    _string(shaped.copy(), mono, delay, fraction, np.float32(brightness), loss)
    side = np.random.default_rng(seed + 1).uniform(-0.3, 0.3)
    body = bell(highpass(mono[None, :], 120.0), 420.0, 2.5, 1.0)
    return edge_fade(
        panned(body * adsr(frames, length_s, 0.0005, 1.0, 1.0, 0.2), side) * np.float32(velocity), 0.0, 0.05
    )


def synth_pluck(pitch: float, length_s: float, velocity: float, brightness: float, seed: int) -> Samples:
    """Return a short synth pluck: three detuned pulses under a snapping filter, a plucked string on top."""
    frames = frames_of(length_s + 0.22)
    time = seconds_axis(frames)
    curve = np.full(frames, hertz(pitch), dtype=np.float32)
    source = unison(curve, voices=3, detune_cents=9.0, spread=0.7, seed=seed, pulse_mix=0.7, width=0.31)
    opening = (
        260.0 + hertz(pitch) + (700.0 + 6800.0 * brightness * velocity) * np.exp(-time / (0.045 + 0.05 * velocity))
    )
    tone = lowpass(lowpass(source, opening.astype(np.float32), 1.6), opening.astype(np.float32) * 1.6)
    tone = tone * adsr(frames, length_s, 0.0012, 0.22, 0.25, 0.18)
    string = plucked_string(pitch, length_s, velocity, seed + 5)[:, :frames]
    tone[:, : string.shape[1]] += np.float32(0.5) * string
    return saturate(tone * np.float32(0.5 + 0.5 * velocity), 3.0)


def brass_stab(pitch: float, length_s: float, velocity: float, seed: int) -> Samples:
    """Return one note of a synth brass section: five saws whose filter blares with the attack."""
    frames = frames_of(length_s + 0.16)
    time = seconds_axis(frames)
    scoop = np.exp2(-0.9 * np.exp(-time / 0.018) / 12.0).astype(np.float32)
    curve = np.float32(hertz(pitch)) * scoop * vibrato(frames, 5.3, 9.0, 0.4, 0.3)
    source = unison(curve, voices=5, detune_cents=13.0, spread=0.85, seed=seed)
    blare = adsr(frames, length_s, 0.016, 0.16, 0.45, 0.14)
    cutoff = (320.0 + hertz(pitch) * 0.8 + (2200.0 + 3200.0 * velocity) * velocity * blare).astype(np.float32)
    tone = lowpass(source, cutoff, 1.1)
    breath = bandpass(noise(frames, seed + 9, 2), 2600.0, 0.8) * decay(frames, 0.06) * np.float32(0.12)
    return saturate((tone + breath) * blare * np.float32(0.75 * velocity), 5.0, 0.1)
