"""Takes and comps by their verbs: what is heard, what stays, what is refused, and how little is written."""

import pytest

from maxbooster_desktop.project.edits import assets, takes
from maxbooster_desktop.project.edits.errors import (
    AssetNotFound,
    BorderNotFound,
    TakeNotFound,
    TrackNotFound,
    ValueNotAllowed,
    WrongTrackKind,
)
from tests.unit.project.edits.songs import BAR, BEAT, add_track, assert_refused, asset, new_project, new_take, only

#: Ticks of a take of four seconds at 120 bpm.
WHOLE = 2 * BAR


@pytest.fixture
def studio():
    """A project with one audio track and the loop."""
    project = new_project()
    assets.register_asset(project, asset())
    return project, add_track(project, "audio", "Vox")


def record(project, track, *starts, number=1):
    """Record one pass of takes at `starts`; return their ids in that order."""
    made = [new_take(track, start, number, f"Take at {start}", offset=index) for index, start in enumerate(starts)]
    created = takes.add_pass(project, made).created
    return sorted(created, key=lambda take: project.state.takes[take].source_offset)


def heard(project, track):
    return [(part.start_tick, part.end_tick, part.take) for part in project.state.comps.get(track, ())]


def test_a_recording_on_an_empty_track_is_heard(studio):
    project, track = studio
    [take] = record(project, track, BAR)
    assert heard(project, track) == [(BAR, BAR + WHOLE, take)]
    assert project.history[-1].name == "Record Vox"
    assert takes.next_pass_number(project.state) == 2


def test_rounds_of_a_loop_the_last_is_heard_as_far_as_it_went(studio):
    project, track = studio
    rounds = [new_take(track, 0, 1, "Round") for _ in range(3)]
    rounds[2] = takes.NewTake(track, asset().id, 0, 0, 48_000, 1, "Broken off", 3)
    created = takes.add_pass(project, rounds).created
    assert len(created) == 3
    [(first, border, last), (start, end, before)] = heard(project, track)
    assert (first, border, start, end) == (0, 2 * BEAT, 2 * BEAT, WHOLE)
    assert project.state.takes[last].name == "Broken off"
    assert project.state.takes[before].name == "Round 1"


def test_a_recording_and_its_sound_are_one_step(studio):
    project, track = studio
    steps = len(project.history)
    with project.step("Record Vox"):
        assets.register_asset(project, asset("take-1"))
        takes.add_pass(project, [takes.NewTake(track, asset("take-1").id, 0, 0, 1_000, 1, "Take 1", 1)])
    assert len(project.history) == steps + 1
    project.undo()
    assert not project.state.takes
    assert asset("take-1").id not in project.state.assets


def test_a_swipe_splits_what_it_covers_and_joins_its_own_take(studio):
    project, track = studio
    [one] = record(project, track, 0)
    [two] = record(project, track, 0, number=2)
    takes.choose_range(project, one, BAR, BAR + BEAT)
    assert heard(project, track) == [(0, BAR, two), (BAR, BAR + BEAT, one), (BAR + BEAT, WHOLE, two)]
    takes.choose_range(project, one, BAR + BEAT, BAR + 2 * BEAT)
    assert heard(project, track) == [(0, BAR, two), (BAR, BAR + 2 * BEAT, one), (BAR + 2 * BEAT, WHOLE, two)]
    takes.choose_range(project, two, BAR, BAR + 2 * BEAT)
    assert heard(project, track) == [(0, WHOLE, two)]
    assert len(project.registers.facets("takes", track)) == 1


def test_a_swipe_beyond_a_take_ends_with_it(studio):
    project, track = studio
    [take] = record(project, track, BAR)
    takes.clear_range(project, track, 0, 9 * BAR)
    assert heard(project, track) == []
    takes.choose_range(project, take, 0, 9 * BAR)
    assert heard(project, track) == [(BAR, BAR + WHOLE, take)]


def test_a_choice_writes_only_the_ranges_it_reaches(studio):
    project, track = studio
    [one] = record(project, track, 0)
    record(project, track, 0, number=2)
    for beat in range(0, 8, 2):
        takes.choose_range(project, one, beat * BEAT, (beat + 1) * BEAT)
    before = dict(project.registers.facets("takes", track))
    takes.choose_range(project, one, 5 * BEAT + 100, 5 * BEAT + 200)
    after = project.registers.facets("takes", track)
    assert sum(before.get(facet) != value for facet, value in after.items()) == 3
    assert set(before) <= set(after)


def test_a_border_moves_between_its_neighbours_and_the_ends_of_takes(studio):
    project, track = studio
    [one] = record(project, track, 0)
    [two] = record(project, track, BAR, number=2)
    assert heard(project, track) == [(0, BAR, one), (BAR, BAR + WHOLE, two)]
    takes.move_boundary(project, track, BAR, BAR + 500)
    assert heard(project, track) == [(0, BAR + 500, one), (BAR + 500, BAR + WHOLE, two)]
    takes.move_boundary(project, track, BAR + 500, 0)
    assert heard(project, track) == [(0, BAR, one), (BAR, BAR + WHOLE, two)]
    takes.move_boundary(project, track, BAR, 99 * BAR)
    assert heard(project, track) == [(0, WHOLE, one), (WHOLE, BAR + WHOLE, two)]
    takes.move_boundary(project, track, 0, BEAT)
    takes.move_boundary(project, track, BAR + WHOLE, 2 * BAR + BEAT)
    assert heard(project, track) == [(BEAT, WHOLE, one), (WHOLE, 2 * BAR + BEAT, two)]
    takes.move_boundary(project, track, BEAT, 0)
    assert heard(project, track)[0] == (0, WHOLE, one)


def test_a_border_keeps_its_crossfade_when_it_moves(studio):
    project, track = studio
    record(project, track, 0)
    record(project, track, BAR, number=2)
    takes.set_crossfade(project, track, BAR, 80.0)
    takes.move_boundary(project, track, BAR, BAR + 700)
    takes.move_boundary(project, track, BAR + 700, BAR + 300)
    assert [part.crossfade_ms for part in project.state.comps[track]] == [10.0, 80.0]


def test_the_next_take_is_heard_round_and_round(studio):
    project, track = studio
    ids = [record(project, track, 0, number=number)[0] for number in (1, 2, 3)]
    order = []
    for _ in range(3):
        takes.use_next_take(project, track, BEAT)
        order.append(heard(project, track)[0][2])
    assert order == [ids[0], ids[1], ids[2]]
    takes.use_next_take(project, track, BEAT, -1)
    assert heard(project, track) == [(0, WHOLE, ids[1])]


def test_deleting_what_is_heard_lets_the_take_recorded_last_of_the_others_be_heard(studio):
    project, track = studio
    [one] = record(project, track, 0)
    [two] = record(project, track, BAR, number=2)
    [three] = record(project, track, 0, number=3)
    takes.choose_range(project, one, 0, BEAT)
    takes.delete_takes(project, [three])
    assert heard(project, track) == [(0, BAR, one), (BAR, BAR + WHOLE, two)]
    assert set(project.state.takes) == {one, two}
    assert asset().id in project.state.assets
    takes.delete_takes(project, [one, two])
    assert (heard(project, track), project.state.takes) == ([], {})


def test_takes_move_to_another_track_with_what_is_heard(studio):
    project, track = studio
    other = add_track(project, "audio", "Double")
    [one] = record(project, track, 0)
    [two] = record(project, track, BAR, number=2)
    takes.move_takes(project, [two], other)
    assert heard(project, track) == [(0, BAR, one)]
    assert heard(project, other) == [(BAR, BAR + WHOLE, two)]


@pytest.mark.parametrize(
    ("edit", "error"),
    [
        (lambda s: takes.add_pass(s.project, []), ValueNotAllowed),
        (lambda s: takes.add_pass(s.project, [new_take("gone", 0, 1)]), TrackNotFound),
        (lambda s: takes.add_pass(s.project, [new_take(s.verb, 0, 1)]), WrongTrackKind),
        (lambda s: takes.add_pass(s.project, [new_take(s.vox, 0, 1, offset=480_000 - 100)]), ValueNotAllowed),
        (lambda s: takes.add_pass(s.project, [new_take(s.vox, -1, 1)]), ValueNotAllowed),
        (lambda s: takes.add_pass(s.project, [takes.NewTake(s.vox, "x", 0, 0, 1, 1, "T", 1)]), AssetNotFound),
        (lambda s: takes.choose_range(s.project, "gone", 0, 1), TakeNotFound),
        (lambda s: takes.choose_range(s.project, s.takes[0], 99 * BAR, 100 * BAR), ValueNotAllowed),
        (lambda s: takes.choose_range(s.project, s.takes[0], BAR, BAR), ValueNotAllowed),
        (lambda s: takes.choose_range(s.project, s.takes[0], 0, 1, crossfade_ms=2_000.0), ValueNotAllowed),
        (lambda s: takes.clear_range(s.project, s.vox, 10, 5), ValueNotAllowed),
        (lambda s: takes.use_next_take(s.project, s.vox, 99 * BAR), ValueNotAllowed),
        (lambda s: takes.move_boundary(s.project, s.vox, 77, 80), BorderNotFound),
        (lambda s: takes.set_crossfade(s.project, s.drums, 0, 5.0), BorderNotFound),
        (lambda s: takes.rename_take(s.project, s.takes[0], " "), ValueNotAllowed),
        (lambda s: takes.move_takes(s.project, s.takes, s.keys), WrongTrackKind),
        (lambda s: takes.flatten_comps(s.project, [s.drums]), ValueNotAllowed),
    ],
    ids=[
        "no takes",
        "no track",
        "no audio track",
        "beyond the sound",
        "before the start",
        "no sound",
        "no take",
        "no sound there",
        "no length",
        "long crossfade",
        "backwards",
        "nothing sounds",
        "no border",
        "no comp",
        "no name",
        "to keys",
        "nothing heard",
    ],
)
def test_what_cannot_be_is_refused(edit, error):
    assert_refused(edit, error)


def test_flattening_leaves_clips_with_crossfades_and_all_takes(studio):
    project, track = studio
    [one] = record(project, track, 0)
    [two] = record(project, track, BAR, number=2)
    created = takes.flatten_comps(project, [track]).created
    clips = sorted((project.state.clips[clip] for clip in created), key=lambda clip: clip.start_tick)
    assert [clip.name for clip in clips] == [project.state.takes[take].name for take in (one, two)]
    assert clips[0].fade_out_ms == clips[1].fade_in_ms == pytest.approx(10.0)
    assert set(project.state.takes) == {one, two}
    assert project.state.comps == {}


def test_flattening_cuts_the_clips_beneath_and_undo_brings_them_back():
    from tests.unit.project.edits.songs import comparable, small_song

    song = small_song()
    takes.add_pass(song.project, [new_take(song.vox, 3 * BAR, 4)])
    before = comparable(song.state)
    takes.flatten_comps(song.project, [song.vox])
    phrases = [song.state.clips[clip] for clip in song.state.clips_by_track[song.vox]]
    assert [clip.name for clip in phrases] == ["Take 1", "Phrase", "Take 4", "Phrase"]
    assert phrases[1].id == song.phrase
    song.project.undo()
    assert comparable(song.state) == before
    assert only(frozenset(song.state.clips_by_track[song.vox])) == song.phrase
