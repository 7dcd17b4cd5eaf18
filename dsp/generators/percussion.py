"""Drum hits by synthesis: membranes, metals and noise, each a short float32 sound [channels, frames].

Membranes are sines whose pitch falls (kick, tom, snare body); metals are six squares at the inharmonic ratios of
the classic analogue cymbal circuit, high-passed; claps, shakers and wires are shaped noise. `velocity` runs from
0 to 1 and changes tone as well as level; `seed` varies the noise, so that repeated hits are never identical.
"""

import numpy as np

from dsp.generators.signal import RATE, Samples, adsr, decay, edge_fade, frames_of, noise, panned, seconds_axis, sine
from dsp.generators.space import saturate
from dsp.generators.swept_filter import band_limited, bandpass, bell, highpass, lowpass

_METAL_HZ = (205.3, 304.4, 369.6, 522.7, 540.0, 800.0)


def kick(velocity: float, seed: int) -> Samples:
    """Return a mono kick of 0.42 s: a falling sine driven into saturation, with a beater click."""
    frames = frames_of(0.42)
    time = seconds_axis(frames)
    pitch = 51.0 + 62.0 * np.exp(-time / 0.034) + 260.0 * velocity * np.exp(-time / 0.0055)
    body = sine(pitch, frames)[None, :] * decay(frames, 0.40) * np.minimum(time / 0.0008, 1.0)
    body = saturate(body * np.float32(1.15), 9.0, 0.08) * np.float32(1.25)
    click = bandpass(noise(frames, seed), 3400.0, 0.8) * decay(frames, 0.018) * np.float32(0.35 * velocity)
    knock = sine(412.0, frames)[None, :] * decay(frames, 0.045) * np.float32(0.22 * velocity)
    return edge_fade((body + click + knock) * np.float32(velocity), 0.0, 0.03)


def snare(velocity: float, seed: int) -> Samples:
    """Return a stereo snare of 0.4 s: two drum modes, wires, and a crack."""
    frames = frames_of(0.4)
    time = seconds_axis(frames)
    bend = 1.0 + 0.35 * np.exp(-time / 0.010)
    body = sine(188.0 * bend, frames) * decay(frames, 0.19) + 0.55 * sine(331.0 * bend, frames) * decay(frames, 0.12)
    wires = band_limited(noise(frames, seed, 2), 1300.0, 7200.0 + 2500.0 * velocity)
    wires = wires * decay(frames, 0.20 + 0.08 * velocity) * np.float32(0.42)
    crack = bandpass(noise(frames, seed + 1, 2), 2300.0, 0.9) * decay(frames, 0.035) * np.float32(0.8 * velocity)
    dry = saturate(panned(body, 0.0) * np.float32(0.62) + wires + crack, 6.0)
    dry = bell(dry, 205.0, 2.0, 1.2) * np.minimum(time / 0.0005, 1.0)
    return edge_fade(dry * np.float32(velocity), 0.0, 0.05)


def clap(velocity: float, seed: int) -> Samples:
    """Return a stereo clap of 0.4 s: four unequal bursts and a tail."""
    frames = frames_of(0.4)
    random = np.random.default_rng(seed)
    envelope = np.zeros((2, frames), dtype=np.float32)
    for side in range(2):
        for burst in range(4):
            start = frames_of(0.0105 * burst + random.uniform(0.0, 0.0025))
            length = 0.016 if burst < 3 else 0.19
            envelope[side, start:] += decay(frames - start, length) * np.float32(0.55 + 0.15 * burst)
    air = band_limited(noise(frames, seed + 3, 2), 1800.0, 8500.0)
    hands = bandpass(noise(frames, seed + 2, 2), 1250.0, 1.1) + 0.5 * air
    dry = saturate(hands * envelope * np.float32(0.7), 5.0)
    return edge_fade(dry * np.float32(velocity), 0.0005, 0.05)


def _metal(frames: int, tune: float) -> Samples:
    total = np.zeros(frames, dtype=np.float32)
    for index, partial_hz in enumerate(_METAL_HZ):
        turns = np.arange(frames, dtype=np.float64) * (partial_hz * tune / RATE) + 0.13 * index
        total += np.where(turns - np.floor(turns) < 0.5, 1.0, -1.0).astype(np.float32)
    return (total / 6.0)[None, :]


def hat(velocity: float, seed: int, open_s: float = 0.0) -> Samples:
    """Return a mono hi-hat: closed for `open_s` 0, otherwise ringing about that long."""
    length = 0.055 + 0.03 * velocity if open_s == 0.0 else open_s
    frames = frames_of(length * 1.25 + 0.03)
    source = 0.8 * _metal(frames, 1.62) + 0.5 * noise(frames, seed)
    bright = highpass(highpass(source, 6200.0 + 900.0 * (1.0 - velocity)), 5200.0, 1.1)
    stroke = decay(frames, length) + 0.5 * decay(frames, 0.012)
    return edge_fade(
        saturate(bright * stroke * np.float32(0.5 + 0.5 * velocity), 4.0) * np.float32(velocity), 0.0004, 0.02
    )


def rim(velocity: float, seed: int) -> Samples:
    """Return a mono rim shot of 0.16 s: two wooden modes and a tick."""
    frames = frames_of(0.16)
    wood = sine(1720.0, frames) * decay(frames, 0.045) + 0.8 * sine(478.0, frames) * decay(frames, 0.07)
    tick = highpass(noise(frames, seed), 3000.0) * decay(frames, 0.012) * np.float32(0.5)
    return edge_fade(saturate(wood[None, :] * np.float32(0.6) + tick, 7.0) * np.float32(velocity), 0.0003, 0.02)


def shaker(velocity: float, seed: int) -> Samples:
    """Return a mono shaker stroke of 0.13 s: beads that swell, then settle."""
    frames = frames_of(0.13)
    stroke = adsr(frames, 0.035, 0.022, 0.05, 0.3, 0.085)
    return band_limited(noise(frames, seed), 4200.0, 11000.0) * stroke * np.float32(0.6 * velocity)


def tom(velocity: float, seed: int, pitch_hz: float) -> Samples:
    """Return a mono tom of 0.5 s tuned to `pitch_hz`: a bent membrane, its second mode and a skin noise."""
    frames = frames_of(0.5)
    time = seconds_axis(frames)
    bend = pitch_hz * (1.0 + 0.45 * np.exp(-time / 0.028))
    skin = lowpass(noise(frames, seed), 1800.0) * decay(frames, 0.05) * np.float32(0.5)
    tone = sine(bend, frames) * decay(frames, 0.42) + 0.35 * sine(bend * 1.593, frames) * decay(frames, 0.18)
    return edge_fade(saturate(tone[None, :] * np.float32(0.8) + skin, 5.0) * np.float32(velocity), 0.0006, 0.06)


def conga(velocity: float, seed: int, pitch_hz: float) -> Samples:
    """Return a mono conga of 0.3 s: a tight membrane with a slap of noise."""
    frames = frames_of(0.3)
    time = seconds_axis(frames)
    tone = sine(pitch_hz * (1.0 + 0.12 * np.exp(-time / 0.02)), frames) * decay(frames, 0.24)
    tone += 0.4 * sine(pitch_hz * 2.31, frames) * decay(frames, 0.09)
    slap = bandpass(noise(frames, seed), 1900.0, 1.3) * decay(frames, 0.03) * np.float32(0.7 * velocity)
    return edge_fade((saturate(tone[None, :] * np.float32(0.7), 4.0) + slap) * np.float32(velocity), 0.0005, 0.05)


def cymbal(velocity: float, seed: int, length_s: float) -> Samples:
    """Return a stereo crash: dense metal and noise whose highs die first."""
    frames = frames_of(length_s)
    time = seconds_axis(frames)
    metal = np.concatenate((_metal(frames, 2.37), _metal(frames, 2.61)))
    source = highpass(0.55 * metal + 0.6 * noise(frames, seed, 2), 3600.0)
    closing = (3500.0 + 10500.0 * np.exp(-time / (0.35 * length_s))).astype(np.float32)
    ringing = lowpass(source, closing) * decay(frames, length_s * 1.05)
    return edge_fade(saturate(ringing, 3.0) * np.float32(0.7 * velocity), 0.001, 0.25)
