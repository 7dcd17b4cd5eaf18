"""A room's replica: what an update changed, overwrote unseen and lost; and updates that are none."""

import random
import threading
import time

import pycrdt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.document import spans
from sync.document.errors import PanickedError, RefusedUpdateError, WrongThreadError
from sync.document.id_set import IdSet
from sync.document.register_document import RegisterDocument
from sync.document.replica import Replica
from sync.document.update_reader import describe, read_state

X, Y = ("clips", "x.p"), ("clips", "y.p")
#: A value; one of somebody else's who had seen it, but whose first update is not here; its removal; all of theirs.
SET_OVERWRITTEN_AND_REMOVED_OUT_OF_ORDER = (
    "010193dcccc9f7b2db0a00280105636c697073036b2e70017c3f80000000",
    "010184a6d7a1fbd79b0401a893dcccc9f7b2db0a00017c408000000193dcccc9f7b2db0a010001",
    "000184a6d7a1fbd79b04010101",
    (
        "020193dcccc9f7b2db0a00210105636c697073036b2e70010284a6d7a1fbd79b0400210105636c697073036b2e7001"
        "a193dcccc9f7b2db0a00010284a6d7a1fbd79b0401000293dcccc9f7b2db0a010001"
    ),
)


@pytest.fixture
def replica():
    made = Replica()
    yield made
    made.close()


def _two_that_agree(replica: Replica) -> tuple[RegisterDocument, RegisterDocument]:
    one, other = RegisterDocument(), RegisterDocument()
    first = one.write({X: "first", Y: "first"}, "me").update
    other.apply(first, "net")
    replica.apply(first)
    return one, other


def test_who_wins_and_who_loses_is_told_by_ids(replica: Replica) -> None:
    one, other = _two_that_agree(replica)
    updates = [one.write({X: "one"}, "me").update, other.write({X: "other", Y: "other"}, "me").update]
    first, second = replica.apply(updates[0]), replica.apply(updates[1])
    assert (first.changed[X], first.unseen, first.lost) == (("first", "one"), (), ())
    assert second.changed[Y] == ("first", "other")
    if X in second.changed:
        assert IdSet(second.unseen).meets(first.fresh)
        assert second.lost == ()
    else:
        assert IdSet(second.lost).meets(second.fresh)
        assert second.unseen == ()
    assert replica.apply(updates[1]).held_nothing
    fork = Replica(replica.encode())
    assert (fork.value(*X), fork.value(*Y)) == (replica.value(*X), "other")
    fork.close()


def test_what_was_seen_is_neither_lost_nor_unseen(replica: Replica) -> None:
    one, other = _two_that_agree(replica)
    for turn in range(6):
        author, reader = (one, other) if turn % 2 else (other, one)
        update = author.write({X: turn}, "me").update
        reader.apply(update, "net")
        applied = replica.apply(update)
        assert (applied.unseen, applied.lost, applied.is_early) == ((), (), False)


def test_what_the_library_cannot_name_is_taken_and_said_so(replica: Replica) -> None:
    *early, whole = map(bytes.fromhex, SET_OVERWRITTEN_AND_REMOVED_OUT_OF_ORDER)
    for update in early:
        replica.apply(update)
    applied = replica.apply(whole)
    assert (applied.untold, applied.changed) == ({"clips"}, {})
    assert (replica.value("clips", "k.p"), replica.has_early) == (None, False)
    assert replica.apply(whole).held_nothing
    assert replica.apply(RegisterDocument().write({X: "next"}, "me").update).changed == {X: (None, "next")}


def test_what_was_deleted_before_is_told(replica: Replica) -> None:
    one, other = _two_that_agree(replica)
    applied = replica.apply(one.write({X: None}, "me").update)
    assert applied.described.deleted
    assert applied.dead == ()
    again = other.write({X: None, Y: None}, "me").update
    later = replica.apply(again)
    assert later.dead == tuple(applied.described.deleted)
    assert replica.apply(again).dead == tuple(later.described.deleted)


def test_an_early_update_is_noticed_until_what_it_builds_on_comes(replica: Replica) -> None:
    document = RegisterDocument()
    updates = [document.write({X: turn}, "me").update for turn in range(3)]
    assert replica.apply(updates[1]).is_early
    assert replica.has_early
    replica.apply(updates[0])
    assert not replica.has_early
    assert not replica.apply(updates[2]).is_early
    assert replica.value(*X) == 2


def test_it_belongs_to_one_thread(replica: Replica) -> None:
    refused = []

    def use() -> None:
        try:
            replica.state()
        except WrongThreadError:
            refused.append(True)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert refused == [True]


def _big_update() -> bytes:
    document = pycrdt.Doc()
    for name, kind in (("m", pycrdt.Map), ("t", pycrdt.Text), ("a", pycrdt.Array)):
        document.get(name, type=kind)
    with document.transaction():
        document["m"]["k"] = {"a": [1, 2.5, None, True, b"b", 2**60], "é": "🎵"}
        document["m"]["k"] = pycrdt.Map({"nested": 1})
        document["t"] += "é🎵 text"
        document["t"].format(0, 2, {"bold": True})
        del document["t"][1:2]
        document["a"].extend([1, "two", pycrdt.Text("three")])
    return document.get_update()


def test_what_an_update_holds_is_read_as_the_library_has_it() -> None:
    update = _big_update()
    held, document = describe(update), pycrdt.Doc()
    document.apply_update(update)
    assert {client: end for client, _, end in held.inserted} == read_state(document.get_state())
    assert set(held.roots) >= {"m", "t", "a"}
    assert held.roots["m"]


@given(st.integers(0, 10_000), st.integers(1, 6))
def test_bytes_that_are_no_update_are_refused_before_the_library_sees_them(seed: int, changes: int) -> None:
    chance = random.Random(seed)
    bad = bytearray(_big_update())
    for _ in range(changes):
        bad[chance.randrange(len(bad))] = chance.randrange(256)
    cut = bytes(bad[: chance.randrange(len(bad))])
    for data in (cut, bytes(bad)):
        try:
            describe(data)
        except RefusedUpdateError:
            continue
    with pytest.raises(RefusedUpdateError):
        describe(_big_update()[:-1])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        b"\xff\xff\xff\xff\x0f",
        b"\x01\xff\xff\xff\xff\x0f\x01\x00",
        b"\x00\xff\xff\xff\xff\x0f",
        b"\x01\x01\x01\x00\x08\x01\x01m" + b"\x01" + b"u\x01" * 40 + b"~\x00",
    ],
)
def test_lengths_and_nesting_that_would_hurt_are_refused(replica: Replica, data: bytes) -> None:
    with pytest.raises(RefusedUpdateError):
        replica.apply(data)


def test_sets_of_ids() -> None:
    assert spans.without([(1, 0, 10)], [(1, 2, 4), (1, 8, 12), (2, 0, 9)]) == [(1, 0, 2), (1, 4, 8)]
    assert spans.beyond([(1, 0, 5), (2, 0, 3)], {1: 3, 2: 3}) == ((1, 3, 5),)
    assert IdSet([(1, 4, 6)]).meets([(1, 0, 5)])
    assert not IdSet([(1, 5, 6), (2, 0, 9)]).meets([(1, 0, 5)])


def test_a_deletion_of_nothing_is_refused_as_clients_of_others_break_on_it() -> None:
    with pytest.raises(RefusedUpdateError, match="no length"):
        Replica().apply(bytes.fromhex("0001f7b7b15c011400"))


def test_sets_of_many_ids_are_compared_in_little_time() -> None:
    one, other = ([(1, start, start + 1) for start in range(at, 120_000, 4)] for at in (0, 1))
    before_s = time.process_time()
    assert spans.without(one, other) == one
    assert spans.shared(one, one) == one
    assert not IdSet(one).meets(other)
    assert time.process_time() - before_s < 3


@pytest.mark.parametrize("ask", [Replica.state, Replica.encode, lambda replica: replica.difference(b"\0")])
def test_the_library_giving_up_when_it_is_asked_is_an_error_that_threads_outlive(replica, monkeypatch, ask):
    class PanicException(BaseException):  # as the library's is called, which nothing here makes it raise
        pass

    class GivesUp:
        def _give_up(self, *_):
            raise PanicException

        get_state = get_update = _give_up

    with monkeypatch.context() as patch:
        patch.setattr(replica, "_doc", GivesUp())
        with pytest.raises(PanickedError):
            ask(replica)
