"""The others and the cloud as the window sees them: avatars, the status bar's entry, followed people, merge reports."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.actions.sync_status import summary
from maxbooster_desktop.ui.qtbridge.tasks import Task
from maxbooster_desktop.ui.shell.status_strip import StatusStrip
from maxbooster_desktop.ui.shell.studio_page import StudioPage


class CompanyWatch(QObject):
    """Shows the company in `status` and on the page that `page` returns."""

    def __init__(
        self, studio: Studio, status: StatusStrip, page: Callable[[], StudioPage | None], window: QObject
    ) -> None:
        super().__init__(window)
        self._studio, self._status, self._page = studio, status, page
        self._has_resumed = False
        self._asked_for: set[str] = set()

    def begin(self) -> None:
        """Show a project that was just opened, and find out as whom one works in it."""
        self._asked_for = set()
        self.look()
        company = self._studio.company
        # Nobody hears of a cloud that does not answer these: the entry at the bottom tells how it stands.
        if company.is_shared:
            Task(lambda _: company.look_up(), self).start()
        elif not self._has_resumed:
            Task(lambda _: company.sounds.resume(), self).start()
        self._has_resumed = True

    def look(self) -> None:
        """Show how it is now."""
        company, page = self._studio.company, self._page()
        self._status.show_cloud(*summary(company))
        if page is not None:
            page.transport.show_company()
            page.arranger.others.refresh()
        self.look_at_reports()

    def look_at_tracks(self) -> None:
        """Tell when a track that one asked for has been given; call it when the project has changed."""
        tracks, me = self._studio.state.tracks.values(), self._studio.company.author[0]
        before = self._asked_for
        self._asked_for = {track.id for track in tracks if track.asked is not None and track.asked.account == me}
        for track in tracks:
            is_held = track.lock is not None and track.lock.account == me
            if is_held and track.asked is None and track.id in before:
                self._studio.notify(f"You hold “{track.name}” now.")

    def look_at_reports(self) -> None:
        """When a merge report may be due, ask for it; call it now and then."""
        reports = self._studio.company.reports
        if reports.is_due():
            task = Task(lambda _: reports.look(), self)
            task.done.connect(self._tell_report)
            task.failed.connect(self._studio.notify)
            task.start()

    def _tell_report(self, report: Any) -> None:
        if report is not None:
            self._studio.notify(f"{report.sentence} See Together, Merge report.")
