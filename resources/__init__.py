"""Fonts, icons and themes that ship with the program, and where to find them.

Every file is reached through `resource_path`, which works from a checkout, an installed wheel and a frozen folder
alike because the files lie beside this module.
"""

from pathlib import Path

_ROOT = Path(__file__).resolve().parent


def resource_path(*parts: str) -> Path:
    """Return the path of a shipped file, such as `resource_path("icons", "play.svg")`.

    Raises:
        FileNotFoundError: no such file ships with the program.
    """
    path = _ROOT.joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"{'/'.join(parts)} is not among the program's resources")
    return path
