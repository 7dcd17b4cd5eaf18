"""The versions of a project: what can be gone back to; keep one under a name, restore one (as an undoable step)."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QListView, QPushButton, QVBoxLayout, QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.ui.qtbridge.list_model import ListModel
from maxbooster_desktop.ui.qtbridge.tasks import Progress, Task
from maxbooster_desktop.ui.widgets.panels import label, primary_button


def version_text(version: Any) -> str:
    """Write a version as its time and name: "22 Nov 2026, 14:02 · Before the mix"."""
    when = version.made_at.astimezone().strftime("%d %b %Y, %H:%M")
    return f"{when}  ·  {version.name or 'Automatic'}"


class VersionsDialog(QDialog):
    """Lists versions, newest first."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Versions")
        self._model = ListModel[Any]({Qt.ItemDataRole.DisplayRole: version_text}, self)
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setAccessibleName("Versions")
        self.name = QLineEdit()
        self.name.setPlaceholderText("Name of this version, such as Before the mix")
        self.name.setAccessibleName("Name of the version")
        self.keep = QPushButton("Keep version")
        self.restore = primary_button("Restore selected")
        self.problem = label("", "danger")
        self.problem.setWordWrap(True)
        self.keep.clicked.connect(self._keep)
        self.restore.clicked.connect(self._restore)
        # Return in the name keeps a version; no button may take it as well.
        self.close_button = QPushButton("Close")
        self.close_button.clicked.connect(self.reject)
        for button in (self.keep, self.restore, self.close_button):
            button.setAutoDefault(False)
        self.name.returnPressed.connect(self._keep)
        row = QHBoxLayout()
        row.addWidget(self.name, 1)
        row.addWidget(self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(10)
        column.addWidget(label("A version is the whole project at one moment. Restoring keeps the present one too."))
        column.addLayout(row)
        column.addWidget(self.list, 1)
        column.addWidget(self.problem)
        end = QHBoxLayout()
        end.addStretch(1)
        end.addWidget(self.close_button)
        end.addWidget(self.restore)
        column.addLayout(end)
        self.resize(520, 460)
        self.refresh()

    def rows(self) -> list[str]:
        """Return what the list shows."""
        return [version_text(version) for version in self._model.rows()]

    def refresh(self, _result: object = None) -> None:
        """List the versions as they are now."""
        try:
            self._model.set_rows(self._versions())
        except MaxBoosterError as error:
            self.problem.setText(str(error))
        if self._model.rowCount():
            self.list.setCurrentIndex(self._model.index(0))
        self.restore.setEnabled(bool(self._model.rowCount()))

    def _versions(self) -> list[Any]:
        return list(self._studio.project.versions())

    def _keep(self) -> None:
        name = self.name.text().strip()
        if not name:
            self.problem.setText("Give the version a name first.")
            self.name.setFocus()
            return
        self.problem.setText("")
        self._run(lambda: self._studio.project.save_version(name).result())
        self.name.clear()

    def _restore(self) -> None:
        version = self._model.at(self.list.currentIndex())
        self._run(lambda: self._studio.project.restore_version(version.id).result())

    def _run(self, work: Any) -> None:
        def call(_progress: Progress) -> Any:
            return work()

        task = Task(call, self)
        task.done.connect(self.refresh)
        task.failed.connect(self.problem.setText)
        task.start()
