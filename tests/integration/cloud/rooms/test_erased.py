"""A room that is open while somebody who spoke in it is erased is closed, and who comes back finds their words gone."""

import json

import pytest
import sqlalchemy as sa

from cloud.compliance.exporting import _comments
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.projects.tables import project_member
from cloud.rooms import directory, erasing
from cloud.rooms.tables import room_snapshot, room_update
from sync.document.register_document import RegisterDocument
from tests.integration.cloud.projects.bands import CALL
from tests.integration.cloud.rooms.stages import Stage


@pytest.fixture(autouse=True)
def renewed_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look after leases more often than every four seconds."""
    monkeypatch.setattr(directory, "_RENEWED_EVERY_S", 0.1)


def test_an_open_room_forgets_who_was_erased(stage: Stage) -> None:
    account, units = stage.band.ids["ann"], stage.band.city.api.runtime.units
    ann, ben = stage.inside("ann"), stage.inside("ben")
    ann.put({("comments", "c1.c"): (account, "Ann", 960, None, None, "louder")})
    ann.put({("clips", "a.p"): 1})
    ben.until(lambda: ben.clips() == {"a.p": 1})
    units.run(CALL, lambda work: erasing.erase(work.connection, account))
    assert ben.closed(10)[0] == 1012
    late = stage.client("ben").connect().rest()
    assert late.standing.epoch == 2
    late.is_ours = False  # the whole document is asked for, as nothing of this epoch is here
    late.sync()
    comments = dict(late.document.items("comments"))
    assert comments == {"c1.c": ("", "A former member", 960, None, None, "(removed)")}
    assert late.clips() == {"a.p": 1}


def test_who_left_long_ago_is_forgotten_too(stage: Stage) -> None:
    """They are in no list of members, and what they said is behind a snapshot whose log is gone."""
    account, units = stage.band.ids["ann"], stage.band.city.api.runtime.units
    ann, ben = stage.inside("ann"), stage.inside("ben")
    ann.put({("comments", "c1.c"): (account, "Ann", 960, None, None, "louder")})
    ben.put({("clips", "a.p"): 1})
    ann.until(lambda: ann.clips() == {"a.p": 1})

    def leave(work: UnitOfWork) -> None:
        rows = work.connection.execute(sa.select(room_update).order_by(room_update.c.seq)).all()
        document = RegisterDocument()
        for row in rows:
            document.load(row.data)
        place = {"project_id": rows[-1].project_id, "epoch": rows[-1].epoch, "seq": rows[-1].seq}
        work.connection.execute(sa.insert(room_snapshot).values(**place, data=document.encode()))
        work.connection.execute(sa.delete(room_update))
        work.connection.execute(sa.delete(project_member).where(project_member.c.account_id == account))

    units.run(CALL, leave)
    (said,) = _comments(units, CALL, account)
    assert "louder" in json.dumps(said)
    units.run(CALL, lambda work: erasing.erase(work.connection, account))
    (kept,) = units.run(CALL, lambda work: list(work.connection.execute(sa.select(room_snapshot.c.data)).scalars()))
    assert b"a.p" in kept
    assert b"louder" not in kept
    assert account.encode() not in kept
