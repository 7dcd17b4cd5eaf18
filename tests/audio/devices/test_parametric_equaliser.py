"""Parametric equaliser: its responses beside analogue prototypes, its places, and that it lets untouched be."""

from pathlib import Path

import numpy as np
import pytest

from dsp.filters import parametric_equaliser as equaliser
from maxbooster_desktop.cli.bench.equaliser import PLACES_HZ, worst_off_db
from tests.factories.device_render import run_kernel

RATE = 48_000
NAMES = equaliser.SHAPES[1:]
#: What the page may claim at most, at 48 kHz from 20 Hz to 19.2 kHz, and what is not claimed at all.
CLAIMED_DB = {"Band-pass": 0.6} | {f"{side} cut, {n} dB/oct": 0.8 for side in ("Low", "High") for n in (18, 24, 36, 48)}
UNCLAIMED = {("Notch", hz) for hz in PLACES_HZ if hz > 1_000}


def _run(sound, **values):
    state = equaliser.prepare(RATE, equaliser.DEVICE.values(values))
    return run_kernel(equaliser.KERNEL, state, np.asarray(sound, np.float32))


def _response_db(**values):
    impulse = np.zeros((2, RATE))
    impulse[:, 0] = 1.0
    return 20 * np.log10(np.abs(np.fft.rfft(_run(impulse, **values)[0])) + 1e-12)


def _noise(seed, level=0.1):
    return (np.random.default_rng(seed).standard_normal((2, RATE // 4)) * level).astype(np.float32)


@pytest.mark.parametrize("shape", NAMES)
def test_a_shape_lies_beside_its_prototype_as_the_page_says(shape):
    page = (Path(__file__).parents[3] / "docs/devices.md").read_text(encoding="utf-8")
    [row] = [line for line in page.splitlines() if line.startswith(f"| {shape} |")]
    for hz, cell in zip(PLACES_HZ, row.split("|")[2:-1], strict=True):
        off_db = worst_off_db(shape, hz)
        assert float(cell) == pytest.approx(off_db, abs=0.01)
        assert off_db < CLAIMED_DB.get(shape, 0.4) or (shape, hz) in UNCLAIMED


@pytest.mark.parametrize("slope", [6, 12, 18, 24, 36, 48])
def test_a_cut_falls_by_its_slope(slope):
    """Butterworth: from one octave beyond the corner to the next, nearly `slope`."""
    order = slope / 6
    expected = 10 * np.log10((1 + 16**order) / (1 + 4**order))
    assert expected == pytest.approx(slope, abs=0.8)
    low = _response_db(band2_shape=NAMES.index(f"Low cut, {slope} dB/oct") + 1, band2_hz=4_000)
    assert low[2_000] - low[1_000] == pytest.approx(expected, abs=0.05)
    high = _response_db(band2_shape=NAMES.index(f"High cut, {slope} dB/oct") + 1, band2_hz=500)
    assert high[1_000] - high[2_000] == pytest.approx(expected, abs=0.05)
    assert (low[4_000], high[500]) == pytest.approx((-3.01, -3.01), abs=0.02)


def test_q_is_resonance_of_a_cut_and_slope_of_a_shelf():
    cut = {"band2_shape": NAMES.index("High cut, 24 dB/oct") + 1, "band2_hz": 1_000.0}
    assert _response_db(**cut, band2_q=4.0)[1_000] == pytest.approx(-3.01 + 20 * np.log10(4.0 / np.sqrt(0.5)), abs=0.05)
    shelf = {"band2_shape": 3.0, "band2_hz": 1_000.0, "band2_gain_db": 12.0}
    rises = [np.diff(_response_db(**shelf, band2_q=q)[[707, 1_414]])[0] for q in (0.2, 0.5, 1.0)]
    assert rises[0] < rises[1] < rises[2]
    assert _response_db(**shelf)[[50, 1_000, 15_000]] == pytest.approx([0.0, 6.0, 12.0], abs=0.2)


def test_notch_has_its_width_and_leaves_both_ends():
    found = _response_db(band5_shape=NAMES.index("Notch") + 1, band5_hz=8_000, band5_q=4)
    inside = np.flatnonzero(found < -3.0103)
    assert found.min() < -60
    assert inside[-1] - inside[0] == pytest.approx(2_000, abs=4)
    assert (found[20], found[23_900]) == pytest.approx((0.0, 0.0), abs=0.05)


def test_mid_and_side_are_apart_and_flat_changes_no_bit():
    sound = _noise(1, 0.2)
    assert np.array_equal(_run(sound), sound)
    assert np.array_equal(_run(sound, band1_shape=0, band1_gain_db=9), sound)
    gains = {"band5_gain_db": 12.0, "band5_hz": 1_000.0}
    for place, changed, kept in ((1, 1, -1), (2, -1, 1)):
        out = _run(sound, band5_place=place, **gains)
        assert np.allclose(out[0] + kept * out[1], sound[0] + kept * sound[1], atol=1e-6)
        both = _run(sound, **gains)
        assert np.allclose(out[0] + changed * out[1], both[0] + changed * both[1], atol=1e-5)


def test_output_is_a_gain_in_decibels():
    sound = _noise(4)
    assert np.allclose(_run(sound, output_db=-6.0), sound * 10 ** (-6 / 20), atol=1e-7)


def test_a_gain_and_its_negative_cancel():
    up = {f"band{n}_{name}": value for n in (1, 2, 3, 4) for name, value in (("shape", n), ("gain_db", 9.0))}
    down = {name: -value if name.endswith("gain_db") else value for name, value in up.items()}
    sound = _noise(2)
    assert np.abs(_run(_run(sound, **up), **down) - sound).max() < 1e-5


@pytest.mark.parametrize("shape", [1, 2, 3, 4, 5, 6, 7, 12, 13, 18])
def test_every_filter_dies_away_while_it_is_swept(shape):
    """Noise while the frequency jumps from end to end, then silence: bounded, and gone after three seconds."""
    values = {"band4_shape": shape, "band4_gain_db": 12.0, "band4_q": 4}
    state = equaliser.prepare(RATE, equaliser.DEVICE.values(values))
    random = np.random.default_rng(3)
    for hz in (20.0, 20_000.0, 20.0, 20_000.0, 300.0):
        state[equaliser.DEVICE.slot_of("band4_hz")] = hz
        out = run_kernel(equaliser.KERNEL, state, (random.standard_normal((2, 4_800)) * 0.1).astype(np.float32))
        assert np.abs(out).max() < 20.0
    assert np.abs(run_kernel(equaliser.KERNEL, state, np.zeros((2, 3 * RATE), np.float32))[:, -RATE:]).max() < 1e-6
