"""What lost is named: key, value, authors, numbers; whoever the client is, online or after a gap."""

from typing import Any

import pytest

from sync.document.replica import Replica
from tests.integration.cloud.rooms.clients import Client
from tests.integration.cloud.rooms.intents import hash_of, replayed
from tests.integration.cloud.rooms.stages import Stage


def _feed(stage: Stage) -> list[dict[str, Any]]:
    reply = stage.band.player("ann").send("GET", f"/v1/projects/{stage.project}/overwritten?limit=100")
    assert reply.status_code == 200, reply.text
    return list(reversed(reply.json()["items"]))


def _losses(stage: Stage) -> list[tuple[str, Any, int, int]]:
    return [(one["key"], one["lost_value"], one["lost_seq"], one["won_seq"]) for one in _feed(stage)]


@pytest.mark.parametrize("is_ours", [True, False], ids=["ours", "plain"])
def test_both_sides_of_a_gap_are_named(stage: Stage, is_ours: bool) -> None:
    ann, ben = stage.inside("ann"), stage.inside("ben", is_ours=is_ours)
    ann.write(a_p="first", b_p="first")
    ben.until(ben.clips)
    ben.end()
    ben.write(a_p="ben", c_p="ben alone")
    ann.write(a_p="ann")
    ann.write(b_p="ann alone")
    ben.connect().sync()
    ann.until(lambda: ann.clips().get("c.p"))
    ben.rest()
    assert ann.clips() == ben.clips() == ann.clips() | {"b.p": "ann alone", "c.p": "ben alone"}
    winner = ann.clips()["a.p"]
    lost = {"ann": ("a.p", "ben", 4, 2), "ben": ("a.p", "ann", 2, 4)}
    assert _losses(stage) == [lost[str(winner)]]
    (one,) = _feed(stage)
    accounts = {one["lost_seq"]: one["lost_account"], one["won_seq"]: one["won_account"]}
    assert accounts == {2: stage.band.ids["ann"], 4: stage.band.ids["ben"]}


def test_what_is_replaced_knowingly_is_not_named(stage: Stage) -> None:
    ann, ben = stage.inside("ann"), stage.inside("ben", is_ours=False)
    ann.write(a_p=1)
    ben.until(ben.clips)
    ben.write(a_p=2)
    ann.until(lambda: ann.clips() == {"a.p": 2})
    ann.write(a_p=3)
    ben.until(lambda: ben.clips() == {"a.p": 3})
    assert _losses(stage) == []


def test_many_offline_edits_lose_or_win_one_by_one(stage: Stage) -> None:
    ann, ben = stage.inside("ann"), stage.inside("ben")
    ben.end()
    for number in range(8):
        ben.write(**{f"k{number}_p": f"ben {number}", "same_p": f"ben {number}"})
        ann.write(**{f"k{number}_p": f"ann {number}"})
    ben.connect().sync()
    ben.until(lambda: not ben.unsent)
    ann.until(lambda: ann.seen == ben.seen)
    winner = str(ann.clips()["k0.p"])[:3]
    loser = {"ann": "ben", "ben": "ann"}[winner]
    assert [(key, value) for key, value, _, _ in _losses(stage)] == [(f"k{n}.p", f"{loser} {n}") for n in range(8)]
    assert ann.clips() == ben.clips()


@pytest.mark.parametrize("window_rows", [0, 100])
@pytest.mark.parametrize("first", ["removal", "edit"])
def test_a_removal_that_lost_is_named(start_stage, first: str, window_rows: int) -> None:
    stage = start_stage(squash_rows=1, window_rows=window_rows)
    ann, ben = stage.inside("ann"), stage.inside("ben")
    ann.write(a_p=1)
    ben.until(ben.clips)
    ben.end()
    note = ("clips", "a.p")
    ben.put({note: None if first == "edit" else 2})
    ann.put({note: 2 if first == "edit" else None})
    ben.connect().sync()
    ben.until(lambda: not ben.unsent)
    ann.until(lambda: ann.seen == 3)
    assert ann.clips() == ben.clips() == {"a.p": 2}
    assert [(key, value) for key, value, _, _ in _losses(stage)] == [("a.p", None)]


def test_what_was_written_before_a_restart_of_the_room_is_known(start_stage) -> None:
    stage = start_stage(idle_s=0.0, squash_rows=3)
    ann, ben = stage.inside("ann"), stage.inside("ben")
    ann.write(a_p="first")
    ben.until(ben.clips)
    ben.end()
    ben.write(a_p="ben")
    for number in range(6):
        ann.write(**{f"n{number}_p": number})
    ann.write(a_p="ann")
    ann.write(z_p=1)
    ann.end()
    stage.until_closed()
    assert stage.band.city.rows("SELECT count(*) > 1 FROM room_snapshot") == [(True,)]
    ben.connect().sync()
    ben.until(lambda: not ben.unsent)
    winner = str(ben.clips()["a.p"])
    assert [(key, value) for key, value, _, _ in _losses(stage)] == [("a.p", {"ann": "ben", "ben": "ann"}[winner])]


def test_a_value_that_stood_in_the_snapshot_says_nothing_of_later_ones(start_stage) -> None:
    """Who overwrites somebody's old value had not therefore seen what the same person wrote after the snapshot."""
    stage = start_stage(idle_s=0.0, squash_rows=1)
    ann, ben = stage.client("ann"), stage.client("ben")
    lost = []
    for first, last, key in (
        (ann, ben, "a_p"),
        (ben, ann, "b_p"),
    ):  # whoever of the two loses comes last in one of them
        for client in (ann, ben):
            client.connect().sync()
        first.write(**{key: "old"})
        last.until(lambda first=first, last=last: last.seen >= first.seen)
        _leave(stage, ann, ben)
        first.connect().sync().write(**{key: "first"})
        last.write(**{key: "last"})
        last.connect().sync()
        last.until(lambda last=last: not last.unsent)
        lost.append({one["lost_value"] for one in _feed(stage) if one["key"] == key.replace("_", ".")})
        _leave(stage, ann, ben)
    assert [len(values & {"first", "last"}) for values in lost] == [1, 1]


def _leave(stage: Stage, *clients: Client) -> None:
    for client in clients:
        client.end()
    stage.until_closed()


def _plays(clients: list[Client], turn: int) -> None:
    """Let one of ten collaborators do something: write, go, or come back."""
    client = clients[turn * 7 % len(clients)]
    what = turn * 13 % 5
    if what == 0 and client.is_connected:
        (client.kill if turn % 2 else client.end)()
    elif what == 1 and not client.is_connected:
        client.connect().sync()
        client.until(lambda: not client.unsent)
    else:
        number = turn * 11 % 6
        client.write(**{f"k{number}_p": f"{turn}", f"own{turn}_p": turn})


def test_ten_collaborators_with_gaps_agree_and_nothing_acknowledged_is_unaccounted_for(start_stage) -> None:
    stage = start_stage(squash_rows=20)
    clients = [stage.inside(("ann", "ben", "owner")[number % 3], device=f"d{number}") for number in range(10)]
    for turn in range(60):
        _plays(clients, turn)
    for client in clients:
        if not client.is_connected:
            client.connect().sync()
        client.until(lambda client=client: not client.unsent)
    head = max(client.seen for client in clients)
    for client in clients:
        client.until(lambda client=client: client.seen == head)
    documents = [client.clips() for client in clients]
    assert all(document == documents[0] for document in documents)
    _account_for(stage, clients, documents[0])
    written = [edit for client in clients for edit in client.written]
    log = stage.band.city.rows("SELECT seq, data FROM room_update ORDER BY seq")
    named = [(one["key"], one["lost_seq"], one["won_seq"]) for one in _feed(stage)]
    assert hash_of(documents[0]) == hash_of(replayed(written, log, named))


def _account_for(stage: Stage, clients: list[Client], document: dict[str, Any]) -> None:
    """Check that each acknowledged value is in the document, was replaced knowingly, or is named as overwritten."""
    named = {(one["key"], one["lost_value"]) for one in _feed(stage)}
    written = [edit for client in clients for edit in client.written]
    assert len(written) > 20
    for edit in written:
        for key, value in edit.values.items():
            is_replaced = any(key in other.values and edit.is_seen_by(other) for other in written)
            assert document[key] == value or is_replaced or (key, value) in named, (key, value, edit)
    for key, value in named:
        assert document[key] != value


def test_an_edit_that_loses_is_named_though_the_one_before_lost_nothing(stage: Stage) -> None:
    ann, ben = stage.inside("ann"), stage.inside("ben")
    ann.write(a_p=0, b_p=0, c_p=0)
    for client in (ann, ben):
        client.until(lambda client=client: len(client.clips()) == 3)
        client.end()
    for client, name in ((ann, "ann"), (ben, "ben")):
        client.write(a_p=name)
        client.write(**{f"own{name}_p": name})
        client.write(c_p=name)
    for client in sorted((ann, ben), key=lambda client: -client.document._doc.client_id):  # who loses comes last
        client.connect().sync()
        client.until(lambda client=client: not client.unsent)
    for client in (ann, ben):
        client.until(lambda client=client: client.seen == 7)
    loser = {"ann": "ben", "ben": "ann"}[str(ann.clips()["a.p"])]
    assert [(key, value) for key, value, _, _ in _losses(stage)] == [("a.p", loser), ("c.p", loser)]


@pytest.mark.parametrize("turn", range(2))
def test_those_who_come_back_together_are_judged_by_what_each_knew(start_stage, monkeypatch, turn: int) -> None:
    stage = start_stage(idle_s=0.0, squash_rows=3)
    made: list[int] = []
    real = Replica.__init__
    monkeypatch.setattr(Replica, "__init__", lambda self, *whole: (made.append(1), real(self, *whole))[1])
    away = [stage.inside("ann", device=f"d{number}") for number in range(4)]
    for client in away:
        client.end()
    ben = stage.inside("ben")
    for number in range(8):
        ben.write(**{f"k{number}_p": "ben"})
    ben.end()
    stage.until_closed()
    for number in range(8):
        for place, client in enumerate(away):
            client.write(**{f"k{number}_p": f"d{place}"})
    made.clear()
    for client in away:
        client.connect().rest()
    for number in range(8):
        for client in away[:: 1 - 2 * turn]:
            client.send(client.unsent[number])
    for client in away:
        client.until(lambda client=client: len(client.acks) == 8)
    assert len(made) < 12  # the room, the log once more from its beginning, one for each who lost
    named = {(key, value) for key, value, _, _ in _losses(stage)}
    shown = stage.inside("ben").clips()
    every = {(f"k{n}.p", who) for n in range(8) for who in ("ben", "d0", "d1", "d2", "d3")}
    assert named == every - set(shown.items())
