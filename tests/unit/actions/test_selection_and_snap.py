"""The selection tells once per change and forgets what is gone; the grid lands where musicians expect."""

import pytest

from maxbooster_desktop.actions.selection import Selection
from maxbooster_desktop.actions.snap import Snap
from maxbooster_desktop.project.document.state import MASTER, Meta, ProjectState, Track
from maxbooster_desktop.project.document.tempo_map import SignatureEvent, TempoMap


def test_selection_tells_only_of_real_changes():
    selection, heard = Selection(), []
    stop = selection.subscribe(lambda: heard.append(selection.clips))
    selection.set_clips(["a", "b", "a"])
    selection.set_clips(["a", "b"])
    selection.toggle_clip("a")
    stop()
    selection.clear()
    assert heard == [("a", "b"), ("b",)]


def test_time_range_is_ordered_and_never_empty():
    selection = Selection()
    selection.set_time_range(960, -5)
    assert selection.time_range == (0, 960)
    selection.set_time_range(480, 480)
    assert selection.time_range is None


def test_prune_drops_what_the_project_lost():
    selection = Selection()
    selection.set_tracks([MASTER, "gone"])
    selection.set_clips(["gone"])
    master = Track(id=MASTER, kind="master", name="Master", order="a")
    selection.prune(ProjectState(Meta("p", "Song", 48_000), TempoMap(), {MASTER: master}))
    assert (selection.tracks, selection.clips) == ((MASTER,), ())


@pytest.mark.parametrize(
    ("division", "tick", "expected"),
    [("1/4", 500, 960), ("1/4", 479, 0), ("1/16", 130, 240), ("1/8T", 300, 320), ("Bar", 2000, 3840), ("1/64", 31, 60)],
)
def test_snapping_in_four_four(division, tick, expected):
    snap = Snap()
    snap.choose(division)
    assert snap.snap_tick(tick, TempoMap()) == expected


def test_grid_restarts_at_every_bar_of_an_odd_signature():
    seven_eight = TempoMap(signatures=(SignatureEvent(0, 7, 8),))
    snap = Snap()
    snap.choose("1/2")
    bar = 7 * 480
    assert snap.snap_tick(bar - 100, seven_eight) == bar
    assert snap.snap_tick(bar + 1800, seven_eight) == bar + 1920


def test_off_leaves_ticks_alone_and_choosing_switches_on():
    snap = Snap()
    snap.set_on(False)
    assert snap.snap_tick(501, TempoMap()) == 501
    snap.choose("1/8")
    assert snap.is_on
    with pytest.raises(ValueError, match="no grid"):
        snap.choose("1/5")


def test_adaptive_grid_follows_the_zoom():
    snap = Snap()
    snap.set_adaptive_ticks(0)
    assert snap.grid_ticks(TempoMap(), 0) == 3840
    snap.set_adaptive_ticks(120)
    assert snap.snap_tick(170, TempoMap()) == 120
