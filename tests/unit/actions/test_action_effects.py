"""Actions on a real project: what a second press does, and what goes when something is deleted."""

from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.project.edits.clips import add_midi_clip
from maxbooster_desktop.project.edits.markers import add_marker
from maxbooster_desktop.project.edits.tracks import add_track


def test_duplicating_twice_makes_a_chain(studio, until):
    (track,) = studio.project.do(add_track, "midi").created
    (clip,) = studio.project.do(add_midi_clip, track, 0, 960, "One").created
    studio.selection.set_clips([clip])
    for count in (2, 3):
        before = studio.selection.clips
        REGISTRY["clip.duplicate"].run(studio)
        until(lambda: studio.selection.clips != before)  # noqa: B023 - asked and answered within the turn
        assert len(studio.state.clips) == count
    assert sorted(each.start_tick for each in studio.state.clips.values()) == [0, 960, 1920]


def test_the_marker_nearest_to_the_playhead_is_deleted(studio, until):
    for tick in (0, 9600):
        studio.project.do(add_marker, tick, f"At {tick}")
    REGISTRY["marker.delete"].run(studio)
    until(lambda: len(studio.state.markers) == 1)
    assert [marker.tick for marker in studio.state.markers] == [9600]
