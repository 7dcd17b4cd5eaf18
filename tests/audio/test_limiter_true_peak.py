"""The true-peak limiter, measured: ceiling, transparency, release, linking, steadiness."""

from functools import cache

import numpy as np
import pytest

from dsp.dynamics.true_peak_limiter import DEVICE, KERNEL, prepare, reset
from dsp.measure.true_peak import TruePeakMeter
from tests.factories.device_render import run_kernel

RATE = 48_000


def _limited(audio, rate=RATE, **values):
    return run_kernel(KERNEL, prepare(rate, values), audio.astype(np.float32))


def _true_peak_db(audio, oversampling):
    meter = TruePeakMeter(2, oversampling)
    meter.feed(audio.T)
    return meter.true_peak_dbtp


def _both(mono):
    return np.stack([mono, mono])


def _drums(frames, rate):
    """Decaying tones and noise bursts, four a second, with sharp attacks."""
    random = np.random.default_rng(7)
    out = np.zeros(frames)
    length = rate // 4
    n = np.arange(length)
    for start in range(0, frames - length + 1, length):
        tone = np.sin(2 * np.pi * (50 + 200 * np.exp(-n / 300)) * n / rate) * np.exp(-n / 2_000)
        out[start : start + length] = tone + 0.6 * random.standard_normal(length) * np.exp(-n / 800)
    return out


@cache
def _programmes(rate):
    frames = 2 * rate
    n = np.arange(frames)
    random = np.random.default_rng(3)
    drums = _drums(frames, rate)
    return {
        "sweep": _both(np.sin(2 * np.pi * np.cumsum(np.geomspace(20, 0.46 * rate, frames)) / rate)),
        "quarter rate": _both(np.sin(np.pi / 2 * n + np.pi / 4)),
        "white noise": 0.3 * random.standard_normal((2, frames)),
        "drums": np.stack([drums, 0.7 * drums]),
        "noise drums": _both(drums * random.standard_normal(frames)),
        "clipped": np.clip(4 * _both(drums), -1, 1),
        "impulses": _both(np.where(n % 997 == 0, 1.0, 0.0)),
    }


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("drive_db", [0.0, 12.0, 24.0])
@pytest.mark.parametrize("name", _programmes(8_000))
def test_never_over_the_ceiling(name, drive_db, rate):
    out = _limited(_programmes(rate)[name], rate, drive_db=drive_db, ceiling_dbtp=-1.0)
    assert _true_peak_db(out, 4) <= -1.0 + 0.05
    assert _true_peak_db(out, 8) <= -1.0 + 0.1


@pytest.mark.parametrize("ceiling_dbtp", [-12.0, -3.0, -0.3, 0.0])
def test_uses_the_whole_room_under_the_ceiling(ceiling_dbtp):
    out = _limited(_programmes(RATE)["sweep"], drive_db=12.0, ceiling_dbtp=ceiling_dbtp)
    assert ceiling_dbtp - 0.1 <= _true_peak_db(out, 8) <= ceiling_dbtp + 0.1


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_below_the_ceiling_it_is_a_pure_delay(rate):
    audio = (0.2 * _programmes(rate)["drums"]).astype(np.float32)
    latency = DEVICE.latency_frames(rate, {})
    out = _limited(audio, rate)
    assert np.array_equal(out[:, latency:], audio[:, :-latency])


def test_latency_is_about_two_and_a_half_milliseconds():
    for rate in (44_100, 48_000, 96_000, 192_000):
        assert 2.0 <= DEVICE.latency_frames(rate, {}) / rate * 1_000 <= 2.6


def test_drive_is_gain_when_there_is_room():
    audio = (0.05 * _both(np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE))).astype(np.float32)
    out = _limited(audio, drive_db=6.0)
    latency = DEVICE.latency_frames(RATE, {})
    assert np.abs(out[:, latency:] - 10**0.3 * audio[:, :-latency]).max() < 1e-6


def test_drive_glides_without_a_step():
    state = prepare(RATE, {"drive_db": 0.0})
    audio = np.full((2, RATE // 2), 0.05, np.float32)
    before = run_kernel(KERNEL, state, audio)
    state[DEVICE.slot_of("drive_db")] = 18.0
    after = run_kernel(KERNEL, state, audio)
    joined = np.concatenate([before[0, 1_000:], after[0]])
    assert joined[-1] == pytest.approx(0.05 * 10 ** (18 / 20), rel=1e-5)
    assert np.abs(np.diff(joined)).max() < 0.05 * 8 / (0.02 * RATE) * 1.1


def test_both_channels_take_the_same_gain():
    n = np.arange(RATE)
    loud, quiet = 2 * np.sin(2 * np.pi * 300 * n / RATE), np.full(RATE, 0.01)
    latency = DEVICE.latency_frames(RATE, {})
    audio = np.stack([loud, quiet]).astype(np.float32)
    out = _limited(audio)
    gain = out[1, latency:] / np.float32(0.01)
    assert gain.min() < 0.5
    assert np.abs(out[0, latency:] - gain * audio[0, :-latency]).max() < 1e-5


def _recovery_ms(limiting_s, release_ms=50.0):
    """How long after a stretch of +12 dB noise a quiet tone needs to be within 1 dB of its level."""
    random = np.random.default_rng(5)
    hot = 4 * random.uniform(-1, 1, round(limiting_s * RATE))
    audio = np.concatenate([hot, np.full(4 * RATE, 0.01)])
    out = _limited(_both(audio), release_ms=release_ms)[0]
    start = len(hot) + DEVICE.latency_frames(RATE, {})
    gain_db = 20 * np.log10(out[start:] / 0.01)
    return (np.argmax(gain_db > -1) + 1) / RATE * 1_000


def test_release_is_fast_after_a_hit_and_slow_after_a_stretch():
    hit, stretch = _recovery_ms(0.003), _recovery_ms(2.0)
    assert 60 < hit < 200
    assert stretch > 5 * hit


def test_release_time_scales_the_recovery():
    assert _recovery_ms(0.003, 200.0) == pytest.approx(4 * _recovery_ms(0.003, 50.0), rel=0.2)


def test_gain_returns_to_exactly_one():
    state = prepare(RATE, {"release_ms": 10.0})
    run_kernel(KERNEL, state, _both(np.full(RATE, 3.0, np.float32)))
    run_kernel(KERNEL, state, np.zeros((2, 4 * RATE), np.float32))
    audio = (0.2 * _programmes(RATE)["drums"]).astype(np.float32)
    latency = DEVICE.latency_frames(RATE, {})
    assert np.array_equal(run_kernel(KERNEL, state, audio)[:, latency:], audio[:, :-latency])


def test_low_notes_stay_clean():
    """A 50 Hz sine limited by 6 dB in steady state: all harmonics together below 1 %."""
    n = np.arange(4 * RATE)
    out = _limited(_both(2 * np.sin(2 * np.pi * 50 * n / RATE)), ceiling_dbtp=0.0, release_ms=200.0)[0, -RATE:]
    spectrum = np.abs(np.fft.rfft(out)) ** 2
    assert np.sqrt((spectrum.sum() - spectrum[49:52].sum()) / spectrum[49:52].sum()) < 0.01


def test_enormous_input_is_tamed_and_forgotten():
    state = prepare(RATE, {})
    out = run_kernel(KERNEL, state, _both(np.full(2_000, 1e20, np.float32)))
    assert np.abs(out).max() <= 1.0
    reset(state)
    audio = (0.1 * _programmes(RATE)["drums"]).astype(np.float32)[:, :4_000]
    assert np.array_equal(run_kernel(KERNEL, state, audio), _limited(audio))
