"""The cloud's side of the program, which loads when it is first asked for: its libraries take longer than a window."""

import importlib
from typing import Any


def cloudlink(module: str) -> Any:
    """Return a module of `maxbooster_desktop.cloudlink`. Slow the first time."""
    return importlib.import_module(f"maxbooster_desktop.cloudlink.{module}")
