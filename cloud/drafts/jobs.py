"""What is forgotten about drafts with time: removals after 90 days, answers that their clients have kept."""

from collections.abc import Mapping
from typing import Any

from cloud.drafts import rules
from cloud.drafts.store import PostgresDrafts
from cloud.foundation.job_kinds import JobKind
from cloud.foundation.job_run import JobRun
from cloud.foundation.runtime import Runtime
from cloud.foundation.unit_of_work import UnitOfWork


def register(runtime: Runtime) -> None:
    """Register the recurring job."""
    runtime.kinds.register(JobKind("drafts.forget", _forget), every=rules.FORGOTTEN_EVERY, removes=True)


def _forget(run: JobRun, _payload: Mapping[str, Any]) -> None:
    run.step("removed", _forget_removed)
    run.step("answers", _forget_answers)


def _forget_removed(work: UnitOfWork) -> int:
    return PostgresDrafts(work.connection).forget_removed(work.clock.now() - rules.REMOVALS_KEPT)


def _forget_answers(work: UnitOfWork) -> int:
    return PostgresDrafts(work.connection).forget_processed(work.clock.now() - rules.ANSWERS_KEPT)
