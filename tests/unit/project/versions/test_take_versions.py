"""Takes and comps in versions and branches: told in words, restored, brought back with their sound."""

import pytest

from maxbooster_desktop.project.document.state import Asset, Track, TrackInput
from maxbooster_desktop.project.document.state_codec import state_hash
from maxbooster_desktop.project.edits import channel, takes
from maxbooster_desktop.project.edits.assets import register_asset
from maxbooster_desktop.project.store.opening import create_project, open_project
from maxbooster_desktop.project.versions.branching import bring_back, start_branch
from maxbooster_desktop.project.versions.comparing import compare
from maxbooster_desktop.project.versions.sources import present_document, version_document

BAR = 3840


def record(document, *ticks):
    """Record a take of two seconds at each of some ticks."""
    new = [takes.NewTake("vox", "a", tick, 0, 96_000, 1, f"Take {tick // BAR}", 5 + tick) for tick in ticks]
    return takes.add_pass(document, new)


def fill(document):
    register_asset(document, Asset("a", "a", 48_000, 1, 96_000, "PCM_24", "f" * 64, "wav"))
    with document.edit("Fill") as edit:
        for track in ("vox", "double"):
            edit.create(Track(track, "audio", track.capitalize(), track))
    record(document, 0, BAR)


@pytest.fixture
def song(tmp_path):
    with create_project(tmp_path / "Night Drive") as project:
        project.do(fill)
        yield project


def said(old, new):
    found = compare(old, new)
    return {one.name: list(one.lines) for one in found.tracks}, [count.text for count in found.counts]


def test_what_became_of_takes_is_told_by_track(song):
    before = song.state
    (first, second) = before.takes_by_track["vox"]
    song.do(record, 4 * BAR)
    song.do(takes.rename_take, first, "Good one")
    song.do(takes.delete_takes, [second])
    song.do(channel.set_delay, "vox", -12.5)
    song.do(channel.set_input, ["double"], TrackInput(0, 1))
    lines, counts = said(before, song.state)
    assert lines == {
        "Vox": ["delay from 0 to -12.5 ms", "Good one changed", "Take 1 deleted", "Take 4 recorded",
                "another comp of the takes"],
        "Double": ["records otherwise"],
    }  # fmt: skip
    assert counts == ["1 take changed", "1 take added", "1 take deleted", "1 comp changed", "1 track changed",
                      "1 strip changed"]  # fmt: skip


def test_a_version_brings_takes_and_comp_back_and_buries_later_ones(song):
    version = song.save_version("Before").result()
    before = song.state
    (first, second) = before.takes_by_track["vox"]
    song.do(takes.choose_take, first)
    song.do(record, 9 * BAR)
    song.do(takes.delete_takes, [second])
    song.restore_version(version.id).result()
    assert state_hash(song.state) == state_hash(before)


def test_a_version_without_a_comp_leaves_none_and_a_new_one_can_begin(song):
    (first, _) = song.state.takes_by_track["vox"]
    song.do(takes.clear_range, "vox", 0, 99 * BAR)
    version = song.save_version("Silent").result()
    song.do(takes.choose_take, first)
    song.restore_version(version.id).result()
    assert song.state.comps == {}
    song.do(takes.choose_take, first)
    assert [part.take for part in song.state.comps["vox"]] == [first]


def test_a_track_comes_back_with_its_takes_and_its_comp(song):
    version = song.save_version("Before").result()
    before = song.state
    (first, second) = before.takes_by_track["vox"]
    song.do(takes.move_takes, [second], "double")
    song.do(takes.choose_take, first)
    song.do(record, 9 * BAR)
    bring_back(song, "vox", version_document(song.folder, version.id)[1], "Before", song.folder)
    assert (song.state.takes, song.state.comps) == (before.takes, before.comps)


def test_a_branch_opens_with_its_takes(song, tmp_path):
    copied = start_branch(song, tmp_path / "Branch")
    with open_project(copied.folder) as branch:
        assert (branch.state.takes, branch.state.comps) == (song.state.takes, song.state.comps)
    assert present_document(copied.folder).facets("takes", "vox")
