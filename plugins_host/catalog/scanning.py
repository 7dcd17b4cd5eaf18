"""Scanning: every plug-in file of some folders is described once, by a child process of its own.

Blacklist first: a file is put on it before it is loaded and taken off when that went well, so what ends the scan, or
the computer, is not loaded again. A file that was described and has not changed since is not loaded at all.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from plugins_host.catalog.entries import PluginEntry, entry_of
from plugins_host.catalog.store import UNFINISHED, CatalogStore
from plugins_host.processes import end_worker, start_worker

LIMIT_S = 15.0
_SUFFIX = ".vst3"
_RATE = 48_000
_MOST_DEPTH = 6


class RefusedError(ValueError):
    """The process works, and says why it has no such plug-in."""


Outcome = Literal["found", "known", "blacklisted", "failed"]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What came of one file; `note` says why it is not in the catalogue."""

    path: str
    outcome: Outcome
    note: str = ""
    entry: PluginEntry | None = None


@dataclass
class Scan:
    """One scan of `folders`; `told(done, all, path)` hears of each file before it is looked at.

    Args:
        store: where the catalogue is.
        limit_s: how long a file may take, in seconds.
        is_again: also load what is on the blacklist.
    """

    store: CatalogStore
    limit_s: float = LIMIT_S
    is_again: bool = False
    told: Callable[[int, int, str], None] = lambda _done, _all, _path: None

    def run(self, folders: Sequence[Path]) -> list[Scanned]:
        """Scan; what is gone from these folders leaves the catalogue. Raises OSError when that cannot be written."""
        files = list(dict.fromkeys(path for folder in folders for path in plugin_files(folder)))
        entries = self.store.entries()
        for path in [path for path in entries if _is_below(path, folders) and Path(path) not in files]:
            del entries[path]
        results = []
        for number, file in enumerate(files):
            self.told(number, len(files), str(file))
            scanned = self._look_at(file, entries.get(str(file)))
            results.append(scanned)
            entries.pop(str(file), None)
            if scanned.entry is not None:
                entries[str(file)] = scanned.entry
            self.store.save(entries)
        self.store.save(entries)
        return results

    def _look_at(self, file: Path, known: PluginEntry | None) -> Scanned:
        path, stamp, listed = str(file), stamp_of(file), self.store.blacklist()
        if path in listed and listed[path][0] == stamp and not self.is_again:
            return self._said(Scanned(path, "blacklisted", listed[path][1]))
        if known is not None and known.stamp == stamp and path not in listed:
            return Scanned(path, "known", entry=known)
        self.store.save_blacklist({**listed, path: (stamp, UNFINISHED)})
        try:
            entry = entry_of(path, stamp, described(path, self.limit_s))
        except ValueError as error:
            self.store.save_blacklist({**listed, path: (stamp, str(error))})
            return self._said(Scanned(path, "failed", str(error)))
        self.store.save_blacklist({other: row for other, row in listed.items() if other != path})
        return self._said(Scanned(path, "found", entry=entry))

    def _said(self, scanned: Scanned) -> Scanned:
        name = f" {scanned.entry.name} {scanned.entry.version}" if scanned.entry else ""
        note = f": {scanned.note}" if scanned.note else ""
        self.store.log(f"{scanned.outcome:<12}{scanned.path}{name}{note}")
        return scanned


def described(path: str, limit_s: float) -> dict[str, object]:
    """Return what a child process says of a plug-in. Raises ValueError with the reason when it says nothing."""
    try:
        process = start_worker({"do": "describe", "path": path, "rate": _RATE})
    except OSError as error:
        raise ValueError(f"no process could be started for it ({error.strerror})") from error
    try:
        said, _ = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        raise ValueError(f"it was not loaded after {limit_s:g} s") from None
    finally:
        end_worker(process)
    if process.returncode < 0:
        raise ValueError(f"it crashed while it was loaded (signal {-process.returncode})")
    try:
        answer = json.loads(said)
    except ValueError:
        raise ValueError(f"it ended without a word (status {process.returncode})") from None
    if "about" not in answer:
        raise RefusedError(str(answer.get("refused", "it said nothing of itself")))
    about: dict[str, object] = answer["about"]
    return about


def plugin_files(folder: Path) -> Iterator[Path]:
    """Yield the plug-ins below a folder, or the folder itself if it is one, by name; links are not followed."""
    if folder.suffix.lower() == _SUFFIX:
        yield folder.absolute()
        return
    yield from _below(folder.absolute(), _MOST_DEPTH)


def _below(folder: Path, depth: int) -> Iterator[Path]:
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return  # what cannot be looked into holds nothing for us
    for path in inside:
        if path.suffix.lower() == _SUFFIX:
            yield path
        elif depth and path.is_dir() and not path.is_symlink():
            yield from _below(path, depth - 1)


def stamp_of(file: Path) -> str:
    """Return what changes when a plug-in is replaced: size and time of what a bundle holds, or of the file."""
    files = sorted(path for path in file.rglob("*") if path.is_file()) if file.is_dir() else [file]
    facts = [path.stat() for path in files]
    return f"{len(files)}-{sum(one.st_size for one in facts)}-{max((one.st_mtime_ns for one in facts), default=0)}"


def usual_folders() -> tuple[Path, ...]:
    """Return where VST3 plug-ins are by convention."""
    if sys.platform == "darwin":
        return Path.home() / "Library/Audio/Plug-Ins/VST3", Path("/Library/Audio/Plug-Ins/VST3")
    if sys.platform == "win32":
        return (Path("C:/Program Files/Common Files/VST3"),)
    return Path.home() / ".vst3", Path("/usr/local/lib/vst3"), Path("/usr/lib/vst3")


def _is_below(path: str, folders: Sequence[Path]) -> bool:
    return any(Path(path).is_relative_to(folder.absolute()) for folder in folders)
