"""One run of a job, as its handler sees it: steps, effects outside, waiting. Behind it the lease is watched.

Always holds: a step's effect on the database, its remembered result and the proof that this worker still holds the
job are one transaction. A worker that stood still while another took its job over changes nothing when it goes on.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from cloud.foundation.calls import Call, system_call
from cloud.foundation.tables import job, job_step
from cloud.foundation.unit_of_work import UnitOfWork, Units


class LeaseLostError(BaseException):
    """Another worker has the job, or it was cancelled: this run ends without a trace.

    Like `Suspended` no Exception: a handler that catches those must not hold up its own end.
    """


class Suspended(BaseException):
    """The job waits until a moment."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(f"waits until {until.isoformat()}")


@dataclass(slots=True)
class JobRun:
    """What a handler gets.

    Attributes:
        id: the job's; stable over all its runs.
        lease: which holder of the job we are.
        has_got_on: whether this run has finished a step: then its failure is the first in a row.
    """

    id: str
    kind: str
    lease: int
    units: Units
    has_got_on: bool = False
    _done: dict[str, Any] = field(default_factory=dict)

    @property
    def call(self) -> Call:
        """Return the call that this run's units of work serve."""
        return system_call(self.id)

    def load(self) -> None:
        """Read which steps were finished before."""
        query = sa.select(job_step.c.name, job_step.c.result).where(job_step.c.job_id == self.id)
        rows = self.units.run(self.call, lambda work: work.connection.execute(query).all())
        self._done = dict(rows)

    def step(self, name: str, operation: Callable[[UnitOfWork], Any]) -> Any:
        """Run `operation` in one transaction, once in the job's life; return its result (JSON) then and later."""
        if name not in self._done:
            self._done[name] = self.units.run(self.call, lambda work: self._finish(work, name, operation(work)))
        return self._done[name]

    def outside(self, name: str, effect: Callable[[str], Any]) -> Any:
        """Run what happens outside the database, with no transaction open; return its result then and later.

        It happens again when we are killed before its result is kept: `effect` gets a key that is the same each time.
        """
        if name not in self._done:
            self.units.run(self.call, self.hold)
            result = effect(f"{self.id}:{name}")
            self._done[name] = self.units.run(self.call, lambda work: self._finish(work, name, result))
        return self._done[name]

    def sleep(self, name: str, pause: timedelta) -> None:
        """Go on after `pause`, counted from the first time we come here; no worker waits meanwhile."""
        until = datetime.fromisoformat(self.step(name, lambda work: (work.clock.now() + pause).isoformat()))
        if self.units.clock.now() < until:
            raise Suspended(until)

    def hold(self, work: UnitOfWork) -> None:
        """Prove that the job is still ours and keep it until the unit ends; raises LeaseLostError."""
        ours = (job.c.id == self.id, job.c.lease == self.lease, job.c.state == "running")
        if work.connection.execute(sa.select(job.c.id).where(*ours).with_for_update()).first() is None:
            raise LeaseLostError(self.id)

    def _finish(self, work: UnitOfWork, name: str, result: Any) -> Any:
        self.hold(work)
        self.has_got_on = True
        work.connection.execute(sa.update(job).where(job.c.id == self.id).values(attempts=0))
        work.connection.execute(sa.insert(job_step).values(job_id=self.id, name=name, result=result))
        return result
