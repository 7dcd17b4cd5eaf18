"""What writes registers of one root and nothing else, told from the update alone: as strict as trying it out."""

import random

import pycrdt
import pytest

from sync.document import spans
from sync.document.replica import Applied, Replica
from sync.document.update_reader import describe, read_state

ROOT = "comments"


def _did_only_that(applied: Applied) -> bool:
    """Return what applying it to a copy says: every item that it brought is a register's of the root."""
    if applied.is_early or any(root != ROOT for root, _ in applied.changed):
        return False
    own = spans.without(applied.fresh, applied.described.deleted)
    shown = sum(new is not None for _, new in applied.changed.values())
    return sum(end - start for _, start, end in own) == shown


class _Author:
    """Somebody who edits a document by whatever the library offers, and sends what others lack."""

    def __init__(self, number: int) -> None:
        self.keeps_to_comments = number > 0
        self.doc = pycrdt.Doc(client_id=number + 1)
        self.maps = {root: self.doc.get(root, type=pycrdt.Map) for root in (ROOT, "clips")}

    def do(self, rng: random.Random) -> None:
        root = ROOT if self.keeps_to_comments else rng.choices([ROOT, "clips"], [3, 1])[0]
        shared, key = self.maps[root], f"k{rng.randrange(4)}.p"
        action = rng.uniform(0.15 if self.keeps_to_comments else 0, 1)
        if action < 0.1:
            shared[key] = rng.choice([None, float("nan"), [1, None]])
        elif action < 0.12:  # never in the way of a comment: who overwrites it deletes what is in it, no register
            self.maps[root][f"nested{key}"] = pycrdt.Map({"a": 1})
        elif action < 0.15:
            self.doc.get("lists", type=pycrdt.Array).append(1)
        elif action < 0.3 and key in shared:
            del shared[key]
        else:
            shared[key] = rng.choice([1, "two", [3, "x"], b"four", {"a": 5.5}])

    def send(self, rng: random.Random, state: bytes) -> bytes:
        updates: list[bytes] = []
        watched = self.doc.observe(lambda event: updates.append(bytes(event.update)))
        with self.doc.transaction():
            for _ in range(rng.randrange(1, 3)):
                self.do(rng)
        self.doc.unobserve(watched)
        is_diff = rng.random() < 0.3 or not updates
        return self.doc.get_update(state) if is_diff else updates[0]


@pytest.mark.parametrize("seed", range(20))
def test_it_lets_through_nothing_that_trying_it_out_refuses_and_every_comment(seed: int) -> None:
    rng, replica = random.Random(seed), Replica()
    seen = {True: 0, False: 0}
    authors = [_Author(number) for number in range(3)]
    for _ in range(25):
        author = rng.choice(authors)
        update = author.send(rng, replica.state())
        applied, judged = _tried(replica, update), replica.covers(ROOT, update)
        is_fine = _did_only_that(applied) or (bool(applied.lost) and judged)
        assert judged <= is_fine, (describe(update), applied)
        if author.keeps_to_comments and not applied.is_early and not applied.lost:
            assert judged, (describe(update), applied)
        seen[judged] += 1
        replica.apply(update)
        if rng.random() < 0.7:
            for other in authors:
                other.doc.apply_update(replica.encode())
    replica.close()
    assert seen[True]
    assert seen[False]


def _tried(replica: Replica, update: bytes) -> Applied:
    copy = Replica(replica.encode())
    applied = copy.apply(update)
    copy.close()
    return applied


def _var(number: int) -> bytes:
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + _var(number >> 7)


def _item(origin: tuple[int, int] | None, key: bytes = b"k") -> bytes:
    if origin is not None:
        return b"\x88" + _var(origin[0]) + _var(origin[1]) + b"\x01\x77\x01x"
    return b"\x28\x01\x08comments" + _var(len(key)) + key + b"\x01\x77\x01x"


def _update(*structs: tuple[int, int, list[bytes]], deleted: bytes = b"\x00") -> bytes:
    blocks = [_var(len(items)) + _var(client) + _var(clock) + b"".join(items) for client, clock, items in structs]
    return _var(len(blocks)) + b"".join(blocks) + deleted


@pytest.mark.parametrize(
    ("update", "is_covered"),
    [
        (_update((1, 0, [_item(None)])), True),
        (_update((1, 0, [_item(None), _item((1, 0))])), True),
        (_update((1, 0, [_item((2, 0))]), (2, 0, [_item(None)])), True),
        (_update((1, 0, [_item((2, 1))]), (2, 0, [_item((1, 0)), _item(None)])), False),  # each waits for the other
        (_update((1, 0, [_item((1, 0))])), False),
        (_update((1, 1, [_item(None)])), False),
        (_update((1, 0, [_item((9, 0))])), True),
        (_update((1, 0, [_item((8, 0))])), False),
        (_update((1, 0, [_item((9, 1))])), False),
        (_update((1, 0, [b"\x00\x02"])), False),
        (_update((1, 0, [_item(None)]), deleted=b"\x01\x08\x01\x00\x01"), False),
        (_update((1, 0, [_item(None)]), deleted=b"\x01\x09\x01\x00\x01"), True),
        (_update((1, 0, [_item(None)]), deleted=b"\x01\x09\x01\x00\x02"), False),
    ],
)
def test_what_an_update_builds_on_says_where_it_belongs(update: bytes, is_covered: bool) -> None:
    replica = Replica(_update((9, 0, [_item(None, b"known")])))
    replica.apply(_update((8, 0, [b"\x28\x01\x05clips\x01k\x01\x77\x01x"])))
    assert replica.covers(ROOT, update) is is_covered
    replica.apply(update)
    assert read_state(replica.state())[9] == 1
    replica.close()


def test_an_update_of_many_clients_that_wait_for_each_other_is_read_in_its_own_length() -> None:
    # Client n waits for client n + 1: judged by taking every client in turn, this would take 400 million turns.
    count = 20_000
    chain = [(client, 0, [_item((client + 1, 0)) if client < count else _item(None)]) for client in range(1, count + 1)]
    replica = Replica()
    assert replica.covers(ROOT, _update(*chain))
    replica.close()
