"""A whole copy of an open project in another folder: its log with the edits that wait, its versions, its sounds.

It is the way out when the project's own folder was moved or deleted or takes no more while it is open: SQLite still
reads the file that it has open, wherever that lies now. Sounds are copied as far as they can be read; the rest is
named. The copy can be opened only once it is whole.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from maxbooster_desktop.foundation.paths import remove_empty
from maxbooster_desktop.project.document.state import Asset
from maxbooster_desktop.project.store import database
from maxbooster_desktop.project.store.audio_files import AUDIO_NAME, AudioFiles
from maxbooster_desktop.project.store.errors import AudioStoreError, FolderNotWritableError, ProjectExistsError
from maxbooster_desktop.project.store.full_disk import cause_of, is_full


@dataclass(frozen=True, slots=True)
class ProjectCopy:
    """Where a copy lies, and the names of the sounds that could not be read."""

    folder: Path
    missing: tuple[str, ...]


def copy_project(
    folder: Path, sources: Iterable[AudioFiles], copy_database: Callable[[Path], Iterable[Asset]]
) -> ProjectCopy:
    """Make a copy in a folder that does not exist yet; nothing is left of one that fails.

    Args:
        folder: where the copy will be.
        sources: where its sounds may lie.
        copy_database: writes the database to the path it gets and returns the sounds it needs.

    Raises:
        ProjectExistsError: something is there already.
        FolderNotWritableError: the place takes no project, or not all of it.
    """
    sources = tuple(sources)
    made = _make_folder(folder)
    try:
        assets = copy_database(folder / database.PARTIAL_NAME)
        audio = AudioFiles(folder / AUDIO_NAME)
        audio.folder.mkdir()
        missing = tuple(asset.name for asset in assets if not _copy_sound(asset, sources, audio))
        (folder / database.PARTIAL_NAME).replace(folder / database.DATABASE_NAME)
    except BaseException as problem:
        shutil.rmtree(folder, ignore_errors=True)
        remove_empty(made)
        if isinstance(problem, OSError | sqlite3.Error | sa.exc.DBAPIError):
            raise FolderNotWritableError(folder, cause_of(problem), is_full=is_full(problem)) from problem
        raise
    return ProjectCopy(folder, missing)


def _make_folder(folder: Path) -> list[Path]:
    """Make the folder, which must be new, and return the folders above that were missing, the innermost first."""
    made: list[Path] = []
    try:
        made += (above for above in folder.parents if not above.exists())
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir()
    except (OSError, ValueError) as problem:
        remove_empty(made)
        if os.path.lexists(folder):
            raise ProjectExistsError(folder) from problem
        raise FolderNotWritableError(folder, cause_of(problem), is_full=is_full(problem)) from problem
    return made


def _copy_sound(asset: Asset, sources: Iterable[AudioFiles], target: AudioFiles) -> bool:
    """Copy one sound, checked against its hash; returns False when no source has it whole."""
    for source in sources:
        try:
            path = source.path_of(asset)
            if os.path.isfile(path):
                target.add(path, asset.file_hash)
                return True
        except AudioStoreError as problem:
            # A full disk is the copy's failure; a sound that cannot be read is one that is missing.
            if isinstance(problem.__cause__, OSError) and is_full(problem.__cause__):
                raise problem.__cause__ from problem
    return False
