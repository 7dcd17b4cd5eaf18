"""The bass: a long sub whose pitch drops into place, glides between notes and is heard on small speakers too.

A sine carries the sub; a copy driven hard and band-limited gives the harmonics, a filtered pulse the attack.
"""

import numpy as np
import numpy.typing as npt

from dsp.generators.oscillators import unison
from dsp.generators.signal import Samples, adsr, decay, frames_of, hertz, noise, seconds_axis, sine
from dsp.generators.space import saturate
from dsp.generators.swept_filter import band_limited, bandpass, lowpass


def _pitch_curve(frames: int, pitch: float, glide_to: float | None, length_s: float) -> npt.NDArray[np.float64]:
    time = seconds_axis(frames).astype(np.float64)
    semitones = 9.0 * np.exp(-time / 0.012)
    if glide_to is not None:
        travel = np.clip((time - 0.55 * length_s) / (0.3 * length_s), 0.0, 1.0)
        semitones = semitones + (glide_to - pitch) * travel * travel * (3.0 - 2.0 * travel)
    return hertz(pitch) * np.exp2(semitones / 12.0)


def sub_bass(
    pitch: float, length_s: float, velocity: float, *, growl: float, seed: int, glide_to: float | None = None
) -> Samples:
    """Return one mono bass note [1, frames]; `growl` 0..1 sets the driven layer, `glide_to` where it slides."""
    frames = frames_of(length_s + 0.09)
    curve = _pitch_curve(frames, pitch, glide_to, length_s)
    envelope = adsr(frames, length_s, 0.003, 1.2, 0.72, 0.085)
    sub = sine(curve, frames)[None, :]
    clean = saturate(sub, 3.0, 0.1)
    driven = band_limited(saturate(sub * (0.6 + 0.4 * decay(frames, 1.5)), 20.0, 0.35), 130.0, 1500.0) * np.float32(7.0)
    pulse = unison(curve.astype(np.float32) * 2.0, voices=2, detune_cents=6.0, spread=0.0, seed=seed, pulse_mix=0.8)
    opening = (240.0 + 1900.0 * velocity * np.exp(-seconds_axis(frames) / 0.09)).astype(np.float32)
    attack = lowpass(pulse[:1], opening, 1.3)
    pick = bandpass(noise(frames, seed), 1800.0, 0.9) * decay(frames, 0.014) * np.float32(0.3 * velocity)
    layers = clean + np.float32(0.30 * growl) * driven + np.float32(0.10 + 0.16 * growl) * attack + pick
    note: Samples = layers * envelope * np.float32(0.35 + 0.65 * velocity)
    return note
