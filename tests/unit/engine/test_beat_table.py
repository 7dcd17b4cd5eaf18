"""The metronome's beats: where they fall, and that no document makes the table large."""

import itertools

import numpy as np

from maxbooster_desktop.engine.graph.beats import MOST_BEATS, beat_table, seconds_of
from maxbooster_desktop.project.document.limits import HIGHEST_TICK
from maxbooster_desktop.project.document.tempo_map import SignatureEvent, TempoEvent, TempoMap

_RATE = 48_000


def test_beats_fall_on_the_signatures_notes_and_bars_are_accented() -> None:
    tempo_map = TempoMap(signatures=(SignatureEvent(0, 3, 4), SignatureEvent(2_880, 6, 8)))
    beats = beat_table(tempo_map, 3_840, _RATE)
    assert beats[:6, 0].tolist() == [0, 24_000, 48_000, 72_000, 84_000, 96_000]
    assert beats[:10, 1].tolist() == [1, 0, 0, 1, 0, 0, 0, 0, 0, 1]


def test_many_ticks_have_the_seconds_of_each() -> None:
    tempos = (TempoEvent(0, 60.0, is_ramp=True), TempoEvent(3_840, 180.0), TempoEvent(9_600, 180.0, is_ramp=True))
    tempo_map = TempoMap((*tempos, TempoEvent(19_200, 1.0, is_ramp=True)))
    ticks = np.arange(0, 40_000, 37)
    one_by_one = [tempo_map.seconds_at(int(tick)) for tick in ticks]
    np.testing.assert_allclose(seconds_of(tempo_map, ticks), one_by_one, rtol=1e-12, atol=1e-12)


def test_a_clip_years_away_makes_no_endless_table() -> None:
    beats = beat_table(TempoMap(), HIGHEST_TICK, _RATE)
    assert len(beats) == MOST_BEATS
    assert np.all(np.diff(beats[:, 0]) == 24_000)


def test_signatures_years_apart_make_no_endless_table() -> None:
    far = (SignatureEvent(HIGHEST_TICK // 8 * place, 4, 64) for place in range(8))
    assert len(beat_table(TempoMap(signatures=tuple(far)), 0, _RATE)) < MOST_BEATS
    near_and_far = (SignatureEvent(0, 4, 64), SignatureEvent(HIGHEST_TICK, 4, 4))
    assert len(beat_table(TempoMap(signatures=near_and_far), HIGHEST_TICK, _RATE)) == MOST_BEATS


def test_beats_rise_through_every_kind_of_map() -> None:
    for bpm, is_ramp in itertools.product((1.0, 1_000.0), (False, True)):
        tempo_map = TempoMap((TempoEvent(0, bpm, is_ramp), TempoEvent(HIGHEST_TICK, 500.0)))
        beats = beat_table(tempo_map, HIGHEST_TICK, _RATE)
        assert len(beats) <= MOST_BEATS
        assert np.all(np.diff(beats[:, 0]) > 0)
