"""The entry point: `maxbooster VERB ...` runs a command without a window, `maxbooster [PROJECT]` opens the window.

Nothing heavy is imported here: commands do not load Qt, and the window does not load the commands.
"""

import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from maxbooster_desktop.cli.commands import VERBS
from maxbooster_desktop.foundation.errors import MaxBoosterError

#: What a link into a shared project begins with: the system starts the program with it.
_LINK = "maxbooster:"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for and return the exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments and not _names_project(arguments[0]):
        return _run_command(arguments)
    link = arguments[0] if arguments and _is_link(arguments[0]) else ""
    project = Path(arguments[0]) if arguments and not link else None
    try:
        return int(importlib.import_module("maxbooster_desktop.bootstrap").run_window(project, link=link))
    except MaxBoosterError as failure:
        # Before there is a window to say it in.
        print(failure, file=sys.stderr)
        return 2


def _names_project(argument: str) -> bool:
    """Return whether an argument is a link or a project (an existing folder, or written as a path), but no command."""
    if argument.startswith("-") or argument in VERBS:
        return False
    return _is_link(argument) or "/" in argument or "\\" in argument or os.path.isdir(argument)


def _is_link(argument: str) -> bool:
    return argument.lower().startswith(_LINK)


def _run_command(arguments: Sequence[str]) -> int:
    return int(importlib.import_module("maxbooster_desktop.cli.main").main(arguments))


if __name__ == "__main__":
    sys.exit(main())
