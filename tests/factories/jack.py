"""A real JACK server for one test, driven by a program of its own.

JACK keeps a table of eight servers per machine and does not clear the entry of one that was killed, unless a server
of the same name starts. So there is one name for all runs, a lock around it, and a clean end after the killing.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

needs_jack = pytest.mark.skipif(shutil.which("jackd") is None, reason="jackd is not installed")


def drive(code: str, timeout_s: float, *arguments: str) -> str:
    """Run a program whose first argument is the name of the server it may start; returns what it said."""
    fcntl = pytest.importorskip("fcntl")
    name = f"maxbooster-test-{os.getuid()}"
    environment = {**os.environ, "JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1", "PYTHONPATH": os.getcwd()}
    with (Path(tempfile.gettempdir()) / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        driver = subprocess.Popen(
            [sys.executable, "-c", code, name, *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = driver.communicate(timeout=timeout_s)
        finally:
            # Whatever happened, the server goes with its driver.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(driver.pid, signal.SIGKILL)
    return said
