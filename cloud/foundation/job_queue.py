"""The rows behind the port: taking a job, keeping it, letting go of it. One statement each.

A job is taken with SKIP LOCKED, so workers never wait for each other, and leased for a few seconds that its worker
renews. When the worker is gone the lease ends and the next one takes the job with a higher lease number; what the
former holder still tries is refused by that number (`JobRun.hold`).
"""

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from cloud.foundation.job_kinds import JobKind
from cloud.foundation.job_run import Suspended
from cloud.foundation.tables import job
from cloud.foundation.unit_of_work import UnitOfWork

_LONGEST_ERROR = 500
_CLAIM = sa.text("""
    UPDATE job SET state = 'running', lease = lease + 1, attempts = attempts + 1, leased_by = :worker,
                   leased_until = clock_timestamp() + :lease, version = version + 1
     WHERE id = (
        SELECT id FROM job AS next
         WHERE state = 'waiting' AND run_at <= clock_timestamp() AND kind = ANY(:kinds)
           AND (partition IS NULL OR NOT EXISTS (
                SELECT 1 FROM job AS held WHERE held.partition = next.partition AND held.state = 'running'))
         ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, lease, attempts, payload, trace,
              extract(epoch FROM clock_timestamp() - run_at)::float8 AS late_s
""")
_RENEW = sa.text("""
    UPDATE job SET leased_until = clock_timestamp() + :lease
     WHERE id IN (SELECT id FROM job WHERE leased_by = :worker AND state = 'running' AND id = ANY(:held)
                  FOR UPDATE SKIP LOCKED)
""")
#: A lease that ends in an hour was given by a clock that has been put right since.
_TAKE_BACK = sa.text("""
    UPDATE job SET state = 'waiting', version = version + 1
     WHERE id IN (SELECT id FROM job WHERE state = 'running'
                     AND NOT leased_until BETWEEN clock_timestamp() AND clock_timestamp() + interval '1 hour'
                  FOR UPDATE SKIP LOCKED)
    RETURNING id
""")
_PROVEN = sa.text("SELECT EXISTS (SELECT 1 FROM job WHERE created_at BETWEEN :since AND :until)")
#: Jobs that were made so long ago show that it has been about this time for a while: a machine that is off for longer,
#: or whose clock jumps further, removes nothing for a day.
_PROVEN_SINCE, _PROVEN_UNTIL = timedelta(days=3), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that is ours for a while.

    Attributes:
        late_s: how long after it was due it was taken.
    """

    id: str
    kind: str
    lease: int
    attempts: int
    payload: dict[str, Any]
    trace: str | None
    late_s: float


def claim(work: UnitOfWork, worker: str, kinds: list[str], lease: timedelta) -> Claimed | None:
    """Take the job that is due longest; raises IntegrityError when another worker was quicker with its partition."""
    row = work.connection.execute(_CLAIM, {"worker": worker, "kinds": kinds, "lease": lease}).mappings().first()
    return None if row is None else Claimed(**row)


def renew(work: UnitOfWork, worker: str, held: Collection[str], lease: timedelta) -> None:
    """Keep what this worker knows to hold: of others of its name it has not heard, as a connection broke."""
    work.connection.execute(_RENEW, {"worker": worker, "held": list(held), "lease": lease})


def take_back(work: UnitOfWork) -> list[str]:
    """Let everybody take the jobs whose worker is gone; return their ids."""
    return list(work.connection.execute(_TAKE_BACK).scalars())


def is_clock_proven(work: UnitOfWork) -> bool:
    """Return whether the cloud ran at about this time a day ago; else what looks old may be old by a wrong clock."""
    now = work.clock.now()
    found = work.connection.execute(_PROVEN, {"since": now - _PROVEN_SINCE, "until": now - _PROVEN_UNTIL})
    return bool(found.scalar_one())


def finish(work: UnitOfWork, claimed: Claimed) -> None:
    """Note that a job is done."""
    _let_go(work, claimed, state="done", ended_at=sa.func.now(), error=None)


def suspend(work: UnitOfWork, claimed: Claimed, pause: Suspended) -> None:
    """Let a job wait."""
    _let_go(work, claimed, state="waiting", run_at=pause.until, attempts=0)


def fail(work: UnitOfWork, claimed: Claimed, kind: JobKind, attempts: int, error: Exception) -> bool:
    """Let a job wait after so many failures in a row, or declare it dead; return whether it is dead."""
    text = f"{type(error).__name__}: {error}"[:_LONGEST_ERROR]
    if attempts >= kind.attempts:
        _let_go(work, claimed, state="dead", ended_at=sa.func.now(), attempts=attempts, error=text)
        return True
    longest = min(kind.first_wait * 2 ** (attempts - 1), kind.longest_wait)
    run_at = work.clock.now() + longest * random.uniform(0.5, 1)
    _let_go(work, claimed, state="waiting", run_at=run_at, attempts=attempts, error=text)
    return False


def _let_go(work: UnitOfWork, claimed: Claimed, **values: Any) -> None:
    ours = (job.c.id == claimed.id, job.c.lease == claimed.lease, job.c.state == "running")
    work.connection.execute(sa.update(job).where(*ours).values(version=job.c.version + 1, leased_until=None, **values))
