"""EBU Tech 3341 cases 15-23: the true-peak meter within +0.1 / -0.2 dB (the standard allows +0.2 / -0.4)."""

import numpy as np
import pytest

from dsp.measure.true_peak import TruePeakMeter
from tests.factories import ebu_signals as ebu

RATES = (44_100, 48_000, 96_000)


def _true_peak_dbtp(signal, oversampling=4, block=4_096):
    meter = TruePeakMeter(signal.shape[1], oversampling)
    for start in range(0, len(signal), block):
        meter.feed(signal[start : start + block])
    return meter.true_peak_dbtp


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("oversampling", [4, 8])
@pytest.mark.parametrize("case", ebu.TRUE_PEAKS)
def test_case_15_to_19_tones(case, oversampling, rate):
    reading = _true_peak_dbtp(ebu.peak_tone(case, rate), oversampling)
    assert -0.2 <= reading - ebu.TRUE_PEAKS[case][3] <= 0.1


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("oversampling", [4, 8])
@pytest.mark.parametrize("offset", range(4))
def test_case_20_to_23_bursts_between_samples(offset, oversampling, rate):
    assert -0.2 <= _true_peak_dbtp(ebu.peak_burst(offset, rate), oversampling) <= 0.1


@pytest.mark.parametrize("hz", [997.0, 5_000.0, 12_000.0, 19_997.0])
def test_sines_up_to_20_khz_read_their_amplitude(hz):
    n = np.arange(48_000)
    fade = np.minimum(1, np.minimum(n, n[::-1]) / 4_800)
    tone = (0.8 * fade * np.sin(2 * np.pi * hz * n / 48_000))[:, None].astype(np.float32)
    assert _true_peak_dbtp(tone, 8) == pytest.approx(20 * np.log10(0.8), abs=0.05)


@pytest.mark.parametrize("block", [1, 7, 64, 511, 512, 513, 65_536])
def test_any_block_size_reads_the_same(block):
    signal = ebu.programme(0.5, 48_000)
    assert _true_peak_dbtp(signal, block=block) == pytest.approx(_true_peak_dbtp(signal, block=1_000), abs=1e-5)


def test_channels_are_read_apart_and_restart_keeps_the_sound():
    signal = np.stack([ebu.peak_tone(16, 48_000)[:, 0], ebu.peak_tone(19, 48_000)[:, 0]], 1)
    meter = TruePeakMeter()
    meter.feed(signal)
    assert meter.sample_peaks == pytest.approx((0.3536, 0.997), abs=1e-3)
    assert meter.true_peaks == pytest.approx((0.5, 1.41), abs=2e-3)
    meter.restart()
    assert meter.true_peak_dbtp is None
    meter.feed(np.zeros((64, 2), np.float32))
    assert meter.sample_peak_dbfs is None
    assert meter.true_peak_dbtp is not None  # the filter still holds the fade's last samples


def test_samples_that_are_not_finite_leave_no_trace():
    meter = TruePeakMeter()
    meter.feed(np.full((100, 2), np.nan, np.float32))
    meter.feed(np.full((100, 2), -np.inf, np.float32))
    assert meter.true_peak_dbtp is None
    meter.feed(np.full((200, 2), 0.25, np.float32))
    assert 0.25 <= max(meter.true_peaks) < 0.3
