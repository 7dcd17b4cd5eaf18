"""The demo song's score: its form, its voice leading, its tune, and how it is played."""

from itertools import pairwise

import numpy as np

from dsp.generators.signal import RATE
from maxbooster_desktop.demosong import score
from maxbooster_desktop.demosong.parts import drums, lead
from maxbooster_desktop.demosong.patterns import hits
from maxbooster_desktop.demosong.performance import Feel, Note, perform, swung_s
from maxbooster_desktop.project.document.tempo_map import TempoEvent, TempoMap


def test_the_form_has_the_five_sections_without_a_gap_and_lasts_about_a_minute():
    assert {"Intro", "Verse", "Hook", "Break", "Outro"} <= {section.name for section in score.SECTIONS}
    assert score.SECTIONS[0].start_bar == 0
    assert score.SECTIONS[-1].end_bar == score.BARS == len(score.CHORDS)
    assert all(here.end_bar == following.start_bar for here, following in pairwise(score.SECTIONS))
    assert 55.0 < score.BARS * score.BAR_S < score.SONG_FRAMES / RATE < 75.0


def test_voices_lead_smoothly_and_never_march_in_parallel():
    for here, following in pairwise(score.CHORDS):
        moves = [b - a for a, b in zip(here.voices, following.voices, strict=True)]
        assert max(map(abs, moves)) <= 4, (here.symbol, following.symbol)
        assert len(set(moves)) > 1 or set(moves) == {0}, (here.symbol, following.symbol)
        assert list(following.voices) == sorted(set(following.voices))
    assert len({chord.symbol for chord in score.CHORDS}) >= 12


def test_the_motif_returns_is_developed_and_is_turned_upside_down():
    def steps(phrase):
        pitches = [note[2] for note in phrase[:3]]
        return [b - a for a, b in pairwise(pitches)]

    assert steps(lead.HOOK_A[0]) == steps(lead.HOOK_B[0]) == steps(lead.HOOK_2[0]) == [5, -2]
    assert steps(lead.HOOK_A[2])[0] == 5
    assert steps(lead.OUTRO[0]) == [-5, 1]
    assert lead.HOOK_A != lead.HOOK_B != lead.HOOK_2
    assert [note[0] for note in lead.HOOK_A[0][:4]] == [0, 3, 6, 8]


def test_bars_fall_on_the_frames_that_the_tempo_map_gives_them():
    tempo_map = TempoMap(tempos=(TempoEvent(0, score.BPM),))
    for bar in range(score.BARS + 1):
        exact = tempo_map.seconds_at(score.tick_of_bar(bar)) * RATE
        assert score.frame_of_bar(bar) == round(exact)


def test_swing_delays_odd_sixteenths_only():
    assert swung_s(4.0) == 4.0 * score.STEP_S
    assert np.isclose(swung_s(5.0) - swung_s(4.0), 2.0 * score.SWING * score.STEP_S)
    assert swung_s(5.0, swing=0.5) == 5.0 * score.STEP_S


def test_playing_varies_time_and_force_the_same_way_each_time_and_is_never_early_on_a_bar_line():
    written = [Note(float(step), 1.0, 60.0, 0.7) for step in range(64)]
    feel = Feel(timing_ms=4.0, velocity_spread=0.1)
    played = perform(written, "test", feel)
    assert played == perform(written, "test", feel)
    assert played != perform(written, "other", feel)
    late_ms = np.array([1000.0 * (note.start_s - swung_s(step)) for step, note in enumerate(played)])
    assert 2.0 < late_ms.std() < 6.0
    assert (late_ms[::16] >= -1e-9).all()
    assert len({round(note.velocity, 6) for note in played}) > 50
    assert len({note.seed for note in played}) == len(played)


def test_drum_patterns_have_whole_bars_ghost_notes_and_fills():
    for _, *patterns in (*drums.KICKS.values(), *drums.SNARES.values(), *drums.HATS.values()):
        lengths = {len(pattern.replace(" ", "").replace("|", "")) for pattern in patterns}
        assert len(lengths) == 1
        assert lengths.pop() % score.STEPS_PER_BAR == 0
    hook = hits(drums.SNARES["Snare Hook"][1])
    assert any(velocity < 0.3 for _, velocity in hook)
    last_bar = [step for step, _ in hits(drums.SNARES["Snare Verse"][1])]
    assert len([step for step in last_bar if step >= 48]) > 2 * len([step for step in last_bar if step < 16]) - 1
