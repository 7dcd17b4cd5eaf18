"""The test signals of EBU Tech 3341 (v4) and Tech 3342 that can be synthesised, at any sample rate.

Levels are peak dBFS of each channel, tones are 1 kHz stereo sines unless said. All return float32 [frames, channels].
"""

import numpy as np

SURROUND_CASE_6_DB = (-28.0, -28.0, -24.0, -30.0, -30.0)
"""Case 6: levels of L R C Ls Rs."""

PROGRAMMES = {
    1: [(-23.0, 20.0)],
    2: [(-33.0, 20.0)],
    3: [(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)],
    4: [(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)],
    5: [(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)],
    9: [(-20.0, 1.34), (-30.0, 1.66)] * 5,
    12: [(-20.0, 0.18), (-30.0, 0.22)] * 25,
}
"""Tech 3341 cases that are one tone in steps: (level, seconds)."""

RANGES = {
    1: ([(-20.0, 20.0), (-30.0, 20.0)], 10.0),
    2: ([(-20.0, 20.0), (-15.0, 20.0)], 5.0),
    3: ([(-40.0, 20.0), (-20.0, 20.0)], 20.0),
    4: ([(-50.0, 20.0), (-35.0, 20.0), (-20.0, 20.0), (-35.0, 20.0), (-50.0, 20.0)], 15.0),
}
"""Tech 3342 cases: steps and the expected loudness range in LU."""

TRUE_PEAKS = {
    15: (4, 0.0, 0.5, -6.0),
    16: (4, 45.0, 0.5, -6.0),
    17: (6, 60.0, 0.5, -6.0),
    18: (8, 67.5, 0.5, -6.0),
    19: (4, 45.0, 1.41, 3.0),
}
"""Tech 3341 cases 15-19: rate / frequency, phase in degrees, amplitude, expected dBTP."""

SILENCE = -np.inf


def steps(levels, sample_rate, channels=2):
    """A 1 kHz sine that steps through (dBFS, seconds); -inf is silence."""
    ends = np.round(np.cumsum([seconds for _, seconds in levels]) * sample_rate).astype(int)
    gains = np.repeat([10 ** (level / 20) for level, _ in levels], np.diff(ends, prepend=0))
    return np.repeat((gains * _sine(ends[-1], sample_rate))[:, None], channels, axis=1).astype(np.float32)


def surround(sample_rate, seconds=20.0):
    """Case 6: 5.0, L and R at -28, C at -24, Ls and Rs at -30 dBFS."""
    gains = 10 ** (np.array(SURROUND_CASE_6_DB) / 20)
    return (_sine(round(seconds * sample_rate), sample_rate)[:, None] * gains).astype(np.float32)


def short_term_file(i, sample_rate):
    """Case 10, file i of 0..19: 3 s of tone after 0.15 i s of silence."""
    return steps([(SILENCE, 0.15 * i), (-23.0, 3.0), (SILENCE, 1.0)], sample_rate)


def short_term_part(i, sample_rate):
    """Case 11, part i of 0..19: 6 s with 3 s of tone at -38 + i dBFS."""
    return steps([(SILENCE, 0.15 * i), (-38.0 + i, 3.0), (SILENCE, 3.0 - 0.15 * i)], sample_rate)


def momentary_file(i, sample_rate):
    """Case 13, file i of 0..19: 0.4 s of tone after 0.02 i s of silence."""
    return steps([(SILENCE, 0.02 * i), (-23.0, 0.4), (SILENCE, 1.0)], sample_rate)


def momentary_part(i, sample_rate):
    """Case 14, part i of 0..19: 0.8 s with 0.4 s of tone at -38 + i dBFS."""
    return steps([(SILENCE, 0.02 * i), (-38.0 + i, 0.4), (SILENCE, 0.4 - 0.02 * i)], sample_rate)


def peak_tone(case, sample_rate):
    """Cases 15-19: half a second, faded over 20 ms (an abrupt start truly overshoots)."""
    divisor, degrees, amplitude, _ = TRUE_PEAKS[case]
    n = np.arange(sample_rate // 2)
    tone = amplitude * np.sin(2 * np.pi * n / divisor + np.radians(degrees)) * _fades(n.size, sample_rate)
    return np.repeat(tone[:, None], 2, axis=1).astype(np.float32)


def peak_burst(offset, sample_rate):
    """Cases 20-23: made at 4 x rate, then every fourth sample from `offset`.

    A tone of rate / 6 at amplitude 0.5 swells to exactly 1.0 (0 dBTP) for about a cycle, without leaving the band.
    """
    n = np.arange(4 * (sample_rate // 2))
    from_peak = (n - 4 * (sample_rate // 4)) / 4
    swell = 0.5 + 0.5 * np.exp(-0.5 * (from_peak / 8) ** 2)
    tone = (swell * np.cos(2 * np.pi * from_peak / 6) * _fades(n.size, 4 * sample_rate))[offset::4]
    return np.repeat(tone[:, None], 2, axis=1).astype(np.float32)


def programme(seconds, sample_rate, seed=1):
    """Noise with a falling spectrum in two partly related channels, its level wandering over 20 dB, and clicks."""
    random = np.random.default_rng(seed)
    frames = round(seconds * sample_rate)
    hz = np.fft.rfftfreq(frames, 1 / sample_rate)
    tilt = np.where((hz > 30) & (hz < 20_000), 1 / np.sqrt(np.maximum(hz, 30)), 0)
    noise = np.fft.irfft(np.fft.rfft(random.standard_normal((3, frames))) * tilt, frames)
    stereo = np.stack([noise[0] + noise[1], noise[0] + noise[2]], 1)
    times = np.arange(frames) / sample_rate
    turns = np.arange(0, seconds + 4, 4.0)
    level_db = -30 + np.interp(times, turns, random.uniform(-10, 10, turns.size))
    stereo *= 10 ** (level_db / 20)[:, None] / stereo.std()
    stereo[sample_rate // 2 :: sample_rate] *= 4
    return stereo.astype(np.float32)


def _sine(frames, sample_rate, hz=1_000):
    return np.sin(2 * np.pi * (np.arange(frames) * hz % sample_rate) / sample_rate)


def _fades(frames, sample_rate):
    ramp = np.minimum(1, np.arange(frames) / (0.02 * sample_rate))
    return 0.5 - 0.5 * np.cos(np.pi * ramp * ramp[::-1])
