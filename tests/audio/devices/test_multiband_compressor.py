"""Multiband compressor: a flat sum, bands apart, the static curve of each, its times, and what is bypassed or alone."""

from functools import partial

import numpy as np
import pytest

from dsp.dynamics import multiband_compressor
from tests.factories.device_render import both_sides, rendered, response_db

RATE = 48_000
BANDS = ("low", "mid", "high")
#: A tone in the middle of each band (its samples meet its peak), with bands this far apart.
SPLITS = {"low_split_hz": 200.0, "high_split_hz": 5_000.0}
TONES = {"low": 40, "mid": 1_000, "high": 15_500}
IDLE = {f"{band}_ratio": 1.0 for band in BANDS}


_run, _response_db = partial(rendered, multiband_compressor), partial(response_db, multiband_compressor)
_tone = both_sides


def _level_db(sound, hz):
    """Level of a tone over the last 0.2 s, of which it fills whole periods."""
    part = sound[0, -RATE // 5 :]
    return 20 * np.log10(2 * abs(np.fft.rfft(part)[hz // 5]) / part.size)


@pytest.mark.parametrize(("low_hz", "high_hz"), [(150, 2_000), (40, 12_000), (1_000, 1_000), (1_000, 2_000)])
def test_the_bands_add_up_flat(low_hz, high_hz):
    splits = {"low_split_hz": low_hz, "high_split_hz": high_hz}
    assert np.abs(_response_db(**splits, **IDLE)[20:20_000]).max() < 0.01
    bypassed = {f"{band}_mode": 1 for band in BANDS} | {f"{band}_makeup_db": 12 for band in BANDS}
    assert np.abs(_response_db(**splits, **bypassed)[20:20_000]).max() < 0.01


@pytest.mark.parametrize(
    ("alone", "inside", "corners", "outside"),
    [("low", 40, [200], (1_600, 800)), ("mid", 1_000, [200, 5_000], (25, 50)), ("high", 15_500, [5_000], (625, 1_250))],
)
def test_a_band_alone_has_its_corners_and_slopes(alone, inside, corners, outside):
    response = _response_db(**SPLITS, **IDLE, **{f"{alone}_mode": 2})
    assert response[inside] == pytest.approx(0.0, abs=0.1)
    assert response[corners] == pytest.approx([-6.02] * len(corners), abs=0.05)
    far, near = outside
    assert response[far] - response[near] == pytest.approx(-24.0, abs=0.7)


@pytest.mark.parametrize("band", BANDS)
@pytest.mark.parametrize("over_db", [-9.0, 0.0, 2.0, 12.0])
def test_each_band_follows_the_curve(band, over_db):
    """At once up and slowly down, the reduction stays at what the tone's peak asks for."""
    level_db, ratio, knee_db = -26.0 + over_db, 4.0, multiband_compressor.KNEE_DB
    inside = min(max(over_db + knee_db / 2, 0.0), knee_db)
    expected = -(1 - 1 / ratio) * (inside**2 / (2 * knee_db) + max(over_db - knee_db / 2, 0.0)) + 3.0
    own = {"threshold_db": -26, "ratio": ratio, "attack_ms": 0.5, "release_ms": 2_000, "makeup_db": 3}
    values = SPLITS | IDLE | {f"{band}_{name}": value for name, value in own.items()}
    out = _run(_tone(TONES[band], level_db, 1.0), **values)
    assert _level_db(out, TONES[band]) - level_db == pytest.approx(expected, abs=0.15)


@pytest.mark.parametrize("loud", BANDS)
def test_a_loud_tone_in_one_band_does_not_move_the_others(loud):
    """The loud tone falls by more than 8 dB; tones below the thresholds stay within 0.05 dB."""
    values = SPLITS | {f"{band}_threshold_db": -20 for band in BANDS} | {f"{band}_ratio": 4 for band in BANDS}
    levels = {band: -3.0 if band == loud else -46.0 for band in BANDS}
    out = _run(sum(_tone(TONES[band], level) for band, level in levels.items()), **values)
    for band, level in levels.items():
        change = _level_db(out, TONES[band]) - level
        assert change < -8.0 if band == loud else change == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize("time_ms", [10.0, 40.0])
@pytest.mark.parametrize("band", ["mid", "high"])
def test_each_band_takes_its_times(band, time_ms):
    """63.2 % of the reduction after the attack, 36.8 % left after the release, by two sides a quarter period apart."""
    hz = 1_000 if band == "mid" else 12_000
    phase = 2 * np.pi * hz * np.arange(3 * RATE // 4) / RATE
    level = np.repeat([0.01, 0.8, 0.01], RATE // 4)
    sound = np.stack([np.sin(phase), np.cos(phase)]) * level
    times = {f"{band}_attack_ms": time_ms, f"{band}_release_ms": time_ms, f"{band}_threshold_db": -24}
    out, still = _run(sound, **(SPLITS | IDLE | times | {f"{band}_ratio": 20})), _run(sound, **(SPLITS | IDLE))
    reduction = 10 * np.log10((still**2).sum(axis=0) / (out**2).sum(axis=0))
    full, start, frames = reduction[RATE // 2 - 1], RATE // 4, round(time_ms * RATE / 1_000)
    assert full > 15.0
    assert reduction[start + frames] / full == pytest.approx(0.632, abs=0.05)
    assert reduction[2 * start + frames] / full == pytest.approx(0.368, abs=0.05)


def test_both_sides_of_a_band_fall_as_one():
    out = _run(_tone(1_000, -6.0) * [[1.0], [0.01]], **SPLITS)[:, -RATE // 10 :]
    assert out[1].std() / out[0].std() == pytest.approx(0.01, rel=1e-3)


def test_alone_silences_the_rest_and_two_can_be_alone():
    sound = sum(_tone(hz, -40.0) for hz in TONES.values())
    out = _run(sound, **SPLITS, low_mode=2, high_mode=2)
    levels = [_level_db(out, hz) for hz in TONES.values()]
    assert levels[0] == pytest.approx(-40.0, abs=0.1)
    assert levels[2] == pytest.approx(-40.0, abs=0.1)
    assert levels[1] < -70.0
