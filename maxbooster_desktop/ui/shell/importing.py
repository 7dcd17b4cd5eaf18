"""Importing from the window: in a worker, then shown and reported. A menu, a drop or the browser may ask for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from maxbooster_desktop.actions.workspace import Workspace
from maxbooster_desktop.project.document.state import TrackId
from maxbooster_desktop.ui.qtbridge.tasks import Progress, Task
from maxbooster_desktop.ui.shell.import_report import ImportReportDialog, files_text, summary

Work = Callable[[Callable[[Progress], Any], Callable[[Any], None], str], Task]


class Importing(QObject):
    """The imports of one window; `work(job, done, saying)` runs a job in a worker and says so meanwhile."""

    def __init__(self, workspace: Workspace, work: Work, window: QWidget) -> None:
        super().__init__(window)
        self._workspace, self._studio, self._work, self._window = workspace, workspace.studio, work, window

    def begin(self, files: list[str], tick: int | None = None, track: TrackId | None = None) -> None:
        """Import files at the playhead, or at `tick`; each on a new track, or all on `track`."""
        if not self._studio.has_project or not files:
            return
        paths, start = [Path(file) for file in files], self._studio.playhead_tick if tick is None else tick

        def job(progress: Progress) -> Any:
            return self._workspace.import_files(paths, start, track, progress.tell, progress.event)

        self._work(job, self._tell, f"Importing {files_text(len(files))}…")

    def _tell(self, report: Any) -> None:
        self._show(report)
        if all(file.is_plain for file in report.files):
            self._studio.notify(summary(report))
        else:
            ImportReportDialog(report, self._window).show()

    def _show(self, report: Any) -> None:
        """Select what an import made, and scroll there."""
        if report.change is None or not self._studio.has_project:
            return
        clips = self._studio.state.clips
        made = [clips[clip] for clip in sorted(report.change.created) if clip in clips]
        if made:
            tracks = tuple(dict.fromkeys(file.track for file in report.imported))
            self._studio.selection.clear_time_range()
            self._studio.selection.set_tracks(tracks)
            self._studio.selection.set_clips(clip.id for clip in made)
            self._studio.ui.show_place(min(clip.start_tick for clip in made), tracks)
