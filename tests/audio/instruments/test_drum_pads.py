"""Drum pads, measured: each key its drum, pitch and decay, choke groups, hits that last however short the note."""

import numpy as np
import pytest

from dsp.instruments import drum_pads
from tests.factories.played_instruments import RATE, play, spectrum

KEYS = (36, 37, 38, 39, 42, 45, 46, 50)
CLOSED, OPEN = 42, 46


def hit(values, key, velocity=1.0, frames=RATE):
    return play(drum_pads, values, [(0, 10, key, velocity)], frames)


def test_every_pad_has_a_sound_of_its_own_and_other_keys_none():
    sounds = [hit({}, key) for key in KEYS]
    for place, sound in enumerate(sounds):
        assert 0.2 < np.abs(sound).max() < 1.0
        for other in sounds[:place]:
            assert np.abs(sound - other).max() > 0.1
    assert np.abs(hit({}, 60)).max() == 0.0


def test_a_tuned_tom_falls_to_its_pitch():
    values = {"low_tom_tone_percent": 100.0, "low_tom_tune_semitones": 12.0, "low_tom_decay_percent": 400.0}
    sound = play(drum_pads, values, [(0, 10, 45, 1.0)], 2 * RATE)[0, RATE // 2 : RATE // 2 + RATE]
    assert abs(int(spectrum(sound).argmax()) - 176) <= 1


def test_a_decay_is_60_db_over_its_time():
    sound = hit({"kick_tone_percent": 100.0}, 36)[0]
    # 420 ms from the hit: a whole turn of 48 Hz from there, and as long from 100 ms on.
    levels = [np.abs(sound[at : at + 1_000]).max() for at in (4_800, 4_800 + 10_080)]
    assert 20 * np.log10(levels[1] / levels[0]) == pytest.approx(-30.0, abs=1.0)


def test_a_hat_that_closes_ends_the_open_one_within_5_ms_and_leaves_other_pads_alone():
    notes = [(0, 10, OPEN, 1.0), (4_800, 4_810, CLOSED, 0.001)]
    sound = play(drum_pads, {}, notes, RATE)
    assert np.abs(sound[:, 4_000:4_800]).max() > 0.1
    assert np.abs(sound[:, 4_800 + 260 : 5_300]).max() < 0.001
    alone = play(drum_pads, {"closed_hat_choke": 0.0}, notes, RATE)
    assert np.abs(alone[:, 5_060:5_300]).max() > 0.1
    toms = play(drum_pads, {}, [(0, 10, 45, 1.0), (4_800, 4_810, CLOSED, 0.001)], RATE)
    assert np.abs(toms - hit({}, 45))[:, :4_800].max() == 0.0
    assert np.abs(toms[:, 5_060:6_000]).max() > 0.05


def test_velocity_is_level_and_a_hit_lasts_however_short_its_note():
    loud, soft = hit({}, 38), hit({}, 38, 0.25)
    assert np.abs(loud / 4 - soft).max() < 1e-6
    long = play(drum_pads, {}, [(0, 40_000, 38, 1.0)], RATE)
    assert (long == loud).all()


@pytest.mark.parametrize("block", [1, 17])
def test_block_size_is_not_heard(block):
    notes = [(10 + 100 * place, 5_000, key, 1.0) for place, key in enumerate(KEYS)]
    whole = play(drum_pads, {}, notes, 12_000)
    assert np.abs(play(drum_pads, {}, notes, 12_000, block=block) - whole).max() < 1e-6


def test_more_hits_than_voices_stay_finite_and_end():
    notes = [(50 * number, 50 * number + 10, KEYS[number % 8], 1.0) for number in range(100)]
    sound = play(drum_pads, {}, notes, 4 * RATE)
    assert np.isfinite(sound).all()
    assert np.abs(sound[:, -RATE:]).max() == 0.0
