"""Durable jobs: every effect on the database happens once, whatever is killed, stopped or slow."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from cloud.foundation import job_queue
from cloud.foundation.calls import system_call
from cloud.foundation.clock import FixedClock, SystemClock
from cloud.foundation.job_kinds import JobKind, JobKinds, Recurring
from cloud.foundation.job_run import JobRun
from cloud.foundation.job_worker import Worker, start_in_its_period
from cloud.foundation.tables import job, job_step
from cloud.foundation.unit_of_work import UnitOfWork, Units
from tests.e2e.program import ROOT
from tests.integration.cloud import job_effects
from tests.integration.cloud.conftest import TestDatabase

CALL = system_call("test")


def _enqueue(units: Units, kind: str, number: int = 0, **options: object) -> str:
    return units.run(CALL, lambda work: work.jobs.enqueue(kind, {"number": number}, **options))


def _job(units: Units, job_id: str) -> dict[str, object]:
    query = sa.select(job).where(job.c.id == job_id)
    return units.run(CALL, lambda work: dict(work.connection.execute(query).mappings().one()))


def _until(condition: Callable[[], object], within_s: float = 30.0) -> None:
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.03)


@contextmanager
def _working(units: Units, *kinds: JobKind, threads: int = 2, **options: object) -> Iterator[Worker]:
    known = JobKinds()
    for kind in kinds:
        known.register(kind)
    worker = Worker(units, known, options.pop("subscriptions", {}), threads, **options)
    worker.start()
    yield worker
    assert worker.stop(10)


def _ends(units: Units, job_id: str, state: str) -> dict[str, object]:
    _until(lambda: _job(units, job_id)["state"] == state)
    return _job(units, job_id)


@contextmanager
def _workers(database: TestDatabase, folder: Path, lease_s: float, kills: list[str]) -> Iterator[None]:
    """Keep two worker processes alive on one database."""
    with psycopg.connect(database.owner) as connection:
        connection.execute(job_effects.TABLE)
        connection.execute("GRANT ALL ON effect TO maxbooster_app")
    command = [sys.executable, "-m", "tests.integration.cloud.job_effects", database.app, str(lease_s), *kills]
    keeper = subprocess.Popen(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)})
    yield
    keeper.terminate()
    keeper.wait()


def _enqueue_many(units: Units, number: int) -> None:
    def enqueue(work: UnitOfWork) -> None:
        for one in range(number):
            work.jobs.enqueue("test.effects", {"number": one}, id=f"job-{one}")

    units.run(CALL, enqueue)


def _done(units: Units) -> int:
    query = sa.select(sa.func.count()).select_from(job).where(job.c.state == "done")
    return units.run(CALL, lambda work: work.connection.execute(query).scalar_one())


def _effects(units: Units) -> "Counter[int]":
    """Return how many steps of jobs left how many rows."""
    query = sa.text("SELECT count(*) FROM effect GROUP BY job, step")
    return Counter(units.run(CALL, lambda work: list(work.connection.execute(query).scalars())))


@pytest.mark.timeout(200)
@pytest.mark.parametrize(
    ("jobs", "lease_s"), [(140, 2.0), pytest.param(1_000, 10.0, marks=[pytest.mark.full])], ids=["quick", "full"]
)
def test_workers_killed_at_every_boundary(
    units: Units, database: TestDatabase, tmp_path: Path, jobs: int, lease_s: float
) -> None:
    kills = [f"{(place + 1) * jobs // 8}:{point}" for place, point in enumerate(job_effects.POINTS)]
    with _workers(database, tmp_path, lease_s, kills):
        _enqueue_many(units, jobs)
        started, lost_at, longest_s = time.monotonic(), {}, 0.0
        while _done(units) < jobs:
            for kill in kills:
                number, _, point = kill.partition(":")
                if (tmp_path / f"{number}-{point}").exists():
                    lost_at.setdefault(f"job-{number}", time.monotonic())
            for job_id in [one for one in lost_at if _job(units, one)["state"] == "done"]:
                longest_s = max(longest_s, time.monotonic() - lost_at.pop(job_id))
            assert time.monotonic() - started < 180
            time.sleep(0.1)
    killed = len(list(tmp_path.glob("*-*e *")) + list(tmp_path.glob("*-after *")))
    print(f"{jobs} jobs in {time.monotonic() - started:.1f} s, {killed} kills, taken over in {longest_s:.1f} s at most")
    assert killed == len(kills)
    assert _effects(units) == {1: jobs * 3}
    assert longest_s < 30


def test_a_job_that_was_taken_while_the_connection_broke_runs_after_its_lease(units: Units, expected_log) -> None:
    """The commit was done and its answer lost: the row says that our worker runs it, and our worker never heard."""
    expected_log("jobs of a lost worker run again")
    ran: list[str] = []
    job_id = _enqueue(units, "test.note")
    lease = timedelta(seconds=0.5)
    units.run(CALL, lambda work: job_queue.claim(work, "us", ["test.note"], lease))
    with _working(units, JobKind("test.note", lambda run, _: ran.append(run.id)), lease=lease, name="us"):
        _until(lambda: _job(units, job_id)["state"] == "done", 10)
    assert ran == [job_id]


def test_a_worker_that_stood_still_changes_nothing_when_it_goes_on(
    units: Units, database: TestDatabase, tmp_path: Path
) -> None:
    with _workers(database, tmp_path, 1.0, []):
        _enqueue_many(units, 400)
        _until(lambda: _done(units) > 20)
        frozen = int((tmp_path / "worker-1").read_text(encoding="ascii"))
        os.kill(frozen, signal.SIGSTOP)
        _until(lambda: _done(units) >= 300)
        os.kill(frozen, signal.SIGCONT)
        _until(lambda: _done(units) == 400)
    assert _effects(units) == {1: 1_200}


def test_a_lease_that_was_lost_undoes_the_step(units: Units, expected_log) -> None:
    expected_log("another worker has the job")
    held = threading.Event()

    def handler(run: JobRun, _payload: object) -> None:
        def effect(work: UnitOfWork) -> None:
            work.outbox.publish("happened", {})
            held.set()
            thief.join()

        run.step("one", effect)

    thief = threading.Thread(target=lambda: (held.wait(10), _steal(units, job_id)))
    thief.start()
    job_id = _enqueue(units, "test.slow")
    with _working(units, JobKind("test.slow", handler)) as worker:
        _until(lambda: not thief.is_alive() and _job(units, job_id)["lease"] == 2)
        worker.stopping.set()
    assert units.run(CALL, lambda work: work.connection.execute(sa.select(job_step)).all()) == []


def _steal(units: Units, job_id: str) -> None:
    taken = sa.update(job).where(job.c.id == job_id).values(lease=job.c.lease + 1, leased_by="thief")
    units.run(CALL, lambda work: work.connection.execute(taken))


def test_a_job_sleeps_wakes_and_remembers(units: Units) -> None:
    seen: list[object] = []

    def handler(run: JobRun, _payload: object) -> None:
        seen.append("run")
        run.sleep("a moment", timedelta(seconds=0.3))
        seen.append(run.outside("call", lambda key: key))
        run.sleep("another", timedelta(seconds=0.1))

    job_id = _enqueue(units, "test.waits")
    with _working(units, JobKind("test.waits", handler)):
        _ends(units, job_id, "done")
    assert seen == ["run", "run", f"{job_id}:call", "run", f"{job_id}:call"]


def test_a_failing_job_is_tried_again_then_dead_then_tried_by_hand(units: Units, expected_log) -> None:
    for _ in range(4):
        expected_log("job failed")
    broken = [True]

    def handler(run: JobRun, _payload: object) -> None:
        run.step("first", lambda work: work.outbox.publish("first", {}))
        if broken[0]:
            raise RuntimeError("no luck")

    job_id = _enqueue(units, "test.fails")
    kind = JobKind("test.fails", handler, attempts=3, first_wait=timedelta(milliseconds=1))
    with _working(units, kind):
        dead = _ends(units, job_id, "dead")
        assert (dead["error"], dead["attempts"]) == ("RuntimeError: no luck", 3)
        broken[0] = False
        assert units.run(CALL, lambda work: work.jobs.retry(job_id))
        assert _ends(units, job_id, "done")["error"] is None
    assert not units.run(CALL, lambda work: work.jobs.retry(job_id))


@pytest.mark.parametrize("is_outside", [True, False])
def test_a_failure_in_a_row_counts_and_a_finished_step_begins_a_new_row(
    units: Units, expected_log, is_outside: bool
) -> None:
    for _ in range(4):
        expected_log("job failed")
    runs = []

    def fail(_key: object) -> None:
        raise RuntimeError("no luck")

    def handler(run: JobRun, _payload: object) -> None:
        runs.append(run.id)
        if len(runs) == 2:
            run.step("second", lambda _work: 2)
        if is_outside:
            run.outside("call", fail)
        run.step("fails", fail)

    job_id = _enqueue(units, "test.rows")
    kind = JobKind("test.rows", handler, attempts=3, first_wait=timedelta(milliseconds=1))
    with _working(units, kind):
        _ends(units, job_id, "dead")
    assert len(runs) == 4


def test_a_job_that_takes_its_workers_with_it_is_dead_in_the_end(units: Units, expected_log) -> None:
    expected_log("jobs of a lost worker run again")
    expected_log("job failed")
    job_id = _enqueue(units, "test.poison")
    for _ in range(2):
        claimed = units.run(CALL, lambda work: job_queue.claim(work, "gone", ["test.poison"], timedelta(0)))
        assert claimed is not None
        if claimed.attempts == 1:
            assert units.run(CALL, job_queue.take_back) == [job_id]
    with _working(units, JobKind("test.poison", lambda *_: None, attempts=2)):
        dead = _ends(units, job_id, "dead")
    assert dead["error"] == "WorkersLostError: its workers were lost 2 times"


def test_a_worker_that_stops_keeps_its_running_job(units: Units) -> None:
    began, ended = threading.Event(), []

    def handler(run: JobRun, _payload: object) -> None:
        began.set()
        time.sleep(1.2)
        run.step("one", lambda _work: ended.append(run.id))

    job_id = _enqueue(units, "test.long")
    kind = JobKind("test.long", handler)
    with _working(units, kind), _working(units, kind, lease=timedelta(seconds=1)) as stops:
        assert began.wait(10)
        assert stops.stop(10)
        _ends(units, job_id, "done")
    assert ended == [job_id]


def test_a_partition_runs_one_at_a_time(units: Units) -> None:
    running, most, together = Counter(), Counter(), threading.Lock()

    def handler(run: JobRun, payload: dict[str, int]) -> None:
        name = payload["number"] % 2
        with together:
            running[name] += 1
            most[name] = max(most[name], running[name])
        time.sleep(0.02)
        with together:
            running[name] -= 1

    ids = [_enqueue(units, "test.parts", number, partition=f"p{number % 2}") for number in range(20)]
    with _working(units, JobKind("test.parts", handler), threads=6):
        for job_id in ids:
            _ends(units, job_id, "done")
    assert most == {0: 1, 1: 1}


def test_ids_moments_and_cancelling(units: Units) -> None:
    assert _enqueue(units, "test.x", id="once") == _enqueue(units, "test.x", 2, id="once") == "once"
    assert _job(units, "once")["payload"] == {"number": 0}
    later = _enqueue(units, "test.x", run_at=SystemClock().now() + timedelta(hours=1))
    claim = lambda work: job_queue.claim(work, "w", ["test.x"], timedelta(seconds=9))  # noqa: E731 - twice below
    claimed = units.run(CALL, claim)
    assert claimed is not None
    assert claimed.id == "once"
    assert units.run(CALL, claim) is None
    assert units.run(CALL, lambda work: work.jobs.cancel("once"))
    assert not units.run(CALL, lambda work: work.jobs.cancel("once"))
    assert units.run(CALL, lambda work: work.jobs.cancel(later))
    units.run(CALL, lambda work: job_queue.finish(work, claimed))
    assert _job(units, "once")["state"] == "cancelled"


def test_messages_start_each_subscriber_once(units: Units) -> None:
    seen: list[str] = []
    kinds = [JobKind(f"test.{name}", lambda run, _payload: seen.append(run.id)) for name in "ab"]
    for number in range(30):
        units.run(CALL, lambda work, number=number: work.outbox.publish("sold", {"number": number}))
    topics = {"sold": ("test.a", "test.b")}
    with _working(units, *kinds, subscriptions=topics), _working(units, *kinds, subscriptions=topics):
        _until(lambda: _done(units) == 60)
    assert len(seen) == len(set(seen)) == 60


def test_a_recurring_job_starts_once_in_a_period(units: Units) -> None:
    clock = FixedClock(SystemClock().now())
    timed, every = Units(units._database, clock), Recurring("test.hourly", timedelta(hours=1))
    for minutes in (0, 0, 61, 61):
        clock.advance(timedelta(minutes=minutes and 30.5))
        timed.run(CALL, lambda work: start_in_its_period(every, work))
        timed.run(CALL, lambda work: start_in_its_period(every, work))
    query = sa.select(sa.func.count()).select_from(job)
    assert units.run(CALL, lambda work: work.connection.execute(query).scalar_one()) == 2
