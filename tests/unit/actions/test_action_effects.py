"""Actions on a real project: what a second press does, and what goes when something is deleted."""

from maxbooster_desktop.actions import attention
from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.project.document.state import Asset
from maxbooster_desktop.project.edits.assets import register_asset
from maxbooster_desktop.project.edits.channel import add_insert
from maxbooster_desktop.project.edits.clips import add_midi_clip
from maxbooster_desktop.project.edits.markers import add_marker
from maxbooster_desktop.project.edits.takes import NewTake, add_pass
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


def two_takes(studio):
    """Record two takes on a track and select it; return (track, the takes)."""
    (track,) = studio.project.do(add_track, "audio").created
    studio.project.do(register_asset, Asset("a", "a", 48_000, 1, 96_000, "PCM_24", "0" * 64, "wav"))
    made = [NewTake(track, "a", 0, 0, 96_000, number, f"Take {number}", number) for number in (1, 2)]
    ids = [next(iter(studio.project.do(add_pass, [take]).created)) for take in made]
    studio.selection.set_tracks([track])
    return track, ids


def test_the_next_take_is_heard_where_the_playhead_stands(studio, until):
    track, ids = two_takes(studio)
    steps = len(studio.project.history())
    for wanted in (ids[0], ids[1]):
        REGISTRY["take.next"].run(studio)
        until(lambda: studio.state.comps[track][0].take == wanted)  # noqa: B023 - asked and answered within the turn
    REGISTRY["take.previous"].run(studio)
    until(lambda: studio.state.comps[track][0].take == ids[0])
    assert len(studio.project.history()) == steps + 3
    assert studio.project.history()[-1].name == "Previous take"


def test_selected_time_is_what_the_next_take_takes_over(studio, until):
    track, ids = two_takes(studio)
    studio.selection.set_time_range(960, 1920)
    REGISTRY["take.next"].run(studio)
    until(lambda: len(studio.state.comps[track]) == 3)
    assert [(part.start_tick, part.take) for part in studio.state.comps[track]] == [
        (0, ids[1]), (960, ids[0]), (1920, ids[1]),
    ]  # fmt: skip


def test_the_take_that_is_heard_is_deleted_and_the_other_heard(studio, until):
    track, ids = two_takes(studio)
    REGISTRY["take.delete"].run(studio)
    until(lambda: set(studio.state.takes) == {ids[0]})
    assert studio.state.comps[track][0].take == ids[0]


def test_a_comp_is_flattened_and_then_there_is_none(studio, until):
    two_takes(studio)
    assert not REGISTRY["take.flatten"].why_not(studio)
    REGISTRY["take.flatten"].run(studio)
    until(lambda: len(studio.state.clips) == 1)
    assert REGISTRY["take.flatten"].why_not(studio) == "No take is heard on a selected track."
    assert not REGISTRY["take.next"].why_not(studio)


def test_beside_all_takes_a_sentence_says_so(studio):
    two_takes(studio)
    said = []
    studio.notices.subscribe(said.append)
    studio.engine.seek(960_000)
    REGISTRY["take.next"].run(studio)
    REGISTRY["take.delete"].run(studio)
    assert said == ["No take of a selected track sounds there; select time in one, or move the playhead into it."] * 2


def test_a_device_that_this_program_does_not_have_needs_attention(studio):
    (track,) = studio.project.do(add_track, "audio", "Lead").created
    studio.project.do(add_insert, track, "delays.echo")
    assert attention.matters(studio) == ()
    studio.project.do(add_insert, track, "vendor.warm_shimmer")
    [matter] = attention.matters(studio)
    assert matter.sentence.startswith(
        "“Lead” uses warm shimmer, which this program does not have, and sounds without it"
    )
    assert matter.entity == track
