"""The equaliser's filters measured against what their documentation promises, at three rates."""

import numpy as np
import pytest

from dsp.filters.biquad import (
    BELL,
    BUTTERWORTH_Q,
    HIGH_PASS,
    HIGH_SHELF,
    HIGHEST_OF_RATE,
    LOW_PASS,
    LOW_SHELF,
    design,
    response_db,
)

RATES = (44_100.0, 48_000.0, 96_000.0)
KINDS = (BELL, LOW_SHELF, HIGH_SHELF, HIGH_PASS, LOW_PASS)


def _level(kind, at_hz, rate, *, hz=1_000.0, gain_db=0.0, q=BUTTERWORTH_Q):
    return float(response_db(design(kind, hz, gain_db, q, rate), at_hz, rate))


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("kind", [HIGH_PASS, LOW_PASS])
@pytest.mark.parametrize("hz", [30.0, 1_000.0, 15_000.0])
def test_passes_are_3_db_down_at_the_corner(kind, hz, rate):
    assert _level(kind, hz, rate, hz=hz) == pytest.approx(-3.0103, abs=1e-6)


@pytest.mark.parametrize("rate", RATES)
def test_passes_fall_12_db_per_octave(rate):
    high = _level(HIGH_PASS, 100.0, rate) - _level(HIGH_PASS, 50.0, rate)
    low = _level(LOW_PASS, 50.0 * 8, rate, hz=50.0) - _level(LOW_PASS, 50.0 * 16, rate, hz=50.0)
    assert high == pytest.approx(12.04, abs=0.05)
    assert low == pytest.approx(12.04, abs=0.05)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("gain_db", [-18.0, -3.0, 6.0, 15.0])
def test_bell_has_its_gain_at_the_centre_and_none_far_away(gain_db, rate):
    assert _level(BELL, 1_000.0, rate, gain_db=gain_db, q=1.0) == pytest.approx(gain_db, abs=1e-9)
    assert _level(BELL, 0.0, rate, gain_db=gain_db, q=1.0) == pytest.approx(0, abs=1e-9)
    assert _level(BELL, rate / 2, rate, gain_db=gain_db, q=1.0) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("q", [0.7, 2.0, 8.0])
def test_bell_is_one_over_q_wide_between_points_of_half_its_gain(q):
    """In the analogue prototype the half-gain points lie hz (sqrt(1 + 1/4Q^2) +- 1/2Q) apart; 100 Hz barely warps."""
    root = np.sqrt(1 + 1 / (4 * q * q))
    for edge in (100 * (root - 1 / (2 * q)), 100 * (root + 1 / (2 * q))):
        assert _level(BELL, edge, 96_000.0, hz=100.0, gain_db=12.0, q=q) == pytest.approx(6.0, abs=0.01)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("gain_db", [-12.0, 9.0])
def test_shelves_reach_their_gain_and_half_of_it_at_the_corner(gain_db, rate):
    assert _level(LOW_SHELF, 0.0, rate, gain_db=gain_db) == pytest.approx(gain_db, abs=1e-6)
    assert _level(LOW_SHELF, rate / 2, rate, gain_db=gain_db) == pytest.approx(0, abs=1e-6)
    assert _level(HIGH_SHELF, rate / 2, rate, gain_db=gain_db) == pytest.approx(gain_db, abs=1e-6)
    assert _level(HIGH_SHELF, 0.0, rate, gain_db=gain_db) == pytest.approx(0, abs=1e-6)
    for kind in (LOW_SHELF, HIGH_SHELF):
        assert _level(kind, 1_000.0, rate, gain_db=gain_db) == pytest.approx(gain_db / 2, abs=1e-6)


def test_boost_and_cut_cancel():
    hz = np.geomspace(20, 20_000, 200)
    for kind in (BELL, LOW_SHELF, HIGH_SHELF):
        up, down = (response_db(design(kind, 700.0, gain, 1.3, 48_000.0), hz, 48_000.0) for gain in (11.0, -11.0))
        assert np.abs(up + down).max() < 1e-9


def test_no_gain_is_exactly_neutral():
    for kind in (BELL, LOW_SHELF, HIGH_SHELF):
        b0, b1, b2, a1, a2 = design(kind, 500.0, 0.0, 1.0, 48_000.0)
        assert (b0, b1, b2) == pytest.approx((1.0, a1, a2), abs=1e-15)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rate", RATES)
def test_wild_settings_stay_stable(kind, rate):
    for hz in (-5.0, 0.0, 1.0, rate * 0.49, rate, 1e9):
        for q in (0.0, 0.05, 40.0):
            for gain_db in (-40.0, 40.0):
                coefficients = design(kind, hz, gain_db, q, rate)
                assert np.isfinite(coefficients).all()
                assert np.abs(np.roots([1.0, *coefficients[3:]])).max() < 1


def test_frequencies_beyond_the_limit_are_clamped():
    limit = HIGHEST_OF_RATE * 48_000.0
    assert design(LOW_PASS, 90_000.0, 0.0, 0.7, 48_000.0) == design(LOW_PASS, limit, 0.0, 0.7, 48_000.0)
