"""Actions on a real project: what a second press does, and what goes when something is deleted."""

import time

import pytest

from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.edits.clips import add_midi_clip
from maxbooster_desktop.project.edits.markers import add_marker
from maxbooster_desktop.project.edits.tracks import add_track
from maxbooster_desktop.project.store.opening import create_project
from tests.factories.still_engine import StillEngine


@pytest.fixture
def studio(tmp_path):
    project = create_project(tmp_path / "song")
    made = Studio(StillEngine())
    made.attach(project, None)
    yield made
    made.detach()
    project.close()


def until(condition):
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_duplicating_twice_makes_a_chain(studio):
    (track,) = studio.project.do(add_track, "midi").created
    (clip,) = studio.project.do(add_midi_clip, track, 0, 960, "One").created
    studio.selection.set_clips([clip])
    for count in (2, 3):
        before = studio.selection.clips
        REGISTRY["clip.duplicate"].run(studio)
        until(lambda: studio.selection.clips != before)  # noqa: B023 - asked and answered within the turn
        assert len(studio.state.clips) == count
    assert sorted(each.start_tick for each in studio.state.clips.values()) == [0, 960, 1920]


def test_the_marker_nearest_to_the_playhead_is_deleted(studio):
    for tick in (0, 9600):
        studio.project.do(add_marker, tick, f"At {tick}")
    REGISTRY["marker.delete"].run(studio)
    until(lambda: len(studio.state.markers) == 1)
    assert [marker.tick for marker in studio.state.markers] == [9600]
