"""What `./check` concludes from results, and what set-up decides from a machine."""

import pytest

import check_running
import checks
import environment
import system_packages
import uv_program
from tests.architecture.source_tree import ROOT

_RESULTS = """<testsuites><testsuite>
<testcase classname="a" name="good"/>
<testcase classname="a" name="bad"><failure message="m">line 1
line 2</failure></testcase>
<testcase classname="a" name="untidy"/><testcase classname="a" name="torn"><error message="at tear-down"/></testcase>
<testcase classname="a" name="left"><skipped message="no such system here"/></testcase>
</testsuite></testsuites>"""


def test_results_are_counted_and_failures_keep_their_text(tmp_path):
    (tmp_path / "results.xml").write_text(_RESULTS, encoding="utf-8")
    outcome = check_running.read_results(tmp_path / "results.xml")
    assert outcome.passed == 2
    assert outcome.failures == {"a::bad": "line 1\nline 2", "a::torn": "at tear-down"}
    assert outcome.skips == {"a::left": "no such system here"}


def _report(outcome, capsys):
    status = checks.report({"unit": outcome}, outcome.seconds, is_full=False)
    return status, capsys.readouterr().out.splitlines()


def test_the_last_line_gives_the_totals(capsys):
    status, lines = _report(check_running.Outcome(passed=3, skips={"a::b": "only on macOS"}, seconds=1.0), capsys)
    assert (status, lines[-1]) == (0, "3 passed, 0 failed, 1 skipped")
    assert "  a::b: only on macOS" in lines


@pytest.mark.skipif(not checks.is_debian(), reason="only on Debian every tool is there")
def test_a_tool_that_debian_has_may_not_be_skipped(capsys):
    status, lines = _report(check_running.Outcome(passed=3, skips={"a::b": "no JACK server"}, seconds=1.0), capsys)
    assert (status, lines[-1]) == (1, "3 passed, 1 failed, 1 skipped")


def test_more_than_the_whole_budget_fails_and_an_area_over_its_own_is_reported(capsys):
    status, lines = _report(check_running.Outcome(passed=1, seconds=1_000.0), capsys)
    assert (status, lines[-1]) == (1, "1 passed, 1 failed, 0 skipped")
    assert any(line.startswith("unit") and line.endswith("over its budget") for line in lines)


def test_an_unknown_area_is_named(capsys):
    with pytest.raises(SystemExit):
        checks.main(["unti"])
    assert "no area is called unti; the areas are lint, kernels, unit" in capsys.readouterr().err


def test_every_test_folder_belongs_to_an_area():
    folders = {path.parent.relative_to(ROOT).parts[:2] for path in (ROOT / "tests").rglob("test_*.py")}
    assert {"/".join(parts) for parts in folders} <= {name for area in checks.AREAS.values() for name in area.tests}


def test_a_system_without_wheels_gets_one_sentence(monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(environment.SetupProblem, match=r"runs on Linux and Windows .* this is \w+ riscv64"):
        environment.check_system()


def test_provided_packages_count_as_installed(monkeypatch, tmp_path):
    listing = tmp_path / "dpkg-query"
    listing.write_text(
        "#!/bin/sh\necho 'ii |libglib2.0-0t64|libglib2.0-0 (= 2.80)'\necho 'rc |gone|'\n", encoding="utf-8"
    )
    listing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert system_packages.installed() == {"libglib2.0-0t64", "libglib2.0-0"}


@pytest.mark.parametrize(
    ("says", "works"), [("uv 0.13.9 (linux)", True), ("uv 0.4.1", False), ("no such command", False), ("", False)]
)
def test_only_a_uv_that_runs_and_is_new_enough_is_used(says, works, tmp_path):
    program = tmp_path / "uv"
    program.write_text(f"#!/bin/sh\necho '{says}'\n", encoding="utf-8")
    program.chmod(0o755)
    assert uv_program._works(str(program)) is works
    assert uv_program._works(str(tmp_path / "absent")) is False
