"""Takes and comps after merges: two peers, both orders, and a late joiner see the stated result (docs/document.md)."""

from dataclasses import replace

import pytest

from maxbooster_desktop.project.document.comp_layers import layered
from maxbooster_desktop.project.document.ids import seeded_ids
from maxbooster_desktop.project.document.new_document import new_document
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.projection import project
from maxbooster_desktop.project.document.state import Asset, CompRange, Take, Track
from maxbooster_desktop.project.document.state_codec import decode_state, encode_state, state_hash
from maxbooster_desktop.project.edits import takes, tracks
from sync.document.blobs import blobs_named
from sync.document.compaction import compacted
from sync.document.register_document import RegisterDocument

RECOVERED = "recovered"


@pytest.fixture
def peers():
    """Two peers with the same project: takes k1, k2, k3 of four beats on t1, k1 heard; t2 is empty."""
    first = ProjectDocument(new_document("Merge", 48_000), origin="ann", ids=seeded_ids(1), clock=lambda: 1.0)
    with first.edit("Set up") as edit:
        for track in ("t1", "t2"):
            edit.create(Track(track, "audio", track.upper(), "V"))
        edit.create(Asset("a", "a", 48_000, 1, 200_000, "PCM_24", "f" * 64, "wav"))
        for number in (1, 2, 3):
            edit.create(Take(f"k{number}", "t1", "a", 0, 100 * number, 96_000, f"Take {number}", number))
        edit.set_range("t1", CompRange("r1", 0, 3840, "k1"))
    copy = RegisterDocument()
    copy.load(first.registers.encode())
    return first, ProjectDocument(copy, origin="bob", ids=seeded_ids(2), clock=lambda: 2.0)


def merged(one, other):
    """Merge both ways; return the state that both, a late joiner and the stored form agree on."""
    ours, theirs = one.registers.encode(), other.registers.encode()
    one.merge(theirs)
    other.merge(ours)
    late = RegisterDocument()
    late.apply(theirs, "net")
    late.apply(ours, "net")
    states = one.state, other.state, project(late), project(compacted(late)), decode_state(encode_state(one.state))
    assert len({state_hash(state) for state in states}) == 1
    return one.state


def heard(state, track="t1"):
    """Return (start, end, take) of what is seen of a comp."""
    return [(part.start_tick, part.end_tick, part.take) for part in state.comps.get(track, ())]


def test_two_people_choose_at_different_places(peers):
    ann, bob = peers
    takes.choose_range(ann, "k2", 480, 960)
    takes.choose_range(bob, "k3", 1920, 2400)
    assert heard(merged(ann, bob)) == [
        (0, 480, "k1"), (480, 960, "k2"), (960, 1920, "k1"), (1920, 2400, "k3"), (2400, 3840, "k1"),
    ]  # fmt: skip


def test_ranges_that_overlap_are_laid_over_each_other_the_later_beginning_above(peers):
    ann, bob = peers
    takes.choose_range(ann, "k2", 480, 1920)
    takes.choose_range(bob, "k3", 960, 2880)
    state = merged(ann, bob)
    assert heard(state) == [(0, 480, "k1"), (480, 960, "k2"), (960, 2880, "k3"), (2880, 3840, "k1")]
    takes.choose_range(ann, "k1", 480, 960)
    assert heard(merged(ann, bob)) == [(0, 960, "k1"), (960, 2880, "k3"), (2880, 3840, "k1")]


def test_a_range_inside_another_leaves_what_is_on_both_sides():
    outer, inner = CompRange("a", 0, 100, "k1"), CompRange("b", 40, 60, "k2")
    assert [(part.start_tick, part.end_tick, part.take) for part in layered([inner, outer])] == [
        (0, 40, "k1"), (40, 60, "k2"), (60, 100, "k1"),
    ]  # fmt: skip
    short, twin = CompRange("c", 0, 10, "k3"), replace(outer, id="Z", take="k4")
    assert [part.take for part in layered([outer, twin, short])] == ["k3", "k4"]


def test_the_comp_of_one_person_beside_the_deletion_of_its_take_by_another(peers):
    ann, bob = peers
    takes.choose_range(ann, "k2", 480, 960)
    takes.delete_takes(bob, ["k2"])
    state = merged(ann, bob)
    assert heard(state) == [(0, 480, "k1"), (960, 3840, "k1")]
    assert [conflict.entity for conflict in state.conflicts] == ["t1"]
    assert "names a take that is gone" in state.conflicts[0].sentence
    bob.undo()
    assert heard(merged(ann, bob)) == [(0, 480, "k1"), (480, 960, "k2"), (960, 3840, "k1")]
    assert ann.state.conflicts == ()


def test_choosing_over_a_hole_ends_the_conflict(peers):
    ann, bob = peers
    takes.choose_range(ann, "k2", 480, 960)
    takes.delete_takes(bob, ["k2"])
    merged(ann, bob)
    takes.choose_range(bob, "k3", 480, 960)
    state = merged(ann, bob)
    assert heard(state) == [(0, 480, "k1"), (480, 960, "k3"), (960, 3840, "k1")]
    assert state.conflicts == ()


def test_a_take_recorded_while_its_track_was_deleted_is_recovered_with_what_was_heard_of_it(peers):
    ann, bob = peers
    takes.add_pass(ann, [takes.NewTake("t1", "a", 960, 0, 48_000, 4, "Late", 5)])
    tracks.delete_tracks(bob, ["t1"])
    state = merged(ann, bob)
    [late] = state.takes_by_track[RECOVERED]
    assert (state.takes[late].name, state.track_order[-1]) == ("Late", RECOVERED)
    assert set(state.takes) == {late}
    assert heard(state, RECOVERED) == [(960, 2880, late)]
    assert [conflict.entity for conflict in state.conflicts] == [late]
    takes.rename_take(bob, late, "Late one")
    assert heard(bob.state, RECOVERED) == [(960, 2880, late)]
    takes.move_takes(bob, [late], "t2")
    state = merged(ann, bob)
    assert heard(state, "t2") == [(960, 2880, late)]
    assert RECOVERED not in state.tracks
    assert state.conflicts == ()


def test_deleting_a_track_takes_its_takes_along_and_undo_brings_them_back(peers):
    ann, bob = peers
    before = state_hash(ann.state)
    tracks.delete_tracks(ann, ["t1"])
    assert (dict(ann.state.takes), dict(ann.state.comps)) == ({}, {})
    merged(ann, bob)
    ann.undo()
    assert state_hash(ann.state) == before


def test_undo_of_a_choice_leaves_what_another_has_chosen_since(peers):
    ann, bob = peers
    takes.choose_range(ann, "k2", 480, 960)
    takes.choose_range(bob, "k3", 1920, 2400)
    merged(ann, bob)
    ann.undo()
    state = merged(ann, bob)
    assert (1920, 2400, "k3") in heard(state)
    assert "k2" not in {take for _, _, take in heard(state)}


def test_a_pass_is_undone_in_one_step_with_what_it_covered(peers):
    ann, _ = peers
    before, steps = state_hash(ann.state), len(ann.history)
    two = [takes.NewTake(track, "a", 960, 0, 48_000, 4, "New", 5) for track in ("t1", "t2")]
    takes.add_pass(ann, two)
    assert len(ann.history) == steps + 1
    ann.undo()
    assert state_hash(ann.state) == before


def test_renaming_beside_moving_keeps_both(peers):
    ann, bob = peers
    takes.rename_take(ann, "k2", "Best")
    takes.move_takes(bob, ["k2"], "t2")
    state = merged(ann, bob)
    assert (state.takes["k2"].name, state.takes["k2"].track) == ("Best", "t2")


def test_the_sound_of_a_deleted_take_stays_named_as_a_blob(peers):
    ann, _ = peers
    takes.delete_takes(ann, ["k1", "k2", "k3"])
    assert ann.state.comps == {}
    assert blobs_named(ann.registers) == {"f" * 64}


@pytest.mark.parametrize(
    ("register", "value", "entity"),
    [
        ("k1.k", ("t1", "a", 0, 0, 0), "k1"),
        ("k1.k", ("t1", "a", 0, 0), "k1"),
        ("k1.n", 5, "k1"),
        ("t1.c.r1", (3840, 3840, "k1", 10), "t1"),
        ("t1.c.r1", "all of it", "t1"),
        ("t1.c.r1", (0, 3840, "nobody", 10), "t1"),
    ],
)
def test_what_cannot_be_read_is_listed(peers, register, value, entity):
    ann, _ = peers
    ann.registers.write({("takes", register): value}, "garbage")
    assert [conflict.entity for conflict in project(ann.registers).conflicts] in ([entity], sorted([entity, "t1"]))


def test_numbers_of_takes_stay_in_their_range(peers):
    ann, _ = peers
    ann.registers.write(
        {
            ("takes", "k1.k"): ("t1", "a", -5, 2**52, 2**52),
            ("takes", "k1.pass"): -3,
            ("takes", "t1.c.r1"): (-100, 2**52, "k1", 1e9),
            ("tracks", "t1.dly"): -1e9,
            ("tracks", "t1.mon"): "always",
            ("tracks", "t2.in"): ("audio", 3, 9),
        },
        "garbage",
    )
    state = project(ann.registers)
    take, [part] = state.takes["k1"], state.comps["t1"]
    assert (take.start_tick, take.source_offset, take.length_frames, take.pass_number) == (0, 2**40, 2**40, 0)
    assert (part.start_tick, part.end_tick, part.crossfade_ms) == (0, 2**40, 1_000.0)
    assert (state.tracks["t1"].delay_ms, state.tracks["t1"].monitoring, state.tracks["t2"].input) == (
        -1e3,
        "auto",
        None,
    )
    assert [conflict.entity for conflict in state.conflicts] == ["t1", "t2"]


def test_an_input_of_a_kind_of_later_versions_passes_through(peers):
    ann, _ = peers
    ann.registers.write({("tracks", "t1.in"): ("midi", "Keys", 3)}, "later")
    assert project(ann.registers).tracks["t1"].input is None
    assert project(ann.registers).conflicts == ()


@pytest.mark.parametrize("odd", [("Synth", 16), ("Synth", -1), ("", 3), ("Synth", "3"), (4, 3), "Synth", 3, ("Synth",)])
def test_a_midi_output_that_no_port_can_have_is_none_and_listed(peers, odd):
    ann, _ = peers
    ann.registers.write({("tracks", "t1.mo"): odd}, "garbage")
    assert project(ann.registers).tracks["t1"].midi_output is None
    assert [conflict.entity for conflict in project(ann.registers).conflicts] == ["t1"]
    ann.registers.write({("tracks", "t1.mo"): ("Synth", 15)}, "sound")
    assert project(ann.registers).tracks["t1"].midi_output == ("Synth", 15)
