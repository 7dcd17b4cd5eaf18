"""Rounding and dither: exact without, statistically right with, and the same for every block size."""

import numpy as np
import pytest

from dsp.quantisation.dither import quantise
from tests.factories.audio_files import noise, quantised, sine


def _quantised(
    samples: np.ndarray, bits: int, *, dither: bool, seed: int = 1, first: int = 0
) -> tuple[np.ndarray, int]:
    output = np.empty(samples.shape, np.int32)
    clipped = quantise(samples, bits, dither, seed, first, output)
    return output, clipped


@pytest.mark.parametrize("bits", [16, 24])
def test_what_is_on_the_grid_stays_exactly(bits: int) -> None:
    samples = quantised(noise(10_000, level=0.5), bits)
    output, clipped = _quantised(samples, bits, dither=False)
    assert np.array_equal(output, (samples.astype(np.float64) * 2 ** (bits - 1)).astype(np.int64))
    assert clipped == 0


def test_rounding_is_to_nearest_even() -> None:
    samples = (np.array([[0.5, 1.5], [2.5, -0.5], [-1.5, 0.49], [-0.51, 3.2]]) / 32_768).astype(np.float32)
    assert _quantised(samples, 16, dither=False)[0].tolist() == [[0, 2], [2, 0], [-2, 0], [-1, 3]]


def test_clipping_is_held_and_counted() -> None:
    samples = np.array([[1.5, -1.5], [1.0, -1.0], [0.0, 1.0001]], np.float32)
    output, clipped = _quantised(samples, 16, dither=False)
    assert output.tolist() == [[32_767, -32_768], [32_767, -32_768], [0, 32_767]]
    assert clipped == 3


def test_dither_is_triangular_over_two_lsb() -> None:
    silence = np.zeros((400_000, 1), np.float32)
    output, _ = _quantised(silence, 16, dither=True)
    share = {value: np.mean(output == value) for value in (-1, 0, 1)}
    # A triangle over (-1, 1) LSB rounds to -1, 0, 1 with 1/8, 3/4, 1/8.
    assert share[0] == pytest.approx(0.75, abs=0.004)
    assert share[1] == pytest.approx(0.125, abs=0.003)
    assert share[-1] == pytest.approx(0.125, abs=0.003)


@pytest.mark.parametrize("offset", [0.0, 0.25, 0.5, 0.8])
def test_mean_and_variance_of_the_error_do_not_depend_on_the_signal(offset: float) -> None:
    samples = np.full((400_000, 1), offset / 32_768, np.float32)
    error = _quantised(samples, 16, dither=True)[0] - offset
    assert np.mean(error) == pytest.approx(0.0, abs=0.004)
    assert np.var(error) == pytest.approx(0.25, abs=0.005)


def test_dither_is_white_and_channels_differ() -> None:
    output, _ = _quantised(np.full((200_000, 2), 0.3 / 32_768, np.float32), 16, dither=True)
    error = output - output.mean(axis=0)
    for lag in range(1, 6):
        assert abs(np.mean(error[lag:, 0] * error[:-lag, 0])) < 0.005
    assert abs(np.mean(error[:, 0] * error[:, 1])) < 0.005


def test_block_size_does_not_matter_and_the_seed_does() -> None:
    samples = noise(5_000)
    whole, _ = _quantised(samples, 16, dither=True)
    parts = [_quantised(samples[at : at + 77], 16, dither=True, first=at)[0] for at in range(0, 5_000, 77)]
    assert np.array_equal(whole, np.concatenate(parts))
    assert not np.array_equal(whole, _quantised(samples, 16, dither=True, seed=2)[0])


def test_a_quiet_sine_loses_its_harmonics() -> None:
    # 1 kHz at -90 dBFS: rounded it is a square-like wave, dithered its third harmonic sinks into the noise.
    rate, frames = 48_000, 480_000
    tone = sine(frames, rate, 1_000.0, level=10 ** (-90 / 20))

    def third_harmonic_db(dither: bool) -> float:
        values = _quantised(tone, 16, dither=dither)[0][:, 0].astype(np.float64)
        spectrum = np.abs(np.fft.rfft(values * np.hanning(frames)))
        return float(20 * np.log10(spectrum[30_000] / spectrum[10_000]))

    assert third_harmonic_db(dither=False) > -30.0
    assert third_harmonic_db(dither=True) < -40.0
