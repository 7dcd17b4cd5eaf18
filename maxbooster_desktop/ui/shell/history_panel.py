"""The undo history: every step by name; a click goes there. It survives closing, so it lists earlier days too."""

from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QListView, QVBoxLayout, QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.ui.qtbridge.list_model import ListModel
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
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setAccessibleName("Undo history")
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.setUniformItemSizes(True)
        self._empty = EmptyState("history", "Nothing was edited yet. Every edit will be listed here, to go back to.")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.addWidget(self._list)
        column.addWidget(self._empty)
        self._list.clicked.connect(self._jump)
        self._list.activated.connect(self._jump)

    def names(self) -> list[str]:
        """Return what the list shows, oldest first."""
        return [str(self._model.data(self._model.index(row))) for row in range(self._model.rowCount())]

    def refresh(self) -> None:
        """List the project's steps as they are now."""
        steps = list(self._studio.project.history()) if self._studio.has_project else []
        self._model.set_rows([None, *steps] if steps else [])
        self._list.setVisible(bool(steps))
        self._empty.setVisible(not steps)
        done = sum(not step.is_undone for step in steps)
        index = self._model.index(done)
        self._list.setCurrentIndex(index)
        self._list.scrollTo(index)

    def jump_to_row(self, row: int) -> None:
        """Go to the step in a row; row 0 is the start of the project."""
        self._jump(self._model.index(row))

    def _jump(self, index: QModelIndex) -> None:
        step = self._model.at(index)
        future = self._studio.project.jump_to(0 if step is None else step.number)
        future.add_done_callback(self._studio.tell_failure)
