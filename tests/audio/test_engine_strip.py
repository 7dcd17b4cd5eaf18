"""The channel strip against its formulas: filters, compressor, order, and what silence costs."""

import numpy as np
import pytest

from dsp.filters.biquad import BELL, BUTTERWORTH_Q, HIGH_PASS, HIGH_SHELF, LOW_PASS, LOW_SHELF, design, response_db
from tests.factories.engine_projects import RATE, Song, StillLive, impulse, noise, ones, sine

#: How many strips lie side by side, and with that the width of the group: 32, 64 and 128 lanes.
COMPANY = (1, 20, 60)
HZ = np.array([40.0, 100.0, 300.0, 1_000.0, 3_000.0, 8_000.0, 15_000.0])


def response(strip, company=1):
    """Return a strip's magnitude in dB at HZ, from its impulse response among `company` strips."""
    song = Song()
    tracks = [song.track() for _ in range(company)]
    for track in tracks[:-1]:
        song.set(track, strip={"eq_on": 1.0, "band1_gain_db": 9.0, "hp_on": 1.0, "lp_on": 1.0})
    song.set(tracks[-1], strip=strip)
    song.clip(tracks[-1], impulse(30_000))
    out = song.render(30_000)[0].astype(np.float64)
    turns = np.exp(-2j * np.pi * np.outer(HZ, np.arange(len(out))) / RATE)
    return 20 * np.log10(np.abs(turns @ out))


@pytest.mark.parametrize("company", COMPANY)
@pytest.mark.parametrize(
    ("strip", "filters"),
    [
        ({"hp_on": 1.0, "hp_hz": 120.0}, [(HIGH_PASS, 120.0, 0.0, BUTTERWORTH_Q)]),
        ({"lp_on": 1.0, "lp_hz": 3_000.0}, [(LOW_PASS, 3_000.0, 0.0, BUTTERWORTH_Q)]),
        (
            {"eq_on": 1.0, "band2_gain_db": 9.0, "band2_q": 2.0, "band2_hz": 900.0},
            [(BELL, 900.0, 9.0, 2.0)],
        ),
        (
            {"eq_on": 1.0, "band1_gain_db": 6.0, "band2_gain_db": -12.0, "band3_gain_db": 3.0, "band4_gain_db": -6.0},
            [
                (LOW_SHELF, 100.0, 6.0, 0.71),
                (BELL, 500.0, -12.0, 0.71),
                (BELL, 2_500.0, 3.0, 0.71),
                (HIGH_SHELF, 8_000.0, -6.0, 0.71),
            ],
        ),
        (
            {
                "eq_on": 1.0,
                "band1_kind": 2.0,
                "band1_hz": 4_000.0,
                "band1_gain_db": 6.0,
                "band4_kind": 1.0,
                "band4_hz": 200.0,
                "band4_gain_db": 12.0,
                "hp_on": 1.0,
                "hp_hz": 60.0,
            },
            [(HIGH_SHELF, 4_000.0, 6.0, 0.71), (LOW_SHELF, 200.0, 12.0, 0.71), (HIGH_PASS, 60.0, 0.0, BUTTERWORTH_Q)],
        ),
    ],
)
def test_filters_have_the_response_of_their_formula(strip, filters, company):
    expected = sum(response_db(design(kind, hz, gain, q, float(RATE)), HZ, RATE) for kind, hz, gain, q in filters)
    np.testing.assert_allclose(response(strip, company), expected, atol=0.02)


def test_an_equaliser_that_is_off_or_flat_changes_no_bit():
    song = Song()
    sound = noise(5_000)
    song.clip(song.track(strip={"eq_on": 1.0, "band1_hz": 50.0, "comp_ratio": 10.0}), sound)
    equalised = song.track(strip={"eq_on": 1.0, "band1_gain_db": 9.0, "comp_on": 1.0, "hp_on": 1.0})
    song.clip(equalised, np.zeros((2, 10), np.float32))
    np.testing.assert_array_equal(song.render(5_000), sound)


def compressed(level_db, strip, frames=96_000):
    song = Song()
    song.clip(song.track(strip={"comp_on": 1.0, **strip}), ones(frames) * np.float32(10 ** (level_db / 20)))
    return 20 * np.log10(song.render(frames)[0])


@pytest.mark.parametrize("level_db", [-50.0, -31.0, -29.0, -20.0, -6.0])
@pytest.mark.parametrize(("ratio", "knee", "makeup"), [(4.0, 0.0, 0.0), (2.0, 12.0, 3.0), (20.0, 6.0, 0.0)])
def test_compressor_reaches_its_static_curve(level_db, ratio, knee, makeup):
    threshold = -30.0
    out = compressed(
        level_db,
        {"comp_threshold_db": threshold, "comp_ratio": ratio, "comp_knee_db": knee, "comp_makeup_db": makeup},
        24_000,
    )[-1]
    over, slope = level_db - threshold, 1 - 1 / ratio
    if 2 * over > knee:
        gain = -slope * over
    elif 2 * over < -knee:
        gain = 0.0
    else:
        gain = -slope * (over + knee / 2) ** 2 / (2 * knee)
    assert out == pytest.approx(level_db + gain + makeup, abs=0.02)


@pytest.mark.parametrize("attack_ms", [1.0, 10.0, 50.0])
def test_compressor_attack_follows_its_time(attack_ms):
    out = compressed(
        0.0, {"comp_threshold_db": -20.0, "comp_ratio": 20.0, "comp_knee_db": 0.0, "comp_attack_ms": attack_ms}, 48_000
    )
    # The detector is one-pole: after the attack time it has risen by 1 - 1/e.
    frame = round(attack_ms * RATE / 1_000) - 1
    level = 20 * np.log10(1 - np.exp(-1.0))
    assert out[frame] == pytest.approx(-(1 - 1 / 20) * (level + 20.0), abs=0.05)


def test_compressor_release_follows_its_time():
    song = Song()
    sound = np.concatenate([ones(24_000), ones(24_000) * np.float32(1e-3)], axis=1)
    song.clip(
        song.track(
            strip={
                "comp_on": 1.0,
                "comp_threshold_db": -40.0,
                "comp_ratio": 20.0,
                "comp_knee_db": 0.0,
                "comp_release_ms": 100.0,
            }
        ),
        sound,
    )
    out = song.render(48_000)[0]
    frame = 24_000 + round(0.1 * RATE) - 1
    level = 20 * np.log10(1e-3 + np.exp(-1.0) * (1 - 1e-3))
    gain = 20 * np.log10(out[frame] / 1e-3)
    assert gain == pytest.approx(-(1 - 1 / 20) * (level + 40.0), abs=0.1)


def test_compressor_links_both_sides():
    song = Song()
    sound = np.stack([sine(24_000)[0], sine(24_000)[0] * np.float32(0.1)])
    song.clip(song.track(strip={"comp_on": 1.0, "comp_threshold_db": -30.0}), sound)
    out = song.render(24_000)
    np.testing.assert_allclose(out[1], out[0] * np.float32(0.1), atol=1e-6)


def test_order_decides_what_the_compressor_hears():
    def level(order):
        song = Song()
        strip = {
            "comp_on": 1.0,
            "comp_threshold_db": -30.0,
            "comp_ratio": 20.0,
            "eq_on": 1.0,
            "band2_hz": 1_000.0,
            "band2_gain_db": 12.0,
            "order": order,
        }
        song.clip(song.track(strip=strip), sine(48_000, 1_000.0, 0.05))
        return np.abs(song.render(48_000)[0, 40_000:]).max()

    assert 20 * np.log10(level(1.0) / level(0.0)) == pytest.approx(12 * (1 - 1 / 20), abs=0.6)


def test_silence_after_sound_leaves_nothing_to_compute_slowly():
    """A filter that rings out into denormals costs 10-100 times more: none may stand in what the strips remember."""
    song = Song()
    strip = {"eq_on": 1.0, "hp_on": 1.0, "lp_on": 1.0, "comp_on": 1.0, "band1_gain_db": 6.0, "band2_gain_db": 6.0}
    for number in range(8):
        song.clip(song.track(strip=strip), noise(96_000, seed=number))
    song.insert("master", "dynamics.true_peak_limiter")
    live = StillLive(song)
    rows = live.live._program.arrays.rows
    live.run(9_600, 4_096)
    while_loud = np.count_nonzero(rows)
    for _ in range(400):
        live.run(512, 512)
        assert np.count_nonzero((rows != 0) & (np.abs(rows) < np.finfo(np.float32).tiny)) == 0
    assert np.count_nonzero(rows) < while_loud, "the filters have rung out"
