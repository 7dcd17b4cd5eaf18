"""Keeps the promises of `periods.py` that no other domain keeps: removes what has been there for long enough."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import sqlalchemy as sa

from cloud.compliance import periods, store
from cloud.compliance.ports import KeptMail, Objects
from cloud.drafts.tables import draft_operation
from cloud.foundation.job_run import JobRun
from cloud.foundation.runtime import Runtime
from cloud.foundation.tables import job
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.projects.tables import project
from cloud.rooms.tables import room_overwritten

_ENDED = ("done", "cancelled")


def keep(
    run: JobRun, _payload: Mapping[str, Any], *, runtime: Runtime, objects: Objects, mail: KeptMail | None
) -> None:
    """Remove everything whose time is over."""
    run.outside("copies", lambda _key: _remove_copies(run, objects))
    run.step("job payloads", _empty_payloads)
    run.step("dead jobs", _remove_dead_jobs)
    run.step("overwritten", _remove_overwritten)
    run.step("rejected drafts", _remove_rejected)
    run.step("deleted projects", _remove_projects)
    oldest = runtime.units.clock.now() - periods.MAIL_KEPT
    run.outside("mail kept here", lambda _key: mail.forget_before(oldest) if mail else 0)


def _remove_copies(run: JobRun, objects: Objects) -> int:
    """Remove archives first, then their rows; return how many."""
    over = run.units.run(run.call, store.expired)
    for export_id, name in over:
        if name is not None:
            objects.delete(name)
        run.units.run(run.call, partial(store.remove, export_id=export_id))
    return len(over)


def _empty_payloads(work: UnitOfWork) -> int:
    """Empty what was sealed for jobs that have ended: addresses and texts of mails."""
    over = (job.c.state.in_(_ENDED), job.c.ended_at < work.clock.now() - periods.PAYLOADS_KEPT)
    sealed = sa.update(job).where(*over, job.c.payload.has_key("sealed"))
    return len(work.connection.execute(sealed.values(payload={}).returning(job.c.id)).all())


def _remove_dead_jobs(work: UnitOfWork) -> int:
    over = (job.c.state == "dead", job.c.ended_at < work.clock.now() - periods.DEAD_JOBS_KEPT)
    return len(work.connection.execute(sa.delete(job).where(*over).returning(job.c.id)).all())


def _remove_overwritten(work: UnitOfWork) -> int:
    over = room_overwritten.c.at < work.clock.now() - periods.OVERWRITTEN_KEPT
    return len(work.connection.execute(sa.delete(room_overwritten).where(over).returning(room_overwritten.c.id)).all())


def _remove_rejected(work: UnitOfWork) -> int:
    """Remove drafts' operations that were refused so long ago that nobody looks at them any more."""
    before = work.clock.now() - periods.REJECTED_KEPT
    over = (draft_operation.c.outcome == "rejected", draft_operation.c.received_at < before)
    return len(work.connection.execute(sa.delete(draft_operation).where(*over).returning(draft_operation.c.seq)).all())


def _remove_projects(work: UnitOfWork) -> int:
    """Remove projects that their owners deleted, with all that is in them; blobs follow when nobody names them."""
    over = project.c.deleted_at < work.clock.now() - periods.DELETED_PROJECTS_KEPT
    return len(work.connection.execute(sa.delete(project).where(over).returning(project.c.id)).all())
