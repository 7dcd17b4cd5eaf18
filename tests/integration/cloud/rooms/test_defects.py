"""What fails with one room, or once, costs no other room anything and ends no thread."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from cloud.rooms.keeper import Keeper
from cloud.rooms.limits import RoomLimits
from cloud.rooms.live_room import Push
from cloud.rooms.questions import Open, RoomLost
from sync.document.register_document import RegisterDocument
from sync.protocol.frames import Update
from tests.integration.cloud.rooms.stages import Stage
from tests.unit.cloud.test_live_room import NO_UPDATES
from tests.unit.sync.test_replica import SET_OVERWRITTEN_AND_REMOVED_OUT_OF_ORDER


def _asked(stage: Stage, works: list[tuple[str, Any]]) -> list[Any]:
    """Return a keeper's answers to questions that it finds all at once."""

    async def play() -> list[Any]:
        keeper, found = Keeper(stage.band.city.api.runtime.units, "tester", RoomLimits(), 0), []
        for project_id, work in works:
            keeper.ask(project_id, work, found.append)
        keeper.start(asyncio.get_running_loop())
        await asyncio.to_thread(keeper.stop)
        await asyncio.sleep(0)
        return found

    return asyncio.run(play())


@pytest.mark.parametrize("wrong", [{"base_seq": "none"}, {"device": "no\0text"}], ids=["defect", "data"])
def test_a_room_whose_update_fails_is_lost_alone(stage: Stage, wrong: dict[str, Any], expected_log) -> None:
    expected_log("a room was lost")
    if "base_seq" in wrong:  # which is a number wherever we are right
        expected_log("an update could not be taken")
    other, account = stage.band.project(), stage.band.ids["owner"]
    right = Push(account, "laptop", "owner", 0, RegisterDocument().write({("clips", "a.p"): 1}, "me").update)
    opened = [(project, Open("nowhere:1")) for project in (stage.project, other)]
    pushes = [(stage.project, replace(right, **wrong)), (other, right), (stage.project, right)]
    found = _asked(stage, [*opened, *pushes])
    assert [isinstance(one, RoomLost) for one in found[2:]] == [True, False, True]
    assert stage.band.city.rows("SELECT project_id, seq FROM room_update") == [(other, 1)]


def test_a_role_that_nobody_knows_lets_nobody_write_and_costs_no_other_room_anything(stage: Stage) -> None:
    other, account = stage.band.project(), stage.band.ids["owner"]
    right = Push(account, "laptop", "owner", 0, RegisterDocument().write({("clips", "a.p"): 1}, "me").update)
    opened = [(project, Open("nowhere:1")) for project in (stage.project, other)]
    found = _asked(stage, [*opened, (stage.project, replace(right, at_most="conductor")), (other, right)])
    assert [one.denied[:7] for one in found[2:]] == ["You may", ""]
    assert stage.band.city.rows("SELECT project_id, seq FROM room_update") == [(other, 1)]


def test_an_answer_that_is_not_taken_costs_the_others_none_of_theirs(stage: Stage, expected_log) -> None:
    expected_log("an answer of a keeper's was not taken")

    async def play() -> list[Any]:
        keeper, found = Keeper(stage.band.city.api.runtime.units, "tester", RoomLimits(), 0), []
        keeper.ask(stage.project, Open("nowhere:1"), lambda _opened: 1 / 0)
        keeper.ask(stage.project, Open("nowhere:1"), found.append)
        keeper.start(asyncio.get_running_loop())
        await asyncio.to_thread(keeper.stop)
        await asyncio.sleep(0)
        return found

    assert len(asyncio.run(play())) == 1


def test_a_log_that_cannot_be_read_is_said_so(start_stage: Callable[..., Stage], caplog, expected_log) -> None:
    expected_log("a room failed")
    stage = start_stage(watch_s=60)  # who has the lease is not its matter
    stage.inside("ann").write(a_p=1)
    stage.opened[-1].end()
    stage.band.city.execute("UPDATE room_update SET data = 'none'")
    stage.band.city.execute("UPDATE room SET owner = NULL")
    (found,) = _asked(stage, [(stage.project, Open("nowhere:1"))])
    assert isinstance(found, RoomLost)
    assert "a room failed" in caplog.text


def test_whoever_makes_the_library_give_up_again_and_again_writes_nothing_for_a_while(start_stage) -> None:
    stage = start_stage(spoilt_updates=2)
    ben = stage.inside("ben")
    for _ in range(2):
        ann = stage.inside("ann")
        ann.send(Update(bytes.fromhex(NO_UPDATES[0])))
        assert ann.closed() == (4400, "These 38 bytes are not an update of a project document.")
    ann = stage.inside("ann")
    ann.write(wait=False, a_p=1)
    assert ann.closed() == (4400, "too many of your updates were none: wait some minutes")
    ben.write(a_p=2)
    assert stage.band.city.rows("SELECT seq, account_id FROM room_update") == [(1, stage.band.ids["ben"])]


@contextmanager
def _refused(stage: Stage, right: str, table: str) -> Iterator[None]:
    """Let the database refuse the cloud something until the block ends."""
    stage.band.city.execute(f"REVOKE {right} ON {table} FROM maxbooster_app")
    try:
        yield
    finally:
        stage.band.city.execute(f"GRANT {right} ON {table} TO maxbooster_app")


def test_whoever_watches_over_rooms_goes_on_after_a_refusal(stage: Stage, caplog, expected_log) -> None:
    expected_log("rooms were not looked after")
    ann = stage.inside("ann")
    with _refused(stage, "SELECT", "project_member"):
        ann.until(lambda: "rooms were not looked after" in caplog.text)
    stage.band.player("owner").send("DELETE", f"/v1/projects/{stage.project}/members/{stage.band.ids['ann']}")
    assert ann.closed(20)[0] == 4403


def test_a_room_whose_snapshot_is_refused_goes_on(start_stage, expected_log) -> None:
    expected_log("no snapshot was made")
    stage = start_stage(squash_rows=2)
    ann = stage.inside("ann")
    with _refused(stage, "INSERT", "room_snapshot"):
        for number in range(3):
            ann.write(a_p=number)
    for number in range(3):
        ann.write(a_p=number)
    assert stage.band.city.rows("SELECT max(seq) > 3 FROM room_snapshot") == [(True,)]
    assert stage.band.city.rows("SELECT count(*) FROM room_update") == [(6,)]


def test_an_update_that_the_library_cannot_tell_of_is_taken(stage: Stage) -> None:
    ben = stage.inside("ben", is_ours=False)
    for update in map(bytes.fromhex, SET_OVERWRITTEN_AND_REMOVED_OUT_OF_ORDER):
        ben.send(Update(update))
    ben.write(b_p="next")
    ben.rest()
    ann = stage.inside("ann", is_ours=False)
    ann.until(lambda: ann.clips() == {"b.p": "next"})
