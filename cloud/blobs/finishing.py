"""The heavy end of uploads: hashing and copying whole blobs, in threads of its own, a few at a time.

However many uploads come to their end at once, the threads of all other requests stay theirs. Who finds the queue full
is asked to come again; nothing of theirs is lost.
"""

from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread

from cloud.foundation.problems import UNAVAILABLE, ProblemError

T = TypeVar("T")
#: Each has a connection to the database, beside those of requests.
AT_ONCE = 2
WAITING = 8


class FinishingBusyError(ProblemError):
    """Many uploads are being finished at this moment."""

    problem = UNAVAILABLE


class Finishing:
    """What one process finishes. Belongs to the event loop."""

    def __init__(self) -> None:
        self._threads: anyio.CapacityLimiter | None = None
        self._inside = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Do some work in its turn; raises FinishingBusyError (503) when too much waits already."""
        if self._inside >= AT_ONCE + WAITING:
            raise FinishingBusyError(
                "Many uploads are being finished at this moment: ask again in a moment, by tus with an empty part.",
                headers={"Retry-After": "5"},
            )
        self._threads = self._threads or anyio.CapacityLimiter(AT_ONCE)  # which an event loop has to run for
        self._inside += 1
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._threads)
        finally:
            self._inside -= 1
