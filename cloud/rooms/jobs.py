"""What rooms do by themselves: forget history that nobody can need any more."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cloud.foundation.job_kinds import JobKind
from cloud.foundation.job_run import JobRun
from cloud.foundation.runtime import Runtime
from cloud.rooms import log_store


def register(runtime: Runtime) -> None:
    """Register the jobs."""
    runtime.kinds.register(JobKind("rooms.forget", _forget), every=timedelta(days=1), removes=True)


def _forget(run: JobRun, _payload: Mapping[str, Any]) -> None:
    run.step("log", log_store.forget_old)
