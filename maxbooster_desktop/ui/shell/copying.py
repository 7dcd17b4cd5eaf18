"""Copies and branches of the open project, made in a worker; one that cannot be stored is left for its copy."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from maxbooster_desktop.actions import versions
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.ui.qtbridge.tasks import Progress
from maxbooster_desktop.ui.shell.importing import Work

_NAMED = 3


def copy_text(folder: Path, missing: Sequence[str], what: str = "A copy") -> str:
    """Return where a copy is and which sounds it lacks, in one sentence."""
    if not missing:
        return f"{what} is in {folder}."
    names = ", ".join(missing[:_NAMED]) + (f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else "")
    return (
        f"{what} is in {folder}, without the sounds that are not here or cannot be read ({names}); import them there."
    )


class Copying(QObject):
    """The copies of one window; `work` is as in `Importing`, `move_on(folder)` goes on with a copy.

    Signals:
        branched(): a branch was made.
    """

    branched = Signal()

    def __init__(self, studio: Studio, work: Work, move_on: Callable[[str], None], window: QObject) -> None:
        super().__init__(window)
        self._studio, self._work, self._move_on = studio, work, move_on

    def begin(self, folder: str) -> None:
        """Copy the open project to a new folder."""
        project = self._studio.project

        def job(_progress: Progress) -> Any:
            return project.copy_to(Path(folder))

        def done(copied: Any) -> None:
            self._studio.notify(copy_text(copied.folder, copied.missing))
            if self._studio.has_project and self._studio.project is project and not project.durability.is_durable:
                self._move_on(str(copied.folder))

        self._work(job, done, "Saving a copy…")

    def branch(self, folder: str, side: versions.Side) -> None:
        """Start a branch of the open project in a new folder."""
        project = self._studio.project

        def done(missing: Sequence[str]) -> None:
            self._studio.notify(copy_text(Path(folder), missing, "The branch"))
            self.branched.emit()

        self._work(lambda _progress: versions.start_branch(project, Path(folder), side), done, "Starting a branch…")
