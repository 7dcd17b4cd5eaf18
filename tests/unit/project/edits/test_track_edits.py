"""Tracks: names, colours, places, groups, and what deleting takes along."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maxbooster_desktop.project.document.state import MASTER
from maxbooster_desktop.project.edits import automation, channel, tracks
from maxbooster_desktop.project.edits.errors import (
    GroupInsideItself,
    MasterProtected,
    NotAGroup,
    NotSiblings,
    RoutingCycle,
    TrackNotFound,
    ValueNotAllowed,
)
from tests.unit.project.edits.songs import add_track, assert_refused, comparable, new_project, only, small_song


def names(project):
    return [project.state.tracks[track].name for track in project.state.track_order]


def test_new_tracks_are_numbered_by_kind():
    project = new_project()
    for kind in ("audio", "audio", "midi", "instrument", "group", "bus", "audio"):
        add_track(project, kind)
    assert names(project) == ["Audio 1", "Audio 2", "MIDI 1", "Instrument 1", "Group 1", "Bus 1", "Audio 3"]


def test_a_number_in_use_is_not_given_again():
    project = new_project()
    add_track(project, "audio", "Audio 7")
    add_track(project, "audio")
    assert names(project) == ["Audio 7", "Audio 8"]


def test_colours_go_through_the_palette_and_fill_gaps():
    project = new_project()
    ids = [add_track(project, "audio") for _ in range(13)]
    assert [project.state.tracks[track].colour for track in ids] == [*range(12), 0]
    tracks.delete_tracks(project, [ids[5]])
    newest = add_track(project, "audio")
    assert project.state.tracks[newest].colour == 5


def test_new_tracks_go_below_their_neighbour_and_into_its_group():
    song = small_song()
    add_track(song.project, "audio", "Room", after=song.drums)
    sub = add_track(song.project, "audio", "Sub", after=song.bass)
    assert names(song.project) == ["Drums", "Room", "Vox", "Band", "Bass", "Sub", "Keys", "Verb"]
    assert song.state.tracks[sub].parent == song.band


def test_many_tracks_at_one_place_keep_their_order_and_short_keys():
    """Each goes directly below the first, so the last added stands on top."""
    project = new_project()
    first = add_track(project, "audio", "First")
    added = [add_track(project, "audio", f"T{number}", after=first) for number in range(300)]
    assert list(project.state.track_order) == [first, *reversed(added)]
    assert max(len(track.order) for track in project.state.tracks.values()) <= 40


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sets(st.integers(0, 7), min_size=1), st.integers(-1, 7)), min_size=1, max_size=6))
def test_moving_reorders_as_a_list_does(moves):
    """The model: take the tracks out, put them below the neighbour in the order they had."""
    project = new_project()
    model = [add_track(project, "audio") for _ in range(8)]
    for which, below in moves:
        moving = [track for index, track in enumerate(model) if index in which]
        neighbour = None if below < 0 else model[below]
        tracks.move_tracks(project, moving, None, neighbour)
        top = model[: below + 1]
        bottom = model[below + 1 :]
        model = [*(t for t in top if t not in moving), *moving, *(t for t in bottom if t not in moving)]
        assert list(project.state.track_order) == model


def test_moving_writes_only_the_tracks_that_move():
    project = new_project()
    ids = [add_track(project, "audio") for _ in range(20)]
    change = tracks.move_tracks(project, ids[3:6], None, ids[15])
    assert change.changed == set(ids[3:6])


def test_equal_order_keys_are_parted_when_a_track_goes_between():
    """Two people who inserted at one place: the list is keyed anew instead of sorting the newcomer elsewhere."""
    song = small_song()
    project = song.project
    with project.edit("Collide") as edit:
        for track in (song.drums, song.vox):
            edit.set(replace(project.state.tracks[track], order="V"))
    upper, lower = project.state.track_order[:2]
    between = add_track(project, "audio", after=upper)
    assert project.state.track_order[:3] == (upper, between, lower)


def test_moving_into_a_group_takes_nested_tracks_along():
    song = small_song()
    outer = add_track(song.project, "group", "All")
    tracks.move_tracks(song.project, [song.bass, song.band, song.drums], outer, None)
    assert names(song.project) == ["Vox", "Verb", "All", "Drums", "Band", "Bass", "Keys"]
    assert song.state.tracks[song.bass].parent == song.band
    assert song.state.tracks[song.band].parent == outer


def test_grouping_takes_the_place_of_the_topmost():
    song = small_song()
    change = tracks.group_tracks(song.project, [song.verb, song.vox, song.bass])
    assert names(song.project) == ["Drums", "Group 1", "Vox", "Bass", "Verb", "Band", "Keys"]
    assert song.state.tracks[only(change.created)].kind == "group"
    assert change.name == "Group 3 tracks"


def test_grouping_that_closes_a_loop_is_refused():
    """Verb inside Band would play into Band; Band sends to Verb."""
    song = small_song()
    channel.add_send(song.project, song.band, song.verb)
    before = comparable(song.state)
    with pytest.raises(RoutingCycle, match="feed Verb back into itself"):
        tracks.move_tracks(song.project, [song.verb], song.band, None)
    assert comparable(song.state) == before


def test_deleting_a_track_takes_its_clips_automation_and_sends():
    song = small_song()
    automation.add_lane(song.project, song.vox, f"send.{song.send}.gain_db")
    channel.route_track(song.project, song.drums, song.verb)
    change = tracks.delete_tracks(song.project, [song.verb])
    vox = song.state.tracks[song.vox]
    assert vox.sends == ()
    assert [lane.parameter for lane in song.state.lanes.values()] == ["gain_db"]
    assert song.state.tracks[song.drums].output is None
    assert change.name == "Delete Verb"
    tracks.delete_tracks(song.project, [song.vox, song.drums])
    assert set(song.state.clips) == {song.riff}
    assert song.state.lanes == {}
    assert song.state.conflicts == ()


def test_deleting_a_group_takes_its_children():
    song = small_song()
    tracks.delete_tracks(song.project, [song.band])
    assert names(song.project) == ["Drums", "Vox", "Verb"]
    assert song.riff not in song.state.clips


def test_children_that_are_kept_play_on_where_the_group_played():
    song = small_song()
    inner = add_track(song.project, "group", "Low", parent=song.band)
    tracks.move_tracks(song.project, [song.bass], inner, None)
    channel.route_track(song.project, song.band, song.verb)
    tracks.delete_tracks(song.project, [song.band, inner], keep_children=True)
    assert names(song.project) == ["Drums", "Vox", "Keys", "Bass", "Verb"]
    for child in (song.bass, song.keys):
        assert song.state.tracks[child].parent is None
        assert song.state.tracks[child].output == song.verb
    assert song.riff in song.state.clips


def test_default_output_that_would_feed_back_becomes_the_master():
    """Keys lies in Band, which sends to it; without the bus it used, its default output would be Band."""
    song = small_song()
    out = add_track(song.project, "bus", "Out")
    channel.route_track(song.project, song.keys, out)
    channel.add_send(song.project, song.band, song.keys)
    tracks.delete_tracks(song.project, [out])
    assert song.state.tracks[song.keys].output == MASTER
    assert song.state.conflicts == ()


def test_step_names_are_readable():
    song = small_song()
    assert tracks.rename_track(song.project, song.drums, " Kit ").name == "Rename Drums to Kit"
    assert tracks.move_tracks(song.project, [song.drums], None, song.vox).name == "Move Kit"
    assert tracks.delete_tracks(song.project, [song.drums, song.vox]).name == "Delete 2 tracks"


REFUSED = {
    "kind": (lambda s: tracks.add_track(s.project, "video"), ValueNotAllowed),
    "second master": (lambda s: tracks.add_track(s.project, "master"), MasterProtected),
    "empty name": (lambda s: tracks.add_track(s.project, "audio", "  "), ValueNotAllowed),
    "two lines": (lambda s: tracks.rename_track(s.project, s.drums, "a\nb"), ValueNotAllowed),
    "parent": (lambda s: tracks.add_track(s.project, "audio", parent=s.drums), NotAGroup),
    "parent gone": (lambda s: tracks.add_track(s.project, "audio", parent="nowhere"), TrackNotFound),
    "neighbour elsewhere": (lambda s: tracks.add_track(s.project, "audio", parent=s.band, after=s.drums), NotSiblings),
    "colour": (lambda s: tracks.recolour_track(s.project, s.drums, 12), ValueNotAllowed),
    "colour is no number": (lambda s: tracks.recolour_track(s.project, s.drums, 1.5), ValueNotAllowed),
    "height": (lambda s: tracks.set_track_height(s.project, s.drums, 5), ValueNotAllowed),
    "delete master": (lambda s: tracks.delete_tracks(s.project, [s.drums, MASTER]), MasterProtected),
    "delete unknown": (lambda s: tracks.delete_tracks(s.project, [s.drums, "nowhere"]), TrackNotFound),
    "move master": (lambda s: tracks.move_tracks(s.project, [MASTER], None, None), MasterProtected),
    "into itself": (lambda s: tracks.move_tracks(s.project, [s.band], s.band, None), GroupInsideItself),
    "into a track": (lambda s: tracks.move_tracks(s.project, [s.band], s.drums, None), NotAGroup),
    "group of nothing": (lambda s: tracks.group_tracks(s.project, []), ValueNotAllowed),
    "group the master": (lambda s: tracks.group_tracks(s.project, [MASTER]), MasterProtected),
    "rename unknown": (lambda s: tracks.rename_track(s.project, "nowhere", "x"), TrackNotFound),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_refused_track_edits_leave_the_document_untouched(case):
    assert_refused(*REFUSED[case])


def test_a_group_cannot_go_into_its_own_child():
    song = small_song()
    inner = add_track(song.project, "group", "Low", parent=song.band)
    with pytest.raises(GroupInsideItself, match="Band"):
        tracks.move_tracks(song.project, [song.drums, song.band], inner, None)


def test_a_copy_of_a_track_has_everything_of_its_own_and_goes_where_the_original_goes():
    song = small_song()
    state = song.state
    change = tracks.duplicate_tracks(song.project, [song.vox])
    copy = song.state.track_order[song.state.track_order.index(song.vox) + 1]
    original, made = song.state.tracks[song.vox], song.state.tracks[copy]
    assert (made.name, made.parent, made.colour) == ("Vox copy", original.parent, original.colour)
    assert [send.target for send in made.sends] == [song.verb]
    assert {made.sends[0].id, made.inserts[0].id, copy} <= change.created | {made.sends[0].id, made.inserts[0].id}
    assert made.sends[0].id != original.sends[0].id
    [lane] = [lane for lane in song.state.lanes.values() if lane.track == copy]
    assert [point.value for point in lane.points] == [point.value for point in state.lanes[song.lane].points]
    assert len(song.state.clips_by_track[copy]) == len(state.clips_by_track[song.vox])
    names = [song.state.takes[take].name for take in song.state.takes_by_track[copy]]
    assert names == [state.takes[take].name for take in song.takes]
    [part], [before] = song.state.comps[copy], state.comps[song.vox]
    assert song.state.takes[part.take].name == state.takes[before.take].name
    assert (part.start_tick, part.end_tick) == (before.start_tick, before.end_tick)
    assert dict(song.state.comps)[song.vox] == (before,)


def test_a_copied_group_holds_copies_that_go_through_it():
    song = small_song()
    channel.add_insert(song.project, song.bass, "delays.sample_delay")
    insert = song.state.tracks[song.bass].inserts[0].id
    automation.add_lane(song.project, song.bass, f"insert.{insert}.samples")
    tracks.duplicate_tracks(song.project, [song.band, song.bass])
    copies = {track.name: track for track in song.state.tracks.values() if track.name.endswith(" copy")}
    assert set(copies) == {"Band copy", "Bass copy", "Keys copy"}
    assert copies["Bass copy"].parent == copies["Keys copy"].parent == copies["Band copy"].id
    assert copies["Keys copy"].lock is None
    [lane] = [lane for lane in song.state.lanes.values() if lane.track == copies["Bass copy"].id]
    assert lane.parameter == f"insert.{copies['Bass copy'].inserts[0].id}.samples"
    riffs = [clip for clip in song.state.clips.values() if clip.track == copies["Keys copy"].id]
    assert [len(song.state.notes[clip.id]) for clip in riffs] == [4]
