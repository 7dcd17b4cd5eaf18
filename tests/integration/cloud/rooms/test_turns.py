"""Rooms of one keeper beside each other: one with much to do does not hold up the others."""

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from cloud.rooms import directory, turns
from cloud.rooms.keeper import Keeper
from cloud.rooms.live_room import Push
from tests.integration.cloud.rooms.clients import Client
from tests.integration.cloud.rooms.stages import Stage

_EDITS = 40


@pytest.fixture
def all_asked(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Return what tells that a keeper, the only one, was asked for all edits and one."""
    asked, happened, ask = [], threading.Event(), Keeper.ask

    def counted(keeper: Keeper, project_id: str, work: Any, answer: Callable[[Any], None]) -> None:
        ask(keeper, project_id, work, answer)
        asked.extend([work] * isinstance(work, Push))
        if len(asked) > _EDITS:
            happened.set()

    monkeypatch.setattr(Keeper, "ask", counted)
    monkeypatch.setattr(directory, "_KEEPERS", 1)
    monkeypatch.setattr(turns, "_SECONDS", 0.0)  # every update takes all the time that its room has
    return happened


def test_a_room_that_takes_long_lets_the_others_go_between(
    all_asked: threading.Event, start_stage: Callable[..., Stage]
) -> None:
    stage = start_stage()
    tune = stage.band.project("owner", "Tune")
    ann, owner = stage.inside("ann"), Client(stage.address("owner", tune)).connect().sync()
    with psycopg.connect(stage.band.city.database.superuser) as other:
        other.execute("SELECT 1 FROM room WHERE project_id = %s FOR UPDATE", [stage.project])
        edits = [ann.write(wait=False, a_p=number) for number in range(_EDITS)]
        mine = owner.write(wait=False, b_p=1)
        assert all_asked.wait(20)
    owner.until(lambda: mine.reference in owner.acks)
    owner.end()
    ann.until(lambda: len(ann.acks) == _EDITS)
    assert [ann.acks[edit.reference] for edit in edits] == list(range(1, _EDITS + 1))
    in_order = stage.band.city.rows("SELECT project_id FROM room_update ORDER BY at")
    assert in_order.index((tune,)) < 5
