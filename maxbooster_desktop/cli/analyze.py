"""`maxbooster analyze FILE`: loudness, true peak and levels of a sound file of any length."""

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from maxbooster_desktop.cli.output import ProgressLine, clock, decibels
from maxbooster_desktop.engine.render.analysis import analyze_file


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure the file; readings that do not exist (silence, too short, not stereo) are null."""
    with ProgressLine("Measuring", is_json=arguments.json) as progress:
        analysis = analyze_file(arguments.file, progress)
    return {"file": str(arguments.file)} | asdict(analysis)


def lines(report: dict[str, Any]) -> Iterator[str]:
    """Say it as a mastering engineer would read it out."""
    channels = {1: "mono", 2: "stereo"}.get(report["channels"], f"{report['channels']} channels")
    yield f"{report['file']}: {clock(report['duration_s'])}, {report['sample_rate'] / 1000:g} kHz, {channels}"
    yield f"integrated     {decibels(report['integrated_lufs'], 'LUFS')}"
    yield f"loudness range {decibels(report['lra_lu'], 'LU')}"
    yield f"true peak      {decibels(report['true_peak_dbtp'], 'dBTP')}"
    yield f"sample peak    {decibels(report['sample_peak_dbfs'], 'dBFS')}"
    yield f"RMS            {decibels(report['rms_dbfs'], 'dBFS')}"
    if report["correlation"] is not None:
        yield f"correlation    {report['correlation']:.2f}"
    yield from (f"{report['file']} {warning}" for warning in report["warnings"])
    if report["invalid_samples"]:
        yield f"{report['invalid_samples']:,} samples are not numbers; they were measured as silence"
