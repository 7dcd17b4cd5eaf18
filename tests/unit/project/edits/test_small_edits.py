"""Markers, tempo, signatures, the project as a whole, automation, assets."""

import math
from dataclasses import replace

import pytest

from maxbooster_desktop.project.document.state import Point
from maxbooster_desktop.project.document.tempo_map import SignatureEvent, TempoEvent
from maxbooster_desktop.project.edits import assets, automation, markers, meta, tempo
from maxbooster_desktop.project.edits.errors import (
    FirstEventNeeded,
    LaneExists,
    LaneNotFound,
    MarkerNotFound,
    SignatureNotFound,
    TempoNotFound,
    TrackNotFound,
    UnknownParameter,
    ValueNotAllowed,
)
from tests.unit.project.edits.songs import BAR, assert_refused, asset, new_project, only, small_song


def tempos(project):
    return [(event.tick, event.bpm, event.is_ramp) for event in project.state.tempo_map.tempos]


def signatures(project):
    return [(event.tick, event.numerator, event.denominator) for event in project.state.tempo_map.signatures]


def test_a_tempo_replaces_the_one_at_its_tick():
    project = new_project()
    tempo.set_tempo(project, 0, 100.0, is_ramp=True)
    tempo.set_tempo(project, BAR, 140)
    assert tempo.set_tempo(project, BAR, 150.5).name == "Set tempo to 150.5 bpm"
    assert tempos(project) == [(0, 100.0, True), (BAR, 150.5, False)]
    tempo.delete_tempo(project, BAR)
    assert tempos(project) == [(0, 100.0, True)]


def test_a_document_without_a_first_tempo_keeps_the_default_before_a_later_one():
    """An earliest event counts from the start: the default 120 must become an event of its own."""
    project = new_project()
    with project.edit("Damage") as edit:
        edit.delete(project.state.tempo_map.tempos[0].id)
        edit.delete(project.state.tempo_map.signatures[0].id)
    assert project.state.tempo_map.tempos == (TempoEvent(0, 120.0),)
    tempo.set_tempo(project, 2 * BAR, 90.0)
    tempo.set_signature(project, 2 * BAR, 3, 4)
    assert tempos(project) == [(0, 120.0, False), (2 * BAR, 90.0, False)]
    assert signatures(project) == [(0, 4, 4), (2 * BAR, 3, 4)]
    tempo.set_tempo(project, 0, 100.0)
    assert tempos(project) == [(0, 100.0, False), (2 * BAR, 90.0, False)]


def test_an_event_before_the_first_one_does_not_pull_it_to_the_start():
    """Only a later event is left: it counts from tick 0, and stays there when another follows it."""
    project = new_project()
    tempo.set_tempo(project, 2 * BAR, 90.0)
    with project.edit("Damage") as edit:
        edit.delete(project.state.tempo_map.tempos[0].id)
    tempo.set_tempo(project, BAR, 140.0)
    assert tempos(project) == [(0, 90.0, False), (BAR, 140.0, False)]


def test_a_signature_begins_with_its_bar():
    project = new_project()
    tempo.set_signature(project, 2 * BAR + 1000, 7, 8)
    assert project.state.tempo_map.signatures[1] == SignatureEvent(
        2 * BAR, 7, 8, project.state.tempo_map.signatures[1].id
    )
    tempo.set_signature(project, 2 * BAR + 7 * 480 + 10, 3, 4)
    assert signatures(project) == [(0, 4, 4), (2 * BAR, 7, 8), (2 * BAR + 7 * 480, 3, 4)]
    tempo.delete_signature(project, 2 * BAR)
    assert signatures(project) == [(0, 4, 4), (2 * BAR + 7 * 480, 3, 4)]


def test_loop_name_and_key():
    project = new_project()
    assert meta.set_loop(project, BAR, 2 * BAR, True).name == "Switch loop on"
    assert meta.set_loop(project, 0, 2 * BAR, True).name == "Move loop"
    assert meta.rename_project(project, "  Night drive ").name == "Rename project to Night drive"
    meta.set_key(project, "F# minor")
    found = project.state.meta
    assert (found.loop_start_tick, found.loop_end_tick, found.loop_enabled) == (0, 2 * BAR, True)
    assert (found.name, found.key) == ("Night drive", "F# minor")
    meta.set_key(project, " ")
    assert project.state.meta.key == ""


def test_markers_stand_in_order_of_time():
    project = new_project()
    late = only(markers.add_marker(project, 4 * BAR, "Hook").created)
    markers.add_marker(project, 2 * BAR, "Verse", 5)
    markers.move_marker(project, late, BAR)
    assert [(marker.tick, marker.name, marker.colour) for marker in project.state.markers] == [
        (BAR, "Hook", 0),
        (2 * BAR, "Verse", 5),
    ]


def test_points_replace_those_at_their_tick_and_keep_their_ids():
    song = small_song()
    before = song.state.lanes[song.lane].points
    automation.set_points(song.project, song.lane, [(BAR, -20.0, 0.0), (BAR, -12.0, -0.5), (BAR + 1, 3.0, None)])
    points = song.state.lanes[song.lane].points
    assert [(point.tick, point.value, point.curve) for point in points] == [
        (0, -6.0, 0.0),
        (BAR, -12.0, -0.5),
        (BAR + 1, 3.0, None),
        (2 * BAR, -3.0, 0.5),
    ]
    assert points[1].id == before[1].id


def test_two_points_on_one_tick_become_the_one_that_is_drawn():
    song = small_song()
    lane = song.state.lanes[song.lane]
    twin = Point("zzzzzzzz", BAR, 6.0)
    with song.project.edit("Merge") as edit:
        edit.set(replace(lane, points=(*lane.points, twin)))
    automation.set_points(song.project, song.lane, [(BAR, -1.0, 0.0)])
    assert [point.value for point in song.state.lanes[song.lane].points] == [-6.0, -1.0, -3.0]


def test_lanes_of_every_parameter_a_track_has():
    song = small_song()
    names = (
        "pan",
        "is_muted",
        "strip.band1_gain_db",
        f"send.{song.send}.gain_db",
        f"insert.{song.insert}.ceiling_dbtp",
    )
    for name in names:
        automation.add_lane(song.project, song.vox, name)
    found = {lane.parameter for lane in song.state.lanes.values() if lane.track == song.vox}
    assert found == {*names, "gain_db"}


def test_a_second_lane_names_the_first():
    song = small_song()
    with pytest.raises(LaneExists, match="Vox already has automation for gain_db") as caught:
        automation.add_lane(song.project, song.vox, "gain_db")
    assert caught.value.lane == song.lane


@pytest.mark.parametrize(
    "parameter",
    ["gain", "", "strip.", "strip.a.b", "send.nowhere.gain_db", "insert.nowhere.drive_db", "insert..x", "strip.Größe"],
)
def test_unknown_parameters_are_refused(parameter):
    song = small_song()
    with pytest.raises(UnknownParameter, match="Drums has no parameter"):
        automation.add_lane(song.project, song.drums, parameter)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("gain_db", 24.5), ("gain_db", -145.0), ("pan", -1.1), ("is_muted", 2.0), ("pan", math.nan)],
)
def test_automation_stays_in_the_parameters_range(parameter, value):
    song = small_song()
    lane = only(automation.add_lane(song.project, song.drums, parameter).created)
    with pytest.raises(ValueNotAllowed):
        automation.set_points(song.project, lane, [(0, 0.0, 0.0), (BAR, value, 0.0)])
    assert song.state.lanes[lane].points == ()


def test_registering_known_audio_changes_nothing():
    song = small_song()
    assert assets.register_asset(song.project, asset()).step == 0
    assert set(song.state.assets) == {asset().id}


REFUSED = {
    "tempo low": (lambda s: tempo.set_tempo(s.project, 0, 9.9), ValueNotAllowed),
    "tempo high": (lambda s: tempo.set_tempo(s.project, 0, 1000.1), ValueNotAllowed),
    "tempo nan": (lambda s: tempo.set_tempo(s.project, 0, math.nan), ValueNotAllowed),
    "tempo tick": (lambda s: tempo.set_tempo(s.project, -1, 100.0), ValueNotAllowed),
    "first tempo": (lambda s: tempo.delete_tempo(s.project, 0), FirstEventNeeded),
    "no tempo": (lambda s: tempo.delete_tempo(s.project, 7), TempoNotFound),
    "first signature": (lambda s: tempo.delete_signature(s.project, 0), FirstEventNeeded),
    "no signature": (lambda s: tempo.delete_signature(s.project, 7), SignatureNotFound),
    "numerator": (lambda s: tempo.set_signature(s.project, 0, 65, 4), ValueNotAllowed),
    "denominator": (lambda s: tempo.set_signature(s.project, 0, 4, 3), ValueNotAllowed),
    "loop backwards": (lambda s: meta.set_loop(s.project, BAR, BAR, True), ValueNotAllowed),
    "loop start": (lambda s: meta.set_loop(s.project, -1, BAR, True), ValueNotAllowed),
    "project name": (lambda s: meta.rename_project(s.project, "x" * 256), ValueNotAllowed),
    "key": (lambda s: meta.set_key(s.project, "A\tminor"), ValueNotAllowed),
    "marker tick": (lambda s: markers.add_marker(s.project, -1, "x"), ValueNotAllowed),
    "marker name": (lambda s: markers.rename_marker(s.project, s.marker, " "), ValueNotAllowed),
    "no marker": (lambda s: markers.delete_marker(s.project, "nowhere"), MarkerNotFound),
    "lane of unknown": (lambda s: automation.add_lane(s.project, "nowhere", "pan"), TrackNotFound),
    "no lane": (lambda s: automation.set_points(s.project, "nowhere", []), LaneNotFound),
    "curve": (lambda s: automation.set_points(s.project, s.lane, [(0, 0.0, 1.5)]), ValueNotAllowed),
    "point tick": (lambda s: automation.set_points(s.project, s.lane, [(-1, 0.0, 0.0)]), ValueNotAllowed),
    "asset rate": (lambda s: assets.register_asset(s.project, asset("bad", 0)), ValueNotAllowed),
    "asset length": (lambda s: assets.register_asset(s.project, asset("bad", frames=-1)), ValueNotAllowed),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_refused_small_edits_leave_the_document_untouched(case):
    assert_refused(*REFUSED[case])


def test_automation_names_what_it_draws():
    song = small_song()
    change = automation.set_points(song.project, song.lane, [(0, 0.0, 0.0)])
    assert change.name == "Draw volume automation of Vox"


def test_the_sample_rate_is_chosen_once_and_stays_once_there_is_audio():
    project = new_project()
    assert project.state.meta.is_rate_open
    assert meta.set_sample_rate(project, 96_000).name == "Set sample rate to 96 kHz"
    assert (project.state.meta.sample_rate, project.state.meta.is_rate_open) == (96_000, False)
    assets.register_asset(project, asset())
    with pytest.raises(ValueNotAllowed, match="start a new project"):
        meta.set_sample_rate(project, 44_100)
