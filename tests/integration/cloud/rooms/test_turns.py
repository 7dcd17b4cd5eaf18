"""Rooms of one keeper beside each other: one with much to do does not hold up the others."""

import pytest

from cloud.rooms import directory, turns
from tests.integration.cloud.rooms.stages import Stage

_EDITS = 40


def test_a_room_that_takes_long_lets_the_others_go_between(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, other = stage.inside("ann"), stage.band.project("owner", "Tune")
    owner = stage.enter(other)
    monkeypatch.setattr(turns, "_SECONDS", 0.0)  # every update takes all the time that its room has
    edits = [ann.write(wait=False, a_p=number) for number in range(_EDITS)]
    owner.write(b_p=1)
    (acks,) = stage.band.city.rows("SELECT count(*) FROM room_update WHERE project_id = %s", stage.project)
    assert acks[0] < _EDITS
    ann.until(lambda: len(ann.acks) == _EDITS)
    assert [ann.acks[edit.reference] for edit in edits] == list(range(1, _EDITS + 1))
    assert directory
