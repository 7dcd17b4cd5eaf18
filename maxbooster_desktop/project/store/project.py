"""A project that is open: the handle that the window, the command line and tests share.

Any thread may use it. `state` is what the project shows now; edits are submitted as verbs (`project/edits`) and run on
the project's document thread (`document_thread.py`). There is no saving: `do` returns, and a future resolves, when the
edit is on disk.
"""

from collections.abc import Callable
from concurrent.futures import wait
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

import sqlalchemy as sa

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.history import Step
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import Asset, ProjectState
from maxbooster_desktop.project.store import database, versions
from maxbooster_desktop.project.store.audio_files import AUDIO_NAME, AudioFiles
from maxbooster_desktop.project.store.cloud_link import CloudLink, read_link
from maxbooster_desktop.project.store.copying import ProjectCopy, copy_project
from maxbooster_desktop.project.store.document_thread import DocumentThread, EditFuture
from maxbooster_desktop.project.store.durability import DURABLE, Durability
from maxbooster_desktop.project.store.errors import (
    ProjectClosedError,
    ProjectReadOnlyError,
    ProjectUnreachableError,
    StorageFullError,
)
from maxbooster_desktop.project.store.projection import Projection
from maxbooster_desktop.project.store.session import WriterSession
from maxbooster_desktop.project.store.sharing import Sharing
from maxbooster_desktop.project.store.versions import Version, VersionKind

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
_PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True)
class Writer:
    """What a project that can be edited has: the session and the thread that drives it."""

    session: WriterSession
    thread: DocumentThread


class Project:
    """One open project; made by `create_project` and `open_project`.

    Attributes:
        folder: the project's folder.
        audio: its sounds.
        read_only_reason: why it cannot be edited, None if it can.
        recovery: what had to be repaired when it was opened, in one sentence; None when nothing was.
    """

    def __init__(
        self, folder: Path, projection: Projection, writer: Writer | None, read_only_reason: str | None = None
    ) -> None:
        self.folder = folder
        self.audio = AudioFiles(folder / AUDIO_NAME)
        self.read_only_reason = read_only_reason
        self._projection = projection
        self._writer = writer

    @property
    def state(self) -> ProjectState:
        """What the project shows now."""
        return self._projection.state

    @property
    def recovery(self) -> str | None:
        """What had to be repaired on opening, or None."""
        return self._projection.recovery

    @property
    def durability(self) -> Durability:
        """Whether everything edited is on disk, and why not."""
        return DURABLE if self._writer is None else self._writer.thread.durability

    def submit(
        self, verb: Callable[Concatenate[ProjectDocument, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> EditFuture[R]:
        """Run a verb on the document thread; the future resolves when its edit is durable.

        Raises:
            ProjectReadOnlyError: the project cannot be edited.
            ProjectClosedError: it was closed.
        """
        return self._edit(lambda document: verb(document, *args, **kwargs))

    def do(self, verb: Callable[Concatenate[ProjectDocument, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a verb and return its change when it is durable; raises what the verb raises and what `submit` does.

        Raises:
            StorageFullError: it is done and shown, but for some seconds the disk has not taken it; it waits in memory.
        """
        return self.stored(self.submit(verb, *args, **kwargs))

    def stored(self, future: EditFuture[T]) -> T:
        """Return what a future of this project brings when it is durable; raises what its work raised.

        Raises:
            StorageFullError: as `do`.
        """
        while not wait([future], timeout=_PATIENCE_S).done:
            durability = self.durability
            if not durability.is_durable:
                raise StorageFullError(self.folder, durability.reason)
        return future.result()

    def undo(self) -> EditFuture[Change | None]:
        """Take the last own step back; resolves to None when there is none."""
        return self._edit(lambda document: document.undo())

    def redo(self) -> EditFuture[Change | None]:
        """Do the last undone step again; resolves to None when there is none."""
        return self._edit(lambda document: document.redo())

    def jump_to(self, step: int) -> EditFuture[Change | None]:
        """Undo or redo until `step` is the last step that is done (0: none is); resolves to the last change made."""
        return self._edit(lambda document: document.jump_to(step))

    def history(self) -> list[Step]:
        """Return the named steps, oldest first, with everything submitted before this call."""
        if self._writer is None:
            return []
        return self._writer.thread.ask(lambda document: list(document.history)) or []

    def subscribe(self, callback: Callable[[Change, ProjectState], None]) -> Callable[[], None]:
        """Call `callback(change, state)` on the document thread after each projected edit; returns how to stop it."""
        return self._projection.subscribe(callback)

    def versions(self) -> list[Version]:
        """Return what can be gone back to, newest first.

        Raises:
            ProjectUnreachableError: the folder cannot be read any more.
        """
        try:
            with database.reading(self.folder / database.DATABASE_NAME) as connection:
                return versions.list_versions(connection)
        except (OSError, sa.exc.DBAPIError, database.DamageFoundError) as error:
            raise ProjectUnreachableError(self.folder) from error

    def save_version(self, name: str, kind: VersionKind = "named") -> EditFuture[Version]:
        """Keep the project as it is now under a name; resolves when that is durable."""
        return self._edit(lambda _: self._session.save_version(name, kind))

    def restore_version(self, version: int) -> EditFuture[Change]:
        """Make the project what it was in a version, as one step that can be undone; the state before is kept too.

        The future raises VersionMissingError when there is no such version.
        """
        return self._edit(lambda _: self._session.restore_version(version))

    def note(self, write: Callable[[sa.Connection], None]) -> EditFuture[None]:
        """Let `write` note facts in the database, once or, while the disk refuses, again; resolves when durable."""
        return self._edit(lambda _: self._session.storage.log.ride(write))

    def encoded(self) -> bytes:
        """Return the document as it is now, with edits that wait; raises ProjectReadOnlyError, ProjectClosedError."""
        if self._writer is None:
            raise ProjectReadOnlyError(self.folder, self.read_only_reason or "it is open for reading.")
        future = self._writer.thread.submit(lambda document: document.registers.encode(), needs_store=False)
        if future is None:
            raise ProjectClosedError(self.folder)
        return future.result()

    def copy_to(self, folder: Path) -> ProjectCopy:
        """Make a whole copy, with the edits that wait, in a folder that does not exist yet. Slow: it copies sounds.

        Works also while nothing can be stored, wherever the folder lies now. The copy of a shared project is an
        ordinary one that needs no cloud, but for a project that cannot be stored any more: its copy goes on for it.

        Raises:
            ProjectExistsError, FolderNotWritableError: the place takes no copy; nothing is left of it.
            ProjectReadOnlyError, ProjectClosedError: nothing is open for writing.
        """
        if self._writer is None:
            raise ProjectReadOnlyError(self.folder, self.read_only_reason or "it is open for reading.")
        thread, storage = self._writer.thread, self._session.storage

        goes_on = not self.durability.is_durable

        def copy_database(path: Path) -> list[Asset]:
            future = thread.submit(lambda _: storage.copy_to(path, goes_on=goes_on), needs_store=False)
            if future is None:
                raise ProjectClosedError(self.folder)
            future.result()
            return list(self.state.assets.values())

        places = dict.fromkeys([self.folder, storage.present_folder()])
        return copy_project(folder.absolute(), [AudioFiles(place / AUDIO_NAME) for place in places], copy_database)

    @property
    def link(self) -> CloudLink | None:
        """The project's link to its shared twin in the cloud as it is on disk, None for one that is not shared."""
        try:
            with database.reading(self.folder / database.DATABASE_NAME) as connection:
                return read_link(connection)
        except (OSError, sa.exc.DBAPIError, database.DamageFoundError) as error:
            raise ProjectUnreachableError(self.folder) from error

    def submit_shared(
        self, work: Callable[Concatenate[Sharing, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> EditFuture[R]:
        """Do something with the shared side of the project; resolves when it is durable. Raises as `submit`."""
        return self._edit(lambda _: work(self._session.sharing, *args, **kwargs))

    def close(self, *, discard_unstored: bool = False) -> None:
        """Store what waits, tidy up and let others open the project; a second call does nothing.

        Raises:
            StorageFullError: something could not be stored: the project stays open, unless `discard_unstored`.
        """
        if self._writer is not None:
            self._writer.thread.stop(is_forced=discard_unstored)

    @property
    def _session(self) -> WriterSession:
        assert self._writer is not None
        return self._writer.session

    def _edit(self, call: Callable[[ProjectDocument], T]) -> EditFuture[T]:
        if self._writer is None:
            raise ProjectReadOnlyError(self.folder, self.read_only_reason or "it is open for reading.")
        future = self._writer.thread.submit(call)
        if future is None:
            raise ProjectClosedError(self.folder)
        return future

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
