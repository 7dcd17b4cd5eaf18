"""`maxbooster demo --out DIR`: the demo song as a project, its mix, its master and a report.

Everything is made in a hidden folder inside DIR and gets its place at the very end, so an interrupted run leaves
nothing. A project that a run before left in DIR is rendered as it is now: nobody's changes to it are lost. This module
is light, so that it can say that the first run compiles the engine before that begins; `demo_making` does the work.
"""

import argparse
import importlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from maxbooster_desktop.actions.kernels import COMPILING, are_compiled, compile_all
from maxbooster_desktop.cli.output import ProgressLine, clock, decibels, plain
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.foundation.paths import remove_empty

PROJECT, MIX, MASTERED, REPORT = "Demo song", "demo.wav", "demo-master.wav", "report.json"


class DemoFolderError(MaxBoosterError):
    """The folder for the demo song cannot be used."""


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Build, render and master the demo song."""
    out: Path = arguments.out.absolute()
    with (
        _folder(out),
        ProgressLine("Starting", is_json=arguments.json, says_steps=True) as progress,
        tempfile.TemporaryDirectory(prefix=".partial-", dir=out) as hidden,
    ):
        staging = Path(hidden)
        if not are_compiled():
            progress.step(COMPILING)
            compile_all(progress)
        making = importlib.import_module("maxbooster_desktop.cli.demo_making")
        report: dict[str, Any] = making.make(out, staging, progress)
        places = {"project": PROJECT, "mix": MIX, "master": MASTERED, "report": REPORT}
        report["files"] = {what: str(out / name) for what, name in places.items()}
        (staging / REPORT).write_text(json.dumps(plain(report), indent=2) + "\n", encoding="utf-8")
        for name in places.values():
            if (staging / name).exists():
                (staging / name).replace(out / name)
    return report


def lines(report: dict[str, Any]) -> Iterator[str]:
    """Say how the song came out and how long each stage took."""
    yield f"{report['files']['master']}: {clock(report['duration_s'])}, {report['sample_rate'] / 1000:g} kHz"
    yield f"integrated     {decibels(report['integrated_lufs'], 'LUFS')} (mix {decibels(report['mix_lufs'], 'LUFS')})"
    yield f"loudness range {decibels(report['lra_lu'], 'LU')}"
    yield f"true peak      {decibels(report['true_peak_dbtp'], 'dBTP')}"
    yield "  ".join(f"{name} {seconds:.1f} s" for name, seconds in report["seconds"].items())


@contextmanager
def _folder(out: Path) -> Iterator[None]:
    """Make the folder; when what runs inside fails, the folders that were made go again if they are empty."""
    if out.exists() and not out.is_dir():
        raise DemoFolderError(f"{out} is a file, not a folder; choose another place for the demo song.")
    made = [place for place in (out, *out.parents) if not place.exists()]
    try:
        out.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        remove_empty(made)
        raise
