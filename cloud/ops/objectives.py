"""Service level objectives as data, and when a burnt error budget is worth waking somebody.

After Google's SRE workbook, "Alerting on SLOs": an alert fires when both its long and its short window burn faster
than its factor, and clears as soon as one does not. Few events do not alarm anybody: the long window needs 20 bad.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from cloud.foundation.tally import AVAILABILITY, LATENCY, TIMELINESS

PERIOD = timedelta(days=30)
_FEWEST_BAD = 20


@dataclass(frozen=True, slots=True)
class Objective:
    """What share of events must be good over 30 days.

    Attributes:
        good: what a good event is, in words and in the metrics' terms.
    """

    name: str
    target: float
    good: str
    runbook: str

    @property
    def runbook_path(self) -> str:
        """Return the page that says what to do when its budget burns."""
        return f"docs/runbooks/{self.runbook}.md"

    @property
    def budget(self) -> float:
        """Return the share of events that may be bad."""
        return 1 - self.target


@dataclass(frozen=True, slots=True)
class Alert:
    """A pair of windows and the factor by which both must exceed the budget's even use."""

    severity: Literal["page", "ticket"]
    budget_share: float
    long: timedelta
    short: timedelta

    @property
    def factor(self) -> float:
        """Return how many times faster than evenly the budget burns: share of it, per share of the period."""
        return self.budget_share * (PERIOD / self.long)


OBJECTIVES = (
    Objective(AVAILABILITY, 0.999, "a request that did not end with 5xx", "api-availability"),
    Objective(LATENCY, 0.95, "a request that was answered within 300 ms", "api-latency"),
    Objective(TIMELINESS, 0.99, "a job that started within 60 s of being due", "jobs-timeliness"),
)
ALERTS = (
    Alert("page", 0.02, timedelta(hours=1), timedelta(minutes=5)),
    Alert("page", 0.05, timedelta(hours=6), timedelta(minutes=30)),
    Alert("ticket", 0.10, timedelta(days=1), timedelta(hours=2)),
    Alert("ticket", 0.10, timedelta(days=3), timedelta(hours=6)),
)
#: Bad and all events in the last so-much time.
Counts = Callable[[timedelta], tuple[int, int]]


def firing(objective: Objective, counts: Counts) -> list[Alert]:
    """Return the alerts that fire now."""
    return [alert for alert in ALERTS if _burns(objective, alert, counts)]


def _burns(objective: Objective, alert: Alert, counts: Counts) -> bool:
    bad, _ = counts(alert.long)
    return bad >= _FEWEST_BAD and all(
        burn(objective, counts(window)) > alert.factor for window in (alert.long, alert.short)
    )


def burn(objective: Objective, counted: tuple[int, int]) -> float:
    """Return how many times faster than evenly a budget burns when so many events of all are bad."""
    bad, total = counted
    return bad / total / objective.budget if total else 0.0
