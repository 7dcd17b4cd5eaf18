"""Running one tool or one pytest session, and what came out of it."""

import subprocess
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

_KEPT_LINES = 80


@dataclass(slots=True)
class Outcome:
    """What a part of the checks found; failures and skips hold their text by name."""

    passed: int = 0
    failures: dict[str, str] = field(default_factory=dict)
    skips: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def add(self, other: "Outcome") -> None:
        """Take in another outcome's counts and texts; seconds are the caller's to measure."""
        self.passed += other.passed
        self.failures.update(other.failures)
        self.skips.update(other.skips)


def run_tool(name: str, command: list[str], environment: dict[str, str]) -> Outcome:
    """Run a command that must succeed; its output is shown when it does not."""
    ran = subprocess.run(command, check=False, env=environment, capture_output=True, text=True)
    if ran.returncode == 0:
        last = ran.stdout.strip().splitlines()[-1:]
        print(f"{name}: {''.join(last)}", flush=True)
        return Outcome(passed=1)
    print(f"{name}: FAILED", flush=True)
    return Outcome(failures={name: (ran.stdout + ran.stderr).strip()})


def run_pytest(command: list[str], environment: dict[str, str], scratch: Path) -> Outcome:
    """Run pytest with its own output passing through, and read its results file."""
    results = scratch / "results.xml"
    results.unlink(missing_ok=True)
    ran = subprocess.run([*command, "--tb=short", f"--junitxml={results}"], check=False, env=environment)
    if not results.exists():
        return Outcome(failures={"pytest": f"ended with status {ran.returncode} and without results"})
    outcome = read_results(results)
    if ran.returncode != 0 and not outcome.failures:
        outcome.failures["pytest"] = f"ended with status {ran.returncode} though no test failed: {' '.join(command)}"
    return outcome


def read_results(results: Path) -> Outcome:
    """Return the outcome in a JUnit file, the format pytest writes; an error at tear-down is a failure."""
    outcome = Outcome()
    for case in ET.parse(results).getroot().iter("testcase"):  # noqa: S314 - written by pytest a moment ago
        name = f"{case.get('classname', '')}::{case.get('name', '')}"
        bad = [part for part in case if part.tag in ("failure", "error")]
        skipped = case.find("skipped")
        if bad:
            outcome.failures[name] = "\n".join(_shortened(part.text or part.get("message") or "") for part in bad)
        elif skipped is not None:
            outcome.skips[name] = skipped.get("message", "")
        elif name not in outcome.failures:
            outcome.passed += 1
    return outcome


def _shortened(text: str) -> str:
    lines = text.strip().splitlines()
    if len(lines) <= _KEPT_LINES:
        return "\n".join(lines)
    return "\n".join([*lines[: _KEPT_LINES // 2], "    ...", *lines[-_KEPT_LINES // 2 :]])
