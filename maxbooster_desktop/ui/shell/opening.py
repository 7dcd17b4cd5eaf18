"""Projects on their way into the window: found or made in a worker, which also loads the screens they need."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from maxbooster_desktop.actions.templates import TEMPLATES
from maxbooster_desktop.actions.workspace import Opened, Workspace
from maxbooster_desktop.ui.qtbridge.tasks import Progress, Task
from maxbooster_desktop.ui.shell.importing import Work
from maxbooster_desktop.ui.shell.studio_page import load_screens

MakeDemo = Callable[[Callable[[float, str], None]], Path]


def let_go(opened: Opened | None) -> None:
    """Close a project that came too late to be stopped, or is not wanted after all."""
    if opened is not None:
        opened.pool.close()
        opened.project.close()


class Opening(QObject):
    """Opens projects of one window; `work` is as in `Importing`, `adopt` gets what was opened.

    Asked for another project while one is on its way, it grants the newest wish alone.

    Signals:
        told(saying): what is on its way and how far, or "".
    """

    told = Signal(str)

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
        self._task: Task | None = None
        self._saying = self._wish = ""

    @property
    def is_busy(self) -> bool:
        """Whether a project is on its way."""
        return self._task is not None

    def open(self, folder: str) -> None:
        """Open a project folder; the one that is open stays as it is."""
        studio = self._workspace.studio
        if studio.has_project and studio.project.folder.resolve() == Path(folder).resolve():
            return
        self._load(lambda _progress: Path(folder), f"Opening {Path(folder).name}…", folder)

    def create(self, folder: str, template_id: str) -> None:
        """Make a project from a template."""
        template = next(each for each in TEMPLATES if each.id == template_id)

        def job(_progress: Progress) -> Opened:
            load_screens()
            return self._workspace.create(Path(folder), template)

        self._begin(job, "Making the project…", folder)

    def open_demo(self) -> None:
        """Make the demo song, once, and open it; while it is being made, go on with that."""
        make_demo = self._make_demo
        if make_demo is not None:
            self._load(lambda progress: make_demo(progress.tell), "Making the demo song…", "demo song")

    def _load(self, find: Callable[[Progress], Path], saying: str, wish: str) -> None:
        """Open the folder that `find` returns."""

        def job(progress: Progress) -> Opened:
            folder = find(progress)
            load_screens()
            return self._workspace.load(folder)

        self._begin(job, saying, wish)

    def _begin(self, job: Callable[[Progress], Opened], saying: str, wish: str) -> None:
        if self._task is not None:
            if wish == self._wish:
                return
            self._task.stop()
        self._saying, self._wish = saying, wish
        self._task = task = self._work(job, self._adopt, saying)
        task.stopped.connect(let_go)
        task.done.connect(self._over)
        task.failed.connect(self._over)
        task.progressed.connect(self._tell)
        self.told.emit(saying)

    def _over(self) -> None:
        self._task = None
        self.told.emit("")

    def _tell(self, fraction: float) -> None:
        if self.sender() is self._task:
            self.told.emit(f"{self._saying}  {round(fraction * 100)} %")
