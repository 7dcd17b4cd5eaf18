"""Durable jobs: the port. What everybody uses to start and stop them; `job_kinds.py` says what they do.

    kinds.register(JobKind("mail.send", send_mail))
    work.jobs.enqueue("mail.send", {"message": message_id}, id=f"mail:{message_id}")

A job is a row that is written in the transaction of what it belongs to. Its handler is a plain function that runs
from the top after every interruption; each finished `step` is remembered, and its effect on the database is part of
the same transaction, under a lease that only one worker holds: it happens once. What happens outside the database
(`outside`) happens at least once and carries a key that is the same each time. See docs/decisions/0009.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from cloud.foundation.ids import new_id
from cloud.foundation.tables import job
from cloud.foundation.tracing import current_traceparent


class Jobs:
    """Starts and stops jobs inside one unit of work."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def enqueue(
        self,
        kind: str,
        payload: Mapping[str, Any],
        *,
        id: str | None = None,  # noqa: A002 - the column's name
        run_at: datetime | None = None,
        partition: str | None = None,
    ) -> str:
        """Start a job when the unit is durable and `run_at` has come; return its id.

        With an `id` that exists nothing happens. Of one `partition` at most one job runs at a time.
        """
        job_id = id or new_id("job")
        row: dict[str, Any] = {
            "id": job_id,
            "kind": kind,
            "queue": kind.partition(".")[0],
            "partition": partition,
            "payload": dict(payload),
        }
        row |= {"trace": current_traceparent()}
        if run_at is not None:
            row |= {"run_at": run_at}
        self._connection.execute(insert(job).values(row).on_conflict_do_nothing())
        return job_id

    def cancel(self, job_id: str) -> bool:
        """Stop a job that has not ended; one that runs loses its lease and changes nothing more."""
        return self._set(job_id, ("waiting", "running"), state="cancelled", ended_at=sa.func.now())

    def retry(self, job_id: str) -> bool:
        """Give a dead job its attempts back and let it run now; finished steps stay finished."""
        return self._set(job_id, ("dead",), state="waiting", attempts=0, run_at=sa.func.now(), ended_at=None)

    def discard(self, job_id: str) -> bool:
        """Give a dead job up for good."""
        return self._set(job_id, ("dead",), state="cancelled", ended_at=sa.func.now())

    def _set(self, job_id: str, states: tuple[str, ...], **values: Any) -> bool:
        changed = self._connection.execute(
            sa.update(job)
            .where(job.c.id == job_id, job.c.state.in_(states))
            .values(version=job.c.version + 1, **values)
            .returning(job.c.id)
        )
        return changed.first() is not None
