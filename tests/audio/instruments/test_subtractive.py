"""The subtractive synthesiser, measured: pitch, aliasing, filter, envelopes, modulation, expression, stealing."""

import numpy as np
import pytest

from dsp.instruments import subtractive
from dsp.instruments.notes import NOTE_PITCH, NOTE_PRESSURE, NOTE_TIMBRE
from tests.factories.played_instruments import RATE, near, play, spectrum

SAW, PULSE, TRIANGLE, SINE = range(4)
#: One plain wave at 0 dB that is there at once and stays.
PLAIN = {
    "osc1_shape": SAW, "cutoff_hz": 20_000.0, "resonance_percent": 0.0, "key_track_percent": 0.0, "attack_ms": 0.5,
    "sustain_percent": 100.0, "release_ms": 10.0, "velocity_percent": 0.0, "gain_db": 0.0,
}  # fmt: skip
HELD = 10 * RATE


def held(values, pitch=69, velocity=1.0, more=(), frames=2 * RATE):
    """Return the second second of a held note's left side."""
    return play(subtractive, PLAIN | values, [(0, HELD, pitch, velocity)], frames, more=more)[0, -RATE:]


def hz_of(pitch):
    return 440.0 * 2 ** ((pitch - 69) / 12)


def db(power):
    return 10 * np.log10(max(power, 1e-30))


@pytest.mark.parametrize(
    ("shape", "pitch", "most_db"),
    [(SAW, 60, -55), (SAW, 84, -49), (SAW, 96, -46), (PULSE, 84, -52), (TRIANGLE, 84, -80), (SINE, 108, -140)],
)
def test_aliasing(shape, pitch, most_db):
    """All that is not a harmonic of the note, of the whole spectrum, against its fundamental."""
    power, hz = spectrum(held({"osc1_shape": shape}, pitch)), hz_of(pitch)
    rest = power.copy()
    for harmonic in range(int(RATE / 2 / hz) + 1):
        place = round(harmonic * hz)
        rest[max(0, place - 12) : place + 13] = 0.0
    assert db(rest.sum() / near(hz, power)) < most_db


@pytest.mark.parametrize("pitch", [33, 69, 100])
def test_a_note_has_its_pitch(pitch):
    power = spectrum(held({"osc1_shape": SINE}, pitch))
    place = int(power.argmax())
    assert place == round(hz_of(pitch))


def test_a_saw_has_its_harmonics():
    power = spectrum(held({}, 45))
    for harmonic in (2, 3, 5):
        assert db(near(110 * harmonic, power) / near(110, power)) == pytest.approx(-20 * np.log10(harmonic), abs=0.05)


@pytest.mark.parametrize(("kind", "cutoff_hz", "wanted_db"), [(0, 1_000.0, -3.0), (1, 1_000.0, -6.0), (3, 440.0, -3.0)])
def test_the_corner_of_the_filter(kind, cutoff_hz, wanted_db):
    """A sine at the cutoff, quality 0.7: each of the filters in a row takes 3 dB."""
    # Resonance that gives k = sqrt(2).
    percent = 100 * np.log(np.sqrt(2) / 2) / np.log(0.02)
    pitch = 69 + 12 * np.log2(cutoff_hz / 440)
    through = held(
        {"osc1_shape": SINE, "filter_kind": kind, "cutoff_hz": cutoff_hz, "resonance_percent": percent}, pitch
    )
    assert 20 * np.log10(np.abs(through).max()) == pytest.approx(wanted_db, abs=0.1)


@pytest.mark.parametrize(("kind", "slope_db"), [(0, -12.0), (1, -24.0)])
def test_the_slope_of_the_filter(kind, slope_db):
    values = {"osc1_shape": SINE, "filter_kind": kind, "cutoff_hz": 100.0}
    low, high = (20 * np.log10(np.abs(held(values, 69 + 12 * octave)).max()) for octave in (0, 1))
    assert high - low == pytest.approx(slope_db, abs=0.8)


def test_resonance_rises_at_the_cutoff():
    values = {"osc1_shape": SINE, "cutoff_hz": 440.0}
    flat, peak = (np.abs(held(values | {"resonance_percent": percent})).max() for percent in (0.0, 100.0))
    # k from 2 to 0.04: the low-pass stands at 1 / k.
    assert 20 * np.log10(peak / flat) == pytest.approx(20 * np.log10(2 / 0.04), abs=0.3)


def envelope(values, notes, frames=RATE):
    """Return the level of a steady tone over time, from both phases of it."""
    sound = play(subtractive, PLAIN | {"osc1_shape": SINE} | values, notes, frames)[0].astype(np.float64)
    turns = sound * np.exp(-2j * np.pi * 4_800 * np.arange(frames) / RATE)
    return 2 * np.abs(np.convolve(turns, np.ones(10) / 10, "same"))


HIGH = 69 + 12 * np.log2(4_800 / 440)


def test_attack_decay_and_sustain_take_their_time():
    level = (
        envelope({"attack_ms": 100.0, "decay_ms": 300.0, "sustain_percent": 25.0}, [(0, HELD, HIGH, 1.0)])
        / envelope({}, [(0, HELD, HIGH, 1.0)])[RATE // 2]
    )
    assert level[2_400] == pytest.approx(0.5, abs=0.01)
    assert level[4_800] == pytest.approx(1.0, abs=0.02)
    # A third of the decay later a tenth of the way down is left.
    assert level[4_800 + 4_800] == pytest.approx(0.25 + 0.75 * 0.1, abs=0.01)
    assert level[40_000] == pytest.approx(0.25, abs=0.003)


def test_the_release_is_60_db_and_ends_in_silence():
    sound = play(subtractive, PLAIN | {"osc1_shape": SINE, "release_ms": 200.0}, [(0, 9_600, HIGH, 1.0)], RATE)
    before, after = (np.abs(sound[0, at - 480 : at]).max() for at in (9_600, 9_600 + 9_600))
    assert 20 * np.log10(after / before) == pytest.approx(-57.0, abs=3.5)
    assert np.abs(sound[:, 9_600 + 17_000 :]).max() == 0.0


def test_velocity_is_heard_as_far_as_it_is_asked_for():
    for percent, wanted in ((0.0, 1.0), (100.0, 0.25), (60.0, 0.55)):
        loud, soft = (
            np.abs(held({"osc1_shape": SINE, "velocity_percent": percent}, velocity=velocity)).max()
            for velocity in (1.0, 0.25)
        )
        assert soft / loud == pytest.approx(wanted, rel=0.01)


def test_unison_keeps_the_level_and_spreads_over_the_sides():
    values = PLAIN | {"unison": 3, "unison_cents": 20.0, "spread_percent": 100.0}
    one = play(subtractive, PLAIN, [(0, HELD, 57, 1.0)], 2 * RATE)[:, RATE:]
    many = play(subtractive, values, [(0, HELD, 57, 1.0)], 2 * RATE)[:, RATE:]
    assert db(np.mean(many**2) / np.mean(one**2)) == pytest.approx(0.0, abs=1.0)
    assert np.corrcoef(one)[0, 1] == pytest.approx(1.0)
    assert abs(np.corrcoef(many)[0, 1]) < 0.7


def test_vibrato_moves_the_pitch_by_what_it_says():
    sound = held({"osc1_shape": SINE, "lfo_rate_hz": 5.0, "lfo_pitch_cents": 100.0}, pitch=81).astype(np.float64)
    spectre = np.fft.fft(sound)
    spectre[RATE // 2 :] = 0
    hz = np.diff(np.unwrap(np.angle(np.fft.ifft(spectre))))[2_400:-2_400] * RATE / 2 / np.pi
    assert 1_200 * np.log2(hz.max() / 880) == pytest.approx(100.0, abs=4.0)
    assert 1_200 * np.log2(hz.min() / 880) == pytest.approx(-100.0, abs=4.0)


def test_bend_timbre_and_pressure_belong_to_their_note():
    notes = [(0, HELD, 69, 1.0), (0, HELD, 93, 1.0)]
    sound = play(subtractive, PLAIN | {"osc1_shape": SINE}, notes, 2 * RATE, more=[(480, NOTE_PITCH, 1, 2.0, 0.0)])
    power = spectrum(sound[0, RATE:])
    assert db(near(hz_of(71), power) / near(hz_of(93), power)) == pytest.approx(0.0, abs=0.2)
    assert db(near(440.0, power) / near(hz_of(93), power)) < -80
    pressed = held({"osc1_shape": SINE}, more=[(480, NOTE_PRESSURE, 1, 1.0, 0.0)])
    assert 20 * np.log10(np.abs(pressed).max()) == pytest.approx(6.0, abs=0.1)
    dark = {"cutoff_hz": 440.0, "osc1_shape": SINE}
    opened = np.abs(held(dark, more=[(480, NOTE_TIMBRE, 1, 1.0, 0.0)])).max()
    assert 20 * np.log10(opened / np.abs(held(dark)).max()) > 5.0


def test_more_notes_than_voices_take_the_oldest_without_a_click():
    notes = [(1_000 * number, HELD, 45 + number, 0.5) for number in range(24)]
    values = PLAIN | {"osc1_shape": SINE, "attack_ms": 20.0, "gain_db": -20.0}
    sound = play(subtractive, values, notes, RATE)
    power = spectrum(sound[0])
    assert np.isfinite(sound).all()
    steps = np.abs(np.diff(sound[0], 2))
    # Sines up to pitch 68 curve by no more than this; a click would stand out.
    assert steps[16_000:].max() < 4 * steps[14_000:16_000].max()
    assert db(near(hz_of(68), power)) > db(near(hz_of(45), power)) + 3


@pytest.mark.parametrize("block", [1, 16, 50])
def test_block_size_is_not_heard(block):
    notes = [(100, 9_000, 60, 1.0), (1_000, 5_000, 64, 0.5), (1_033, 1_050, 67, 0.8)]
    values = {"unison": 2, "mix_percent": 40.0, "noise_percent": 5.0, "lfo_pitch_cents": 20.0, "filter_kind": 1,
              "filter_env_semitones": 30.0, "cutoff_hz": 500.0, "resonance_percent": 60.0}  # fmt: skip
    whole = play(subtractive, values, notes, 12_000)
    assert np.abs(whole).max() > 0.1
    assert np.abs(play(subtractive, values, notes, 12_000, block=block) - whole).max() < 1e-6
