"""Two workers as processes of their own, for tests that kill them: three steps, each of which leaves a row behind.

    job_effects.py DATABASE_URL LEASE_S KILLS...

KILLS are `JOB:POINT`: there a worker kills itself, once in all workers' lives (a file in the working folder), and
another takes its place. `worker-N` in the working folder holds the process id of the Nth.
"""

import itertools
import os
import signal
import sys
import threading
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from cloud.foundation.database import Database
from cloud.foundation.job_kinds import JobKind, JobKinds
from cloud.foundation.job_run import JobRun
from cloud.foundation.job_worker import Worker
from cloud.foundation.unit_of_work import UnitOfWork, Units

POINTS = ("before 1", "inside 1", "before 2", "inside 2", "before 3", "inside 3", "after 3")
TABLE = "CREATE TABLE effect (job text, step int, worker text, at timestamptz DEFAULT clock_timestamp())"
_INSERT = sa.text("INSERT INTO effect (job, step, worker) VALUES (:job, :step, :worker)")


def kinds(worker: str, boundary: Any) -> JobKinds:
    """Return the one kind of job, whose steps write rows and call `boundary` at every point."""

    def handler(run: JobRun, payload: Mapping[str, Any]) -> None:
        for step in (1, 2, 3):

            def effect(work: UnitOfWork, step: int = step) -> int:
                work.connection.execute(_INSERT, {"job": run.id, "step": step, "worker": worker})
                boundary(payload["number"], f"inside {step}")
                return step

            boundary(payload["number"], f"before {step}")
            assert run.step(f"step {step}", effect) == step
        boundary(payload["number"], "after 3")

    made = JobKinds()
    made.register(JobKind("test.effects", handler))
    return made


def main(address: str, lease_s: str, *kills: str) -> None:
    """Keep two workers alive until told to end: forked, so that a new one works at once."""
    alive: dict[int, None] = {}

    def end(*_: object) -> None:
        for pid in alive:
            os.kill(pid, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    for number in itertools.count(1):
        pid = os.fork()
        if not pid:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            work(address, f"w{number}", float(lease_s), kills)
        alive[pid] = None
        Path(f"worker-{number}").write_text(f"{pid}\n", encoding="ascii")
        if len(alive) == 2:
            alive.pop(os.wait()[0])


def work(address: str, name: str, lease_s: float, kills: tuple[str, ...]) -> None:
    """Work until killed."""

    def boundary(number: int, point: str) -> None:
        mark = Path(f"{number}-{point}")
        if f"{number}:{point}" in kills and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    units = Units(Database(address, pool_size=6))
    Worker(units, kinds(name, boundary), {}, 4, timedelta(seconds=lease_s), name).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
