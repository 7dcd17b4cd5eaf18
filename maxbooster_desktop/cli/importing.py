"""`maxbooster import PROJECT FILE...`: sound files onto new tracks, each at the start, as one step of the history.

The good files of a batch come in; each refused one is named on stderr with its reason, and the exit code is 2.
"""

import argparse
from collections.abc import Iterator
from typing import Any

from maxbooster_desktop.cli.failures import FAILED, say
from maxbooster_desktop.cli.output import ProgressLine, clock
from maxbooster_desktop.project.document.state import ProjectState
from maxbooster_desktop.project.exchange.import_audio import import_audio
from maxbooster_desktop.project.exchange.report import FileReport
from maxbooster_desktop.project.store.opening import open_project


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Import the files and report what was done to each."""
    with ProgressLine("Importing", is_json=arguments.json) as progress, open_project(arguments.project) as project:
        report = import_audio(project, arguments.files, progress=progress)
        state, notes = project.state, [] if project.recovery is None else [project.recovery]
    for refused in report.refused:
        say(refused.sentences[0])
    return {
        "project": str(arguments.project.absolute()),
        "sample_rate": state.meta.sample_rate,
        "files": [_file(file, state) for file in report.files],
        "notes": notes,
        "exit_code": FAILED if report.refused else 0,
    }


def _file(file: FileReport, state: ProjectState) -> dict[str, Any]:
    found: dict[str, Any] = {"path": str(file.path), "outcome": file.outcome, "notes": list(file.sentences)}
    if file.asset is not None and file.track is not None:
        found |= {
            "track": state.tracks[file.track].name,
            "asset": file.asset.id,
            "duration_s": file.asset.duration_s,
            "sample_rate": file.asset.sample_rate,
            "channels": file.asset.channels,
        }
    return found


def lines(report: dict[str, Any]) -> Iterator[str]:
    """Name each imported file with its track and what was done to it."""
    yield from report["notes"]
    for file in report["files"]:
        if file["outcome"] == "imported":
            notes = f" ({'; '.join(file['notes'])})" if file["notes"] else ""
            yield f"{file['path']} -> track '{file['track']}', {clock(file['duration_s'])}{notes}"
