"""Accounts whose updates are not tried any more, and when they are again."""

from cloud.rooms.limits import RoomLimits
from cloud.rooms.spoiling import Spoiling


def test_an_account_that_spoilt_too_many_has_none_tried_until_one_more_is_allowed() -> None:
    now_s = 0.0
    spoiling = Spoiling(RoomLimits(spoilt_updates=2), lambda: now_s)
    spoiling.count("ann")
    assert not spoiling.is_exceeded("ann")
    spoiling.count("ann")
    assert (spoiling.is_exceeded("ann"), spoiling.is_exceeded("ben")) == (True, False)
    now_s = 299.0
    assert spoiling.is_exceeded("ann")
    now_s = 300.0
    assert not spoiling.is_exceeded("ann")
