"""Links that are followed: an invitation is asked about; a place is gone to, once its project is open.

A project that is on this computer opens by itself; for one that is not, the dialog that fetches it is shown.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from maxbooster_desktop.actions import threads
from maxbooster_desktop.actions.workspace import Workspace
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.foundation.paths import projects_folder
from maxbooster_desktop.ui.shell.dialogs import Dialogs
from maxbooster_desktop.ui.shell.importing import Work

if TYPE_CHECKING:
    from maxbooster_desktop.cloudlink.links import PlaceLink


class Links(QObject):
    """Follows links in one window; `work` is as in `Importing`, `open_folder` opens a project."""

    def __init__(
        self, workspace: Workspace, dialogs: Dialogs, work: Work, open_folder: Callable[[str], None], window: QObject
    ) -> None:
        super().__init__(window)
        self._workspace, self._studio, self._dialogs = workspace, workspace.studio, dialogs
        self._work, self._open_folder = work, open_folder
        self._wanted: PlaceLink | None = None
        dialogs.joined.connect(self._joined)

    def follow(self, text: str) -> None:
        """Go where a link leads, or say why not."""
        try:
            self._wanted = place = self._studio.company.place_of(text)
        except MaxBoosterError as error:
            self._studio.notify(str(error))
            return
        if place is None:
            self._dialogs.join(text)
        elif place.project_id == self._workspace.shared_id:
            self.arrive()
        else:
            near = projects_folder()
            project_id = place.project_id
            self._work(
                lambda _: self._workspace.find_shared(project_id, near),
                lambda folder: self._found(folder, text),
                "Looking for the project of the link…",
            )

    def _found(self, folder: Any, text: str) -> None:
        if folder is None:
            self._dialogs.join(text)
        else:
            self._open_folder(str(folder))

    def _joined(self, folder: str, text: str) -> None:
        """Open what the dialog has fetched or found, and go to the place when it is open."""
        self._wanted = self._studio.company.place_of(text)
        is_open = self._studio.has_project and self._studio.project.folder.resolve() == Path(folder).resolve()
        if is_open:
            self.arrive()
        else:
            self._open_folder(folder)

    def arrive(self) -> None:
        """Go to the place that is wanted, if its project is the one that is open."""
        place = self._wanted
        if place is None or place.project_id != self._workspace.shared_id:
            return
        self._wanted = None
        thread = threads.thread_with(self._studio.state.comments, place.comment)
        if thread is not None:
            self._studio.go_to(thread.first.tick)
            self._studio.ui.show_thread(thread.id)
            return
        self._studio.go_to(place.tick)
        if place.comment:
            self._studio.notify("The comment of this link is not here: it was deleted, or has not arrived yet.")
