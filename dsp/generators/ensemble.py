"""Sustained voices: pad, string section and lead, all from unison saws with moving filters.

Each returns float32 [2, frames]. Pads and strings carry air (noise filtered by their own pitch range) so that
they breathe; the lead slides between notes and grows a vibrato as it is held.
"""

from collections.abc import Sequence

import numpy as np

from dsp.generators.oscillators import unison
from dsp.generators.signal import Samples, adsr, frames_of, hertz, noise, seconds_axis, vibrato
from dsp.generators.space import saturate
from dsp.generators.swept_filter import bandpass, bell, highpass, lowpass


def pad_chord(
    pitches: Sequence[float], length_s: float, velocity: float, *, brightness: float, seed: int, release_s: float = 1.1
) -> Samples:
    """Return a chord of detuned saws that swells in, with a filter that opens and sinks again."""
    frames = frames_of(length_s + release_s)
    time = seconds_axis(frames)
    total = np.zeros((2, frames), dtype=np.float32)
    for index, pitch in enumerate(pitches):
        drift = vibrato(frames, 0.31 + 0.07 * index, 5.0, 0.5, 0.17 * index)
        curve = np.float32(hertz(pitch)) * drift
        total += unison(curve, voices=5, detune_cents=14.0, spread=0.95, seed=seed + 31 * index)
    arc = np.sin(np.pi * np.clip(time / (length_s + 0.4), 0.0, 1.0))
    cutoff = (420.0 + 2600.0 * brightness * (0.45 + 0.55 * arc) * velocity).astype(np.float32)
    tone = highpass(lowpass(total, cutoff, 0.9), 150.0)
    air = bandpass(noise(frames, seed + 7, 2), 5200.0, 0.6) * np.float32(0.035 + 0.05 * brightness)
    envelope = adsr(frames, length_s, 0.22, 1.5, 0.85, release_s)
    return saturate((tone * np.float32(0.42) + air) * envelope * np.float32(velocity), 2.0)


def string_note(pitch: float, length_s: float, velocity: float, seed: int) -> Samples:
    """Return one note of a string section: a slow bow, a late vibrato that differs per desk, a wooden body."""
    frames = frames_of(length_s + 0.45)
    total = np.zeros((2, frames), dtype=np.float32)
    for desk in range(2):
        curve = np.float32(hertz(pitch)) * vibrato(frames, 5.1 + 0.5 * desk, 13.0, 0.5, 0.37 * desk)
        total += unison(curve, voices=4, detune_cents=9.0, spread=0.9, seed=seed + 17 * desk)
    bow = bandpass(noise(frames, seed + 3, 2), 3300.0, 0.7) * np.float32(0.10)
    envelope = adsr(frames, length_s, 0.13, 2.0, 0.9, 0.42)
    cutoff = (900.0 + 1.6 * hertz(pitch) + 2600.0 * velocity * envelope).astype(np.float32)
    body = bell(bell(lowpass(total + bow, cutoff, 0.8), 480.0, 3.0, 1.4), 1150.0, -3.0, 1.2)
    return highpass(body, 170.0) * envelope * np.float32(0.5 * velocity)


def lead_note(pitch: float, length_s: float, velocity: float, seed: int, slide_from: float | None = None) -> Samples:
    """Return one note of the lead: five saws over a pulse an octave down, sliding in from `slide_from`."""
    frames = frames_of(length_s + 0.14)
    time = seconds_axis(frames)
    travel = 0.0 if slide_from is None else slide_from - pitch
    slide = np.exp2(travel * np.exp(-time / 0.020) / 12.0).astype(np.float32)
    curve = np.float32(hertz(pitch)) * slide * vibrato(frames, 5.6, 20.0, 0.42)
    upper = unison(curve, voices=5, detune_cents=11.0, spread=0.6, seed=seed)
    lower = unison(curve * 0.5, voices=2, detune_cents=4.0, spread=0.2, seed=seed + 1, pulse_mix=0.9, width=0.42)
    envelope = adsr(frames, length_s, 0.006, 0.5, 0.7, 0.13)
    cutoff = (650.0 + hertz(pitch) + (2400.0 + 3000.0 * velocity) * np.exp(-time / 0.20)).astype(np.float32)
    tone = lowpass(upper + np.float32(0.55) * lower, cutoff, 1.25)
    breath = highpass(noise(frames, seed + 2, 2), 4000.0) * np.float32(0.02)
    return saturate((tone + breath) * envelope * np.float32(0.35 + 0.5 * velocity), 6.0, 0.08)
