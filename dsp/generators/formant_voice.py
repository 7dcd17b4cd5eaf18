"""A sung chop by formant synthesis: a glottal source with breath through five moving resonances.

Formants start from the alto's in the tables of the Csound manual (after the IRCAM CHANT data); some frequencies are
moved towards a tenor's, and the upper levels are raised by ear, so that chops cut through. The source is a saw softened
to about -12 dB/octave; breath is noise gated by the same pulse. A syllable glides from one vowel to another while its
pitch scoops up to the note, as a cut sample would.
"""

import numpy as np

from dsp.generators.oscillators import unison
from dsp.generators.signal import Samples, adsr, frames_of, hertz, noise, seconds_axis, vibrato
from dsp.generators.space import saturate
from dsp.generators.swept_filter import bandpass, highpass, lowpass

#: Per vowel: five formants as (Hz, level in dB, bandwidth in Hz).
VOWELS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "ah": (
        (800.0, 0.0, 80.0),
        (1150.0, -4.0, 90.0),
        (2800.0, -18.0, 120.0),
        (3500.0, -24.0, 130.0),
        (4950.0, -32.0, 140.0),
    ),
    "eh": (
        (440.0, 0.0, 70.0),
        (1800.0, -12.0, 80.0),
        (2700.0, -16.0, 100.0),
        (3300.0, -20.0, 120.0),
        (4950.0, -30.0, 120.0),
    ),
    "ee": (
        (350.0, 0.0, 50.0),
        (1900.0, -14.0, 100.0),
        (2750.0, -16.0, 120.0),
        (3500.0, -20.0, 150.0),
        (4950.0, -32.0, 200.0),
    ),
    "oh": (
        (450.0, 0.0, 70.0),
        (820.0, -7.0, 80.0),
        (2830.0, -20.0, 100.0),
        (3500.0, -24.0, 130.0),
        (4950.0, -34.0, 135.0),
    ),
    "oo": (
        (330.0, 0.0, 50.0),
        (700.0, -12.0, 60.0),
        (2700.0, -26.0, 170.0),
        (3500.0, -30.0, 180.0),
        (4950.0, -38.0, 200.0),
    ),
}


def syllable(
    pitch: float, length_s: float, velocity: float, vowels: tuple[str, str], *, seed: int, shift: float = 1.0
) -> Samples:
    """Return one sung syllable [2, frames] moving between two vowels; `shift` scales the formants (1.1 is younger)."""
    frames = frames_of(length_s + 0.10)
    time = seconds_axis(frames)
    scoop = np.exp2(-1.4 * np.exp(-time / 0.028) / 12.0).astype(np.float32)
    curve = np.float32(hertz(pitch)) * scoop * vibrato(frames, 5.9, 16.0, 0.45)
    source = unison(curve, voices=3, detune_cents=7.0, spread=0.75, seed=seed)
    source = lowpass(source, 1500.0 + 2500.0 * velocity, 0.6)
    breath = noise(frames, seed + 4, 2) * np.float32(0.10) * (0.4 + 0.6 * np.exp(-time / 0.05))
    travel = np.clip(time / max(0.7 * length_s, 0.03), 0.0, 1.0)
    travel = travel * travel * (3.0 - 2.0 * travel)
    total = np.zeros((2, frames), dtype=np.float32)
    for start, end in zip(VOWELS[vowels[0]], VOWELS[vowels[1]], strict=True):
        centre = ((start[0] + (end[0] - start[0]) * travel) * shift).astype(np.float32)
        level = np.exp2((start[1] + (end[1] - start[1]) * travel) / 6.02).astype(np.float32)
        quality = 0.5 * (start[0] / start[2] + end[0] / end[2]) * 0.8
        total += bandpass(source + breath, centre, quality) * level
    consonant = highpass(noise(frames, seed + 6, 2), 3500.0) * np.exp(-time / 0.012) * np.float32(0.10 * velocity)
    envelope = adsr(frames, length_s, 0.014, 0.6, 0.8, 0.09)
    voiced = highpass(total + np.float32(0.10) * source, 160.0) * envelope
    return saturate((voiced + consonant.astype(np.float32)) * np.float32(velocity), 5.0, 0.1)
