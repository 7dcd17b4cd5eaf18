"""Making and opening projects: which of the two an attempt can be, and its one clear sentence when it is neither."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from maxbooster_desktop.project.document.new_document import new_document
from maxbooster_desktop.project.document.state import ProjectState
from maxbooster_desktop.project.store import backups, database
from maxbooster_desktop.project.store.audio_files import AUDIO_NAME
from maxbooster_desktop.project.store.cloud_link import CloudLink, write_link
from maxbooster_desktop.project.store.contents import read_contents
from maxbooster_desktop.project.store.document_thread import DocumentThread
from maxbooster_desktop.project.store.errors import (
    FolderNotWritableError,
    NotAProjectError,
    ProjectExistsError,
    ProjectLockedError,
    ProjectMissingError,
    ProjectNeedsRepairError,
    ProjectTooNewError,
)
from maxbooster_desktop.project.store.fresh_database import write_fresh_database
from maxbooster_desktop.project.store.full_disk import cause_of, is_full
from maxbooster_desktop.project.store.lock import LOCK_NAME, ProjectLock
from maxbooster_desktop.project.store.orphans import old_sounds, remove_unnamed
from maxbooster_desktop.project.store.project import Project, Writer
from maxbooster_desktop.project.store.projection import Projection
from maxbooster_desktop.project.store.session import NewerFormatError, WriterSession
from maxbooster_desktop.project.store.tables import LAYOUT_VERSION
from sync.document.blobs import blobs_named
from sync.document.register_document import RegisterDocument

DEFAULT_RATE = 48_000
_ASKED = "it was opened for reading."
_NEWER = "it was made by a newer Max Booster: update this one to edit it."


def create_project(
    folder: Path,
    *,
    name: str | None = None,
    sample_rate: int | None = DEFAULT_RATE,
    shared: tuple[bytes, CloudLink] | None = None,
) -> Project:
    """Make a new project in a folder that is missing or empty, and open it.

    Args:
        folder: where; its parents are made.
        name: the project's name; the folder's when missing.
        sample_rate: Hz; None takes 48,000 until the first import brings its own.
        shared: the document and the link of a shared project, which then says name and rate.

    Raises:
        ProjectExistsError: something is there already.
        FolderNotWritableError: the folder cannot be made or written; nothing is left of the attempt.
    """
    folder = folder.absolute()
    is_ours = is_there = False
    try:
        is_there = folder.exists()
        is_ours = not is_there
        if is_there:
            _require_empty(folder)
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            _fill(folder, name or _name_of(folder), sample_rate, shared)
    except ProjectExistsError:
        raise
    except BaseException as error:
        if is_ours:
            shutil.rmtree(folder, ignore_errors=True)
        elif is_there and folder.is_dir():
            _remove_partial(folder)
            (folder / LOCK_NAME).unlink(missing_ok=True)
        if isinstance(error, OSError | ValueError | sa.exc.DBAPIError):
            raise FolderNotWritableError(folder, cause_of(error), is_full=is_full(error)) from error
        raise
    return open_project(folder)


def _require_empty(folder: Path) -> None:
    """Refuse a folder that holds more than what an attempt leaves that was killed."""
    if any(entry.name not in (database.PARTIAL_NAME, LOCK_NAME) for entry in folder.iterdir()):
        raise ProjectExistsError(folder)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Be the only one who makes a project there: of two at once one finds that it exists."""
    try:
        lock = ProjectLock(folder)
    except ProjectLockedError as locked:
        raise ProjectExistsError(folder) from locked
    with lock:
        _require_empty(folder)
        yield


def _name_of(folder: Path) -> str:
    """Return a folder's name as text of one line, whatever bytes the disk holds."""
    shown = os.fsencode(folder.name).decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else " " for letter in shown).strip() or "Project"


def open_project(folder: Path, *, read_only: bool = False, rest_s: float = 0.0) -> Project:
    """Open a project; one that cannot be edited opens for reading and says why (`read_only_reason`).

    What only edits need is loaded in the background: at the first edit or question, after `rest_s` at the latest.

    Raises:
        ProjectMissingError, NotAProjectError: there is nothing to open.
        ProjectLockedError: somebody else has it open for writing, and `read_only` was not asked.
        ProjectDamagedError, ProjectNeedsRepairError: it is damaged and could not, or may not, be repaired.
        ProjectTooNewError: not even reading is possible.
    """
    folder = folder.absolute()
    _require_project(folder)
    reason = _ASKED if read_only else _why_not_writable(folder)
    if reason is not None:
        return _open_for_reading(folder, reason)
    projection = Projection()
    session = WriterSession(folder, ProjectLock(folder), projection)
    thread = DocumentThread(folder.name, session, rest_s)
    thread.start()
    try:
        thread.opened.result()
    except NewerFormatError:
        return _open_for_reading(folder, _NEWER)
    opened = Project(folder, projection, Writer(session, thread))
    opened.audio.clear_partial()
    _clear_orphans(opened, thread)
    return opened


def _clear_orphans(opened: Project, thread: DocumentThread) -> None:
    """Remove what a killed import left. Done before anybody can import: an import takes a sound that is there."""
    shown = {asset.file_hash for asset in opened.state.assets.values()}
    candidates = {name: path for name, path in old_sounds(opened.folder, opened.audio).items() if name not in shown}
    if not candidates or opened.recovery is not None:
        return
    asked = thread.submit(lambda document: blobs_named(document.registers), needs_store=False)
    if asked is None or asked.exception() is not None:
        return  # opening failed after all; the thread has told why
    named = asked.result()
    remove_unnamed(opened.folder, {name: path for name, path in candidates.items() if name not in named})


def _fill(folder: Path, name: str, sample_rate: int | None, shared: tuple[bytes, CloudLink] | None) -> None:
    if shared is None:
        registers = new_document(name, sample_rate or DEFAULT_RATE, is_rate_open=sample_rate is None)
    else:
        registers = RegisterDocument()
        registers.load(shared[0])
    partial = folder / database.PARTIAL_NAME
    _remove_partial(folder)
    write_fresh_database(partial, registers, lambda connection: write_link(connection, shared[1] if shared else None))
    (folder / AUDIO_NAME).mkdir()
    (folder / backups.BACKUPS_NAME).mkdir()
    partial.replace(folder / database.DATABASE_NAME)


def _remove_partial(folder: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        (folder / (database.PARTIAL_NAME + suffix)).unlink(missing_ok=True)


def _require_project(folder: Path) -> None:
    try:
        is_there = folder.exists()
    except OSError:  # a name longer than the disk can hold, or a folder above that may not be entered
        is_there = False
    if not is_there:
        raise ProjectMissingError(folder)
    # A project whose database is gone can still be rebuilt from its backups.
    if not os.path.isdir(folder) or not (
        os.path.isfile(folder / database.DATABASE_NAME) or backups.list_backups(folder)
    ):
        raise NotAProjectError(folder, is_unfinished=os.path.isfile(folder / database.PARTIAL_NAME))


def _why_not_writable(folder: Path) -> str | None:
    path = folder / database.DATABASE_NAME
    if not path.exists():
        return None
    for place in (folder, path):
        if not os.access(place, os.W_OK):
            return f"{place} cannot be written: change its permissions to edit the project."
    return _NEWER if database.layout_in_header(path) > LAYOUT_VERSION else None


def _open_for_reading(folder: Path, reason: str) -> Project:
    projection = Projection()
    projection.show(_read_state(folder))
    return Project(folder, projection, None, reason)


def _read_state(folder: Path) -> ProjectState:
    is_newer = False
    try:
        with database.reading(folder / database.DATABASE_NAME) as connection:
            is_newer = database.layout_of(connection) > LAYOUT_VERSION
            return read_contents(connection).state()
    except (database.DamageFoundError, sa.exc.DBAPIError, ValueError) as error:
        if is_newer:
            raise ProjectTooNewError(folder) from error
        raise ProjectNeedsRepairError(folder) from error
