"""Whoever was away catches up, however much they lack, and whatever of it the log has forgotten meanwhile."""

import pytest

from cloud.foundation.calls import system_call
from cloud.rooms import batch, keeper, log_store
from sync.protocol.frames import Resume
from tests.integration.cloud.rooms.clients import Client
from tests.integration.cloud.rooms.stages import Stage


def _forget(stage: Stage, until_seq: int) -> None:
    """Let the log forget what snapshots up to a seq hold, as it does after a month."""
    stage.band.city.execute(f"UPDATE room_snapshot SET at = at - interval '40 days' WHERE seq <= {until_seq}")
    assert stage.band.city.api.runtime.units.run(system_call("rooms"), log_store.forget_old) > 0


def test_who_lacks_more_than_may_wait_gets_it_in_pieces(start_stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "SINCE_BYTES", 4_000)
    stage: Stage = start_stage(answers_bytes=10_000)
    ann = stage.inside("ann")
    for number in range(20):
        ann.write(**{f"n{number}_p": "x" * (6_000 if number == 7 else 1_500)})
    ben = stage.inside("ben")
    assert (ben.seen, ben.clips()) == (20, ann.clips())
    assert [one.seq for one in ben.announced] == list(range(1, 21))
    ann.write(last_p=1)
    ben.until(lambda: ben.seen == 21)


def test_who_asks_for_what_was_forgotten_while_the_room_was_open_gets_the_whole(start_stage) -> None:
    stage: Stage = start_stage(squash_rows=4)
    ann, ben = stage.inside("ann"), stage.inside("ben")
    ben.end()
    for number in range(10):
        ann.write(**{f"n{number}_p": number})
    _forget(stage, 8)
    ben.connect().send(Resume(ben.seen))
    ben.until(lambda: ben.clips() == ann.clips())
    ann.write(last_p=1)
    ben.until(lambda: ben.clips() == ann.clips())


def test_edits_from_before_all_that_is_kept_have_the_log_read_once(
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
    _forget(stage, 20)
    monkeypatch.setattr(batch, "_earlier", lambda work, room, seq: read.append(seq) or earlier(work, room, seq))
    ben.connect()
    for edit in ben.unsent:
        ben.send(edit)
    ben.until(lambda: len(ben.acks) == 6)
    assert 1 <= len(read) <= 2


def test_a_room_that_refuses_whoever_asked_for_it_is_let_go(start_stage) -> None:
    stage: Stage = start_stage(idle_s=0.1)
    client = Client(stage.address("ann") + "&epoch=7").connect()
    assert client.closed()[0] == 4409
    stage.until_closed()
