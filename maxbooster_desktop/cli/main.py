"""`maxbooster COMMAND ...`: read the command line, run the command's module, print its report."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Any

from maxbooster_desktop.cli.commands import CLOUD, build_parser, module_of
from maxbooster_desktop.cli.failures import guarded, quiet_libraries, quiet_surroundings
from maxbooster_desktop.cli.output import print_report
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.foundation.version import VERSION
from maxbooster_desktop.project.store.lasting import without_collection


class CloudMissingError(MaxBoosterError):
    """The backend's packages are not installed."""

    def __init__(self, package: str | None) -> None:
        super().__init__(
            f"The cloud is installed separately ({package} is missing): in a checkout, `./check lint` does it "
            "(on Windows `check.cmd lint`)."
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that `arguments` (without the program's name) ask for; returns the exit code."""
    quiet_surroundings()
    return guarded(lambda: _run(list(sys.argv[1:] if arguments is None else arguments)))


def _run(words: Sequence[str]) -> int:
    if words[:1] == [CLOUD]:
        return _run_cloud(words[1:])
    parser = build_parser()
    try:
        arguments = parser.parse_args(words)
    except SystemExit as done:
        # Only --help ends here: mistakes raise UsageError.
        return int(done.code or 0)
    if arguments.version:
        print(f"maxbooster {VERSION}")
        return 0
    if arguments.verb is None:
        parser.error("name a command, or a project to open it in the studio")
    quiet_libraries()
    return _run_verb(arguments)


def _run_cloud(words: Sequence[str]) -> int:
    try:
        with without_collection():
            cloud = importlib.import_module(module_of(CLOUD))
        # What serves loads there.
        return int(cloud.main(words))
    except ModuleNotFoundError as missing:
        raise CloudMissingError(missing.name) from missing


def _run_verb(arguments: argparse.Namespace) -> int:
    module = importlib.import_module(module_of(arguments.verb))
    report: dict[str, Any] = module.run(arguments)
    exit_code = int(report.pop("exit_code", 0))
    print_report(report, module.lines(report), is_json=arguments.json)
    sys.stdout.flush()
    return exit_code
