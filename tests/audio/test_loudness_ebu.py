"""EBU Tech 3341 and 3342: every case that can be synthesised, at three rates, within the standard's tolerance."""

import pytest

from dsp.measure.loudness import LoudnessMeter
from tests.factories import ebu_signals as ebu

RATES = (44_100, 48_000, 96_000)
TOLERANCE_LU = 0.1
RANGE_TOLERANCE_LU = 0.2  # the standard allows 1


def _measured(signal, sample_rate):
    meter = LoudnessMeter(sample_rate, signal.shape[1])
    meter.feed(signal)
    return meter


def _readings(signal, sample_rate):
    """Feed 10 ms at a time; yield the meter with the time in seconds after each."""
    meter = LoudnessMeter(sample_rate, signal.shape[1])
    hop = sample_rate // 100
    for start in range(0, len(signal) - hop + 1, hop):
        meter.feed(signal[start : start + hop])
        yield (start + hop) / sample_rate, meter


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("case", "expected"), [(1, -23.0), (2, -33.0)])
def test_case_1_and_2_all_three_readings_agree(case, expected, rate):
    meter = _measured(ebu.steps(ebu.PROGRAMMES[case], rate), rate)
    for reading in (meter.momentary_lufs, meter.short_term_lufs, meter.integrated_lufs):
        assert reading == pytest.approx(expected, abs=TOLERANCE_LU)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("case", [3, 4, 5])
def test_case_3_to_5_gates(case, rate):
    meter = _measured(ebu.steps(ebu.PROGRAMMES[case], rate), rate)
    assert meter.integrated_lufs == pytest.approx(-23.0, abs=TOLERANCE_LU)


@pytest.mark.parametrize("rate", RATES)
def test_case_6_surround_weights(rate):
    assert _measured(ebu.surround(rate), rate).integrated_lufs == pytest.approx(-23.0, abs=TOLERANCE_LU)


@pytest.mark.parametrize("rate", RATES)
def test_case_9_short_term_is_steady_after_3_s(rate):
    signal = ebu.steps(ebu.PROGRAMMES[9], rate)
    late = [meter.short_term_lufs for seconds, meter in _readings(signal, rate) if seconds >= 3]
    assert len(late) > 1_000
    assert min(late) >= -23.0 - TOLERANCE_LU
    assert max(late) <= -23.0 + TOLERANCE_LU


@pytest.mark.parametrize("rate", RATES)
def test_case_10_maximum_short_term_of_20_files(rate):
    for i in range(20):
        meter = _measured(ebu.short_term_file(i, rate), rate)
        assert meter.max_short_term_lufs == pytest.approx(-23.0, abs=TOLERANCE_LU), f"file {i}"


@pytest.mark.parametrize("rate", RATES)
def test_case_11_running_maximum_short_term(rate):
    meter = LoudnessMeter(rate)
    for i in range(20):
        meter.feed(ebu.short_term_part(i, rate))
        assert meter.max_short_term_lufs == pytest.approx(-38.0 + i, abs=TOLERANCE_LU), f"part {i}"


@pytest.mark.parametrize("rate", RATES)
def test_case_12_momentary_is_steady_after_1_s(rate):
    signal = ebu.steps(ebu.PROGRAMMES[12], rate)
    late = [meter.momentary_lufs for seconds, meter in _readings(signal, rate) if seconds >= 1]
    assert len(late) > 800
    assert min(late) >= -23.0 - TOLERANCE_LU
    assert max(late) <= -23.0 + TOLERANCE_LU


@pytest.mark.parametrize("rate", RATES)
def test_case_13_maximum_momentary_of_20_files(rate):
    for i in range(20):
        meter = _measured(ebu.momentary_file(i, rate), rate)
        assert meter.max_momentary_lufs == pytest.approx(-23.0, abs=TOLERANCE_LU), f"file {i}"


@pytest.mark.parametrize("rate", RATES)
def test_case_14_running_maximum_momentary(rate):
    meter = LoudnessMeter(rate)
    for i in range(20):
        meter.feed(ebu.momentary_part(i, rate))
        assert meter.max_momentary_lufs == pytest.approx(-38.0 + i, abs=TOLERANCE_LU), f"part {i}"


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("case", ebu.RANGES)
def test_tech_3342_loudness_range(case, rate):
    levels, expected = ebu.RANGES[case]
    meter = _measured(ebu.steps(levels, rate), rate)
    assert meter.loudness_range_lu == pytest.approx(expected, abs=RANGE_TOLERANCE_LU)
