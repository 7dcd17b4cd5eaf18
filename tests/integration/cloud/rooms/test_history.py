"""A room's history: squashed into snapshots, compacted into a new epoch, forgotten when nobody can need it."""

from typing import Any

import pytest

from cloud.foundation.calls import system_call
from cloud.rooms import batch, keeper, log_store
from cloud.rooms.contracts import Row
from cloud.rooms.live_room import LiveRoom, Taken
from sync.document.register_document import RegisterDocument
from sync.protocol.frames import Edit
from tests.integration.cloud.rooms.stages import Stage

_CALL = system_call("test")


def _rows(stage: Stage, what: str) -> list[tuple]:
    return stage.band.city.rows(f"SELECT epoch, seq FROM {what} ORDER BY epoch, seq")


def test_a_document_with_much_history_begins_a_new_epoch_when_nobody_is_there(start_stage) -> None:
    stage = start_stage(idle_s=0.0, compact_bytes=3_000, updates_per_s=1e6)
    ann = stage.inside("ann")
    for number in range(300):  # two keys in turn: their overwrites do not merge
        ann.write(**{"ab"[number % 2] + "_p": number})
    old = ann.address
    ann.end()
    stage.until_closed()
    assert _rows(stage, "room_snapshot") == [(2, 0)]
    assert stage.band.city.rows("SELECT length(data) < 200 FROM room_snapshot") == [(True,)]
    assert stage.client("ann").connect().rest().standing.epoch == 2
    refused = stage.client("ann")
    refused.address = f"{old}&epoch=1"
    assert refused.connect().closed()[0] == 4409
    ben = stage.client("ben").connect()
    ben.rest()
    ben.is_ours = False
    assert ben.sync().clips() == {"a.p": 298, "b.p": 299}


def test_what_no_register_holds_is_never_compacted(start_stage) -> None:
    stage = start_stage(idle_s=0.0, compact_bytes=100, updates_per_s=1e6)
    ann = stage.inside("ann")
    ann.document._doc.get("other", type=ann.document._maps["clips"].__class__)["x"] = 1
    ann.send(b"\x00\x01" + _var_bytes(ann.document.encode()))
    for number in range(100):
        ann.write(**{"ab"[number % 2] + "_p": number})
    ann.end()
    stage.until_closed()
    assert stage.band.city.rows("SELECT epoch FROM room") == [(1,)]


def _var_bytes(data: bytes) -> bytes:
    assert len(data) < 128
    return bytes([len(data)]) + data


def test_old_history_goes_and_the_document_stays(start_stage) -> None:
    stage = start_stage(idle_s=0.0, squash_rows=4)
    ann = stage.inside("ann")
    for number in range(10):
        ann.write(**{f"n{number}_p": number})
    ann.end()
    stage.until_closed()
    snapshots = [seq for _, seq in _rows(stage, "room_snapshot")]
    assert len(snapshots) >= 2
    city = stage.band.city
    city.execute("UPDATE room_snapshot SET at = at - interval '31 days' WHERE seq <= %(seq)s", seq=snapshots[1])
    city.execute("UPDATE room_update SET at = at - interval '31 days'")
    city.api.runtime.units.run(_CALL, lambda work: work.jobs.enqueue("rooms.forget", {}))
    city.run_jobs()
    assert [seq for _, seq in _rows(stage, "room_update")] == list(range(snapshots[1] + 1, 11))
    assert [seq for _, seq in _rows(stage, "room_snapshot")] == snapshots[1:]
    ben = stage.client("ben", is_ours=False).connect().sync()
    assert len(ben.clips()) == 10
    late = stage.client("ann").connect()
    late.rest()
    assert late.standing.kept_seq == snapshots[1]


def test_who_comes_back_with_what_history_has_forgotten_is_judged_by_what_is_kept(start_stage) -> None:
    stage = start_stage(idle_s=0.0, squash_rows=4)
    away = stage.client("ben", is_ours=False).connect().sync()
    ann = stage.inside("ann")
    ann.write(b_p="then")
    away.until(lambda: away.clips() == {"b.p": "then"})
    away.end()
    for number in range(10):
        ann.write(a_p=number)
    ann.write(b_p="since")
    ann.end()
    stage.until_closed()
    city = stage.band.city
    city.execute("UPDATE room_snapshot SET at = at - interval '31 days' WHERE seq <= 8")
    city.execute("UPDATE room_update SET at = at - interval '31 days' WHERE seq <= 8")
    city.api.runtime.units.run(_CALL, lambda work: work.jobs.enqueue("rooms.forget", {}))
    city.run_jobs()
    away.write(b_p=None)
    away.connect().sync()
    away.rest()
    assert stage.inside("ann", is_ours=False).clips() == {"a.p": 9, "b.p": "since"}
    assert stage.band.city.rows("SELECT key, lost_value, won_seq FROM room_overwritten") == [("b.p", None, 12)]


_LARGE = {"squash_rows": 1_000, "window_bytes": 2_000}


@pytest.mark.parametrize(
    ("window", "waits"),
    [({"window_rows": 8}, False), ({"window_bytes": 2_000}, False), (_LARGE, False), (_LARGE, True)],
    ids=["rows", "bytes", "bytes of few rows", "something waits"],
)
def test_an_open_room_keeps_no_history_that_its_snapshot_holds(
    start_stage, monkeypatch: pytest.MonkeyPatch, window: dict[str, int], waits: bool
) -> None:
    stage, held = start_stage(**{"squash_rows": 4} | window), []
    take = LiveRoom.take

    def taken(room: LiveRoom, *more: Any) -> Taken:
        held.append(len(room.window.rows))
        return take(room, *more)

    monkeypatch.setattr(LiveRoom, "take", taken)
    ann = stage.inside("ann")
    if waits:
        whoever = RegisterDocument()
        whoever.write({("clips", "b.p"): 0}, "them")
        ann.send(Edit(1_000, 0, whoever.write({("clips", "b.p"): 1}, "them").update))
    for number in range(40):
        ann.write(a_p="x" * 200 + str(number))
    assert len(held) == 40 + waits
    assert max(held) <= 14


def test_a_long_history_is_read_in_pieces(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, rows, read = stage.inside("ann"), log_store.rows, []
    for number in range(9):
        ann.write(**{f"n{number}_p": number})
    monkeypatch.setattr(keeper, "SINCE_ROWS", 3)

    def counted(*asked: Any) -> list[Row]:
        found = rows(*asked)
        read.append([row.seq for row in found])
        return found

    monkeypatch.setattr(log_store, "rows", counted)
    ben = stage.inside("ben")
    assert read == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert (ben.seen, len(ben.clips())) == (9, 9)
    ann.write(last_p=1)
    ben.until(lambda: ben.seen == 10)


def test_who_was_away_for_longer_than_memory_reaches_has_the_log_read_once(
    start_stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, read, earlier = start_stage(squash_rows=4, window_bytes=2_000, updates_under_way=1), [], batch._earlier
    ben = stage.inside("ben")
    ben.end()
    ann = stage.inside("ann")
    for number in range(6):
        ben.write(**{f"c{number}_p": "ben"})
        ann.write(**{f"c{number}_p": "ann"})
    for number in range(40):
        ann.write(a_p="x" * 200 + str(number))
    monkeypatch.setattr(batch, "_earlier", lambda work, room, seq: read.append(seq) or earlier(work, room, seq))
    ben.connect().sync()
    ben.until(lambda: len(ben.acks) == 6)
    assert 1 <= len(read) <= 2
