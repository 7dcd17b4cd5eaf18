"""`maxbooster new PROJECT`: an empty project in a folder that was missing or empty."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from maxbooster_desktop.foundation.paths import remove_empty
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.store.opening import create_project


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Make the project; without a rate it takes the rate of its first import."""
    folder = Path(arguments.project).absolute()
    name = None if arguments.name is None else allowed.name(arguments.name, "project")
    made = [place for place in folder.parents if not place.exists()]
    try:
        with create_project(folder, name=name, sample_rate=arguments.rate) as project:
            meta = project.state.meta
    except BaseException:
        remove_empty(made)
        raise
    return {
        "project": str(folder),
        "name": meta.name,
        "sample_rate": None if meta.is_rate_open else meta.sample_rate,
    }


def lines(report: dict[str, Any]) -> Iterator[str]:
    """Say what was made."""
    rate = report["sample_rate"]
    shown = "the rate of its first import" if rate is None else f"{rate / 1000:g} kHz"
    yield f"Made the project '{report['name']}' in {report['project']} ({shown})."
