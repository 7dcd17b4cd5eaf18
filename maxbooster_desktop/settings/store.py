"""Reads and writes the settings file. A damaged or foreign value falls back to its default and is named.

The file is replaced as a whole (written beside, then renamed), so a crash never leaves half of it. Values not
declared here, such as those of a newer version, are kept. A file of which something could not be taken over is kept
as `settings.kept-<n>.json` before another one takes its name.
"""

import errno
import itertools
import json
import logging
import os
import reprlib
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.settings.declared import DECLARED, RECENT_LIMIT, RENAMED

FILE_NAME = "settings.json"
_LARGEST = 1 << 20
_LOG = logging.getLogger(__name__)


class SettingsError(MaxBoosterError):
    """A setting that cannot be read, written or accepted."""


class Settings:
    """The settings of one person.

    Attributes:
        problems: sentences about what could not be read, for the window to show once.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self.problems: list[str] = []
        self._is_foreign = False
        self._values = self._read()

    def get(self, setting_id: str) -> Any:
        """Return a setting's value or its default; raises KeyError for one that is not declared."""
        declared = DECLARED[setting_id]
        value = self._values.get(setting_id, declared.default)
        return list(value) if isinstance(value, list) else value

    def set(self, setting_id: str, value: object) -> None:
        """Store a value at once.

        Raises:
            SettingsError: it is not acceptable or cannot be written; the value before stays.
        """
        before = dict(self._values)
        try:
            self._take(setting_id, value)
        except SettingsError:
            self._values = before
            raise

    def remember(self, setting_id: str, value: object) -> str:
        """Let a value hold until the program ends at least; return why it is not kept longer, "" when it is."""
        try:
            self._take(setting_id, value)
        except SettingsError as problem:
            _LOG.info("Not kept for the next time: %s", problem)
            return str(problem)
        return ""

    def remember_project(self, folder: Path) -> None:
        """Put a project first in the list of recent ones."""
        others = [each for each in self.get("projects.recent") if each != str(folder)]
        self.set("projects.recent", [str(folder), *others][:RECENT_LIMIT])

    def recent_projects(self) -> list[Path]:
        """Return the recent projects that are still there, the latest first."""
        return [Path(each) for each in self.get("projects.recent") if os.path.isdir(each)]

    def _take(self, setting_id: str, value: object) -> None:
        declared = DECLARED[setting_id]
        if not declared.accepts(value):
            raise SettingsError(f"{value!r} is no value for {setting_id}. {declared.help}")
        if self._values.get(setting_id, declared.default) != value:
            self._values[setting_id] = value
            self._write()

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._text())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is damaged"
            self._note(f"The settings in {self._path} cannot be read ({reason}); defaults are used.")
            return {}
        if not isinstance(found, dict):
            self._note(f"The settings in {self._path} are damaged; defaults are used.")
            return {}
        values: dict[str, Any] = {}
        for stored_id, value in found.items():
            setting_id = RENAMED.get(str(stored_id), str(stored_id))
            declared = DECLARED.get(setting_id)
            if declared is None or declared.accepts(value):
                values[setting_id] = value
            else:
                shown = reprlib.repr(value)
                self._note(f"{shown} is no value for {setting_id}; {declared.default!r} is used instead.")
        return values

    def _text(self) -> str:
        # Looked at before it is opened: a pipe would keep the start waiting for ever.
        if not stat.S_ISREG(self._path.stat().st_mode):
            raise OSError(errno.EINVAL, "it is no ordinary file")
        with self._path.open(encoding="utf-8-sig") as file:
            text = file.read(_LARGEST + 1)
        if len(text) > _LARGEST:
            raise ValueError("larger than settings can be")
        return text

    def _note(self, problem: str) -> None:
        self.problems.append(problem)
        self._is_foreign = True

    def _write(self) -> None:
        beside = self._path.with_suffix(".tmp")
        try:
            beside.write_text(json.dumps(self._values, indent=1, sort_keys=True), encoding="utf-8")
            if self._is_foreign:
                self._keep()
            os.replace(beside, self._path)
        except OSError as error:
            with suppress(OSError):
                beside.unlink()
            raise SettingsError(
                f"The settings cannot be written to {self._path} ({error.strerror}); check the folder's permissions."
            ) from error
        self._is_foreign = False

    def _keep(self) -> None:
        """Move what could not be taken over out of the way: whoever wrote it may want it back."""
        names = (self._path.with_name(f"settings.kept-{number}.json") for number in itertools.count(1))
        os.rename(self._path, next(name for name in names if not os.path.lexists(name)))
