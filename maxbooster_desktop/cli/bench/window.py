"""`bench window`: the arranger with 200 tracks and 5,000 clips against the limits of the window (T-PERF-1 to 6)."""

import os
import tempfile
from argparse import Namespace
from dataclasses import asdict
from typing import Any


def run(arguments: Namespace) -> dict[str, Any]:
    """Measure the window offscreen and print each figure beside its limit.

    Times are by the clock; `own_ms` beside them is what the window's thread computed, for a machine that is busy.

    Returns {"measures": [{id, what, value, limit, unit, own_ms, is_met}], "is_met": bool}; prints nothing with
    `--json`.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # The window's modules load here, so that the command line starts without Qt.
    from maxbooster_desktop.ui.arranger.measuring import measure_window  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        measures = measure_window(folder)
    rows = [asdict(measure) | {"is_met": measure.is_met} for measure in measures]
    if not getattr(arguments, "json", False):
        for measure in measures:
            own = f"({measure.own_ms:.1f} ms of the window's own)" if measure.own_ms else ""
            mark = "ok" if measure.is_met else "OVER"
            value = f"{measure.value:.2f} {measure.unit}"
            print(f"{measure.id} {measure.what:<50} {value:>12}  limit {measure.limit:g} {mark} {own}")
    return {"measures": rows, "is_met": all(measure.is_met for measure in measures)}
