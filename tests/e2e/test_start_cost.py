"""What a command costs before it does anything."""

import resource
import subprocess
import sys

import pytest

from tests.e2e.program import ROOT, maxbooster, succeeded

_LOADED = """
import sys
from maxbooster_desktop.__main__ import main
code = main(["--help"])
print(",".join(sorted({"numba", "numpy", "PySide6", "sqlalchemy", "sounddevice"} & set(sys.modules))))
sys.exit(code)
"""


@pytest.mark.alone
def test_help_loads_nothing_heavy_and_takes_less_than_a_third_of_a_second() -> None:
    done = subprocess.run([sys.executable, "-c", _LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    shown = succeeded(maxbooster("--help")).out
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Processor time: the clock on the wall also measures who else is at work.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.3
    for verb in ("new", "import", "render", "analyze", "demo", "bench", "doctor"):
        assert f"    {verb} " in shown
