"""Scanning for plug-ins from the window: in a worker, told file by file, and said in one sentence at the end."""

from typing import Any

from PySide6.QtCore import QObject

from maxbooster_desktop.actions.workspace import Workspace
from maxbooster_desktop.engine.known_plugins import catalogue, scan_plugins
from maxbooster_desktop.project.versions.words import counted
from maxbooster_desktop.ui.qtbridge.tasks import Progress
from maxbooster_desktop.ui.shell.importing import Work


class PluginScanning(QObject):
    """The scans of one window; `work` is as in `Importing`. What is found is in the insert menus at once."""

    def __init__(self, workspace: Workspace, work: Work, window: QObject) -> None:
        super().__init__(window)
        self._workspace, self._studio, self._work = workspace, workspace.studio, work

    def begin(self) -> None:
        """Scan where plug-ins usually are, and where some were found before."""

        def job(progress: Progress) -> Any:
            return scan_plugins((), lambda done, count, path: progress.tell(done / count, path.rpartition("/")[2]))

        self._work(job, self._tell, "Scanning for plug-ins…")

    def _tell(self, scanned: list[Any]) -> None:
        # What was missing until now is heard.
        self._workspace.follow_engine()
        found = counted(sum(one.entry is not None for one in scanned), "plug-in")
        left = [one for one in scanned if one.entry is None]
        if left:
            self._studio.notify(f"{found} found; {len(left)} did not load: {catalogue().log_path} says why.")
        else:
            self._studio.notify(f"{found} found.")
