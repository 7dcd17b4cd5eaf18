"""Syncing as the window sees it: begun once the window has settled, held back as the settings say."""

from PySide6.QtCore import QObject

from maxbooster_desktop.actions.workspace import Workspace
from maxbooster_desktop.ui.qtbridge.tasks import Progress, Task


class SyncWatch(QObject):
    """Keeps the company's drafts going while the window is open."""

    def __init__(self, workspace: Workspace, window: QObject) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._has_begun = False

    def begin(self) -> None:
        """Find out, once, whether somebody is signed in whose drafts are to be kept in step."""
        if self._has_begun or not self._workspace.studio.company.has_cloud:
            return
        self._has_begun = True
        self.apply()
        company = self._workspace.studio.company

        def work(_progress: Progress) -> None:
            company.go_on_syncing()

        Task(work, self).start()

    def apply(self) -> None:
        """Take what the settings allow."""
        get = self._workspace.settings.get
        self._workspace.studio.company.drafts.allow(
            is_paused=get("drafts.is_paused"),
            is_metered=get("sounds.is_metered"),
            goes_metered=get("drafts.goes_metered"),
        )
