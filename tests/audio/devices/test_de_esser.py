"""De-esser: a flat split, what falls and what stays, its curve, its times, and the key one can hear."""

from functools import partial

import numpy as np
import pytest

from dsp.dynamics import de_esser
from tests.factories.device_render import both_sides, rendered, response_db, run_kernel

RATE = 48_000
FREQUENCIES = [2_000, 5_500, 12_000]
IDLE = {"threshold_db": 0.0}


_run, _response_db = partial(rendered, de_esser), partial(response_db, de_esser)
_tone = both_sides


def _voice():
    """A vowel below 1 kHz, and over its second half a sibilant: noise from 5.5 to 10 kHz."""
    vowel = sum(_tone(hz, level_db, 1.0) for hz, level_db in ((150, -14), (300, -18), (600, -22), (900, -26)))
    spectrum = np.fft.rfft(np.random.default_rng(3).standard_normal(RATE))
    spectrum[:5_500], spectrum[10_000:] = 0.0, 0.0
    noise = np.fft.irfft(spectrum)
    burst = 0.1 * noise / noise.std() * (np.arange(RATE) >= RATE // 2)
    return vowel, np.stack([burst, burst])


def _band_db(sound, low_hz, high_hz):
    """Power between two frequencies in dB, over the last 0.4 s."""
    power = np.abs(np.fft.rfft(sound[0, -RATE * 2 // 5 :] * np.hanning(RATE * 2 // 5))) ** 2
    return 10 * np.log10(power[low_hz * 2 // 5 : high_hz * 2 // 5].sum())


@pytest.mark.parametrize("hz", FREQUENCIES)
def test_split_is_flat_when_nothing_is_reduced_and_wide_changes_no_bit(hz):
    response = _response_db(split_hz=hz, **IDLE)
    assert np.abs(response[20:20_000]).max() < 0.01
    noise = (np.random.default_rng(1).standard_normal((2, RATE // 4)) * 0.1).astype(np.float32)
    assert np.array_equal(_run(noise, mode=1, split_hz=hz, **IDLE), noise)


@pytest.mark.parametrize("hz", FREQUENCIES[:2])
def test_listening_is_the_high_band_alone(hz):
    response = _response_db(split_hz=hz, is_listening=1)
    assert response[hz] == pytest.approx(-6.02, abs=0.05)
    assert response[hz // 4] - response[hz // 8] == pytest.approx(24.0, abs=0.7)
    assert response[20_000] == pytest.approx(0.0, abs=0.1)


def _expected_db(hz, split_hz, range_db):
    """Low and high band are in phase, (1, r) / (1 + r) with r the fourth power of the (warped) frequency's ratio."""
    r = (np.tan(np.pi * hz / RATE) / np.tan(np.pi * split_hz / RATE)) ** 4
    return 20 * np.log10((1 + 10 ** (range_db / 20) * r) / (1 + r))


@pytest.mark.parametrize("range_db", [-4.0, -8.0, -16.0])
def test_a_sibilant_falls_by_the_range_and_the_vowel_stays(range_db):
    vowel, burst = _voice()
    values = {"split_hz": 3_000.0, "threshold_db": -48.0, "range_db": range_db}
    before, after = _run(vowel + burst, split_hz=3_000.0, range_db=0.0), _run(vowel + burst, **values)
    for hz in (5_750, 7_000, 8_500, 9_750):
        fall = _band_db(after, hz - 100, hz + 100) - _band_db(before, hz - 100, hz + 100)
        assert fall == pytest.approx(_expected_db(hz, 3_000, range_db), abs=0.1)
    assert fall == pytest.approx(range_db, abs=0.5)
    assert _band_db(after, 100, 1_000) - _band_db(before, 100, 1_000) == pytest.approx(0.0, abs=0.05)
    wide = _run(vowel + burst, mode=1, **values)
    assert _band_db(wide, 100, 1_000) - _band_db(before, 100, 1_000) == pytest.approx(range_db, abs=0.1)


def test_a_vowel_alone_is_left_alone():
    """However loud: it lies below the frequency."""
    vowel, _ = _voice()
    change = _run(4 * vowel, threshold_db=-30.0) - _run(4 * vowel, range_db=0.0)
    assert np.abs(change[:, RATE // 10 :]).max() < 1e-6


@pytest.mark.parametrize("over_db", [-6.0, -1.0, 0.0, 1.0, 4.0, 10.0, 20.0])
def test_what_exceeds_the_threshold_is_taken_up_to_the_range(over_db):
    """The key of a tone far above the frequency is its peak, which at 9.1 kHz some sample meets every millisecond."""
    knee_db, range_db = 3.0, -12.0
    inside = min(max(over_db + knee_db / 2, 0.0), knee_db)
    expected = max(-(inside**2 / (2 * knee_db) + max(over_db - knee_db / 2, 0.0)), range_db)
    tone = _tone(9_100, over_db - 36.0)
    values = {"split_hz": 2_000.0, "threshold_db": -36.0, "release_ms": 500.0}
    still, out = (_run(tone, range_db=r, **values) for r in (0.0, range_db))
    ratio = out[0, -4_800:].std() / still[0, -4_800:].std()
    assert 20 * np.log10(ratio) == pytest.approx(expected, abs=0.15)


@pytest.mark.parametrize("time_ms", [5.0, 20.0])
def test_attack_and_release_take_their_times(time_ms):
    """63.2 % of the range after the attack; the release begins when the peak has fallen below the threshold."""
    loud = np.repeat([0.0, 1.0, 0.0], RATE // 4)
    wave = np.tile([0.0, 1.0, 0.0, -1.0], 3 * RATE // 16) * (0.03 + 0.6 * loud)
    values = {"split_hz": 2_000.0, "threshold_db": -20.0, "attack_ms": time_ms, "release_ms": time_ms}
    still, out = (_run(np.stack([wave, wave]), range_db=r, **values) for r in (0.0, -10.0))
    odd = slice(1, None, 2)
    reduction = -20 * np.log10(np.abs(out[0, odd]) / np.abs(still[0, odd]))
    start, frames = RATE // 8, round(time_ms * RATE / 2_000)
    assert reduction[start + frames] == pytest.approx(6.32, abs=0.4)
    # The peak falls from 0.63 to what needs no more than the range, 10 dB above the threshold: about 2 ms * ln 2.
    ended = 2 * start + round(0.002 * np.log(0.63 / 10 ** (-10 / 20)) * RATE / 2)
    assert reduction[ended + frames] == pytest.approx(3.68, abs=1.2)


def test_both_sides_fall_as_one_and_a_new_frequency_does_not_jump():
    loud_left = _tone(8_000, -6.0) * [[1.0], [0.01]]
    out = _run(loud_left, threshold_db=-40.0)[:, -4_800:]
    assert out[1].std() / out[0].std() == pytest.approx(0.01, rel=1e-3)
    state = de_esser.prepare(RATE, de_esser.DEVICE.values(IDLE | {"split_hz": 2_000.0}))
    tone = _tone(1_000, -6.0).astype(np.float32)
    first = run_kernel(de_esser.KERNEL, state, tone)
    state[de_esser.DEVICE.slot_of("split_hz")] = 12_000.0
    whole = np.concatenate([first, run_kernel(de_esser.KERNEL, state, tone)], axis=1)
    assert np.abs(np.diff(whole[0])).max() < 1.2 * np.abs(np.diff(tone[0])).max()
