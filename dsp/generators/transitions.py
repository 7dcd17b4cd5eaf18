"""Risers, impacts, reversed cymbals and the air of a room: what glues sections together.

All are float32 [2, frames], built from seeded noise, sweeps and sines through the swept filter and the reverb.
"""

import numpy as np

from dsp.generators.oscillators import unison
from dsp.generators.percussion import cymbal
from dsp.generators.signal import Samples, decay, edge_fade, frames_of, noise, panned, seconds_axis, sine
from dsp.generators.space import reverb, saturate
from dsp.generators.swept_filter import bandpass, highpass, lowpass


def riser(length_s: float, root_hz: float, seed: int) -> Samples:
    """Return a riser: noise whose band climbs four octaves over a saw that climbs one, throbbing faster and faster."""
    frames = frames_of(length_s)
    progress = seconds_axis(frames) / np.float32(length_s)
    centre = (420.0 * np.exp2(4.2 * progress)).astype(np.float32)
    air = bandpass(noise(frames, seed, 2), centre, 1.2)
    curve = (root_hz * np.exp2(progress * progress)).astype(np.float32)
    tone = lowpass(highpass(unison(curve, voices=6, detune_cents=24.0, spread=1.0, seed=seed + 1), 250.0), centre * 1.4)
    throb = 0.72 + 0.28 * sine(3.7 * np.exp2(2.0 * progress), frames)
    return edge_fade((air * 0.8 + tone * 0.16) * throb * progress**2.2, 0.01, 0.012).astype(np.float32)


def reversed_cymbal(length_s: float, seed: int) -> Samples:
    """Return a crash with its hall, played backwards into the next section."""
    crash = cymbal(0.9, seed, length_s)
    wet = reverb(crash, time_s=2.2, size=0.8, bright_hz=7000.0, pre_delay_s=0.0, low_cut_hz=900.0)
    return edge_fade((crash + np.float32(0.7) * wet)[:, ::-1].copy(), 0.02, 0.006)


def impact(length_s: float, seed: int) -> Samples:
    """Return a hit that falls into the sub, with a burst of noise and a long dark hall."""
    frames = frames_of(length_s)
    time = seconds_axis(frames)
    boom = sine(42.0 + 70.0 * np.exp(-time / 0.09), frames) * decay(frames, 1.5)
    burst = lowpass(noise(frames, seed, 2), (500.0 + 6500.0 * np.exp(-time / 0.12)).astype(np.float32))
    dry = saturate(panned(boom, 0.0) * np.float32(0.8) + burst * decay(frames, 0.7) * np.float32(0.45), 5.0)
    dry = dry * np.minimum(time / 0.001, 1.0)
    wet = reverb(dry, time_s=2.8, size=1.1, bright_hz=3800.0, pre_delay_s=0.02, low_cut_hz=140.0)
    return edge_fade(np.float32(0.7) * dry + np.float32(0.6) * wet, 0.0, 0.4)


def downlifter(length_s: float, seed: int) -> Samples:
    """Return noise whose band falls away: the exhale after a big section."""
    frames = frames_of(length_s)
    progress = seconds_axis(frames) / np.float32(length_s)
    centre = (7200.0 * np.exp2(-4.4 * progress)).astype(np.float32)
    return edge_fade(bandpass(noise(frames, seed, 2), centre, 0.9) * (1.0 - progress) ** 1.6, 0.004, 0.05)


def room_air(length_s: float, seed: int) -> Samples:
    """Return the bed: soft wind that wanders, and the crackle of an old record."""
    frames = frames_of(length_s)
    time = seconds_axis(frames)
    wander = (
        900.0 + 500.0 * np.sin(2.0 * np.pi * 0.071 * time) + 300.0 * np.sin(2.0 * np.pi * 0.19 * time + 1.0)
    ).astype(np.float32)
    wind = lowpass(highpass(noise(frames, seed, 2), 260.0), wander, 1.1) * np.float32(0.5)
    hiss = highpass(noise(frames, seed + 1, 2), 6000.0) * np.float32(0.05)
    random = np.random.default_rng(seed + 2)
    crackle = np.zeros((2, frames), dtype=np.float32)
    count = int(14 * length_s)
    where = random.integers(0, frames - 32, count)
    heights = random.gamma(1.2, 0.5, count) * random.choice((-1.0, 1.0), count)
    crackle[random.integers(0, 2, count), where] = heights
    ticks = bandpass(crackle, 3100.0, 1.4) * np.float32(1.6) + bandpass(crackle, 900.0, 1.0) * np.float32(0.8)
    return edge_fade(wind + hiss + ticks.astype(np.float32), 0.6, 0.6)
