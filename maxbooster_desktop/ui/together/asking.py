"""A dialog that asks the cloud: one thing at a time, in a worker, with its answer or its sentence."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from maxbooster_desktop.ui.qtbridge.tasks import Progress, Task
from maxbooster_desktop.ui.widgets.panels import label


class AskingDialog(QDialog):
    """Has a column for its content, and a line at the end for what goes on or went wrong."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 20, 24, 20)
        self.column.setSpacing(12)
        self.saying = label("", "text.2")
        self.problem = label("", "danger")
        for line in (self.saying, self.problem):
            line.setWordWrap(True)
        self._task: Task | None = None
        self._is_told = False

    @property
    def is_asking(self) -> bool:
        """Whether an answer is awaited."""
        return self._task is not None

    def ask(self, work: Callable[[], Any], done: Callable[[Any], None], saying: str) -> None:
        """Do something slow and hand its result to `done`; what was asked before is not waited for any more.

        Without `saying` it goes on unseen: what is said meanwhile, of something else, stays to be read.
        """

        def call(_progress: Progress) -> Any:
            return work()

        if self._task is not None:
            self._task.cancel()
            self._over()
        if saying:
            self.problem.setText("")
            self.saying.setText(saying)
        self._is_told = bool(saying)
        task = Task(call, self)
        task.done.connect(self._over)
        task.failed.connect(self._over)
        task.done.connect(done)
        task.failed.connect(self.problem.setText)
        self._task = task.start()

    def refresh(self) -> None:
        """Show what may have changed meanwhile; called now and then while the dialog is open."""

    def event(self, event: QEvent) -> bool:
        """Grow when a text needs more lines than there is room for."""
        is_done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            needed = self.column.totalHeightForWidth(self.width())
            if needed > self.height():
                self.resize(self.width(), needed)
        return is_done

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Return press the button that has the keyboard; there is no other for it to press."""
        button = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(button, QPushButton):
            button.click()
        else:
            super().keyPressEvent(event)

    def _over(self) -> None:
        self._task = None
        if self._is_told:
            self.saying.setText("")
