"""The figures of `bench cloud` stand beside the right limit, and what a process counts is read as it is."""

import os

from maxbooster_desktop.cli.bench.cloud import _COMMIT, Figure, Limit, Load, _of_commits, _row
from maxbooster_desktop.cli.bench.cloud_processes import _plain_environment, _sums, cpu_s, memory_mb


def test_a_figure_is_judged_by_its_side_of_the_limit() -> None:
    most, least = Limit(300.0, "there"), Limit(200.0, "here", is_least=True)
    met = [Figure("x", 1, "x", value, "ms", limit).is_met for limit in (most, least) for value in (100.0, 400.0)]
    assert met == [True, False, False, True]
    assert Figure("x", 1, "x", 5.0, "ms").is_met is None
    assert Figure("x", 1, "x", None, "ms", most).is_met is None
    row = _row(Figure("x", 2, "what", 100.0, "ms", most))
    assert (row["limit"], row["source"], row["is_met"], row["processes"]) == (300.0, "there", True, 2)


def test_only_a_commit_that_found_nobody_before_it_is_held_to_the_limit() -> None:
    alone, many = (Load("edit", "edits", "/s", {}, commit=limit) for limit in (_COMMIT, None))
    took, group, each = _of_commits(alone, 1, 0.6, 100, 100)
    assert (took.value, took.is_met, group.value, each.value) == (6.0, False, 1.0, 6.0)
    took, group, each = _of_commits(many, 1, 2.0, 100, 5_000)
    assert (took.value, took.is_met, group.value, each.value) == (20.0, None, 50.0, 0.4)


def test_counters_are_summed_over_their_labels() -> None:
    page = '# HELP a b\na_total{x="1"} 2.0\na_total{x="2"} 3.5\nb 1.0\n'
    assert _sums(page) == {"a_total": 5.5, "b": 1.0}


def test_somebody_elses_cloud_is_left_alone(monkeypatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/x")
    monkeypatch.setenv("MAXBOOSTER_CLOUD_SMTP_URL", "smtp://elsewhere")
    monkeypatch.setenv("MAXBOOSTER_HOME", "here")
    assert _plain_environment()["MAXBOOSTER_HOME"] == "here"
    assert not {"DATABASE_URL", "MAXBOOSTER_CLOUD_SMTP_URL"} & set(_plain_environment())


def test_memory_and_time_of_a_process_are_its_own() -> None:
    memory, used_s = memory_mb([os.getpid()]), cpu_s([os.getpid()])
    if memory is not None:  # the system tells
        assert 5 < memory < 5_000
        assert used_s > 0.05
    assert memory_mb([]) is None
