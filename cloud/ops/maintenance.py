"""What the cloud does for itself: forgets what is old, keeps keys and anchors current, checks the audit, counts."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import structlog

from cloud.foundation import answers, limits, metrics
from cloud.foundation.audit.anchoring import AnchorFile
from cloud.foundation.audit.verifying import verify
from cloud.foundation.encryption import Vault
from cloud.foundation.job_kinds import JobKind
from cloud.foundation.job_run import JobRun
from cloud.foundation.runtime import Runtime
from cloud.foundation.tables import inbox, job, outbox
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.ops import request_store

_log = structlog.get_logger("maxbooster.cloud.maintenance")
_KEPT = timedelta(days=30)
#: Which process writes the anchors matters: its data folder must not be the database's.
_ANCHORS = "audit-anchors.jsonl"


def register(runtime: Runtime) -> None:
    """Register the maintenance jobs."""
    keyring = runtime.keyring

    def rewrap(run: JobRun, _payload: Mapping[str, Any]) -> None:
        turn = 0
        while run.step(f"turn {turn}", lambda work: Vault(work.connection, keyring).rewrap()):
            turn += 1

    def anchor(run: JobRun, _payload: Mapping[str, Any]) -> None:
        run.outside("anchor", lambda _key: anchor_now(runtime))

    def forget(run: JobRun, _payload: Mapping[str, Any]) -> None:
        for what in (answers.forget_old, limits.forget_idle, _forget_messages, _forget_jobs, _forget_requests):
            run.step(what.__name__, what)

    def count(run: JobRun, _payload: Mapping[str, Any]) -> None:
        runtime.units.run(run.call, _count_waiting)

    def check(run: JobRun, _payload: Mapping[str, Any]) -> None:
        run.outside("verify", lambda _key: verify_now(runtime))

    runtime.kinds.register(JobKind("audit.verify", check), every=timedelta(days=1))
    runtime.kinds.register(JobKind("keys.rewrap", rewrap), every=timedelta(days=1))
    runtime.kinds.register(JobKind("audit.anchor", anchor), every=timedelta(hours=1))
    runtime.kinds.register(JobKind("ops.forget", forget), every=timedelta(hours=6), removes=True)
    runtime.kinds.register(JobKind("ops.count", count), every=timedelta(seconds=30))


def anchor_file(runtime: Runtime) -> AnchorFile:
    """Return the file that anchors are appended to; its signatures stay valid when keys are rotated."""
    oldest = min(runtime.keyring.versions)
    return AnchorFile(runtime.settings.data / _ANCHORS, runtime.keyring.derived("anchors", oldest))


def anchor_now(runtime: Runtime) -> int:
    """Append the present heads of the audit's chains; return how many."""
    with runtime.database.connection() as connection:
        return len(anchor_file(runtime).append(connection, runtime.units.clock.now()))


def verify_now(runtime: Runtime) -> int:
    """Check the audit against itself and its anchors; report every break, return how many."""
    with runtime.database.connection() as connection:
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        breaks = verify(connection, anchor_file(runtime).read())
    metrics.audit_breaks.set(len(breaks))
    for one in breaks:
        _log.error("the audit was changed", chain=one.chain, seq=one.seq, what=one.what)
    return len(breaks)


def _forget_messages(work: UnitOfWork) -> int:
    before = work.clock.now() - _KEPT
    sent = sa.delete(outbox).where(outbox.c.dispatched_at < before).returning(outbox.c.seq)
    came = sa.delete(inbox).where(inbox.c.received_at < before).returning(inbox.c.message_id)
    return len(work.connection.execute(sent).all()) + len(work.connection.execute(came).all())


def _forget_jobs(work: UnitOfWork) -> int:
    """Remove jobs that ended well; dead ones wait for a person."""
    ended = job.c.state.in_(("done", "cancelled")), job.c.ended_at < work.clock.now() - _KEPT
    return len(work.connection.execute(sa.delete(job).where(*ended).returning(job.c.id)).all())


def _forget_requests(work: UnitOfWork) -> int:
    return request_store.forget_old(work)


def _count_waiting(work: UnitOfWork) -> None:
    due = (
        sa.select(job.c.queue, sa.func.count(), sa.func.extract("epoch", sa.func.now() - sa.func.min(job.c.run_at)))
        .where(job.c.state == "waiting", job.c.run_at <= sa.func.now())
        .group_by(job.c.queue)
    )
    metrics.jobs_waiting.clear()
    metrics.oldest_job_seconds.clear()
    for queue, number, oldest_s in work.connection.execute(due):
        metrics.jobs_waiting.labels(queue).set(number)
        metrics.oldest_job_seconds.labels(queue).set(float(oldest_s))
    dead = sa.select(sa.func.count()).select_from(job).where(job.c.state == "dead")
    metrics.dead_jobs.set(work.connection.execute(dead).scalar_one())
    unsent = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.dispatched_at.is_(None))
    metrics.outbox_waiting.set(work.connection.execute(unsent).scalar_one())
