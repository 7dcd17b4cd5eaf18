"""The merge rules of docs/document.md: two peers, both orders, and a late joiner see the stated result."""

from dataclasses import replace

import numpy as np
import pytest

from maxbooster_desktop.project.document.ids import seeded_ids
from maxbooster_desktop.project.document.new_document import new_document
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.projection import project
from maxbooster_desktop.project.document.state import NOTE, Clip, Insert, Lane, Point, SampleZone, Send, Track
from maxbooster_desktop.project.document.state_codec import state_hash
from maxbooster_desktop.project.document.tempo_map import TempoEvent
from sync.document.register_document import RegisterDocument


@pytest.fixture
def peers():
    """Two peers with the same project: tracks t1 and t2, groups g1 and g2, buses b1 and b2, a four-beat clip c1."""
    first = ProjectDocument(new_document("Merge", 48_000), origin="ann", ids=seeded_ids(1), clock=lambda: 1.0)
    with first.edit("Set up") as edit:
        for track, kind in (
            ("t1", "audio"),
            ("t2", "audio"),
            ("g1", "group"),
            ("g2", "group"),
            ("b1", "bus"),
            ("b2", "bus"),
        ):
            edit.create(Track(track, kind, track.upper(), "V"))
        edit.create(Clip("c1", "t1", 0, "Loop", asset="a", length_frames=4000))
        edit.create(Clip("m1", "t2", 0, "Line", "midi", length_ticks=4000))
    copy = RegisterDocument()
    copy.load(first.registers.encode())
    return first, ProjectDocument(copy, origin="bob", ids=seeded_ids(2), clock=lambda: 2.0)


def change(peer, entity):
    with peer.edit("Change") as edit:
        edit.set(entity)


def merged(one, other):
    """Merge both ways in different orders; return the state that all of them, and a late joiner, agree on."""
    ours, theirs = one.registers.encode(), other.registers.encode()
    one.merge(theirs)
    other.merge(ours)
    late = RegisterDocument()
    late.apply(theirs, "net")
    late.apply(ours, "net")
    assert state_hash(one.state) == state_hash(other.state) == state_hash(project(late))
    return one.state


def split(peer, at, new_id, clip_id="c1"):
    clip = peer.state.clips[clip_id]
    if clip.kind == "audio":
        fields = {"source_offset": clip.source_offset + at, "length_frames": clip.length_frames - at}
        left = replace(clip, length_frames=at)
    else:
        fields = {"length_ticks": clip.length_ticks - at}
        left = replace(clip, length_ticks=at)
    with peer.edit("Split") as edit:
        edit.create(replace(clip, id=new_id, parent=clip.id, start_tick=clip.start_tick + at, **fields))
        edit.set(left)


def pieces(state):
    clips = [clip for clip in state.clips.values() if clip.kind == "audio"]
    return sorted((clip.source_offset, clip.source_offset + clip.length_frames) for clip in clips)


def test_two_moves_give_one_whole_place(peers):
    one, other = peers
    change(one, replace(one.state.clips["c1"], track="t2", start_tick=32, lane=1))
    change(other, replace(other.state.clips["c1"], track="b1", start_tick=64, lane=2))
    clip = merged(one, other).clips["c1"]
    assert (clip.track, clip.start_tick, clip.lane) in {("t2", 32, 1), ("b1", 64, 2)}


def test_a_move_a_trim_and_a_rename_all_stand(peers):
    one, other = peers
    change(one, replace(one.state.clips["c1"], start_tick=32, gain_db=-2.0))
    change(other, replace(other.state.clips["c1"], length_frames=5, name="New"))
    clip = merged(one, other).clips["c1"]
    assert (clip.start_tick, clip.gain_db, clip.length_frames, clip.name) == (32, -2.0, 5, "New")


def test_a_clip_added_to_a_deleted_track_is_recovered(peers):
    one, other = peers
    with one.edit("Delete") as edit:
        edit.delete("t1")
    with other.edit("Add") as edit:
        edit.create(Clip("c9", "t1", 960, "New take", asset="a", length_frames=10))
    state = merged(one, other)
    assert state.clips_by_track["recovered"] == ("c9",)
    assert state.track_order[-1] == "recovered"
    assert [conflict.entity for conflict in state.conflicts] == ["c9"]
    change(other, replace(other.state.clips["c9"], track="t2"))
    assert "recovered" not in other.state.tracks
    other.undo()
    one.undo()
    assert one.state.clips["c9"].track == "t1"


def test_a_folder_cycle_is_cut_at_the_highest_id(peers):
    one, other = peers
    change(one, replace(one.state.tracks["g1"], parent="g2"))
    change(other, replace(other.state.tracks["g2"], parent="g1"))
    state = merged(one, other)
    assert (state.tracks["g1"].parent, state.tracks["g2"].parent) == ("g2", None)
    assert [conflict.entity for conflict in state.conflicts] == ["g2"]


def test_send_and_output_cycles_are_cut_at_the_highest_id(peers):
    one, other = peers
    change(one, replace(one.state.tracks["b1"], sends=(Send("s1", "b2"),)))
    change(other, replace(other.state.tracks["b2"], sends=(Send("s2", "b1"),)))
    state = merged(one, other)
    assert ([send.id for send in state.tracks["b1"].sends], state.tracks["b2"].sends) == (["s1"], ())
    change(one, replace(one.state.tracks["g1"], output="b1"))
    change(other, replace(other.state.tracks["b1"], output="g1"))
    state = merged(one, other)
    assert (state.tracks["b1"].output, state.tracks["g1"].output) == ("g1", None)
    assert state.conflicts[0].entity == "b2"


def test_a_send_of_the_master_cannot_feed_it(peers):
    one, other = peers
    change(one, replace(one.state.tracks["master"], sends=(Send("s1", "b1"),)))
    assert merged(one, other).tracks["master"].sends == ()


@pytest.mark.parametrize("places", [(1000, 3000), (3000, 1000)])
def test_two_splits_give_every_piece_once(peers, places):
    one, other = peers
    split(one, places[0], "d1")
    split(other, places[1], "e1")
    assert pieces(merged(one, other)) == [(0, 1000), (1000, 3000), (3000, 4000)]
    # Moving the last piece away leaves the others as they were shown.
    tail = next(clip for clip in one.state.clips.values() if clip.source_offset == 3000)
    change(one, replace(tail, start_tick=99_999))
    assert {("clips", "d1.t"), ("clips", "e1.t"), ("clips", "c1.t")} & set(list(one._journal.records())[-1].after)
    assert pieces(merged(one, other)) == [(0, 1000), (1000, 3000), (3000, 4000)]


def test_two_splits_at_one_place_give_one_right_half(peers):
    one, other = peers
    split(one, 1000, "d1")
    split(other, 1000, "e1")
    assert pieces(merged(one, other)) == [(0, 1000), (1000, 4000)]
    with one.edit("Delete") as edit:
        edit.delete("d1")
    assert pieces(merged(one, other)) == [(0, 1000)]


def test_two_splits_of_a_midi_clip_give_every_piece_once(peers):
    one, other = peers
    split(one, 1000, "d1", "m1")
    split(other, 3000, "e1", "m1")
    clips = [clip for clip in merged(one, other).clips.values() if clip.kind == "midi"]
    places = sorted((clip.start_tick, clip.start_tick + clip.length_ticks) for clip in clips)
    assert places == [(0, 1000), (1000, 3000), (3000, 4000)]


def test_a_half_that_was_lengthened_by_hand_stays_so(peers):
    one, other = peers
    split(one, 1000, "d1")
    change(one, replace(one.state.clips["c1"], length_frames=1500))
    assert pieces(merged(one, other)) == [(0, 1500), (1000, 4000)]


def test_a_copy_of_a_half_cuts_nothing(peers):
    one, other = peers
    split(one, 1000, "d1")
    with one.edit("Duplicate") as edit:
        edit.create(replace(one.state.clips["d1"], id="d2", start_tick=9000))
    with one.edit("Delete") as edit:
        edit.delete("d1")
    change(one, replace(one.state.clips["c1"], length_frames=4000))
    assert pieces(merged(one, other)) == [(0, 4000), (1000, 4000)]


def test_tempo_events_on_one_tick_lowest_id_counts(peers):
    one, other = peers
    for peer, name, bpm in ((one, "z1", 90.0), (other, "a1", 140.0)):
        with peer.edit("Tempo") as edit:
            edit.create(TempoEvent(960, bpm, False, name))
    state = merged(one, other)
    assert state.tempo_map.tempos[1] == TempoEvent(960, 140.0, False, "a1")
    assert [conflict.entity for conflict in state.conflicts] == ["z1"]


def test_points_and_notes_of_both_survive_a_range_delete(peers):
    one, other = peers
    note = np.zeros(1, NOTE)
    note["pitch"], note["velocity"] = 60, 90
    with one.edit("Lane") as edit:
        edit.create(Lane("l1", "t1", "gain_db", points=(Point("p1", 0, 1.0), Point("p2", 10, 2.0))))
        edit.set_notes("m1", note)
    merged(one, other)
    more = np.concatenate([note, note])
    more["start"][1] = 960
    with one.edit("Clear") as edit:
        edit.set(replace(one.state.lanes["l1"], points=()))
        edit.set_notes("m1", note[:0])
    with other.edit("Add") as edit:
        edit.set(replace(other.state.lanes["l1"], points=(*other.state.lanes["l1"].points, Point("p3", 20, 3.0))))
        edit.set_notes("m1", more)
    state = merged(one, other)
    assert state.lanes["l1"].points == (Point("p3", 20, 3.0),)
    assert state.notes["m1"]["start"].tolist() == [960]


def test_what_a_later_version_wrote_is_kept(peers):
    one, other = peers
    newer = {("clips", "c1.warp-2"): ("x", 1), ("scenes", "s1.o"): "V", ("tracks", "t9.k"): "video"}
    one._advance(one.registers.write(newer, "newer").after)
    change(other, replace(other.state.clips["c1"], name="Edited"))
    state = merged(one, other)
    assert state.clips["c1"].name == "Edited"
    assert "t9" not in state.tracks
    for (root, key), value in newer.items():
        assert other.registers.value(root, key) == value


def test_a_missing_master_is_supplied():
    state = project(RegisterDocument())
    assert state.tracks["master"].kind == "master"
    assert state.tempo_map.bpm_at(0) == 120.0


def test_undoing_a_creation_spares_notes_and_points_of_others(peers):
    one, other = peers
    with one.edit("Create") as edit:
        edit.create(Clip("m9", "t2", 0, "Mine", "midi", length_ticks=960))
        edit.create(Lane("l9", "t1", "pan", points=(Point("p1", 0, 0.5),)))
    merged(one, other)
    note = np.zeros(1, NOTE)
    note["pitch"], note["velocity"] = 60, 90
    with other.edit("Add") as edit:
        edit.set_notes("m9", note)
        edit.set(replace(other.state.lanes["l9"], points=(*other.state.lanes["l9"].points, Point("p2", 9, 0.1))))
    merged(one, other)
    undone = one.undo()
    assert "2 things were changed by somebody else" in undone.notice
    assert len(merged(one, other).notes["m9"]) == 1
    assert Point("p2", 9, 0.1) in one.state.lanes["l9"].points


def test_two_people_who_change_a_sampler_keep_a_zone_each_and_one_wins_a_zone(peers):
    first, second = peers
    zones = tuple(SampleZone(name, "a") for name in ("z1", "z2", "z3"))
    change(first, replace(first.state.tracks["t2"], inserts=(Insert("s", "instruments.sampler", "V", zones=zones),)))
    second.merge(first.registers.encode())

    def give(peer, *wanted):
        [insert] = peer.state.tracks["t2"].inserts
        change(peer, replace(peer.state.tracks["t2"], inserts=(replace(insert, zones=wanted),)))

    give(first, replace(zones[0], pan=-1.0), zones[1], replace(zones[2], root_key=40))
    give(second, zones[0], replace(zones[1], pan=1.0), replace(zones[2], gain_db=-3.0), SampleZone("z4", "a"))
    found = {zone.id: zone for zone in merged(first, second).tracks["t2"].inserts[0].zones}
    assert found.keys() == {"z1", "z2", "z3", "z4"}
    assert (found["z1"].pan, found["z2"].pan) == (-1.0, 1.0)
    # Of a zone that both have changed one whole value is left, never half of each.
    assert (found["z3"].root_key, found["z3"].gain_db) in {(40, 0.0), (60, -3.0)}
