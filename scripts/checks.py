"""The second half of `./check`: lint, types, import contracts and tests, each area against its budget.

    ./check                 every area
    ./check unit window     some areas
    ./check --full          also the tests marked `full` (long fuzzing, soak, performance)

An area over its budget is reported; more than 15 minutes in all fails. Kernels are compiled once before the test
workers start. On Debian and Ubuntu nothing may skip because a tool is missing: `./check` installs them there.
"""

import argparse
import os
import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from check_running import Outcome, run_pytest, run_tool

ROOT = Path(__file__).resolve().parent.parent
_BIN = Path(sys.executable).parent
_TOTAL_BUDGET_S = 15 * 60
_FULL_BUDGET_S = 60 * 60
#: Reasons that a Debian machine has no right to: `./check` installs all of these there.
_MISSING_TOOL = re.compile(
    r"jack|ffmpeg|node|plug-ins|xvfb|xdotool|chromium|xauth|font|at-spi|portaudio|missing|not installed|not found",
    re.IGNORECASE,
)
_SEED = "1"


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the checks: what runs and how long it may take.

    Attributes:
        tools: commands that must succeed, by name.
        tests: test folders; those that do not exist are left out.
        workers: processes the tests are spread over; those marked `alone` come last, one after the other.
    """

    title: str
    budget_s: float
    tools: dict[str, list[str]] = field(default_factory=dict)
    tests: tuple[str, ...] = ()
    workers: int = 0


AREAS = {
    "lint": Area(
        "lint and types",
        90,
        tools={
            "ruff check": [str(_BIN / "ruff"), "check", "."],
            "ruff format": [str(_BIN / "ruff"), "format", "--check", "."],
            "mypy": [str(_BIN / "mypy")],
            "lint-imports": [str(_BIN / "lint-imports"), "--no-logo"],
        },
    ),
    "kernels": Area("kernels", 120, tools={"kernels": [sys.executable, "scripts/warm_kernels.py"]}),
    "unit": Area("unit", 150, tests=("tests/architecture", "tests/unit"), workers=2),
    "audio": Area("audio", 150, tests=("tests/audio",), workers=2),
    "window": Area("window", 150, tests=("tests/ui",), workers=2),
    # A database for each worker; these wait for the processes that they start and kill: more workers than cores.
    "cloud": Area("cloud", 180, tests=("tests/unit/cloud", "tests/integration/cloud"), workers=4),
    # Mostly waiting for programs that start; what measures or needs a server of its own is marked `alone`.
    "e2e": Area("end to end", 120, tests=("tests/integration", "tests/e2e"), workers=2),
}


def main(arguments: list[str]) -> int:
    """Run the chosen areas and print failures, skips, the budget table and the totals."""
    parser = argparse.ArgumentParser(prog="check", description="Lint, types, import contracts and tests.")
    parser.add_argument("areas", nargs="*", metavar="AREA", help=f"some of: {', '.join(AREAS)} (default: all)")
    parser.add_argument("--full", action="store_true", help="also the long-running tests")
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.areas if name not in AREAS]
    if unknown:
        parser.error(f"no area is called {unknown[0]}; the areas are {', '.join(AREAS)}")
    os.chdir(ROOT)
    names = [name for name in AREAS if not chosen.areas or name in chosen.areas]
    if chosen.areas and "kernels" not in names and any(AREAS[name].tests for name in names):
        names.insert(0, "kernels")
    with tempfile.TemporaryDirectory(prefix="maxbooster-check-") as scratch:
        started = time.monotonic()
        outcomes = run_areas(names, Path(scratch), is_full=chosen.full)
    return report(outcomes, time.monotonic() - started, is_full=chosen.full)


def run_areas(names: list[str], scratch: Path, *, is_full: bool) -> dict[str, Outcome]:
    """Run areas: those of tools alone side by side, for each keeps one core busy; then the tests in turn."""

    def run(name: str) -> Outcome:
        return run_area(AREAS[name], scratch, is_full=is_full)

    of_tools = [name for name in names if not AREAS[name].tests]
    with ThreadPoolExecutor(max(1, len(of_tools))) as side_by_side:
        outcomes = dict(zip(of_tools, side_by_side.map(run, of_tools), strict=True))
    return outcomes | {name: run(name) for name in names if name not in outcomes}


def run_area(area: Area, scratch: Path, *, is_full: bool) -> Outcome:
    """Run one area; its tools first, then its tests."""
    print(f"\n== {area.title}", flush=True)
    started = time.monotonic()
    outcome = Outcome()
    environment = test_environment(scratch)
    for name, command in area.tools.items():
        outcome.add(run_tool(name, command, environment))
    folders = [folder for folder in area.tests if any(Path(folder).rglob("test_*.py"))]
    if folders:
        for command in _pytest_commands(area, folders, is_full=is_full):
            outcome.add(run_pytest(command, environment, scratch))
    outcome.seconds = time.monotonic() - started
    return outcome


def test_environment(scratch: Path) -> dict[str, str]:
    """Return the environment of every check: no display, no user's files, the same text and order everywhere."""
    runtime = scratch / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    inherited = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return {
        **inherited,
        "MAXBOOSTER_HOME": str(scratch / "home"),
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(runtime),
        "PYTHONHASHSEED": "0",
        "PYTHONFAULTHANDLER": "1",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def report(outcomes: dict[str, Outcome], seconds: float, *, is_full: bool) -> int:
    """Print what a reader needs at the end of the output; return the exit status."""
    total = Outcome(seconds=seconds)
    for outcome in outcomes.values():
        total.add(outcome)
    failures = dict(total.failures)
    if is_debian():
        needless = {name: why for name, why in total.skips.items() if _MISSING_TOOL.search(why)}
        failures.update({name: f"skipped for want of a tool that Debian has: {why}" for name, why in needless.items()})
    budget_s = _FULL_BUDGET_S if is_full else _TOTAL_BUDGET_S
    if total.seconds > budget_s:
        failures["time"] = f"all areas took {total.seconds:.0f} s, more than {budget_s} s"
    for name, text in failures.items():
        print(f"\n{'-' * 100}\nFAILED {name}\n{text}")
    print("\nSkipped:" if total.skips else "\nSkipped: none")
    for name, why in total.skips.items():
        print(f"  {name}: {why}")
    _print_table(outcomes, total, budget_s)
    for name in failures:
        print(f"failed: {name}")
    print(f"{total.passed} passed, {len(failures)} failed, {len(total.skips)} skipped")
    return 1 if failures else 0


def is_debian() -> bool:
    """Return whether this is Debian or Ubuntu, where set-up installs every tool the tests drive."""
    return Path("/etc/debian_version").exists()


def _pytest_commands(area: Area, folders: list[str], *, is_full: bool) -> list[list[str]]:
    """Return one session for the tests that may run beside others and, where there are such, one for the rest."""
    chosen = "" if is_full else "not full and "
    shared = _pytest_command(area, folders, area.workers, f"{chosen}not alone")
    # Only their files: collecting an area once more takes longer than most of these tests.
    alone = [path.as_posix() for path in _test_files(area, folders) if "mark.alone" in path.read_text(encoding="utf-8")]
    return [shared, _pytest_command(area, alone, 0, f"{chosen}alone")] if alone else [shared]


def _test_files(area: Area, folders: list[str]) -> list[Path]:
    taken = tuple(f"{folder}/" for folder in _folders_of_others(area))
    found = [path for folder in folders for path in Path(folder).rglob("test_*.py")]
    return [path for path in found if not path.as_posix().startswith(taken)]


def _pytest_command(area: Area, folders: list[str], workers: int, marks: str) -> list[str]:
    command = [sys.executable, "-m", "pytest", *folders, "--randomly-seed", _SEED, "--hypothesis-seed", _SEED]
    command += [f"--ignore={folder}" for folder in _folders_of_others(area)]
    command += ["-m", marks]
    if workers:
        # A signal cannot interrupt a modal dialog's event loop; a watching thread ends the worker, and pytest goes on.
        command += ["--timeout-method", "thread", "-n", str(workers), "--dist", "worksteal"]
    return command


def _folders_of_others(area: Area) -> list[str]:
    """Return the folders inside this area's that another area has taken for itself."""
    taken = [folder for other in AREAS.values() if other is not area for folder in other.tests]
    return [folder for folder in taken if any(folder.startswith(f"{own}/") for own in area.tests)]


def _print_table(outcomes: dict[str, Outcome], total: Outcome, budget_s: float) -> None:
    print(f"\n{'area':<16}{'time':>9}{'budget':>9}{'passed':>9}{'failed':>9}{'skipped':>9}")
    for name, outcome in outcomes.items():
        area = AREAS[name]
        over = "  over its budget" if outcome.seconds > area.budget_s else ""
        print(f"{area.title:<16}{_row(outcome, area.budget_s)}{over}")
    print(f"{'all':<16}{_row(total, budget_s)}")


def _row(outcome: Outcome, budget_s: float) -> str:
    counts = f"{outcome.passed:>9}{len(outcome.failures):>9}{len(outcome.skips):>9}"
    return f"{outcome.seconds:>7.1f} s{budget_s:>7.0f} s{counts}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
