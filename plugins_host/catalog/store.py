"""The catalogue's files in one folder: what was found, what is not to be loaded, and what scanning said.

    catalogue.json   every plug-in that was scanned, by path
    blacklist.json   path -> [stamp, reason]; written and on disk before the file is loaded for the first time
    scan.log         a line a file and scan, the newest last

A file that cannot be read counts as empty: scanning makes it anew.
"""

import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from plugins_host.catalog.entries import PluginEntry, entry_of

#: Why a file stays on the blacklist when nobody took it off: the computer or the scan ended meanwhile.
UNFINISHED = "the scan ended while it was loading"
_MOST_LOG_BYTES = 1 << 20


class CatalogStore:
    """The catalogue in `folder`, which is made when something is written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def log_path(self) -> Path:
        """Where the log is."""
        return self._folder / "scan.log"

    @property
    def stamp(self) -> int:
        """A number that changes when the catalogue does; 0 without one."""
        try:
            return os.stat(self._folder / "catalogue.json").st_mtime_ns
        except OSError:
            return 0

    def entries(self) -> dict[str, PluginEntry]:
        """Return what was found, by path."""
        listed = self._read("catalogue.json").get("plugins", [])
        found = {}
        for row in listed if isinstance(listed, list) else []:
            try:
                found[row["path"]] = entry_of(row["path"], row["stamp"], row)
            except (KeyError, TypeError, ValueError):
                continue  # of another version: scanning describes it anew
        return found

    def save(self, entries: dict[str, PluginEntry]) -> None:
        """Keep what was found. Raises OSError."""
        rows = [entries[path].as_json() for path in sorted(entries)]
        self._write("catalogue.json", {"plugins": rows})

    def blacklist(self) -> dict[str, tuple[str, str]]:
        """Return stamp and reason of every file that is not to be loaded, by path."""
        listed = self._read("blacklist.json")
        return {path: (str(row[0]), str(row[1])) for path, row in listed.items() if isinstance(row, list) and row[1:]}

    def save_blacklist(self, listed: dict[str, tuple[str, str]]) -> None:
        """Keep the blacklist; it is on disk when this returns. Raises OSError."""
        self._write("blacklist.json", {path: list(row) for path, row in sorted(listed.items())})

    def log(self, line: str) -> None:
        """Add a line with the time; of a log that has grown long the newer half is kept. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if self.log_path.exists() and self.log_path.stat().st_size > _MOST_LOG_BYTES:
            kept = self.log_path.read_bytes()[-_MOST_LOG_BYTES // 2 :].partition(b"\n")[2]
            self.log_path.write_bytes(kept)
        with self.log_path.open("a", encoding="utf-8") as log:
            log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {line}\n")

    def _read(self, name: str) -> dict[str, Any]:
        try:
            read = json.loads((self._folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}  # see the module
        return read if isinstance(read, dict) else {}

    def _write(self, name: str, content: dict[str, Any]) -> None:
        """Replace a file as a whole."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=self._folder, delete=False, encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(file.name, self._folder / name)
