"""Shapes that offline voices are built from: envelopes, seeded noise, pitch curves, levels and panning.

All of it is vectorised numpy over whole notes; nothing here runs in the audio callback. Audio is float32, shaped
[channels, frames]; control curves are float32 of one value per frame.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

RATE = 48_000


#: Axes up to this length are slices of one; a whole track has its own.
_SHARED_AXIS_FRAMES = 1 << 18


@lru_cache(maxsize=2)
def _axis(frames: int) -> Samples:
    axis = (np.arange(frames, dtype=np.float64) / RATE).astype(np.float32)
    axis.flags.writeable = False
    return axis


def frames_of(seconds: float) -> int:
    """Return the whole number of frames nearest to `seconds` at the generators' rate."""
    return round(seconds * RATE)


def seconds_axis(frames: int) -> Samples:
    """Return the time in seconds of each of `frames` frames."""
    return _axis(max(frames, _SHARED_AXIS_FRAMES))[:frames]


def hertz(pitch: float) -> float:
    """Return the frequency in Hz of a MIDI pitch (69 is 440 Hz), fractions allowed."""
    return float(440.0 * 2.0 ** ((pitch - 69.0) / 12.0))


def gain_of(level_db: float) -> float:
    """Return the linear gain of a level in dB."""
    return float(10.0 ** (level_db / 20.0))


def decay(frames: int, time_s: float) -> Samples:
    """Return an exponential decay from 1 that has fallen by 60 dB after `time_s`."""
    falling: Samples = np.exp(seconds_axis(frames) * np.float32(-6.9078 / time_s)).astype(np.float32)
    return falling


def adsr(  # noqa: PLR0917  # the order every musician knows
    frames: int, gate_s: float, attack_s: float, decay_s: float, sustain: float, release_s: float
) -> Samples:
    """Return an envelope of `frames`: linear attack, exponential decay to `sustain`, exponential release.

    The gate closes after `gate_s`; the release starts from wherever the envelope is and ends at exactly 0.
    """
    time = seconds_axis(frames)
    rise = np.minimum(time / np.float32(max(attack_s, 1e-4)), 1.0)
    fall = sustain + (1.0 - sustain) * np.exp(-np.maximum(time - attack_s, 0.0) * (3.0 / max(decay_s, 1e-3)))
    envelope = rise * fall
    gate = min(frames, int(gate_s * RATE))
    closing = np.minimum((time[gate:] - np.float32(gate_s)) / np.float32(max(release_s, 1e-3)), 1.0)
    envelope[gate:] *= (1.0 - closing) ** 2 * np.exp(-2.0 * closing)
    shaped: Samples = envelope.astype(np.float32)
    return shaped


def noise(frames: int, seed: int, channels: int = 1) -> Samples:
    """Return white noise of unit variance; the same seed gives the same samples."""
    uniform = np.random.default_rng(seed).random((channels, frames), dtype=np.float32)
    return (uniform - np.float32(0.5)) * np.float32(np.sqrt(12.0))


def phase_of(frequency_hz: npt.NDArray[np.floating] | float, frames: int) -> npt.NDArray[np.float64]:
    """Return the running phase in turns of a frequency, constant or one value per frame."""
    curve = np.broadcast_to(np.asarray(frequency_hz, dtype=np.float64), (frames,))
    turns: npt.NDArray[np.float64] = np.cumsum(curve) / RATE - curve[0] / RATE
    return turns


def sine(frequency_hz: npt.NDArray[np.floating] | float, frames: int, start_turns: float = 0.0) -> Samples:
    """Return a sine of a frequency that may move; the phase is kept in double precision."""
    turns = phase_of(frequency_hz, frames) + start_turns
    wave: Samples = np.sin((turns - np.floor(turns)).astype(np.float32) * np.float32(2.0 * np.pi))
    return wave


def vibrato(frames: int, rate_hz: float, depth_cents: float, onset_s: float, start_turns: float = 0.0) -> Samples:
    """Return a pitch factor per frame: a vibrato that fades in over `onset_s`."""
    time = seconds_axis(frames)
    depth = np.float32(depth_cents) * np.clip(time / max(onset_s, 1e-3) - 0.4, 0.0, 1.0)
    wobble = np.sin(2.0 * np.pi * (rate_hz * time + start_turns))
    factor: Samples = np.exp2(depth * wobble / 1200.0).astype(np.float32)
    return factor


def panned(mono: Samples, position: float) -> Samples:
    """Return [2, frames] of a mono sound at `position` (-1 left, 1 right), constant power, 0 dB at the centre."""
    angle = (position + 1.0) * np.pi / 4.0
    gains = np.array([[np.cos(angle)], [np.sin(angle)]], dtype=np.float32) * np.float32(np.sqrt(2.0))
    return gains * mono.reshape(1, -1)


def place(canvas: Samples, sound: Samples, start_frame: int, gain: float = 1.0) -> None:
    """Add `sound` [1 or 2, frames] into `canvas` [channels, frames] at a frame; what does not fit is left out."""
    first = max(0, -start_frame)
    last = min(sound.shape[1], canvas.shape[1] - start_frame)
    if last > first:
        canvas[:, start_frame + first : start_frame + last] += np.float32(gain) * sound[:, first:last]


def edge_fade(sound: Samples, in_s: float, out_s: float) -> Samples:
    """Return `sound` with a raised-cosine fade at both ends, so that neither end can click."""
    faded = sound.copy()
    for seconds, is_end in ((in_s, False), (out_s, True)):
        frames = min(frames_of(seconds), sound.shape[1])
        if frames:
            ramp = (0.5 - 0.5 * np.cos(np.pi * (np.arange(frames) + 0.5) / frames)).astype(np.float32)
            if is_end:
                faded[:, -frames:] *= ramp[::-1]
            else:
                faded[:, :frames] *= ramp
    return faded
