"""Where the program keeps its own files. `MAXBOOSTER_HOME` puts all of them below one folder (tests, portable use)."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import platformdirs

from maxbooster_desktop.foundation.errors import MaxBoosterError

_NAME = "maxbooster"


class OwnFolderError(MaxBoosterError, OSError):
    """A folder of the program itself cannot be made; an OSError too, for those who can do without it."""


def config_folder() -> Path:
    """Return the folder for settings, made when missing."""
    return _made("config", platformdirs.user_config_path(_NAME, appauthor=False))


def data_folder() -> Path:
    """Return the folder for what cannot be computed again, such as drafts; made when missing."""
    return _made("data", platformdirs.user_data_path(_NAME, appauthor=False))


def cache_folder() -> Path:
    """Return the folder for what can be computed again: decoded audio, peaks; made when missing."""
    return _made("cache", platformdirs.user_cache_path(_NAME, appauthor=False))


def plugins_folder() -> Path:
    """Return the folder for what is known of plug-ins; made when missing."""
    folder = data_folder() / "plugins"
    folder.mkdir(exist_ok=True)
    return folder


def logs_folder() -> Path:
    """Return the folder for logs, made when missing."""
    return _made("logs", platformdirs.user_log_path(_NAME, appauthor=False))


def projects_folder() -> Path:
    """Return the folder in which new projects are offered; made when missing."""
    return _made("projects", platformdirs.user_documents_path() / "Max Booster")


def remove_empty(folders: Iterable[Path]) -> None:
    """Remove folders that were made for nothing, the innermost first; what holds something stays."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _made(part: str, usual: Path) -> Path:
    home = os.environ.get("MAXBOOSTER_HOME")
    folder = Path(home) / part if home else usual
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        way_out = "set MAXBOOSTER_HOME to another folder" if home else "check the permissions of your home folder"
        raise OwnFolderError(f"The program's folder {folder} cannot be made ({error.strerror}): {way_out}.") from error
    return folder
