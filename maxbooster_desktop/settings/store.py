"""Reads and writes the settings file. A damaged or foreign value falls back to its default and is named.

The file is replaced as a whole (written beside, then renamed), so a crash never leaves half of it. Values not
declared here, such as those of a newer version, are kept.
"""

import json
import os
from pathlib import Path
from typing import Any

from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.settings.declared import DECLARED, RECENT_LIMIT, RENAMED

FILE_NAME = "settings.json"


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
        self._values = self._read()

    def get(self, setting_id: str) -> Any:
        """Return a setting's value or its default; raises KeyError for one that is not declared."""
        declared = DECLARED[setting_id]
        value = self._values.get(setting_id, declared.default)
        return list(value) if isinstance(value, list) else value

    def set(self, setting_id: str, value: object) -> None:
        """Store a value at once; raises SettingsError when it is not acceptable or cannot be written."""
        declared = DECLARED[setting_id]
        if not declared.accepts(value):
            raise SettingsError(f"{value!r} is no value for {setting_id}. {declared.help}")
        if self._values.get(setting_id, declared.default) != value:
            self._values[setting_id] = value
            self._write()

    def remember_project(self, folder: Path) -> None:
        """Put a project first in the list of recent ones."""
        others = [each for each in self.get("projects.recent") if each != str(folder)]
        self.set("projects.recent", [str(folder), *others][:RECENT_LIMIT])

    def recent_projects(self) -> list[Path]:
        """Return the recent projects that are still there, the latest first."""
        return [Path(each) for each in self.get("projects.recent") if Path(each).is_dir()]

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            self.problems.append(f"The settings in {self._path} cannot be read ({error}); defaults are used.")
            return {}
        if not isinstance(found, dict):
            self.problems.append(f"The settings in {self._path} are damaged; defaults are used.")
            return {}
        values: dict[str, Any] = {}
        for stored_id, value in found.items():
            setting_id = RENAMED.get(str(stored_id), str(stored_id))
            declared = DECLARED.get(setting_id)
            if declared is None or declared.accepts(value):
                values[setting_id] = value
            else:
                self.problems.append(f"{value!r} is no value for {setting_id}; {declared.default!r} is used instead.")
        return values

    def _write(self) -> None:
        beside = self._path.with_suffix(".tmp")
        try:
            beside.write_text(json.dumps(self._values, indent=1, sort_keys=True), encoding="utf-8")
            os.replace(beside, self._path)
        except OSError as error:
            raise SettingsError(
                f"The settings cannot be written to {self._path} ({error.strerror}); check the folder's permissions."
            ) from error
