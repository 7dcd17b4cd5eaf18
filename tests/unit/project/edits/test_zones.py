"""Zones of a sampler in the document: what is kept, what is refused, how merges and damage are read."""

from dataclasses import replace

import pytest

from maxbooster_desktop.project.document.freezing import fingerprint_of
from maxbooster_desktop.project.document.projection import project as projected
from maxbooster_desktop.project.document.sampled import zone_assets
from maxbooster_desktop.project.document.state import AssetId, SampleZone, ZoneId
from maxbooster_desktop.project.document.state_codec import decode_state, encode_state
from maxbooster_desktop.project.edits import channel, tracks
from maxbooster_desktop.project.edits.errors import AssetNotFound, ValueNotAllowed
from maxbooster_desktop.project.versions.comparing import compare
from tests.unit.project.edits.songs import assert_refused, asset, comparable, small_song

SOUND = asset().id
FULL = SampleZone(
    ZoneId("full"), SOUND, 61, 60, 64, 3, 99, 10, 90_000, "sustain", 1_000, 80_000, 12.5, -33.3, 50.0, -6.5, -0.25,
    1.0, 2.0, 3.0, 4.0, 55.5, 66.0, True, 2, 3, 7,
)  # fmt: skip


def sampled(*zones):
    """Return (song, the sampler's insert) whose keys have these zones."""
    song = small_song()
    channel.add_insert(song.project, song.keys, "instruments.sampler")
    insert = song.state.tracks[song.keys].inserts[0].id
    channel.set_zones(song.project, song.keys, insert, zones)
    return song, insert


def zones_of(song):
    return song.state.tracks[song.keys].inserts[0].zones


def test_every_field_comes_back_from_the_registers_and_from_the_stored_state():
    song, _ = sampled(FULL, SampleZone(ZoneId("plain"), SOUND))
    again = projected(song.project.registers)
    assert again.tracks[song.keys].inserts[0].zones == (FULL, SampleZone(ZoneId("plain"), SOUND))
    assert comparable(decode_state(encode_state(song.state))) == comparable(song.state)
    assert zone_assets(song.state.tracks[song.keys]) == {SOUND}


def test_a_zone_is_one_register_and_two_people_keep_a_zone_each():
    first, second = SampleZone(ZoneId("one"), SOUND), SampleZone(ZoneId("two"), SOUND)
    song, insert = sampled(first, second)
    registers = song.project.registers
    assert {facet for facet in registers.facets("plug", insert) if facet.startswith("z.")} == {"z.one", "z.two"}
    steps = len(song.project.history)
    channel.set_zones(song.project, song.keys, insert, [first, replace(second, root_key=48)])
    # Somebody else's zone is another register: undoing this one leaves it.
    channel.set_zones(song.project, song.keys, insert, [replace(first, pan=0.5), replace(second, root_key=48)])
    song.project.undo()
    assert zones_of(song) == (first, replace(second, root_key=48))
    assert len(song.project.history) == steps + 2


def test_a_duplicated_track_has_zones_of_its_own():
    song, _ = sampled(FULL)
    change = tracks.duplicate_tracks(song.project, [song.keys])
    [copy] = [song.state.tracks[track] for track in song.state.tracks if track in change.created]
    assert copy.inserts[0].zones == (FULL,)
    channel.set_zones(song.project, copy.id, copy.inserts[0].id, [])
    assert zones_of(song) == (FULL,)
    assert song.state.tracks[copy.id].inserts[0].zones == ()


def test_what_is_frozen_is_made_from_zones_too():
    song, insert = sampled(FULL)
    before = fingerprint_of(song.state, song.keys)
    channel.set_zones(song.project, song.keys, insert, [replace(FULL, tune_cents=1.0)])
    assert fingerprint_of(song.state, song.keys) != before
    channel.set_zones(song.project, song.keys, insert, [replace(FULL, id=ZoneId("other"))])
    assert fingerprint_of(song.state, song.keys) == before


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"asset": AssetId("nowhere")}, AssetNotFound),
        ({"low_key": 65}, ValueNotAllowed),
        ({"high_key": 128}, ValueNotAllowed),
        ({"low_velocity": 0}, ValueNotAllowed),
        ({"gain_db": float("nan")}, ValueNotAllowed),
        ({"loop_mode": "round"}, ValueNotAllowed),
        ({"turn": 0}, ValueNotAllowed),
        ({"end_frame": -1}, ValueNotAllowed),
    ],
)
def test_impossible_zones_are_refused(change, error):
    def give(song):
        channel.set_zones(song.project, song.vox, song.insert, [FULL])

    assert_refused(give, ValueNotAllowed)  # a limiter plays no zones
    song, insert = sampled()
    before = comparable(song.state)
    with pytest.raises(error):
        channel.set_zones(song.project, song.keys, insert, [replace(FULL, **change)])
    assert comparable(song.state) == before


def test_damaged_registers_are_left_out_and_listed_absurd_values_brought_into_their_range():
    song, insert = sampled(FULL)
    registers = song.project.registers
    about = registers.value("plug", f"{insert}.z.full")
    with song.project.edit("Damage") as edit:
        edit.changes["plug", f"{insert}.z.short"] = about[:5]
        edit.changes["plug", f"{insert}.z.upside"] = (about[0], 60, 70, 60, *about[4:])
        edit.changes["plug", f"{insert}.z.loud"] = (*about[:14], 1e9, *about[15:])
        edit.changes["plug", f"{insert}.z.text"] = "nothing"
    shown = {zone.id: zone for zone in zones_of(song)}
    assert shown.keys() == {"full", "loud"}
    assert shown["loud"].gain_db == 24.0
    assert len(song.state.conflicts) == 1


def test_a_comparison_says_how_many_zones_play():
    song, insert = sampled(FULL)
    before = song.state
    channel.set_zones(song.project, song.keys, insert, [FULL, SampleZone(ZoneId("b"), SOUND)])
    [track] = compare(before, song.state).tracks
    assert list(track.lines) == ["Sampler plays 2 zones instead of 1"]
