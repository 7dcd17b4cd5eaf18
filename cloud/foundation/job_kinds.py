"""What jobs do: handlers by kind, how often each is tried, and which start by themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cloud.foundation.job_run import JobRun

Handler = Callable[[JobRun, Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class JobKind:
    """What a job does and how often it is tried.

    Attributes:
        name: `queue.verb`, stable: rows hold it. A handler whose steps change incompatibly gets a new name
            (`payout.send_v2`).
        attempts: runs without a finished step before the job is dead and waits for a person.
        first_wait: pause after the first failure; doubled each time, up to `longest_wait`, with jitter.
    """

    name: str
    handler: Handler
    attempts: int = 10
    first_wait: timedelta = timedelta(seconds=2)
    longest_wait: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Recurring:
    """A job that is started once in every period, whatever the number of workers.

    Attributes:
        removes: it removes what is old, so it waits while the clock may be wrong (`job_queue.is_clock_proven`).
    """

    kind: str
    every: timedelta
    removes: bool = False


@dataclass(slots=True)
class JobKinds:
    """Every kind of job this release knows."""

    kinds: dict[str, JobKind] = field(default_factory=dict)
    recurring: list[Recurring] = field(default_factory=list)

    def register(self, kind: JobKind, *, every: timedelta | None = None, removes: bool = False) -> None:
        """Add a kind; `every` also starts it by itself, `removes` says that it removes what is old."""
        if kind.name in self.kinds:
            raise ValueError(f"the kind of job {kind.name} is registered twice")
        self.kinds[kind.name] = kind
        if every is not None:
            self.recurring.append(Recurring(kind.name, every, removes))
