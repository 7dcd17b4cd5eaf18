"""`bench window`: the arranger with 200 tracks and 5,000 clips against the limits of the window.

T-PERF-1 to 6 are of the arranger alone, T-PERF-7 and 8 and T-START-1 of the program's own window.
"""

import os
import tempfile
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maxbooster_desktop.cli.bench.project import build_project

if TYPE_CHECKING:
    from maxbooster_desktop.ui.arranger.measuring import Measure


def run(arguments: Namespace) -> dict[str, Any]:
    """Measure the window offscreen and print each figure beside its limit.

    Times are by the clock; `own_ms` beside them is what the window's thread computed, for a machine that is busy.

    Returns {"measures": [{id, what, value, limit, unit, own_ms, is_met}], "is_met": bool}; prints nothing with
    `--json`.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # The window's modules load here, so that the command line starts without Qt.
    from maxbooster_desktop.ui.arranger.measuring import measure_window  # noqa: PLC0415 - see above

    with tempfile.TemporaryDirectory(prefix="maxbooster-bench-") as folder:
        measures = measure_window(folder) + _measure_opening(Path(folder))
    rows = [asdict(measure) | {"is_met": measure.is_met} for measure in measures]
    if not getattr(arguments, "json", False):
        for measure in measures:
            own = f"({measure.own_ms:.1f} ms of the window's own)" if measure.own_ms else ""
            mark = "ok" if measure.is_met else "OVER"
            value = f"{measure.value:.2f} {measure.unit}"
            print(f"{measure.id} {measure.what:<50} {value:>12}  limit {measure.limit:g} {mark} {own}")
    return {"measures": rows, "is_met": all(measure.is_met for measure in measures)}


def _measure_opening(folder: Path) -> "list[Measure]":
    """Open a project of 200 tracks and 5,000 clips in the program's window; a first time only warms the caches."""
    from maxbooster_desktop.cli.bench.opening import opened  # noqa: PLC0415 - see above
    from maxbooster_desktop.ui.arranger.measuring import Measure  # noqa: PLC0415 - see above

    project = folder / "large"
    build_project(project, tracks=200, clips=25)
    opened(project)
    found = opened(project)
    return [
        Measure("T-START-1", "window shown after start", found["shown_ms"], 1000.0, "ms", found["shown_own_ms"]),
        Measure("T-START-1", "heavy modules loaded before it shows", found["heavy"], 0.0, ""),
        Measure("T-PERF-7", "longest turn while a project opens", found["turn_ms"], 50.0, "ms", found["turn_own_ms"]),
        Measure("T-PERF-8", "repaints a second at rest", found["repaints"], 0.0, ""),
    ]
