"""`maxbooster bench SUBJECT`: run one benchmark and show each figure beside its bar and its dream."""

import argparse
import importlib
from collections.abc import Iterator
from typing import Any

from maxbooster_desktop.cli.bench.figures import beside_bars


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Run the benchmark of `arguments.subject`; its figures, and under "bars" those that have one."""
    module = importlib.import_module(f"maxbooster_desktop.cli.bench.{arguments.subject}")
    figures: dict[str, Any] = module.run(arguments)
    bars = beside_bars(figures)
    return {"subject": arguments.subject} | figures | ({"bars": bars} if bars else {})


def lines(report: dict[str, Any]) -> Iterator[str]:
    """Show every figure; those with a bar come last, one a line."""
    if report["subject"] in ("window", "cloud"):
        # They print their tables themselves, while they measure.
        return
    for name, value in report.items():
        if name not in ("subject", "bars"):
            yield f"{name:<22} {_shown(value)}"
    for bar in report.get("bars", ()):
        mark = "dream" if bar["is_dream"] else "ok" if bar["is_met"] else "BELOW"
        yield f"{bar['what']:<62} {bar['value']:>9.4g}  bar {bar['bar']:<6g} dream {bar['dream']:<6g} {mark}"


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(item)}" for name, item in value.items())
    return "-" if value is None else str(value)
