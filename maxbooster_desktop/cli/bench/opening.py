"""The program's own window in a process of its own: how soon it shows, how it opens a project, what it does at rest.

T-START-1: seconds from starting the process until the window is painted, and which heavy modules it took for that.
T-PERF-7: the longest turn of the window's event loop until a project stands painted. T-PERF-8: repaints of any widget a
second, during two in which nobody does anything. Nothing is imported here that the program itself does not import.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from maxbooster_desktop.bootstrap import make_application, make_window

#: No module that the window needs may load these before it shows.
_HEAVY = ("numba", "pyqtgraph", "stripe", "sounddevice", "pycrdt", "sqlalchemy", "requests")
_PAUSE_S, _STANDS_S, _IDLE_S, _LONGEST_S = 0.002, 1.5, 2.0, 60.0


def opened(project: Path) -> dict[str, float]:
    """Open a project in a fresh process, which keeps its own files beside it, and return what it measured."""
    command = [sys.executable, "-m", "maxbooster_desktop.cli.bench.opening", str(project), str(time.time())]
    home = {"MAXBOOSTER_HOME": str(project.parent / "home"), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ | home)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _watch(project: str, started: float) -> dict[str, float]:
    """Be the program from its start until it has been at rest; return what a person would have waited for."""
    application, window = make_application(["maxbooster"]), make_window()
    window.resize(1920, 1080)
    window.show()
    application.processEvents()
    shown_ms, shown_own_ms = (time.time() - started) * 1000.0, time.process_time() * 1000.0
    heavy = sum(name in sys.modules for name in _HEAVY)
    settled: list[float] = []
    window.settled.connect(lambda: settled.append(time.monotonic()))
    window.open_project(project)
    turn_ms = turn_own_ms = 0.0
    end = time.monotonic() + _LONGEST_S
    while time.monotonic() < (settled[0] + _STANDS_S if settled else end):
        begun, own = time.perf_counter(), time.thread_time()
        application.processEvents()
        turn_ms = max(turn_ms, (time.perf_counter() - begun) * 1000.0)
        turn_own_ms = max(turn_own_ms, (time.thread_time() - own) * 1000.0)
        time.sleep(_PAUSE_S)
    # Only now, as it takes the compiler with it.
    from maxbooster_desktop.ui.arranger.measuring import PaintCount  # noqa: PLC0415 - see above

    paints = PaintCount(application)
    end = time.monotonic() + _IDLE_S
    while time.monotonic() < end:
        application.processEvents()
        time.sleep(_PAUSE_S)
    window.close()
    return {
        "shown_ms": shown_ms,
        "shown_own_ms": shown_own_ms,
        "heavy": heavy,
        "turn_ms": turn_ms,
        "turn_own_ms": turn_own_ms,
        "repaints": paints.count / _IDLE_S,
    }


if __name__ == "__main__":
    print(json.dumps(_watch(sys.argv[1], float(sys.argv[2]))))
