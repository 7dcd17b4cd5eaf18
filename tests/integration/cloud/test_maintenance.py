"""What the cloud does for itself: every job runs to its end on a real database, and a changed audit is reported."""

from collections.abc import Callable

import psycopg
import sqlalchemy as sa

from cloud.foundation import metrics
from cloud.foundation.calls import system_call
from cloud.foundation.job_run import JobRun
from cloud.foundation.job_worker import Worker
from cloud.foundation.tables import job
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.ops import maintenance
from tests.integration.cloud.conftest import RunningApi, TestDatabase
from tests.integration.cloud.test_jobs import _until

CALL = system_call("test")


def test_every_job_of_its_own_runs_to_its_end(start_api: Callable[..., RunningApi]) -> None:
    runtime = start_api().runtime
    runtime.units.run(CALL, lambda work: work.audit.write("made", "thing:1"))
    runtime.units.run(CALL, _run_two_days_ago)
    worker = Worker(runtime.units, runtime.kinds, runtime.subscriptions, 2)
    worker.start()
    states = sa.select(job.c.kind, job.c.state)
    own = {"audit.anchor", "audit.verify", "keys.rewrap", "ops.count", "ops.forget", "ops.objectives"}
    expected = {(recurring.kind, "done") for recurring in runtime.kinds.recurring}
    try:
        _until(lambda: set(runtime.units.run(CALL, lambda work: work.connection.execute(states).all())) == expected)
    finally:
        assert worker.stop(10)
    assert own <= {recurring.kind for recurring in runtime.kinds.recurring}
    assert [anchor.seq for anchor in maintenance.anchor_file(runtime).read()] == [1]


def _run_two_days_ago(work: UnitOfWork) -> None:
    """What is old is removed only where the cloud ran a day ago by the same clock."""
    job_id = work.jobs.enqueue("ops.count", {})
    work.connection.execute(
        sa.update(job).where(job.c.id == job_id).values(created_at=sa.text("now() - interval '2 days'"))
    )


def test_a_changed_audit_is_reported(
    start_api: Callable[..., RunningApi], database: TestDatabase, expected_log: Callable[[str], None]
) -> None:
    expected_log("the audit was changed")
    runtime = start_api().runtime
    for number in range(3):
        runtime.units.run(CALL, lambda work, number=number: work.audit.write("made", f"thing:{number}"))
    assert maintenance.verify_now(runtime) == 0
    with psycopg.connect(database.superuser) as attacker:
        attacker.execute("SET session_replication_role = replica")
        attacker.execute("UPDATE audit_entry SET action = 'other' WHERE seq = 2")
    assert maintenance.verify_now(runtime) == 1
    assert metrics.audit_breaks._value.get() == 1


def test_what_waits_is_counted(start_api: Callable[..., RunningApi]) -> None:
    runtime = start_api().runtime
    runtime.units.run(CALL, lambda work: work.jobs.enqueue("mail.send", {}))
    runtime.units.run(CALL, lambda work: work.outbox.publish("sold", {}))
    handler = runtime.kinds.kinds["ops.count"].handler
    handler(JobRun("job", "ops.count", 1, runtime.units), {})
    page = metrics.page().decode()
    assert 'jobs_waiting{queue="mail"} 1.0' in page
    assert "outbox_waiting 1.0" in page
