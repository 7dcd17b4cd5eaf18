"""The project document: edits, steps, undo, redo, reopening, and the undo of what others have touched."""

from dataclasses import replace

import numpy as np
import pytest

from maxbooster_desktop.project.document.change import joined
from maxbooster_desktop.project.document.errors import EditError
from maxbooster_desktop.project.document.ids import seeded_ids
from maxbooster_desktop.project.document.journal import MemoryJournal
from maxbooster_desktop.project.document.new_document import new_document
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.projection import project
from maxbooster_desktop.project.document.state import (
    MASTER,
    NOTE,
    Asset,
    Clip,
    Frozen,
    Holder,
    Insert,
    Lane,
    Marker,
    MidiOutput,
    Point,
    Send,
    Take,
    Track,
    TrackInput,
)
from maxbooster_desktop.project.document.tempo_map import SignatureEvent, TempoEvent
from sync.document.errors import RefusedUpdateError
from sync.document.register_document import RegisterDocument


def made(name="Song", seed=1, journal=None):
    return ProjectDocument(
        new_document(name, 48_000, seeded_ids(seed)), journal, ids=seeded_ids(seed + 1), clock=lambda: 5.0
    )


def peer_of(project_document, seed=9):
    copy = RegisterDocument()
    copy.load(project_document.registers.encode())
    return ProjectDocument(copy, origin="peer", ids=seeded_ids(seed), clock=lambda: 6.0)


def exchange(*peers):
    updates = [peer.registers.encode() for peer in peers]
    for peer in peers:
        for update in updates:
            peer.merge(update)


def with_track(document, track_id="t1", **fields):
    with document.edit("Add track") as edit:
        edit.create(Track(track_id, "audio", fields.pop("name", "Drums"), "V", **fields))
    return edit.change


def with_clip(document, clip_id="c1", track="t1", start=0, **fields):
    values = {"asset": "a1", "length_frames": 96_000, **fields}
    with document.edit("Add clip") as edit:
        edit.create(Clip(clip_id, track, start, "Loop", **values))
    return edit.change


def test_new_project_has_master_tempo_and_signature():
    state = made().state
    assert state.tracks[MASTER].kind == "master"
    assert state.track_order == ()
    assert (state.tempo_map.bpm_at(0), state.tempo_map.signature_at(0).numerator) == (120.0, 4)
    assert (state.meta.name, state.meta.sample_rate, state.meta.format_version) == ("Song", 48_000, 1)
    assert state.conflicts == ()


def test_every_entity_comes_back_as_it_was_written():
    document = made()
    sends = (Send("s1", "b1", -6.0, 0.5, "pre", False), Send("s0", "b1"))
    inserts = (Insert("i1", "dynamics.limiter", "G", False, {"x": 0.1}),)
    strip = {"eq_on": 1.0, "hp_hz": 80.5}
    holders = Holder("acc_1", "Mara"), Holder("acc_2", "Deniz")
    frozen = Frozen("a1", 960, 4_800, "ab" * 16, "acc_1", "Mara")
    shown = ("V", 3, "g1", "b1", 80, -3.5, 0.25, True, True, True)
    recording = -12.5, "off", "PCM_24", TrackInput(2, 1), MidiOutput("Synth", 9)
    track = Track("t1", "audio", "Gitarre ü é", *shown, *recording, *holders, frozen, strip, sends, inserts)
    take = Take("k1", "t1", "a1", 960, 100, 4800, "Take 3", 3, 1_700_000_000_000, 5)
    bus = Track("b1", "bus", "Hall", "W")
    group = Track("g1", "group", "Band", "A")
    clip = Clip("c1", "t1", 960, "Take", "audio", 2, "a1", 100, 4800, 0, 1.5, 2.5, None, -0.5, 0.75, True, 7)
    midi = Clip("c2", "t1", 0, "Notes", "midi", length_ticks=3840)
    asset = Asset("a1", "x.wav", 44_100, 2, 12_345, "PCM_24", "ff" * 32, "wav")
    lane = Lane("l1", "t1", "gain_db", False, (Point("p1", 0, 1.0), Point("p2", 960, -2.5, None)))
    marker = Marker("m1", 3840, "Verse", 4)
    tempo, signature = TempoEvent(960, 98.5, True, "e1"), SignatureEvent(3840, 7, 8, "s7")
    entities = [asset, group, bus, track, clip, midi, take, lane, marker, tempo, signature]
    with document.edit("All") as edit:
        for entity in entities:
            edit.create(entity)
    state = document.state
    assert state.tracks["t1"] == track
    assert (state.tracks["b1"], state.clips["c1"], state.clips["c2"]) == (bus, clip, midi)
    assert (dict(state.takes), dict(state.takes_by_track)) == ({"k1": take}, {"t1": ("k1",)})
    assert (state.assets["a1"], state.lanes["l1"], state.markers) == (asset, lane, (marker,))
    assert state.tempo_map.tempos[1] == tempo
    assert state.tempo_map.signatures[1] == signature
    assert state.track_order == ("g1", "t1", "b1")
    assert state.clips_by_track == {"t1": ("c2", "c1")}
    assert edit.change.created == {entity.id for entity in entities}
    assert state == project(document.registers)


def test_an_edit_writes_only_what_differs():
    document = made()
    with_track(document)
    with document.edit("Gain") as edit:
        edit.set(replace(document.state.tracks["t1"], gain_db=-3.0))
    records = list(document._journal.records())
    assert dict(records[-1].after) == {("tracks", "t1.g"): -3}
    assert edit.change.changed == {"t1"}
    with document.edit("Nothing") as edit:
        edit.set(document.state.tracks["t1"])
    assert edit.change.step == 0
    assert len(list(document._journal.records())) == len(records)


def test_an_exception_inside_an_edit_writes_nothing():
    document = made()
    with_track(document)
    encoded, state, records = document.registers.encode(), document.state, len(list(document._journal.records()))

    def fail_half_way():
        with document.step("Import"):
            with_clip(document)
            assert "c1" in document.state.clips
            with document.edit("Bad") as edit:
                edit.delete("t1")
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert document.registers.encode() == encoded
    assert (document.state, len(list(document._journal.records()))) == (state, records)


def test_a_step_joins_its_edits():
    document = made()
    with document.step("Import 2 files"):
        with_track(document)
        with_clip(document)
        with document.step("inner"):
            with_clip(document, "c2", start=960)
    assert [step.name for step in document.history] == ["Import 2 files"]
    change = document.undo()
    assert change.deleted == {"t1", "c1", "c2"}
    assert document.state.clips == {}
    assert document.redo().created == {"t1", "c1", "c2"}


def test_undo_and_redo_walk_the_history_and_survive_reopening():
    journal = MemoryJournal()
    document = made(journal=journal)
    states = [document.state]
    with_track(document)
    states.append(document.state)
    for gain in (-1.0, -2.5, 3.0):
        with document.edit(f"Gain {gain}") as edit:
            edit.set(replace(document.state.tracks["t1"], gain_db=gain))
        states.append(document.state)
    document.undo()
    assert document.state == states[3]
    reopened_registers = RegisterDocument()
    reopened_registers.load(document.registers.encode())
    reopened = ProjectDocument(reopened_registers, journal)
    assert [(step.name, step.is_undone) for step in reopened.history][-2:] == [("Gain -2.5", False), ("Gain 3.0", True)]
    reopened.redo()
    assert reopened.state == states[4]
    reopened.jump_to(2)
    assert reopened.state == states[2]
    reopened.jump_to(4)
    assert reopened.state == states[4]
    reopened.jump_to(0)
    assert reopened.state == states[0]
    assert reopened.undo() is None
    with_track(reopened, "t2")
    assert [step.number for step in reopened.history] == [5]
    assert reopened.redo() is None
    with pytest.raises(EditError, match="no step 4"):
        reopened.jump_to(4)


def test_undo_leaves_what_a_peer_has_touched():
    mine = made()
    with_track(mine)
    with_clip(mine, "c1")
    with_clip(mine, "c2", start=9600)
    with mine.edit("Move clips") as edit:
        for clip in list(mine.state.clips.values()):
            edit.set(replace(clip, start_tick=clip.start_tick + 960))
    peer = peer_of(mine)
    with peer.edit("Move") as edit:
        edit.set(replace(peer.state.clips["c1"], start_tick=77))
    with peer.edit("Gain") as edit:
        edit.set(replace(peer.state.clips["c2"], gain_db=4.0))
    mine.merge(peer.registers.encode())
    change = mine.undo()
    assert mine.state.clips["c1"].start_tick == 77
    assert (mine.state.clips["c2"].start_tick, mine.state.clips["c2"].gain_db) == (9600, 4.0)
    assert change.changed == {"c2"}
    assert "somebody else" in change.notice


def test_undo_of_a_creation_spares_what_a_peer_added():
    mine = made()
    with_track(mine)
    peer = peer_of(mine)
    with peer.edit("Strip") as edit:
        edit.set(replace(peer.state.tracks["t1"], strip={"eq_on": 1.0}))
    mine.merge(peer.registers.encode())
    assert mine.undo().notice
    assert mine.state.tracks["t1"].strip == {"eq_on": 1.0}


def test_undo_of_a_delete_shows_what_a_peer_did_below_it():
    mine = made()
    with_track(mine)
    with_clip(mine)
    peer = peer_of(mine)
    with mine.edit("Delete") as edit:
        edit.delete("c1")
    with peer.edit("Move") as edit:
        edit.set(replace(peer.state.clips["c1"], start_tick=480))
    exchange(mine, peer)
    assert mine.state.clips == peer.state.clips == {}
    mine.undo()
    assert mine.state.clips["c1"].start_tick == 480


def test_deleting_a_track_takes_its_clips_and_undo_brings_all_back():
    document = made()
    with_track(document)
    with_clip(document)
    before = document.state
    with document.edit("Delete track") as edit:
        edit.delete("t1")
    assert edit.change.deleted == {"t1", "c1"}
    assert "recovered" not in document.state.tracks
    document.undo()
    assert document.state == before


def test_notes_keep_their_ids_and_undo():
    document = made()
    with_track(document)
    with_clip(document, "c1", kind="midi", asset=None, length_frames=0, length_ticks=3840)
    notes = np.zeros(3, NOTE)
    notes["start"], notes["pitch"], notes["velocity"], notes["length"] = [0, 960, 1920], [60, 64, 67], 100, 240
    with document.edit("Notes") as edit:
        edit.set_notes("c1", notes)
    assert edit.change.changed == {"c1"}
    ids = list(document.registers.facets("notes", "c1"))
    later = notes.copy()
    later["start"][1] = 1000
    with document.edit("Move note") as edit:
        edit.set_notes("c1", later)
    assert list(document.registers.facets("notes", "c1")) == ids
    assert len(list(document._journal.records())[-1].after) == 1
    np.testing.assert_array_equal(document.state.notes["c1"], later)
    assert not document.state.notes["c1"].flags.writeable
    with document.edit("Fewer") as edit:
        edit.set_notes("c1", later[:1])
    document.undo()
    np.testing.assert_array_equal(document.state.notes["c1"], later)
    document.undo()
    np.testing.assert_array_equal(document.state.notes["c1"], notes)


def test_edits_that_cannot_be_made_say_so():
    document = made()
    with_track(document)
    for bad, sentence in (
        (lambda edit: edit.create(Track("t1", "audio", "Again", "V")), "already"),
        (lambda edit: edit.create(Track("a.b", "audio", "Dot", "V")), "cannot be the id"),
        (lambda edit: edit.set(Marker("nowhere", 0, "x")), "nothing with the id"),
        (lambda edit: edit.delete("nowhere"), "nothing with the id"),
        (lambda edit: edit.delete(MASTER), "master"),
    ):
        with pytest.raises(EditError, match=sentence), document.edit("Bad") as edit:
            bad(edit)
    with pytest.raises(EditError, match="inside another edit"), document.edit("Outer"), document.edit("Inner"):
        pass
    with pytest.raises(EditError, match="has to wait"), document.step("Step"):
        document.undo()
    with pytest.raises(RefusedUpdateError):
        document.merge(b"\xff\x01garbage")
    assert len(document.history) == 1


def test_what_came_from_the_others_is_told_from_own_steps_whatever_they_are_called():
    mine, own = made(), []
    peer = peer_of(mine)
    with_track(peer)
    with mine.edit("Merge") as edit:
        edit.create(Marker("m1", 960, "Verse"))
    own.append(edit.change)
    theirs = mine.merge(peer.registers.encode())
    echo = mine.merge(peer.registers.encode(), is_echo=True)
    assert [change.is_others for change in (*own, theirs, echo)] == [False, True, True]
    assert theirs.created == {"t1"}
    assert [joined("Both", each).is_others for each in ([theirs, echo], [*own, theirs], [])] == [True, False, True]
