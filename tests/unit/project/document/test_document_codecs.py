"""Records and states as bytes: exact round trips, and one clear error for every kind of damage."""

import random
from dataclasses import replace

import numpy as np
import pytest

from maxbooster_desktop.project.document.errors import DamagedRecordError, DamagedStateError
from maxbooster_desktop.project.document.ids import seeded_ids
from maxbooster_desktop.project.document.new_document import new_document
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.record_codec import decode_registers, encode_registers
from maxbooster_desktop.project.document.state import NOTE, Clip, Insert, Send, Track
from maxbooster_desktop.project.document.state_codec import decode_state, encode_state, state_hash
from sync.document.codec import same

_BEFORE = {
    ("clips", "c.p"): ("t", 960, 0),
    ("notes", "c.n"): None,
    ("meta", "project.name"): "é",
    ("ctl", "a.b"): {"b": 1},
}
_AFTER = {
    ("clips", "c.p"): ("t", 2**53, -0.1),
    ("notes", "c.n"): bytes(range(16)),
    ("meta", "project.name"): True,
    ("ctl", "a.b"): {"m": {"x": (None, b"")}},
}


@pytest.mark.parametrize("copies", [1, 100])
def test_records_come_back_exactly(copies):
    before = {(root, f"{key}{i}"): value for i in range(copies) for (root, key), value in _BEFORE.items()}
    after = {(root, f"{key}{i}"): value for i in range(copies) for (root, key), value in _AFTER.items()}
    earlier, later = decode_registers(encode_registers(before, after))
    assert earlier.keys() == before.keys()
    assert all(same(earlier[address], before[address]) for address in before)
    assert all(same(later[address], after[address]) for address in after)


def test_damaged_records_raise_one_error():
    data = encode_registers(_BEFORE, _AFTER) + b" "
    for damaged in (
        b"",
        b"j",
        b"z",
        b"jnull",
        b"j[[1]]",
        b"j[1]",
        b"z123",
        data[:20],
        b'j[["a","b.c",{"b":"*"},1]]',
        b"j[[1,2,NaN,0]]",
    ):
        with pytest.raises(DamagedRecordError):
            decode_registers(damaged)


@pytest.fixture
def state():
    document = ProjectDocument(new_document("Codec", 48_000, seeded_ids(1)), ids=seeded_ids(2))
    notes = np.zeros(5, NOTE)
    notes["start"], notes["velocity"], notes["pitch"] = range(5), 1, 9
    with document.edit("Fill") as edit:
        edit.create(Track("b", "bus", "Bus", "V"))
        edit.create(
            Track("t", "audio", "Ü", "W", sends=(Send("s", "b"),), inserts=(Insert("i", "d", "V", True, {"x": 0.1}),))
        )
        edit.create(Clip("c", "t", 3, "Clip", "midi", length_ticks=10))
        edit.create(Clip("lost", "nowhere", 3, "Lost"))
        edit.set_notes("c", notes)
    return document.state


def test_states_come_back_exactly(state):
    back = decode_state(encode_state(state))
    assert replace(back, notes={}) == replace(state, notes={})
    np.testing.assert_array_equal(back.notes["c"], state.notes["c"])
    assert not back.notes["c"].flags.writeable
    assert state_hash(back) == state_hash(state)
    assert type(back.tracks["t"].sends[0].gain_db) is float


def test_every_difference_changes_the_hash(state):
    notes = state.notes["c"].copy()
    notes["velocity"][2] = 3
    clip = replace(state.clips["c"], gain_db=0.5)
    others = [
        replace(state, notes={"c": notes}),
        replace(state, clips={**state.clips, "c": clip}),
        replace(state, meta=replace(state.meta, loop_enabled=True)),
        replace(state, conflicts=()),
        replace(state, track_order=()),
    ]
    assert len({state_hash(other) for other in [state, *others]}) == 6


def test_damaged_states_raise_one_error(state):
    data = encode_state(state)
    damages = [b"", data[:10], data[:30], data[:-1], b"x" + data[1:], data[:16] + b"\xff" * 16 + data[32:]]
    chance = random.Random(5)
    for _ in range(60):
        place = chance.randrange(len(data))
        damages.append(data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :])
    refused = 0
    for damaged in damages:
        try:
            assert state_hash(decode_state(damaged)) == state_hash(state)
        except DamagedStateError:
            refused += 1
    assert refused >= len(damages) - 2  # a flip in a header that zlib ignores may leave everything as it was
