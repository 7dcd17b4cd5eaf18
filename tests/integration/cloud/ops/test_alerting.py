"""Objectives from counted events to alerts, on series that are made up: exactly which fires, and when it clears."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from cloud.foundation import tally
from cloud.foundation.calls import system_call
from cloud.foundation.clock import FixedClock
from cloud.foundation.tally import AVAILABILITY, LATENCY, Tally
from cloud.foundation.unit_of_work import Units
from cloud.ops import alerting, objective_store
from cloud.ops.alerting import Recording
from cloud.ops.objectives import OBJECTIVES
from tests.integration.cloud.conftest import OPERATOR_KEY, RunningApi

CALL = system_call("test")
_START = datetime(2026, 3, 2, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
ROOT = Path(__file__).parents[4]


class Series:
    """Minutes of traffic, a hundred requests each."""

    def __init__(self, units: Units) -> None:
        self.units = units
        self.units.clock = self.clock = FixedClock(_START)

    def pass_(self, minutes: int, bad: int = 0, objective: str = AVAILABILITY, step: int = 1) -> None:
        """Let time pass; so many requests of a hundred in each minute are bad, written down every `step` minutes."""
        for _ in range(0, minutes, step):
            self.clock.advance(step * _MINUTE)
            counts = {objective: (bad * step, 100 * step)}
            self.units.run(CALL, lambda work, counts=counts: objective_store.record(work, counts))

    def firing(self) -> set[tuple[str, str, int]]:
        """Judge, and return what fires: objective, severity, hours of the long window."""
        self.units.run(CALL, alerting.judge)
        found = self.units.run(CALL, objective_store.states).values()
        return {(one.objective, one.severity, one.long_s // 3600) for one in found if one.is_firing}

    def good_days(self) -> None:
        """Let three good days pass."""
        for _ in range(72):
            self.pass_(60, step=60)


@pytest.fixture
def series(units: Units) -> Series:
    return Series(units)


_FAST, _SLOW = (AVAILABILITY, "page", 1), (AVAILABILITY, "page", 6)


def test_an_outage_pages_within_minutes_and_clears_soon_after(series: Series, expected_log) -> None:
    expected_log("an error budget burns")
    series.good_days()
    series.pass_(1, 50)  # of the last hour 0.8 %: 1.44 % are 14.4 times too many
    assert series.firing() == set()
    series.pass_(1, 50)
    assert series.firing() == {_FAST}
    began = series.units.run(CALL, objective_store.states)[AVAILABILITY, 3600].fired_at
    assert began == series.clock.now()
    series.pass_(2, 50)  # of the last six hours 0.55 %
    assert series.firing() == {_FAST}
    series.pass_(1, 50)
    assert series.firing() == {_FAST, _SLOW}
    series.pass_(4)  # it is over, but the last five minutes have one that was bad
    assert series.firing() == {_FAST, _SLOW}
    series.pass_(1)
    assert series.firing() == {_SLOW}
    cleared = series.units.run(CALL, objective_store.states)[AVAILABILITY, 3600]
    assert (cleared.fired_at, cleared.cleared_at) == (began, series.clock.now())
    series.pass_(24)
    assert series.firing() == {_SLOW}
    series.pass_(1)
    assert series.firing() == set()


def test_a_slow_burn_is_a_ticket_and_wakes_nobody(series: Series, expected_log) -> None:
    expected_log("an error budget burns")
    for _ in range(72):  # one bad in 500: twice as fast as evenly
        series.clock.advance(timedelta(hours=1))
        counts = {AVAILABILITY: (12, 6_000)}
        series.units.run(CALL, lambda work, counts=counts: objective_store.record(work, counts))
    assert series.firing() == {(AVAILABILITY, "ticket", 72)}


def test_a_spike_that_is_over_wakes_nobody(series: Series) -> None:
    series.good_days()
    series.pass_(2, 90)
    series.pass_(5)
    assert series.firing() == set()


def test_another_objective_has_a_budget_of_its_own(series: Series, expected_log) -> None:
    expected_log("an error budget burns")
    tickets = {(LATENCY, "ticket", 24), (LATENCY, "ticket", 72)}
    series.pass_(60, 60, LATENCY, step=5)  # 12 times as fast as evenly
    assert series.firing() == tickets | {(LATENCY, "page", 6)}
    series.pass_(60, 4, LATENCY, step=5)
    assert series.firing() == tickets


def test_processes_count_together_and_lose_nothing_to_a_database_that_is_away(units: Units, expected_log) -> None:
    first, second = Tally(), Tally()
    for one, number in ((first, 3), (second, 5)):
        for turn in range(number):
            one.count(AVAILABILITY, is_bad=turn == 0)
    expected_log("counts of objectives wait for the database")
    away = Units(_Away())  # type: ignore[arg-type]
    Recording(away, first).write()
    for one in (first, second):
        Recording(units, one).write()
        Recording(units, one).write()
    counted = units.run(CALL, lambda work: objective_store.counts_of(work, OBJECTIVES[0])(timedelta(hours=1)))
    assert counted == (2, 8)


def test_what_is_old_is_forgotten(series: Series) -> None:
    series.pass_(3)
    series.clock.advance(timedelta(days=30, minutes=-1))
    assert series.units.run(CALL, objective_store.forget_old) == 1


class _Away:
    """A database that does not answer."""

    def __getattr__(self, name: str) -> object:
        raise OperationalError(name, {}, Exception("away"))


def test_the_metrics_show_what_fires_and_which_page_says_what_to_do(
    start_api: Callable[..., RunningApi], expected_log, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Tally()
    monkeypatch.setattr(tally, "TALLY", own)
    api = start_api()
    operator = {"Authorization": f"Bearer {OPERATOR_KEY}"}
    requests.get(f"{api.url}/readyz", timeout=20)
    assert own.take() == {AVAILABILITY: (0, 1)}
    for _ in range(30):
        tally.count_request("/v1/projects", 503, 0.1)
    Recording(api.runtime.units, own).write()
    expected_log("an error budget burns")
    api.runtime.units.run(CALL, alerting.judge)
    page = requests.get(f"{api.url}/metrics", headers=operator, timeout=20).text
    shown = {
        tuple(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name in ("objective_alert_firing", "objective_burn_rate")
    }
    assert shown["1h", AVAILABILITY, "docs/runbooks/api-availability.md", "page"] == 1.0
    assert shown["1h", AVAILABILITY, "page", "long"] == pytest.approx(1000)
    assert shown["1h", LATENCY, "docs/runbooks/api-latency.md", "page"] == 0.0


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda one: one.name)
def test_every_objective_has_a_runbook(objective) -> None:
    text = (ROOT / objective.runbook_path).read_text(encoding="utf-8")
    assert text.startswith(f"# {objective.name}: ")
    assert text.count("\n1. ") == 1


def test_every_runbook_belongs_to_an_objective() -> None:
    there = {path.stem for path in (ROOT / "docs/runbooks").glob("*.md")}
    assert there == {objective.runbook for objective in OBJECTIVES}
