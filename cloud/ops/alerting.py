"""From counted events to alerts: every process writes down what it counted, one job judges, every process shows it.

An alert fires and clears once each: the moment is kept and logged with the runbook that says what to do. `/metrics`
shows how fast each budget burns and what fires, the same from every process, as it is read from the database.
"""

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from cloud.foundation import metrics
from cloud.foundation.calls import system_call
from cloud.foundation.job_kinds import JobKind
from cloud.foundation.job_run import JobRun
from cloud.foundation.runtime import Runtime
from cloud.foundation.tally import TALLY, Tally
from cloud.foundation.unit_of_work import UnitOfWork, Units
from cloud.ops import objective_store
from cloud.ops.objective_store import AlertState
from cloud.ops.objectives import ALERTS, OBJECTIVES, Alert, Objective, burn, firing

_log = structlog.get_logger("maxbooster.cloud.alerts")
_WRITTEN_EVERY_S = 10.0
_CALL = system_call("objectives")


class Recording:
    """Writes down what this process has counted, from `start` to `stop`."""

    def __init__(self, units: Units, tally: Tally = TALLY) -> None:
        self._units, self._tally = units, tally
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cloud objectives", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Write down the last of it, and end the thread."""
        self._stopping.set()
        self._thread.join()
        self.write()

    def write(self) -> None:
        """Write down what was counted; without the database it waits for the next time."""
        counts = self._tally.take()
        if not counts:
            return
        try:
            self._units.run(_CALL, lambda work: objective_store.record(work, counts))
        except SQLAlchemyError as error:
            self._tally.give_back(counts)
            _log.warning("counts of objectives wait for the database", reason=type(error).__name__)

    def _run(self) -> None:
        while not self._stopping.wait(_WRITTEN_EVERY_S):
            self.write()


def register(runtime: Runtime) -> None:
    """Register the job that judges."""

    def judge_all(run: JobRun, _payload: Mapping[str, Any]) -> None:
        run.step("judge", judge)
        run.step("forget", objective_store.forget_old)

    runtime.kinds.register(JobKind("ops.objectives", judge_all), every=timedelta(minutes=1))


def judge(work: UnitOfWork) -> int:
    """Judge every alert by what is written down; return how many fire."""
    before = objective_store.states(work)
    judged = []
    for objective in OBJECTIVES:
        counts = objective_store.counts_of(work, objective)
        fire = firing(objective, counts)
        for alert in ALERTS:
            burns = burn(objective, counts(alert.long)), burn(objective, counts(alert.short))
            held = before.get((objective.name, round(alert.long.total_seconds())))
            judged.append(_judged(work, objective, alert, burns, held, is_firing=alert in fire))
    objective_store.keep(work, judged)
    return sum(state.is_firing for state in judged)


def show(work: UnitOfWork) -> None:
    """Put what was judged last into this process's metrics."""
    runbooks = {objective.name: objective.runbook_path for objective in OBJECTIVES}
    for state in objective_store.states(work).values():
        about = (state.objective, state.severity, f"{state.long_s // 3600}h")
        metrics.burn_rate.labels(*about, "long").set(state.long_burn)
        metrics.burn_rate.labels(*about, "short").set(state.short_burn)
        metrics.alert_firing.labels(*about, runbooks.get(state.objective, "")).set(state.is_firing)


def _judged(
    work: UnitOfWork,
    objective: Objective,
    alert: Alert,
    burns: tuple[float, float],
    held: AlertState | None,
    *,
    is_firing: bool,
) -> AlertState:
    now, was_firing = work.clock.now(), held is not None and held.is_firing
    fired_at, cleared_at = (None, None) if held is None else (held.fired_at, held.cleared_at)
    if is_firing and not was_firing:
        fired_at, cleared_at = now, None
        _log.error(
            "an error budget burns",
            objective=objective.name,
            severity=alert.severity,
            burn=round(burns[0], 1),
            runbook=objective.runbook_path,
        )
    elif was_firing and not is_firing:
        cleared_at = now
        _log.info("an error budget burns no more", objective=objective.name, severity=alert.severity)
    long_s = round(alert.long.total_seconds())
    return AlertState(objective.name, long_s, alert.severity, *burns, fired_at, cleared_at)
