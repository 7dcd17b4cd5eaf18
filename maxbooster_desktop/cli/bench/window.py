"""`bench window`: the arranger with 200 tracks and 5,000 clips against the limits of the window (T-PERF-1 to 6)."""

import os
import tempfile
from argparse import Namespace
from typing import Any


def run(arguments: Namespace) -> dict[str, Any]:
    """Measure the window offscreen and print each figure beside its limit.

    Returns {"measures": [{id, what, value, limit, unit, is_met}], "is_met": bool}. Prints nothing with `--json`.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # The window's modules load here, so that the command line starts without Qt.
    from maxbooster_desktop.ui.arranger.measuring import measure_window  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        measures = measure_window(folder)
    rows = [
        {"id": m.id, "what": m.what, "value": round(m.value, 3), "limit": m.limit, "unit": m.unit, "is_met": m.is_met}
        for m in measures
    ]
    if not getattr(arguments, "json", False):
        for row in rows:
            mark = "ok" if row["is_met"] else "OVER"
            print(f"{row['id']:<9} {row['what']:<50} {row['value']:>9} {row['unit']:<3} limit {row['limit']:<6} {mark}")
    return {"measures": rows, "is_met": all(row["is_met"] for row in rows)}
