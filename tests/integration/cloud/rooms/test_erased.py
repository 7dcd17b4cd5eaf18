"""A room that is open while somebody who spoke in it is erased is closed, and who comes back finds their words gone."""

import pytest

from cloud.rooms import directory, erasing
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
