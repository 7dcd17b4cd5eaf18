"""Projects on their way into the window: found or made in a worker, which also loads the screens they need."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from maxbooster_desktop.actions.templates import TEMPLATES
from maxbooster_desktop.actions.workspace import Opened, Workspace
from maxbooster_desktop.ui.qtbridge.tasks import Progress
from maxbooster_desktop.ui.shell.importing import Work
from maxbooster_desktop.ui.shell.studio_page import load_screens

MakeDemo = Callable[[Callable[[float, str], None]], Path]


class Opening(QObject):
    """Opens projects of one window; `work` is as in `Importing`, `adopt` gets what was opened."""

    def __init__(
        self,
        workspace: Workspace,
        work: Work,
        adopt: Callable[[Any], None],
        make_demo: MakeDemo | None,
        window: QObject,
    ) -> None:
        super().__init__(window)
        self._workspace, self._work, self._adopt, self._make_demo = workspace, work, adopt, make_demo

    def open(self, folder: str) -> None:
        """Open a project folder; the one that is open stays as it is."""
        studio = self._workspace.studio
        if studio.has_project and studio.project.folder.resolve() == Path(folder).resolve():
            return
        self._load(lambda _progress: Path(folder), f"Opening {Path(folder).name}…")

    def create(self, folder: str, template_id: str) -> None:
        """Make a project from a template."""
        template = next(each for each in TEMPLATES if each.id == template_id)

        def job(_progress: Progress) -> Opened:
            load_screens()
            return self._workspace.create(Path(folder), template)

        self._work(job, self._adopt, "Making the project…")

    def open_demo(self) -> None:
        """Make the demo song, once, and open it."""
        make_demo = self._make_demo
        if make_demo is not None:
            self._load(lambda progress: make_demo(progress.tell), "Making the demo song…")

    def _load(self, find: Callable[[Progress], Path], saying: str) -> None:
        """Open the folder that `find` returns."""

        def job(progress: Progress) -> Opened:
            folder = find(progress)
            load_screens()
            return self._workspace.load(folder)

        self._work(job, self._adopt, saying)
