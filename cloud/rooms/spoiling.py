"""Updates at which the library gave up in their midst, counted by account.

The room makes its document again after each, which costs the others time; and what such a moment leaves in the memory
of the process is the library's secret. It happens to honest clients, hardly ever; whoever makes it happen on purpose
comes to an end soon. Each keeper's thread has its own count.
"""

import time
from collections.abc import Callable

from cloud.rooms.limits import Bucket, RoomLimits

_WINDOW_S = 600.0
#: Accounts are forgotten when there are more of them.
_MOST_ACCOUNTS = 10_000


class Spoiling:
    """See the module."""

    def __init__(self, limits: RoomLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = limits.spoilt_updates, clock
        self._left: dict[str, Bucket] = {}

    def is_exceeded(self, account_id: str) -> bool:
        """Return whether an account has spoilt so many that none of its updates is tried for now."""
        left = self._left.get(account_id)
        return left is not None and not left.has(1)

    def count(self, account_id: str) -> None:
        """Count one."""
        if account_id not in self._left:
            if len(self._left) >= _MOST_ACCOUNTS:
                self._left.clear()
            self._left[account_id] = Bucket(self._most / _WINDOW_S, self._most, self._clock)
        self._left[account_id].take(1)
