"""Sockets whose ticket lets nobody in, counted by network address: all API processes count together.

An address that has used up what it has waits until there is one more; until then this process closes its sockets
without looking at their tickets, so that who hammers on the door costs the database nothing. Good tickets cost nothing.
"""

import time
from collections.abc import Callable

from cloud.foundation import limits
from cloud.foundation.calls import system_call
from cloud.foundation.limits import Limit, QuotaExceededError
from cloud.foundation.unit_of_work import Units

_WINDOW_S = 60
#: Addresses that wait are forgotten when there are more of them: they are counted in the database all the same.
_MOST_WAITING = 10_000


class BadTickets:
    """What network addresses, as salted hashes, have tried in vain. Any thread may call."""

    def __init__(self, units: Units, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._units, self._clock = units, clock
        self._limit = Limit("bad-tickets", a_minute, _WINDOW_S)
        self._until_s: dict[str, float] = {}

    def must_wait(self, peer: str) -> bool:
        """Return whether an address has to wait before its next socket is looked at."""
        until_s = self._until_s.get(peer)
        if until_s is not None and until_s <= self._clock():
            self._until_s.pop(peer, None)
            return False
        return until_s is not None

    def count(self, peer: str) -> None:
        """Count a bad ticket; raises QuotaExceededError when the address has none left, and then it has to wait."""
        try:
            limits.spend(self._units, system_call("rooms"), self._limit, peer)
        except QuotaExceededError as exceeded:
            if len(self._until_s) >= _MOST_WAITING:
                self._until_s.clear()
            self._until_s[peer] = self._clock() + float(exceeded.headers["Retry-After"])
            raise
