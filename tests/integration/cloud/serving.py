"""`maxbooster cloud` as processes of their own: one that serves, and commands beside it."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.e2e.program import ROOT, Done


@dataclass
class Served:
    """A running `maxbooster cloud` and what it said first."""

    process: "subprocess.Popen[str]"
    report: dict[str, object]
    log: Path

    @property
    def url(self) -> str:
        """Return where the API answers."""
        return str(self.report["url"])

    def get(self, path: str, key: str = "") -> requests.Response:
        """Send one request."""
        return requests.get(self.url + path, headers={"Authorization": f"Bearer {key}"} if key else {}, timeout=20)

    def ends(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(60)


def started(words: tuple[object, ...], log: Path, environment: dict[str, str]) -> Served:
    """Start the command and wait until it says that it serves."""
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "maxbooster_desktop", "cloud", *map(str, words), "--json"],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, log.read_text(encoding="utf-8")
    return Served(process, json.loads(line), log)


def run_cloud(*words: object, **environment: str) -> Done:
    """Run a command to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "maxbooster_desktop", "cloud", *map(str, words)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)
