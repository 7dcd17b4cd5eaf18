"""Loading samples from the window: in a worker, after asking which preset of several, then reported."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QInputDialog, QWidget

from maxbooster_desktop.actions.instruments import PATCHES, sampler_of
from maxbooster_desktop.actions.workspace import Workspace
from maxbooster_desktop.ui.qtbridge.tasks import Progress
from maxbooster_desktop.ui.shell.import_report import ImportReportDialog, files_text
from maxbooster_desktop.ui.shell.importing import Work


class Sampling(QObject):
    """What is loaded into the samplers of one window; `work(job, done, saying)` runs a job in a worker."""

    def __init__(self, workspace: Workspace, work: Work, window: QWidget) -> None:
        super().__init__(window)
        self._workspace, self._studio, self._work, self._window = workspace, workspace.studio, work, window

    def begin(self, files: list[str]) -> None:
        """Fill the selected track's sampler; of several presets in a file one is asked for first."""
        target = sampler_of(self._studio) if self._studio.has_project else None
        if target is None or not files:
            return
        paths = [Path(file) for file in files]
        if len(paths) > 1 or paths[0].suffix.lower() != ".sf2":
            self._load(target, paths, None)
            return

        def job(_progress: Progress) -> Any:
            return self._workspace.presets_in(paths[0])

        self._work(job, lambda presets: self._ask(target, paths, presets), f"Reading {paths[0].name}…")

    def begin_patch(self, patch: str) -> None:
        """Fill the selected track's sampler with factory sounds."""
        target = sampler_of(self._studio) if self._studio.has_project else None
        if target is None:
            return

        def job(progress: Progress) -> Any:
            return self._workspace.load_patch(target, patch, progress.tell, progress.event)

        self._work(job, self._tell, f"Making the {PATCHES[patch]}…")

    def _ask(self, target: Any, paths: list[Path], presets: list[Any]) -> None:
        if len(presets) < 2:
            self._load(target, paths, None)
            return
        titles = {f"{each.bank}:{each.program}  {each.name}": each.index for each in presets}
        dialog = QInputDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(f"Load {paths[0].name}")
        dialog.setLabelText("Preset (bank:program)")
        dialog.setComboBoxItems(list(titles))
        dialog.textValueSelected.connect(lambda title: self._load(target, paths, titles[title]))
        dialog.open()

    def _load(self, target: Any, paths: list[Path], preset: int | None) -> None:
        if not self._studio.has_project:
            return

        def job(progress: Progress) -> Any:
            return self._workspace.load_samples(target, paths, preset, progress.tell, progress.event)

        self._work(job, self._tell, f"Loading {paths[0].name}…")

    def _tell(self, report: Any) -> None:
        if all(file.is_plain for file in report.files):
            self._studio.notify(f"{files_text(len(report.imported))} loaded into the sampler.")
        else:
            ImportReportDialog(report, self._window).show()
