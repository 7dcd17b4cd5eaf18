"""The undo history: every step by name; a click goes there. It survives closing, so it lists earlier days too."""

from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QVBoxLayout, QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.ui.qtbridge.list_model import ListModel
from maxbooster_desktop.ui.qtbridge.tasks import Latest, Progress
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.panels import EmptyState

_START = "Start of the project"


def _colour(step: Any) -> QColor:
    return theme().colour("text.3" if step is not None and step.is_undone else "text.1")


class HistoryPanel(QWidget):
    """A list of steps, oldest first; undone ones are grey. The step that holds is selected."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._model = ListModel[Any](
            {
                Qt.ItemDataRole.DisplayRole: lambda step: _START if step is None else step.name,
                Qt.ItemDataRole.ForegroundRole: _colour,
                Qt.ItemDataRole.AccessibleDescriptionRole: lambda step: (
                    "undone" if step is not None and step.is_undone else "done"
                ),
            },
            self,
        )
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setAccessibleName("Undo history")
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setUniformItemSizes(True)
        self._latest = Latest(self)
        self._empty = EmptyState("history", "Nothing was edited yet. Every edit will be listed here, to go back to.")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.addWidget(self.list)
        column.addWidget(self._empty)
        self.list.clicked.connect(self._jump)
        self.list.activated.connect(self._jump)

    def names(self) -> list[str]:
        """Return what the list shows, oldest first."""
        return [str(self._model.data(self._model.index(row))) for row in range(self._model.rowCount())]

    def refresh(self) -> None:
        """List the project's steps as they are now, or when the panel is next shown.

        The document thread is asked in a worker: it may be busy, and the window must not wait for it.
        """
        if not self._studio.has_project or not self.isVisible():
            return
        project = self._studio.project

        def work(_progress: Progress) -> list[Any]:
            return list(project.history())

        self._latest.start(work, self._show_steps, self._studio.notify)

    def showEvent(self, event: QShowEvent) -> None:
        """List what happened while nobody looked."""
        super().showEvent(event)
        self.refresh()

    def _show_steps(self, steps: list[Any]) -> None:
        self._model.set_rows([None, *steps] if steps else [])
        self.list.setVisible(bool(steps))
        self._empty.setVisible(not steps)
        done = sum(not step.is_undone for step in steps)
        index = self._model.index(done)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)

    def jump_to_row(self, row: int) -> None:
        """Go to the step in a row; row 0 is the start of the project."""
        self._jump(self._model.index(row))

    def _jump(self, index: QModelIndex) -> None:
        step = self._model.at(index)
        future = self._studio.project.jump_to(0 if step is None else step.number)
        future.add_done_callback(self._studio.tell_failure)
