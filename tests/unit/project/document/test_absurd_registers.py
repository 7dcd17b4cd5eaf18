"""Registers that hold numbers no program of ours writes: brought into range, or refused by name."""

import math

import pytest

from maxbooster_desktop.project.document.new_document import new_document
from maxbooster_desktop.project.document.projection import project
from maxbooster_desktop.project.document.state import ProjectState

_FAR = 2**53 - 1
_SOUND = (48_000, 2, 1_000, "PCM_24", "0" * 64, "wav")


def shown(registers: dict[tuple[str, str], object]) -> ProjectState:
    """Return the state of a document with a track "t", a sound "a", a clip "c" and `registers`."""
    document = new_document("Song", 48_000)
    plain = {
        ("tracks", "t.k"): "audio",
        ("tracks", "t.p"): (None, "V"),
        ("assets", "a.a"): _SOUND,
        ("clips", "c.p"): ("t", 0, 0),
        ("clips", "c.s"): "a",
        ("clips", "c.t"): (0, 1_000),
    }
    document.write({**plain, **registers}, "test")
    return project(document)


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, 0), (0, 999), (0, 768_001), (0, -48_000), (1, 0), (1, 65), (1, -2), (2, 0), (2, -1), (2, 2**40 + 1)],
)
def test_a_sound_that_cannot_be_is_refused_and_listed(place: int, value: int) -> None:
    about = list(_SOUND)
    about[place] = value
    state = shown({("assets", "a.a"): tuple(about)})
    assert state.assets == {}
    assert [conflict.entity for conflict in state.conflicts] == ["a"]
    assert "cannot be read (a)" in state.conflicts[0].sentence
    assert math.isfinite(state.end_tick())


@pytest.mark.parametrize("huge", [1e308, -1e308])
def test_levels_fades_and_pans_stay_in_their_range(huge: float) -> None:
    state = shown(
        {
            ("tracks", "t.g"): huge,
            ("tracks", "t.pan"): huge,
            ("tracks", "t.h"): int(math.copysign(_FAR, huge)),
            ("tracks", "t.v.trim_db"): huge,
            ("tracks", "b.k"): "bus",
            ("tracks", "b.p"): (None, "W"),
            ("plug", "s.k"): ("send", "t"),
            ("plug", "s.to"): "b",
            ("plug", "s.g"): huge,
            ("plug", "s.pan"): huge,
            ("clips", "c.g"): huge,
            ("clips", "c.fi"): (huge, huge),
            ("clips", "c.fo"): (huge, huge),
        }
    )
    track, clip = state.tracks["t"], state.clips["c"]
    gain_db, pan = (24.0, 1.0) if huge > 0 else (-144.0, -1.0)
    assert (track.gain_db, track.pan, clip.gain_db) == (gain_db, pan, gain_db)
    assert (track.sends[0].gain_db, track.sends[0].pan) == (gain_db, pan)
    assert track.height == (1_000 if huge > 0 else 20)
    assert math.copysign(1e38, huge) == track.strip["trim_db"]
    fade_ms = 86_400_000.0 if huge > 0 else 0.0
    assert (clip.fade_in_ms, clip.fade_in_curve, clip.fade_out_ms, clip.fade_out_curve) == (fade_ms, pan, fade_ms, pan)


@pytest.mark.parametrize(
    ("parameter", "low", "high"),
    [
        ("gain_db", -144.0, 24.0),
        ("pan", -1.0, 1.0),
        ("is_muted", 0.0, 1.0),
        ("strip.hp_hz", 20.0, 2_000.0),
        ("send.s.gain_db", -144.0, 24.0),
        ("insert.i.drive_db", -1e38, 1e38),
    ],
)
def test_automation_stays_in_the_range_of_what_it_moves(parameter: str, low: float, high: float) -> None:
    state = shown(
        {
            ("auto", "l.k"): ("t", parameter),
            ("auto", "l.p.one"): (-5, -1e308, -7.0),
            ("auto", "l.p.two"): (_FAR, 1e308, 1e308),
        }
    )
    first, last = state.lanes["l"].points
    assert (first.tick, first.value, first.curve) == (0, low, -1.0)
    assert (last.tick, last.value, last.curve) == (2**40, high, 1.0)


def test_places_and_lengths_are_held_where_time_can_be_counted() -> None:
    state = shown(
        {
            ("clips", "c.p"): ("t", _FAR, 0),
            ("clips", "c.t"): (_FAR, _FAR),
            ("clips", "m.k"): "midi",
            ("clips", "m.p"): ("t", -_FAR, 0),
            ("clips", "m.l"): _FAR,
            ("markers", "k.p"): _FAR,
            ("meta", "project.loop"): (0, _FAR),
            ("tempo", "e.e"): (_FAR, 90.0, False),
            ("tempo", "g.s"): (_FAR, 3, 4),
        }
    )
    clip, midi = state.clips["c"], state.clips["m"]
    assert (clip.start_tick, clip.source_offset, clip.length_frames) == (2**40, 2**40, 2**40)
    assert (midi.start_tick, midi.length_ticks) == (0, 2**40)
    assert state.markers[0].tick == state.meta.loop_end_tick == 2**40
    assert state.tempo_map.tempos[-1].tick == state.tempo_map.signatures[-1].tick == 2**40
    assert math.isfinite(state.tempo_map.seconds_at(state.end_tick()))


@pytest.mark.parametrize(("written", "shown_bpm"), [(0, 1.0), (-120.0, 1.0), (1e308, 1_000.0), (1e-300, 1.0)])
@pytest.mark.parametrize("is_ramp", [False, True])
def test_any_tempo_gives_a_map_that_goes_forward(written: float, shown_bpm: float, is_ramp: bool) -> None:
    state = shown({("tempo", "e.e"): (0, written, is_ramp), ("tempo", "f.e"): (960, 120.0, False)})
    tempo_map = state.tempo_map
    assert tempo_map.tempos[0].bpm == shown_bpm
    seconds = [tempo_map.seconds_at(tick) for tick in (0, 1, 480, 960, 2**40)]
    assert seconds == sorted(set(seconds))
    assert tempo_map.tick_at(seconds[2]) == 480


@pytest.mark.parametrize("signature", [(0, 0), (4, 0), (0, 4), (-3, 4), (4, -4), (4, 3), (_FAR, 4), (4, _FAR)])
def test_a_signature_that_cannot_be_counted_is_refused_and_listed(signature: tuple[int, int]) -> None:
    state = shown({("tempo", "g.s"): (0, *signature)})
    assert [(one.numerator, one.denominator) for one in state.tempo_map.signatures] == [(4, 4)]
    assert "cannot be read (s)" in state.conflicts[0].sentence


@pytest.mark.parametrize("rate", [0, 1, -48_000, 7_999, 192_001, _FAR])
def test_a_project_rate_that_no_project_can_have_is_refused_and_listed(rate: int) -> None:
    state = shown({("meta", "project.rate"): rate})
    assert state.meta.sample_rate == 48_000
    assert "cannot be read (rate)" in state.conflicts[0].sentence


@pytest.mark.parametrize("loop", [(960, 960), (960, 0), (_FAR, _FAR), (-5, -1)])
def test_a_loop_without_length_is_refused_and_listed(loop: tuple[int, int]) -> None:
    state = shown({("meta", "project.loop"): loop})
    assert state.meta.loop_start_tick < state.meta.loop_end_tick
    assert "cannot be read (loop)" in state.conflicts[0].sentence
