"""Gate, saturator, bit-crusher, chorus, flanger, phaser and reverb, measured against their formulas."""

import numpy as np
import pytest

from dsp.distortion import bit_crusher, saturator
from dsp.dynamics import gate
from dsp.modulation import chorus, flanger, phaser
from dsp.reverbs import reverb
from tests.factories.device_render import run_kernel

RATE = 48_000


def _run(module, sound, **values):
    state = module.prepare(RATE, module.DEVICE.values(values))
    return run_kernel(module.KERNEL, state, np.asarray(sound, np.float32)).astype(np.float64)


def _tone(hz, seconds, peak=1.0):
    wave = peak * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, wave])


def _steady(levels, seconds=0.5):
    return np.repeat(np.tile(np.asarray(levels), (2, 1)), round(seconds * RATE), axis=1)


def _impulse(seconds):
    sound = np.zeros((2, round(seconds * RATE)))
    sound[:, 0] = 1.0
    return sound


def _db(ratio):
    return 20 * np.log10(np.abs(ratio) + 1e-12)


def _at(out, second):
    return out[0, round(second * RATE)]


def test_gate_opens_and_closes_at_two_levels_and_holds():
    """Threshold -20 dB, hysteresis 6 dB: -22 dB stays open after -10, does not open after -40."""
    levels = 10 ** (np.array([-10.0, -22.0, -40.0, -22.0, -18.0]) / 20)
    values = {"threshold_db": -20, "hysteresis_db": 6, "attack_ms": 1, "hold_ms": 100, "release_ms": 5, "range_db": -30}
    gain_db = _db(_run(gate, _steady(levels), **values) / _steady(levels))[0]
    assert [round(gain_db[round(t * RATE)], 1) for t in (0.4, 0.9, 1.4, 1.9, 2.4)] == [0.0, 0.0, -30.0, -30.0, 0.0]
    # It holds for 100 ms from where the peak, which falls by 10 ms, has come below -26 dB.
    closing = 1.0 + 0.1 + 0.010 * np.log(levels[1] / 10 ** (-26 / 20))
    assert gain_db[round((closing - 0.005) * RATE)] == pytest.approx(0.0, abs=0.01)
    assert gain_db[round((closing + 0.03) * RATE)] < -20


def test_gate_hears_its_key_without_lows():
    low = _tone(60, 1.0, 0.5)
    assert np.abs(_run(gate, low, threshold_db=-20)[:, -4_800:]).max() == pytest.approx(0.5, abs=1e-3)
    assert np.abs(_run(gate, low, threshold_db=-20, key_low_cut_hz=4_000)[:, -4_800:]).max() < 1e-3


@pytest.mark.parametrize(
    ("curve", "formula"),
    [(0, np.tanh), (1, lambda x: np.clip(x, -1, 1)), (2, np.sin), (3, lambda x: x / (1 + np.abs(x)))],
)
def test_saturator_bends_as_its_curve_says(curve, formula):
    slow = _tone(400, 0.5, 0.4)
    out = _run(saturator, slow, curve=curve, drive_db=12, level_db=0)
    shift, drive = saturator.LATENCY, 10 ** (12 / 20)
    expected = formula(drive * slow[0, 4_800:-shift])
    assert np.abs(out[0, 4_800 + shift :] - expected).max() < 0.03


def test_saturator_aliases_far_less_than_the_curve_alone():
    tone, n = _tone(5_000, 1.0, 0.5), np.arange(RATE)
    harmonics = np.abs(np.fft.rfftfreq(RATE, 1 / RATE)[:, None] - 5_000 * np.arange(5)).min(axis=1) < 20

    def alias_db(sound):
        spectrum = np.abs(np.fft.rfft(sound * np.blackman(n.size)))
        return _db(spectrum[~harmonics & (np.arange(spectrum.size) < 19_000)].max() / spectrum.max())

    ours = _run(saturator, tone, drive_db=12, level_db=0)[0]
    assert alias_db(np.tanh(tone[0] * 10 ** (12 / 20))) > -45
    assert alias_db(ours) < -90
    hard, alone = _run(saturator, tone, curve=1, drive_db=24, level_db=0)[0], np.clip(tone[0] * 10 ** (24 / 20), -1, 1)
    assert alias_db(hard) < alias_db(alone) - 20


def test_saturator_is_flat_frees_from_the_mean_and_mixes_in_time():
    for hz in (50, 1_000, 10_000, 16_000):
        out = _run(saturator, _tone(hz, 0.5, 0.01), curve=1, drive_db=0, level_db=0)
        assert _db(out[0, RATE // 4 :].std() / (0.01 / np.sqrt(2))) == pytest.approx(0.0, abs=0.1)
    biased = _run(saturator, _tone(200, 2.0, 0.5), bias_percent=80, drive_db=12)
    assert abs(biased[0, RATE:].mean()) < 2e-3
    quiet = _tone(3_000, 0.5, 0.001)
    half = _run(saturator, quiet, curve=1, drive_db=0, level_db=0, mix_percent=50)
    assert np.abs(half[0, 9_600 + saturator.LATENCY :] - quiet[0, 9_600 : -saturator.LATENCY]).max() < 2e-5


def test_bit_crusher_has_so_many_values_and_holds_so_long():
    ramp = np.tile(np.linspace(-1, 1, RATE), (2, 1))
    assert np.unique(_run(bit_crusher, ramp, bits=4)[0]).size == 2**4 + 1
    held = _run(bit_crusher, ramp, bits=16, rate_hz=8_000)[0]
    changes = np.flatnonzero(np.diff(held))
    assert (np.diff(changes) == 6).all()


@pytest.mark.parametrize("module", [chorus, flanger])
def test_a_delay_that_stands_still_is_a_comb(module):
    """Equal parts of dry and delayed sound cancel where the delay is an odd number of half waves."""
    out = _run(module, _impulse(1.0), delay_ms=5, depth_ms=0, feedback_percent=0, mix_percent=50)
    response = _db(np.fft.rfft(out[0]))
    assert response[200] == pytest.approx(0.0, abs=0.1)
    assert response[[100, 300, 500]].max() < -40
    rung = _run(module, _impulse(1.0), delay_ms=5, depth_ms=0, feedback_percent=50, mix_percent=100)[0]
    assert rung[[240, 480, 720]] == pytest.approx([1.0, 0.5, 0.25], abs=1e-3)


def test_chorus_moves_its_delay_by_its_depth_sides_apart():
    clicks = np.zeros((2, 2 * RATE))
    clicks[:, ::2_400] = 1.0
    out = _run(chorus, clicks, rate_hz=0.5, delay_ms=10, depth_ms=8, phase_degrees=180, mix_percent=100)
    delays = np.array([[np.argmax(side[at : at + 2_400]) for at in range(0, 2 * RATE, 2_400)] for side in out]) / 48
    turns = np.arange(40) * 2_400 / RATE * 0.5
    assert delays[0] == pytest.approx(10 + 4 * (1 - np.cos(2 * np.pi * turns)), abs=0.25)
    assert delays[1] == pytest.approx(10 + 4 * (1 + np.cos(2 * np.pi * turns)), abs=0.25)


@pytest.mark.parametrize(("place", "stages"), [(0, 4), (1, 6), (2, 8), (3, 12)])
def test_phaser_has_half_as_many_notches_as_stages(place, stages):
    values = {"low_hz": 1_000, "high_hz": 1_000, "feedback_percent": 0, "mix_percent": 50}
    response = _db(np.fft.rfft(_run(phaser, _impulse(1.0), stages=place, **values)[0]))
    inside = response[10:23_900]
    is_notch = (inside[1:-1] < inside[:-2]) & (inside[1:-1] <= inside[2:]) & (inside[1:-1] < -20)
    assert is_notch.sum() == stages // 2
    # Each stage turns by 90 degrees at 1 kHz: 4 and 12 of them by whole turns, 6 by one and a half.
    assert response[1_000] == pytest.approx(0.0, abs=0.1) if stages % 4 == 0 else response[1_000] < -40


@pytest.mark.parametrize("time_s", [0.5, 2.0, 5.0])
def test_reverb_falls_by_sixty_decibels_in_its_time(time_s):
    tail = _run(reverb, _impulse(time_s * 1.2 + 0.5), time_s=time_s, damping_hz=20_000, mix_percent=100, low_cut_hz=20)
    spectrum = np.fft.rfft(tail[0])
    hz = np.fft.rfftfreq(tail.shape[1], 1 / RATE)
    band = np.fft.irfft(spectrum * np.exp(-(((hz - 800) / 200) ** 2)), tail.shape[1])
    left = np.cumsum(band[::-1] ** 2)[::-1]
    fall = 10 * np.log10(left / left[0] + 1e-30)
    start, end = np.argmax(fall < -5), np.argmax(fall < -45)
    assert 60 / 40 * (end - start) / RATE == pytest.approx(time_s, rel=0.1)


def test_reverb_is_dense_wide_and_darker_with_damping():
    tail = _run(reverb, _impulse(1.5), time_s=3, mix_percent=100, pre_delay_ms=0)
    piece = tail[0, RATE // 2 : RATE // 2 + 4_800]
    # Dense noise: about a third of the samples lie above one standard deviation (Abel, Huang 2006).
    assert np.mean(np.abs(piece) > piece.std()) == pytest.approx(0.317, abs=0.05)
    assert abs(np.corrcoef(tail[:, RATE // 4 : RATE])[0, 1]) < 0.3
    mono = _run(reverb, _impulse(1.0), mix_percent=100, width_percent=0)
    assert np.array_equal(mono[0], mono[1])

    def highs(damping_hz):
        late = _run(reverb, _impulse(1.0), time_s=3, mix_percent=100, damping_hz=damping_hz)[0, RATE // 2 :]
        spectrum = np.abs(np.fft.rfft(late)) ** 2
        return spectrum[spectrum.size // 4 :].sum() / spectrum.sum()

    assert highs(2_000) < 0.02 * highs(20_000)


def test_reverb_rings_on_no_tone():
    """Over half a second of the tail no bin of 2 Hz stands out from the others around it by more than 20 dB."""
    tail = _run(reverb, _impulse(2.0), time_s=5, damping_hz=20_000, low_cut_hz=20, mix_percent=100)[
        0, RATE : 3 * RATE // 2
    ]
    level = _db(np.fft.rfft(tail * np.hanning(tail.size)))[100:8_000]
    around = np.array([np.median(level[max(0, at - 50) : at + 50]) for at in range(level.size)])
    assert (level - around).max() < 20
