"""What a project can be compared with, and parts be taken from: its versions, its branches, the project it came from.

Each is read as a document of the thread that asks. Slow: run it in a worker.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from maxbooster_desktop.project.store import database
from maxbooster_desktop.project.store.contents import read_contents
from maxbooster_desktop.project.store.errors import (
    ProjectMissingError,
    ProjectNeedsRepairError,
    ProjectUnreachableError,
    VersionDamagedError,
)
from maxbooster_desktop.project.store.forks import Fork, read_branches, read_origin
from maxbooster_desktop.project.store.restoring import version_registers
from maxbooster_desktop.project.store.versions import read_version
from sync.document.register_document import RegisterDocument


def version_document(folder: Path, version: int) -> tuple[str, RegisterDocument]:
    """Return a version's name and document.

    Raises:
        ProjectUnreachableError, VersionMissingError, VersionDamagedError: it cannot be read.
    """
    try:
        with _reading(folder) as connection:
            draft = read_version(connection, version)
        return draft.name, version_registers(draft)
    except database.DamageFoundError as damage:
        raise VersionDamagedError(version) from damage


def present_document(folder: Path) -> RegisterDocument:
    """Return the document of another project as it is on disk, open or not.

    Raises:
        ProjectMissingError, ProjectUnreachableError, ProjectNeedsRepairError: it cannot be read.
    """
    if not os.path.isfile(folder / database.DATABASE_NAME):
        raise ProjectMissingError(folder)
    try:
        with _reading(folder) as connection:
            return read_contents(connection).document()
    except database.DamageFoundError as damage:
        raise ProjectNeedsRepairError(folder) from damage


def kin(folder: Path) -> tuple[Fork | None, list[Fork]]:
    """Return where a project branched off, and its branches, without those whose folder is gone.

    Raises:
        ProjectUnreachableError: the project cannot be read.
    """
    try:
        with _reading(folder) as connection:
            origin, branches = read_origin(connection), read_branches(connection)
    except database.DamageFoundError as damage:
        raise ProjectUnreachableError(folder) from damage
    there = [fork for fork in (origin, *branches) if fork is not None and _is_there(fork)]
    return (origin if origin in there else None), [fork for fork in branches if fork in there]


def _is_there(fork: Fork) -> bool:
    return os.path.isfile(fork.folder / database.DATABASE_NAME)


@contextmanager
def _reading(folder: Path) -> Iterator[sa.Connection]:
    try:
        with database.reading(folder / database.DATABASE_NAME) as connection:
            yield connection
    except (OSError, sa.exc.DBAPIError) as error:
        if isinstance(error, sa.exc.DBAPIError) and database.is_damage(error):
            raise database.DamageFoundError(str(error.orig)) from error
        raise ProjectUnreachableError(folder) from error
