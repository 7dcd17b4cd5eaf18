"""The sampler, measured: pitch, what folds back, loops without a seam, who answers to a note, envelopes, choking."""

import numpy as np
import pytest

from dsp.instruments import sampler
from dsp.instruments.notes import NOTE_OFF, NOTE_ON, NOTE_PITCH
from tests.factories.played_instruments import RATE, near, play_events, spectrum
from tests.factories.sampled_notes import load, play_zones, tone, zone

ROOT = 60
#: 40 whole turns of 1,000 Hz: a loop that fits.
FITTING = {"loop_start": 480.0, "loop_end": 2_400.0}


def cents(sound, expected_hz):
    """Return by how much a held sine is off, from the phase it gains in half a second."""
    frames = np.arange(len(sound))
    turned = sound * np.exp(-2j * np.pi * expected_hz * frames / RATE)
    half = len(sound) // 2
    window = np.hanning(half)
    first, second = (turned[:half] * window).sum(), (turned[half : 2 * half] * window).sum()
    drift_hz = np.angle(second / first) / (2 * np.pi) * RATE / half
    return 1_200 * np.log2(1 + drift_hz / expected_hz)


def test_at_its_root_a_sound_passes_bit_for_bit():
    noise = (np.random.default_rng(1).standard_normal((2, 9_600)) * 0.2).astype(np.float32)
    heard = play_zones([zone(noise)], [(100, 48_000, ROOT, 1.0)], 12_000)
    assert (heard[:, 100:9_700] == noise).all()
    assert not heard[:, :100].any()
    assert not heard[:, 9_720:].any()


@pytest.mark.parametrize("pitch", [36, 48, 55.37, 59, 60.5, 61, 67, 72, 84, 96])
def test_every_pitch_is_within_a_tenth_of_a_cent(pitch):
    given = zone(tone(440.0, 3 * RATE), loop_mode="forward", loop_start=4_800.0, loop_end=100_800.0)
    heard = play_zones([given], [(0, 2 * RATE, pitch, 1.0)], RATE)
    assert abs(cents(heard[0], 440.0 * 2 ** ((pitch - ROOT) / 12))) < 0.1


def test_tuning_transposing_key_tracking_and_bending_add_up():
    given = zone(tone(300.0, 3 * RATE), tune=0.25, key_track=0.5)
    values = {"transpose_semitones": 2.0, "tune_cents": 30.0}
    heard = play_zones([given], [(0, 2 * RATE, 64, 1.0)], RATE, values=values, more=[(0, NOTE_PITCH, 1, 1.0, 0.0)])
    semitones = (4 + 2 + 1) * 0.5 + 0.25 + 0.30
    # The bend comes before the note of its frame and misses it; the one below does not.
    assert abs(cents(heard[0], 300.0 * 2 ** ((semitones - 0.5) / 12))) < 0.1
    bent = play_zones([given], [(0, 2 * RATE, 64, 1.0)], RATE, values=values, more=[(1, NOTE_PITCH, 1, 1.0, 0.0)])
    assert abs(cents(bent[0, 480:], 300.0 * 2 ** (semitones / 12))) < 0.1


@pytest.mark.parametrize(("pitch", "limit_db"), [(48, -70), (65, -68), (72, -68), (79, -68), (84, -68)])
def test_nothing_folds_back_that_is_heard(pitch, limit_db):
    """Noise above what the new speed can hold, and the sine itself: all that is not the sine."""
    speed = 2 ** ((pitch - ROOT) / 12)
    hz = round(5_000.0 / max(1.0, speed / 2))
    given = zone(tone(float(hz), 10 * RATE))
    heard = play_zones([given], [(0, 2 * RATE, pitch, 1.0)], RATE)
    power = spectrum(heard[0])
    kept = near(hz * speed, power)
    assert 10 * np.log10((power.sum() - kept) / kept) < limit_db


def test_what_would_fold_back_is_gone():
    """15 kHz an octave up would be 30 kHz, heard at 18 kHz."""
    heard = play_zones([zone(tone(15_000.0, 3 * RATE))], [(0, 2 * RATE, 72, 1.0)], RATE)
    assert np.abs(heard[:, 1_000:]).max() < 0.5 * 10 ** (-60 / 20)


@pytest.mark.parametrize("pitch", [ROOT, 53.3, 66.6, 79.9])
@pytest.mark.parametrize("mode", ["forward", "sustain"])
def test_a_loop_that_fits_has_no_seam(pitch, mode):
    given = zone(tone(1_000.0, 2_400), loop_mode=mode, **FITTING)
    heard = play_zones([given], [(0, 2 * RATE, pitch, 1.0)], RATE)
    power = spectrum(heard[0])
    kept = near(1_000.0 * 2 ** ((pitch - ROOT) / 12), power)
    assert 10 * np.log10((power.sum() - kept) / kept) < -68


def test_a_loop_of_no_whole_number_of_frames_keeps_its_pitch():
    """After conversion from another rate loops have fractions: 441 Hz, ten turns, 1088.435 frames."""
    length = 10 * RATE / 441.0
    given = zone(tone(441.0, 3_000), loop_mode="forward", loop_start=1_000.25, loop_end=1_000.25 + length)
    heard = play_zones([given], [(0, 2 * RATE, ROOT, 1.0)], RATE)
    assert abs(cents(heard[0], 441.0)) < 0.01
    power = spectrum(heard[0])
    assert 10 * np.log10((power.sum() - near(441, power)) / near(441, power)) < -68


@pytest.mark.parametrize("pitch", [41, ROOT, 64.3, 84])
def test_a_single_turn_loops(pitch):
    given = zone(tone(RATE / 100, 100), loop_mode="forward", loop_start=0.0, loop_end=100.0)
    heard = play_zones([given], [(0, 2 * RATE, pitch, 1.0)], RATE)
    hz = 480.0 * 2 ** ((pitch - ROOT) / 12)
    assert abs(cents(heard[0], hz)) < 0.1


def roughness(sound):
    """Return the largest third difference: twice the height of a step, next to nothing for a low tone."""
    return float(np.abs(np.diff(sound.astype(np.float64), 3)).max())


def test_a_loop_that_does_not_fit_is_faded_over():
    """A loop of ten and a quarter turns of 100 Hz jumps from its crest to nothing, at once or within its crossfade."""
    sound, loop = tone(100.0, 12_000), {"loop_start": 6_000.0, "loop_end": 6_000.0 + 10.25 * 480}

    def looped(crossfade):
        given = zone(sound, loop_mode="forward", crossfade=crossfade, **loop)
        return roughness(play_zones([given], [(0, RATE, ROOT, 1.0)], RATE // 2)[0, 200:])

    assert looped(0) > 0.5
    assert looped(960) < 2e-5


def test_back_and_forth_goes_back():
    ramp = np.linspace(-0.5, 0.5, 2_001, dtype=np.float32)[np.newaxis, :]
    given = zone(ramp, loop_mode="ping_pong", loop_start=500.0, loop_end=1_500.0)
    heard = play_zones([given], [(0, RATE, ROOT, 1.0)], 5_000)[0]
    assert heard[1_400] == ramp[0, 1_400]
    assert np.abs(heard[1_600:2_400] - ramp[0, 1_400:600:-1]).max() < 1e-6
    assert np.abs(heard[2_600:3_400] - ramp[0, 600:1_400]).max() < 1e-6


def test_a_loop_while_held_plays_to_the_end_afterwards():
    marked = tone(1_000.0, 4_800)
    marked[:, 3_000:] = 0.25
    given = zone(marked, loop_mode="sustain", envelope=(0, 0, 0, 1, 1, 20_000.0), **FITTING)
    held = play_zones([given], [(0, RATE, ROOT, 1.0)], 20_000)[0]
    assert np.abs(np.abs(np.fft.rfft(held[8_000:12_800]))[100] / 2_400 - 0.5) < 0.01
    let_go = play_zones([given], [(0, 9_600, ROOT, 1.0)], 20_000)[0]
    assert np.abs(let_go[9_600 + 4_000 :]).max() == 0.0
    assert np.isclose(let_go[9_600:14_000], 0.25, rtol=0.1).sum() > 1_700
    plain = zone(marked, loop_mode="forward", envelope=(0, 0, 0, 1, 1, 20_000.0), **FITTING)
    assert np.abs(play_zones([plain], [(0, 9_600, ROOT, 1.0)], 20_000)[0, 15_000:]).max() > 0.3


def levels(sound, starts):
    return [round(float(np.abs(sound[0, start + 100 : start + 400]).mean()), 3) for start in starts]


def constant(level, **given):
    return zone(np.full((1, 1_000), level, np.float32), **given)


def test_keys_and_velocities_choose_the_zone():
    zones = [
        constant(0.1, low_key=0, high_key=59),
        constant(0.2, low_key=60, high_key=60, low_velocity=1, high_velocity=63, key_track=0.0),
        constant(0.4, low_key=60, high_key=60, low_velocity=64, high_velocity=127, key_track=0.0),
    ]
    starts = [0, 1_200, 2_400, 3_600, 4_800, 6_000]
    struck = [(59, 127), (60, 1), (60, 63), (60, 64), (60, 127), (61, 127)]
    notes = [(at, at + 600, key, velocity / 127) for at, (key, velocity) in zip(starts, struck, strict=True)]
    heard = play_zones(zones, notes, 8_000, values={"velocity_percent": 0.0})
    assert levels(heard, starts) == [0.1, 0.2, 0.2, 0.4, 0.4, 0.0]


def test_zones_of_one_note_sound_together_and_end_together():
    zones = [constant(0.1, gains=(1.0, 0.0), loop_mode="forward", loop_end=1_000.0), constant(0.2, gains=(0.0, 1.0))]
    heard = play_zones(zones, [(0, 500, ROOT, 1.0)], 4_000)
    assert np.abs(heard[:, 300] - [0.1, 0.2]).max() < 1e-6
    assert np.abs(heard[:, 3_000:]).max() == 0.0


def test_turns_go_round_in_order():
    zones = [constant(level, turn=turn, turns=3) for turn, level in ((1, 0.1), (2, 0.2), (3, 0.3))]
    starts = list(range(0, 8 * 1_500, 1_500))
    heard = play_zones(zones, [(at, at + 600, ROOT, 1.0) for at in starts], 12_000)
    assert levels(heard, starts) == [0.1, 0.2, 0.3, 0.1, 0.2, 0.3, 0.1, 0.2]


def test_velocity_is_level_by_its_square_as_far_as_the_knob_says():
    for percent, expected in ((100.0, 0.25), (50.0, 0.625), (0.0, 1.0)):
        heard = play_zones([constant(0.4)], [(0, 900, ROOT, 0.5)], 900, values={"velocity_percent": percent})
        assert heard[0, 300] == pytest.approx(0.4 * expected, rel=1e-5)


def test_delay_attack_hold_decay_sustain_and_release_take_their_times():
    envelope = (10.0, 20.0, 30.0, 40.0, 0.25, 100.0)
    given = constant(0.8, loop_mode="forward", loop_end=1_000.0, envelope=envelope)
    heard = play_zones([given], [(0, 9_600, ROOT, 1.0)], 20_000)[0] / 0.8
    assert not heard[:480].any()
    assert heard[480 + 480 - 1] == pytest.approx(0.5, abs=0.002)
    assert np.abs(heard[480 + 960 : 480 + 960 + 1_440] - 1.0).max() < 1e-5
    # 40 ms of decay take 60 dB: half of it leaves 0.25 + 0.75 * 10^-1.5.
    assert heard[480 + 960 + 1_440 + 960] == pytest.approx(0.25 + 0.75 * 10**-1.5, abs=0.003)
    assert heard[9_500] == pytest.approx(0.25, abs=1e-4)
    assert heard[9_600 + 2_400] == pytest.approx(0.25 * 10**-1.5, rel=0.01)
    assert not heard[18_500:].any()


def test_knobs_take_the_place_of_the_zones_envelopes():
    given = constant(0.5, loop_mode="forward", loop_end=1_000.0)
    values = {"envelope": 1.0, "attack_ms": 100.0, "hold_ms": 50.0, "decay_ms": 10.0, "sustain_percent": 40.0}
    heard = play_zones([given], [(0, RATE, ROOT, 1.0)], 12_000, values=values)[0] / 0.5
    assert heard[2_400] == pytest.approx(0.5, abs=0.001)
    assert heard[4_800 + 2_300] == pytest.approx(1.0, abs=1e-5)
    assert heard[11_000] == pytest.approx(0.4, abs=1e-4)


def test_a_shot_plays_to_its_end_however_short_its_note():
    noise = (np.random.default_rng(2).standard_normal((1, 4_000)) * 0.2).astype(np.float32)
    heard = play_zones([zone(noise, is_one_shot=True)], [(0, 10, ROOT, 1.0)], 6_000)
    assert (heard[0, :4_000] == noise[0]).all()
    cut = play_zones([zone(noise)], [(0, 10, ROOT, 1.0)], 6_000)
    assert np.abs(cut[0, 2_000:]).max() == 0.0


def test_a_choke_group_cuts_what_sounds_of_it_within_5_ms():
    long = {"loop_mode": "forward", "loop_end": 1_000.0, "is_one_shot": True}
    zones = [
        constant(0.4, low_key=46, high_key=46, root=46, choke=1, **long),
        constant(0.001, low_key=42, high_key=42, root=42, choke=1),
        constant(0.2, low_key=50, high_key=50, root=50, choke=2, **long),
    ]
    notes = [(0, 10, 46, 1.0), (0, 10, 50, 1.0), (4_800, 4_810, 42, 1.0)]
    heard = play_zones(zones, notes, 9_600)[0]
    assert heard[4_700] == pytest.approx(0.6, abs=1e-5)
    assert heard[5_100] == pytest.approx(0.2, abs=0.002)


def test_the_filter_takes_what_it_should():
    given = zone(tone(8_000.0, 2 * RATE))
    values = {"filter_kind": 2.0, "cutoff_hz": 1_000.0, "resonance_percent": 0.0}
    heard = play_zones([given], [(0, RATE, ROOT, 1.0)], RATE, values=values)[0]
    assert 20 * np.log10(np.abs(heard[4_800:]).max() / 0.5) < -70


@pytest.mark.parametrize("block", [1, 17, 64])
def test_block_size_is_not_heard(block):
    zones = [
        zone(tone(1_000.0, 2_400), loop_mode="forward", envelope=(1, 5, 2, 30, 0.5, 40), **FITTING),
        zone(tone(700.0, 4_800), low_velocity=100, turn=2, turns=2),
    ]
    notes = [(13 + 777 * place, 2_000 + 900 * place, 50 + 3 * place, 0.2 + 0.08 * place) for place in range(10)]
    values = {"filter_kind": 1.0, "velocity_cutoff_semitones": 24.0}
    whole = play_zones(zones, notes, 16_000, values=values)
    assert np.abs(whole).max() > 0.1
    assert np.abs(play_zones(zones, notes, 16_000, values=values, block=block) - whole).max() < 1e-6


def test_a_voice_that_is_taken_makes_no_click():
    given = zone(tone(100.0, RATE), loop_mode="forward", loop_end=480.0 * 90)
    # 64 notes fill all voices; those after them take the oldest while it is at its loudest.
    notes = [(0, 3 * RATE, ROOT, 0.1) for _ in range(64)] + [(4_800 + 120, RATE * 3, ROOT, 0.1)]
    heard = play_zones([given], notes, RATE)[0]
    # The one that is taken stood at 0.005; cut off, it would be 0.01.
    assert roughness(heard[4_000:]) < 2e-4


def test_another_map_is_played_by_new_notes_and_the_old_one_let_go_when_none_sounds_of_it():
    state = sampler.prepare(RATE, sampler.DEVICE.values({}))
    first = load(state, [constant(0.25, loop_mode="forward", loop_end=1_000.0)], 1)
    play_events(sampler, state, [(0, NOTE_ON, 1, 60.0, 1.0)], 640)
    second = load(state, [constant(0.5, loop_mode="forward", loop_end=1_000.0)], 2)
    both = play_events(sampler, state, [(0, NOTE_ON, 2, 60.0, 1.0)], 640)
    assert both[0, 600] == pytest.approx(0.75, abs=1e-5)
    assert state[sampler.OLDEST_MAP_AT] == 1.0
    alone = play_events(sampler, state, [(0, NOTE_OFF, 1, 0.0, 0.0)], 9_600)
    assert alone[0, 9_000] == pytest.approx(0.5, abs=1e-5)
    assert state[sampler.OLDEST_MAP_AT] == 2.0
    assert first.address != second.address


def test_what_is_not_decoded_yet_is_silence_and_comes_when_it_is():
    samples, ready = np.full((1, 8_000), 0.5, np.float32), np.array([2_000], np.int64)
    from dsp.instruments.sample_zones import PlayedZone

    state = sampler.prepare(RATE, sampler.DEVICE.values({}))
    kept = load(state, [PlayedZone(samples, ready)])
    begun = play_events(sampler, state, [(0, NOTE_ON, 1, 60.0, 1.0)], 3_200)
    assert begun[0, 1_900] == 0.5
    assert not begun[0, 2_100:].any()
    ready[0] = 8_000
    assert play_events(sampler, state, [], 640)[0, 100] == 0.5
    assert kept.cells.size


def test_damage_in_a_sound_is_silence():
    samples = tone(500.0, 4_800)
    samples[0, 1_000:1_010] = np.nan
    samples[0, 2_000] = np.inf
    heard = play_zones([zone(samples)], [(0, 4_800, ROOT, 1.0)], 6_000)
    assert np.isfinite(heard).all()
    assert np.abs(heard[0, 3_000:4_000]).max() > 0.4
