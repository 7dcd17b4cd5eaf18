"""The loudness meter beyond the EBU cases: calibration, exact gating, block sizes, layouts, long streams, bad input."""

import numpy as np
import pytest

from dsp.measure.loudness import LoudnessMeter
from dsp.measure.weighting import channel_weights, k_weighting
from tests.factories import ebu_signals as ebu

ITU_48K = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585),
    (1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621),
)


def _sine(hz, seconds, rate, channels=1):
    tone = np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
    return np.repeat(tone[:, None], channels, axis=1).astype(np.float32)


def _measured(signal, rate, block=None):
    meter = LoudnessMeter(rate, signal.shape[1])
    size = block or len(signal)
    for start in range(0, len(signal), size):
        meter.feed(signal[start : start + size])
    return meter


def _readings(meter):
    return (
        meter.momentary_lufs,
        meter.short_term_lufs,
        meter.integrated_lufs,
        meter.loudness_range_lu,
        meter.max_momentary_lufs,
        meter.max_short_term_lufs,
    )


def test_weighting_is_the_itu_table_at_48_khz():
    assert np.abs(k_weighting(48_000.0) - np.array(ITU_48K)).max() < 1e-12


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 69_313, 88_200, 96_000, 192_000])
def test_full_scale_997_hz_mono_reads_minus_3_01(rate):
    """The bilinear transform bends the shelf a little: 0.03 LU between 22 and 192 kHz."""
    assert _measured(_sine(997, 4, rate), rate).integrated_lufs == pytest.approx(-3.01, abs=0.05)


def test_two_channels_read_3_db_more_than_one():
    one, two = (_measured(_sine(997, 4, 48_000, channels), 48_000).integrated_lufs for channels in (1, 2))
    assert two - one == pytest.approx(3.0103, abs=1e-6)


def test_surround_layouts_weigh_sides_and_drop_lfe():
    assert channel_weights(2) == (1, 1)
    assert channel_weights(6) == (1, 1, 1, 0, 1.41, 1.41)
    silent_but_lfe = np.zeros((48_000, 6), np.float32)
    silent_but_lfe[:, 3] = _sine(60, 1, 48_000)[:, 0]
    assert _measured(silent_but_lfe, 48_000).integrated_lufs is None
    own = LoudnessMeter(48_000, 1, weights=[1.41])
    own.feed(_sine(997, 4, 48_000))
    assert own.integrated_lufs == pytest.approx(-3.01 + 10 * np.log10(1.41), abs=0.02)


@pytest.mark.parametrize("block", [1, 10, 79, 80, 81, 4_096, 65_536])
def test_any_block_size_reads_the_same(block):
    signal = ebu.programme(5, 8_000)
    whole = _readings(_measured(signal, 8_000))
    assert _readings(_measured(signal, 8_000, block)) == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_histograms_agree_with_gating_every_block_exactly(seed):
    """All 400 ms and 3 s blocks at 10 Hz, gated and sorted in full as the standards write it."""
    rate = 16_000
    signal = ebu.programme(60, rate, seed)
    meter = LoudnessMeter(rate)
    momentary, short_term = [], []
    for tick in range(600):
        meter.feed(signal[tick * 1_600 : (tick + 1) * 1_600])
        if tick >= 3:
            momentary.append(meter.momentary_lufs)
        if tick >= 29:
            short_term.append(meter.short_term_lufs)
    energy = 10 ** (np.array(momentary) / 10)
    gate = 10 * np.log10(energy[np.array(momentary) > -70].mean()) - 10
    integrated = 10 * np.log10(energy[np.array(momentary) > gate].mean())
    short = np.sort(np.array(short_term))
    short = short[short > 10 * np.log10(np.mean(10 ** (short / 10))) - 20]
    high, low = (short[int(np.floor((len(short) - 1) * part + 0.5))] for part in (0.95, 0.10))
    assert meter.integrated_lufs == pytest.approx(integrated, abs=0.02)
    assert meter.loudness_range_lu == pytest.approx(high - low, abs=0.02)
    assert meter.loudness_range_lu > 3  # the programme does move


def test_an_hour_takes_no_more_memory_and_does_not_drift():
    rate = 8_000
    meter = LoudnessMeter(rate)
    minute = ebu.steps([(-23.0, 60.0)], rate)

    def held_bytes():
        return sum(value.nbytes for value in meter._state)

    meter.feed(minute)
    held, first = held_bytes(), meter.integrated_lufs
    for _ in range(59):
        meter.feed(minute)
    assert held_bytes() == held < 500_000
    assert meter.integrated_lufs == pytest.approx(first, abs=1e-3)
    meter.feed(np.zeros((rate * 4, 2), np.float32))
    assert meter.momentary_lufs is None
    assert meter.short_term_lufs is None


def test_nothing_heard_or_silence_reads_none():
    meter = LoudnessMeter(48_000)
    assert _readings(meter) == (None,) * 6
    meter.feed(np.zeros((480_000, 2), np.float32))
    assert _readings(meter) == (None,) * 6
    meter.feed(_sine(997, 0.3, 48_000, 2))
    meter.reset()
    assert _readings(meter) == (None,) * 6


def test_shorter_than_a_gating_block_has_no_integrated_loudness():
    meter = _measured(_sine(997, 0.35, 48_000), 48_000)
    assert meter.integrated_lufs is None
    assert meter.loudness_range_lu is None
    assert meter.max_momentary_lufs == pytest.approx(-3.01 + 10 * np.log10(0.35 / 0.4), abs=0.05)


def test_bad_samples_do_not_poison_what_follows():
    meter = LoudnessMeter(48_000)
    bad = np.zeros((48_000, 2), np.float32)
    bad[::3], bad[1::3] = np.nan, np.inf
    meter.feed(bad)
    assert _readings(meter) == (None,) * 6
    meter.feed(ebu.steps([(-23.0, 10.0)], 48_000))
    assert meter.short_term_lufs == pytest.approx(-23.0, abs=0.1)


def test_a_block_of_another_shape_is_refused():
    meter = LoudnessMeter(48_000, 2)
    with pytest.raises(ValueError, match="2 channels"):
        meter.feed(np.zeros((2, 64), np.float32))
    with pytest.raises(ValueError, match="weights"):
        LoudnessMeter(48_000, 2, weights=[1.0])
