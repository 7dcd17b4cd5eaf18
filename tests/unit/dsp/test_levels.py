"""Peak, RMS, DC and correlation against closed forms."""

import numpy as np
import pytest

from dsp.measure.blocks import as_block
from dsp.measure.levels import CorrelationMeter, LevelMeter

RATE = 48_000


def _sine(amplitude=1.0, degrees=0.0, seconds=1.0):
    return amplitude * np.sin(2 * np.pi * 1_000 * np.arange(round(seconds * RATE)) / RATE + np.radians(degrees))


def test_peak_rms_and_dc_of_a_shifted_sine():
    meter = LevelMeter(2)
    signal = np.stack([_sine(0.5) + 0.1, _sine(1.0)], 1)
    for start in range(0, len(signal), 777):
        meter.feed(signal[start : start + 777])
    assert meter.peaks == pytest.approx((0.6, 1.0), abs=1e-6)
    assert meter.rms == pytest.approx((np.sqrt(0.125 + 0.01), np.sqrt(0.5)), abs=1e-6)
    assert meter.dc_offsets == pytest.approx((0.1, 0.0), abs=1e-6)
    assert meter.frames == RATE
    meter.reset()
    assert meter.peaks == meter.rms == meter.dc_offsets == (0.0, 0.0)


def test_bad_samples_are_counted_and_left_out():
    meter = LevelMeter(1)
    meter.feed(np.array([0.5, np.nan, np.inf, -np.inf, 3e38], np.float32))
    assert meter.bad_samples == 4
    assert meter.peaks == (0.5,)


@pytest.mark.parametrize("degrees", [0, 60, 90, 120, 180])
@pytest.mark.parametrize("time_ms", [None, 300.0])
def test_correlation_is_the_cosine_of_the_phase_between_sines(degrees, time_ms):
    meter = CorrelationMeter(RATE, time_ms)
    meter.feed(np.stack([_sine(0.3), _sine(0.9, degrees)], 1))
    assert meter.correlation == pytest.approx(np.cos(np.radians(degrees)), abs=2e-3)


def test_correlation_forgets_with_its_time_constant_and_reads_none_in_silence():
    meter = CorrelationMeter(RATE, 300.0)
    assert meter.correlation is None
    meter.feed(np.stack([_sine(), -_sine()], 1))
    meter.feed(np.stack([_sine(seconds=0.3), _sine(seconds=0.3)], 1))
    assert meter.correlation == pytest.approx(1 - 2 * np.exp(-1), abs=0.03)
    meter.feed(np.stack([_sine(), np.zeros(RATE)], 1)[: RATE // 100])
    assert meter.correlation is not None
    meter.feed(np.zeros((60 * RATE, 2), np.float32))
    assert meter.correlation is None


def test_one_silent_channel_has_no_correlation():
    meter = CorrelationMeter(RATE)
    meter.feed(np.stack([_sine(), np.zeros(RATE)], 1))
    assert meter.correlation is None


def test_blocks_of_any_layout_become_one_kind():
    planar = np.zeros((2, 64))
    taken = as_block(planar.T, 2)
    assert taken.dtype == np.float32
    assert taken.flags.c_contiguous
    frozen = np.zeros((4, 2), np.float32)
    frozen.flags.writeable = False
    assert as_block(frozen, 2).flags.writeable
    assert as_block(np.zeros(5), 1).shape == (5, 1)
