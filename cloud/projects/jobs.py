"""What shared projects do by themselves: forget invitations and tickets that are over."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cloud.foundation.job_kinds import JobKind
from cloud.foundation.job_run import JobRun
from cloud.foundation.runtime import Runtime
from cloud.projects import invitation_store, ticket_store


def register(runtime: Runtime) -> None:
    """Register the jobs."""
    runtime.kinds.register(JobKind("projects.forget", _forget), every=timedelta(hours=6), removes=True)


def _forget(run: JobRun, _payload: Mapping[str, Any]) -> None:
    run.step("invitations", invitation_store.forget_old)
    run.step("tickets", ticket_store.forget_old)
