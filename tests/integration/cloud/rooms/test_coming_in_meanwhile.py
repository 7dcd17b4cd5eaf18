"""Whoever comes in while it is asked who may be inside is not judged by the answer."""

import asyncio
from typing import Any

import pytest

from cloud.rooms import membership
from cloud.rooms.directory import Rooms
from tests.integration.cloud.rooms.clients import Client
from tests.integration.cloud.rooms.stages import Stage


def test_who_comes_in_meanwhile_stays(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    late, roles, judged = Client(stage.address("owner", stage.band.project("owner", "Tune"))), membership.roles, []

    def asked(work: Any, project_ids: Any, *credentials: Any) -> membership.Roles:
        found = roles(work, project_ids, *credentials)
        if credentials:  # who watches over rooms asks
            if not judged:
                late.connect().read(20)
            judged.append(project_ids)
        return found

    monkeypatch.setattr(membership, "roles", asked)
    ann = stage.inside("ann")
    while len(judged) < 2:
        ann.rest(0.01)
    late.sync()
    assert late.write(b_p=1).reference in late.acks
    late.end()


def test_who_comes_in_while_the_process_begins_to_stop_is_told_to_come_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Rooms.room

    async def slow(rooms: Rooms, *asked: Any, **more: Any) -> Any:
        found = await room(rooms, *asked, **more)
        rooms.drain()
        await asyncio.sleep(0.01)
        return found

    monkeypatch.setattr(Rooms, "room", slow)
    assert stage.client("ann").connect().closed()[0] == 1012
