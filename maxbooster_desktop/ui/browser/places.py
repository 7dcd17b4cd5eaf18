"""The folders the browser offers, and what lies in one: folders first, then sound files, with their lengths.

No Qt; `listing` and `found_below` are called in workers. Lengths come from headers only.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from maxbooster_desktop.foundation.errors import MaxBoosterError

SUFFIXES = (".wav", ".aif", ".aiff", ".flac", ".ogg", ".opus", ".mp3", ".w64", ".caf")
_MOST_FOUND = 300
_DEEPEST = 8


class FolderUnreadableError(MaxBoosterError):
    """A folder that cannot be listed."""


@dataclass(frozen=True, slots=True)
class Place:
    """A starting point with its icon."""

    name: str
    path: Path
    icon: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A folder or a sound file."""

    path: Path
    is_folder: bool

    @property
    def name(self) -> str:
        """The file's or folder's name."""
        return self.path.name


def places(project_folder: Path | None) -> list[Place]:
    """Return the places that exist: the project's folder, music, home."""
    home = Path.home()
    wanted = [Place("Music", home / "Music", "music"), Place("Home", home, "house")]
    if project_folder is not None:
        wanted.insert(0, Place("Project folder", project_folder, "folder"))
    return [place for place in wanted if os.path.isdir(place.path)]


def is_sound(name: str) -> bool:
    """Return whether a file's name says that it holds sound."""
    return name.lower().endswith(SUFFIXES)


def listing(folder: Path) -> list[Entry]:
    """Return what a folder holds that matters here, by name; raises FolderUnreadableError."""
    try:
        with os.scandir(folder) as found:
            entries = [
                Entry(Path(each.path), each.is_dir())
                for each in found
                if not each.name.startswith(".") and (each.is_dir() or is_sound(each.name))
            ]
    except OSError as error:
        raise FolderUnreadableError(f"{folder} cannot be read ({error.strerror}); check its permissions.") from error
    return sorted(entries, key=lambda entry: (not entry.is_folder, entry.name.casefold()))


def found_below(folders: Sequence[Path], typed: str, check: Callable[[], None]) -> list[Entry]:
    """Return sound files below `folders` whose name holds `typed`; `check` raises when nobody waits any more."""
    needle, found = typed.casefold(), dict[Path, Entry]()
    for path in (path for folder in folders for path in _files_below(folder, check)):
        # A place may lie in another.
        if needle in path.name.casefold():
            found[path] = Entry(path, is_folder=False)
            if len(found) >= _MOST_FOUND:
                break
    return sorted(found.values(), key=lambda entry: entry.name.casefold())


def _files_below(folder: Path, check: Callable[[], None]) -> Iterator[Path]:
    base = len(folder.parts)
    for where, folders, files in os.walk(folder):
        check()
        folders[:] = (
            []
            if len(Path(where).parts) - base >= _DEEPEST
            else sorted(name for name in folders if not name.startswith("."))
        )
        yield from (Path(where) / name for name in sorted(files) if is_sound(name))
