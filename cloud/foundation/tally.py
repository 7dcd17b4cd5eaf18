"""What this process has seen since it was last asked: for each objective, how many events there were and how many bad.

Always holds: every event is taken exactly once, unless whoever took it could not write it down and gives it back.
"""

import threading
from collections.abc import Mapping

AVAILABILITY, LATENCY, TIMELINESS = "api.availability", "api.latency", "jobs.timeliness"
FAST_S, ON_TIME_S = 0.3, 60.0
#: How long these take depends on who sends or reads.
_AS_LONG_AS_IT_TAKES = ("/v1/uploads", "/v1/exports", "/metrics", "/healthz", "/readyz")
_FAILED = 500
Counts = Mapping[str, tuple[int, int]]


class Tally:
    """See the module; any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[int, int]] = {}

    def count(self, objective: str, *, is_bad: bool) -> None:
        """Count one event."""
        self.give_back({objective: (int(is_bad), 1)})

    def take(self) -> Counts:
        """Return bad and all events by objective, and begin anew."""
        with self._lock:
            taken, self._counts = self._counts, {}
        return taken

    def give_back(self, counts: Counts) -> None:
        """Count what was taken once more."""
        with self._lock:
            for objective, (bad, total) in counts.items():
                before = self._counts.get(objective, (0, 0))
                self._counts[objective] = before[0] + bad, before[1] + total


TALLY = Tally()


def count_request(route: str, status: int, seconds: float) -> None:
    """Count a request against the objectives of the API; what matched no route is nobody's."""
    if route:
        TALLY.count(AVAILABILITY, is_bad=status >= _FAILED)
    if route and not route.startswith(_AS_LONG_AS_IT_TAKES):
        TALLY.count(LATENCY, is_bad=seconds > FAST_S)


def count_start(late_s: float) -> None:
    """Count a job that starts so many seconds after it was due."""
    TALLY.count(TIMELINESS, is_bad=late_s > ON_TIME_S)
