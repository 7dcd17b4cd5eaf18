"""Says how far a freeze or a bounce is, and lets it be cancelled. It closes itself when the work is done.

It is modal: an edit of what is being rendered would make the result one of something that is not there any more.
"""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from maxbooster_desktop.actions.bouncing import Order, carry_out
from maxbooster_desktop.actions.workspace import Workspace
from maxbooster_desktop.ui.qtbridge.tasks import Progress, Task
from maxbooster_desktop.ui.widgets.panels import label


class BounceDialog(QDialog):
    """One order on its way."""

    def __init__(self, workspace: Workspace, order: Order, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace, self._order = workspace, order
        self._task: Task | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(order.title)
        self.setModal(True)
        self.setMinimumWidth(380)
        self.message = label(f"{order.title}…", "text.2")
        self.progress = QProgressBar()
        self.progress.setRange(0, 1_000)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(order.title)
        self.leave = QPushButton("Cancel")
        self.leave.clicked.connect(self.cancel)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addWidget(self.message)
        column.addWidget(self.progress)
        column.addLayout(buttons)

    def start(self) -> None:
        """Begin the work in a worker."""
        workspace, order = self._workspace, self._order

        def work(progress: Progress) -> Any:
            return carry_out(workspace, order, progress.tell, progress.event)

        self._task = Task(work, self)
        self._task.progressed.connect(self._show_progress)
        self._task.done.connect(self._finish)
        self._task.failed.connect(self._fail)
        self._task.stopped.connect(self._stop)
        self._task.start()

    def cancel(self) -> None:
        """Ask the work to stop; the dialog closes once it has."""
        if self._task is not None:
            self._task.stop()
            self.leave.setEnabled(False)
            self.message.setText("Cancelling…")

    def reject(self) -> None:
        """Stop what runs before closing."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        super().reject()

    def _show_progress(self, fraction: float, _what: str) -> None:
        self.progress.setValue(round(fraction * 1_000))

    def _finish(self, change: Any) -> None:
        self._task = None
        studio = self._workspace.studio
        made = [clip for clip in sorted(change.created) if studio.has_project and clip in studio.state.clips]
        if made:
            studio.selection.set_clips(made)
        self.accept()

    def _fail(self, sentence: str) -> None:
        self._task = None
        self._workspace.studio.notify(sentence)
        self.reject()

    def _stop(self, change: Any) -> None:
        if change is not None:
            # It was done before it heard of the cancel.
            self._finish(change)
            return
        self._task = None
        self._workspace.studio.notify("Cancelled; the project is as it was.")
        self.reject()
