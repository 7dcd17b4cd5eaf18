"""Runs jobs: some threads that take and run them, and one that keeps what is held and takes back what is lost.

A worker may be killed at any instant; its jobs go on elsewhere when their leases end, after `LEASE` at the latest. So
does a job that was taken or let go of while the connection broke: nobody runs it, so nobody keeps it.
"""

import functools
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from cloud.foundation import job_queue, messages, metrics, tally, tracing
from cloud.foundation.calls import system_call
from cloud.foundation.job_kinds import JobKind, JobKinds, Recurring
from cloud.foundation.job_queue import Claimed
from cloud.foundation.job_run import JobRun, LeaseLostError, Suspended
from cloud.foundation.messages import Subscriptions
from cloud.foundation.unit_of_work import UnitOfWork, Units

LEASE = timedelta(seconds=10)
_RENEWED_EVERY_S = 2.0
_POLL_S = 0.25
_AFTER_TROUBLE_S = 1.0
_log = structlog.get_logger("maxbooster.cloud.jobs")


class WorkersLostError(Exception):
    """A job took every worker that ran it with it."""


@dataclass(slots=True)
class Worker:
    """All jobs of one process."""

    units: Units
    kinds: JobKinds
    subscriptions: Subscriptions
    threads: int
    lease: timedelta = LEASE
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}")
    stopping: threading.Event = field(default_factory=threading.Event)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _runners: list[threading.Thread] = field(default_factory=list)
    _keepers: list[threading.Thread] = field(default_factory=list)
    _held: set[str] = field(default_factory=set)

    def start(self) -> None:
        """Start the threads."""
        turns = [self._run_next] * self.threads
        self._runners += [self._started(f"runner {number}", turn, self.stopping) for number, turn in enumerate(turns)]
        self._runners.append(self._started("outbox", self._dispatch, self.stopping))
        self._keepers.append(self._started("keeper", self._keep, self._stopped))

    def stop(self, within_s: float) -> bool:
        """Take no more jobs and let the running ones end, which are kept ours meanwhile; return whether they did."""
        self.stopping.set()
        end = time.monotonic() + within_s
        for thread in self._runners:
            thread.join(max(0.0, end - time.monotonic()))
        self._stopped.set()
        for thread in self._keepers:
            thread.join(_AFTER_TROUBLE_S)
        return not any(thread.is_alive() for thread in (*self._runners, *self._keepers))

    def _started(self, title: str, turn: Callable[[], float], until: threading.Event) -> threading.Thread:
        thread = threading.Thread(target=self._loop, args=(turn, until), name=f"jobs {title}", daemon=True)
        thread.start()
        return thread

    def _loop(self, turn: Callable[[], float], until: threading.Event) -> None:
        while not until.is_set():
            try:
                pause_s = turn()
            except SQLAlchemyError as error:  # the database restarts, say: nothing is lost, try again
                _log.warning("jobs wait for the database", reason=type(error).__name__)
                pause_s = _AFTER_TROUBLE_S
            except Exception:  # noqa: BLE001 - a defect of ours must not end the thread unseen
                _log.exception("a worker's thread failed")
                pause_s = _AFTER_TROUBLE_S
            until.wait(pause_s)

    def _run_next(self) -> float:
        call = system_call(self.name)
        kinds = sorted(self.kinds.kinds)
        try:
            claimed = self.units.run(call, lambda work: job_queue.claim(work, self.name, kinds, self.lease))
        except IntegrityError:
            return 0.0  # another worker was quicker with the same partition
        if claimed is None:
            return _POLL_S
        tally.count_start(claimed.late_s)
        self._held.add(claimed.id)
        try:
            with tracing.job_span(claimed.kind, claimed.id, claimed.trace):
                self._run(claimed)
        finally:
            self._held.discard(claimed.id)
        return 0.0

    def _run(self, claimed: Claimed) -> None:
        kind = self.kinds.kinds[claimed.kind]
        run = JobRun(claimed.id, claimed.kind, claimed.lease, self.units)
        how, log = "done", _log.bind(job=claimed.id, kind=claimed.kind, attempt=claimed.attempts)
        try:
            _require_attempts_left(claimed, kind)
            run.load()
            kind.handler(run, claimed.payload)
            self.units.run(run.call, lambda work: job_queue.finish(work, claimed))
        except Suspended as pause:
            how = "suspended"
            wait = pause
            self.units.run(run.call, lambda work: job_queue.suspend(work, claimed, wait))
        except LeaseLostError:
            how = "lost"
            log.warning("another worker has the job")
        except Exception as error:  # whatever a handler raises is the job's failure, never the worker's
            failure = error
            attempts = 1 if run.has_got_on else claimed.attempts
            is_dead = self.units.run(run.call, lambda work: job_queue.fail(work, claimed, kind, attempts, failure))
            how = "dead" if is_dead else "failed"
            log.warning("job failed", is_dead=is_dead, exc_info=error)
        metrics.jobs_ended.labels(claimed.kind, how).inc()

    def _keep(self) -> float:
        call, held = system_call(self.name), self._held.copy()
        self.units.run(call, lambda work: job_queue.renew(work, self.name, held, self.lease))
        lost = self.units.run(call, job_queue.take_back)
        if lost:
            _log.warning("jobs of a lost worker run again", jobs=len(lost))
        is_proven = self.units.run(call, job_queue.is_clock_proven)
        metrics.clock_unproven.set(not is_proven)
        for recurring in self.kinds.recurring:
            if is_proven or not recurring.removes:
                self.units.run(call, functools.partial(start_in_its_period, recurring))
        return _RENEWED_EVERY_S if not lost else 0.0

    def _dispatch(self) -> float:
        call = system_call(self.name)
        handled = self.units.run(call, lambda work: messages.dispatch(work.connection, self.subscriptions))
        return 0.0 if handled else _POLL_S


def _require_attempts_left(claimed: Claimed, kind: JobKind) -> None:
    """Refuse a job whose last attempts all ended with their workers: nobody was left to count it as failed."""
    if claimed.attempts > kind.attempts:
        raise WorkersLostError(f"its workers were lost {kind.attempts} times")


def start_in_its_period(recurring: Recurring, work: UnitOfWork) -> None:
    """Enqueue a recurring job unless it was in this period; periods are counted from 1970."""
    period = int(work.clock.now().timestamp() // recurring.every.total_seconds())
    work.jobs.enqueue(recurring.kind, {}, id=f"{recurring.kind}:{period}")
