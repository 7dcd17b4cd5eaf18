"""What fails with one room, or once, costs no other room anything and ends no thread."""

import asyncio
from typing import Any

import pytest

from cloud.rooms import membership
from cloud.rooms.keeper import Keeper, Open, RoomLost
from cloud.rooms.limits import RoomLimits
from cloud.rooms.live_room import LiveRoom, Push, Taken
from sync.document.register_document import RegisterDocument
from sync.protocol.frames import Update
from tests.integration.cloud.rooms.stages import Stage
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


@pytest.mark.parametrize("device", ["defect", "no\0text"], ids=["defect", "data"])
def test_a_room_whose_update_fails_is_lost_alone(
    stage: Stage, device: str, monkeypatch: pytest.MonkeyPatch, expected_log
) -> None:
    take = LiveRoom.take

    def fail(room: LiveRoom, push: Push, *more: Any) -> Taken:
        if push.device == "defect":
            raise KeyError(push.device)
        return take(room, push, *more)

    monkeypatch.setattr(LiveRoom, "take", fail)
    expected_log("a room was lost")
    if device == "defect":
        expected_log("an update could not be taken")
    other, account = stage.band.project(), stage.band.ids["owner"]
    update = RegisterDocument().write({("clips", "a.p"): 1}, "me").update
    opened = [(project, Open("nowhere:1")) for project in (stage.project, other)]
    pushes = [(stage.project, device), (other, "laptop"), (stage.project, "laptop")]
    found = _asked(stage, opened + [(to, Push(account, name, "owner", 0, update)) for to, name in pushes])
    assert [isinstance(one, RoomLost) for one in found[2:]] == [True, False, True]
    assert stage.band.city.rows("SELECT project_id, seq FROM room_update") == [(other, 1)]


def test_whoever_watches_over_rooms_goes_on_after_a_defect(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, expected_log
) -> None:
    expected_log("rooms were not looked after")
    roles, failed = membership.roles, []

    def fail_once(work: Any, project_ids: Any, *credentials: Any) -> membership.Roles:
        if credentials and not failed:
            failed.append(project_ids)
            raise KeyError("defect")
        return roles(work, project_ids, *credentials)

    ann = stage.inside("ann")
    monkeypatch.setattr(membership, "roles", fail_once)
    stage.band.player("owner").send("DELETE", f"/v1/projects/{stage.project}/members/{stage.band.ids['ann']}")
    assert ann.closed(20)[0] == 4403
    assert failed


def test_a_room_whose_snapshot_fails_goes_on(start_stage, monkeypatch: pytest.MonkeyPatch, expected_log) -> None:
    expected_log("no snapshot was made")
    stage, squash, failed = start_stage(squash_rows=2), Keeper._squash, []

    def fail_once(keeper: Keeper, room: LiveRoom) -> None:
        if room.head_seq == 2 and not failed:
            failed.append(room)
            raise KeyError("defect")
        squash(keeper, room)

    monkeypatch.setattr(Keeper, "_squash", fail_once)
    ann = stage.inside("ann")
    for number in range(5):
        ann.write(a_p=number)
    assert failed
    assert stage.band.city.rows("SELECT max(seq) > 2 FROM room_snapshot") == [(True,)]


def test_an_update_that_the_library_cannot_tell_of_is_taken(stage: Stage) -> None:
    ben = stage.inside("ben", is_ours=False)
    for update in map(bytes.fromhex, SET_OVERWRITTEN_AND_REMOVED_OUT_OF_ORDER):
        ben.send(Update(update))
    ben.write(b_p="next")
    ben.rest()
    ann = stage.inside("ann", is_ours=False)
    ann.until(lambda: ann.clips() == {"b.p": "next"})
