"""Name and folder of a project that is to be: new, a copy, a branch. What cannot be a folder is refused at once."""

import os
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from maxbooster_desktop.actions.templates import TEMPLATES
from maxbooster_desktop.actions.versions import Side
from maxbooster_desktop.actions.workspace import ProjectNameError, place_for
from maxbooster_desktop.engine.render.stem_names import safe_name
from maxbooster_desktop.ui.widgets.panels import label

_UNNAMED = "Project"


def free_name(folder: Path, wanted: str) -> str:
    """Return `wanted` as a folder can be called, or "wanted 2" and so on, whatever does not exist in `folder` yet."""
    wanted = safe_name(wanted, _UNNAMED)
    name, number = wanted, 2
    while os.path.lexists(folder / name):
        name, number = f"{wanted} {number}", number + 1
    return name


class PlaceDialog(QDialog):
    """Asks for a name and a folder; `_accept_place` gets them when they are good."""

    def __init__(self, title: str, verb: str, folder: Path, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setModal(True)
        self.name = QLineEdit(free_name(folder, name))
        self.name.setAccessibleName("Name")
        self.name.selectAll()
        self.folder = QLineEdit(str(folder))
        self.folder.setAccessibleName("Folder")
        self.problem = label("", "danger")
        self.problem.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        create = self.buttons.addButton(verb, QDialogButtonBox.ButtonRole.AcceptRole)
        create.setProperty("primary", True)
        self.buttons.accepted.connect(self.submit)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self.setMinimumWidth(480)
        # Once it belongs to the dialog; before, Return would press whichever button comes first.
        create.setDefault(True)

    def _lay_out(self) -> None:
        browse = QPushButton("Choose…")
        browse.clicked.connect(self._browse)
        browse.setAutoDefault(False)
        place = QHBoxLayout()
        place.addWidget(self.folder, 1)
        place.addWidget(browse)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        column.addWidget(label("Name"))
        column.addWidget(self.name)
        self._add_choices()
        column.addWidget(label("In folder"))
        column.addLayout(place)
        column.addWidget(self.problem)
        column.addWidget(self.buttons)

    def _add_choices(self) -> None:
        """Add what else is asked, between name and folder."""

    def _accept_place(self, target: Path) -> None:
        """Take a name and folder that are good."""
        raise NotImplementedError

    def submit(self) -> None:
        """Check name and folder; take them and close, or say what is wrong."""
        try:
            target = place_for(self.folder.text(), self.name.text())
        except ProjectNameError as error:
            self.problem.setText(str(error))
            self.name.setFocus()
            return
        self._accept_place(target)
        self.accept()

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder for the project", self.folder.text())
        if folder:
            self.folder.setText(folder)


class NewProjectDialog(PlaceDialog):
    """Asks for a template too; `asked(folder, template id)` is emitted."""

    asked = Signal(str, str)

    def __init__(self, folder: Path, template_id: str, parent: QWidget) -> None:
        self._template_id = template_id
        super().__init__("New project", "Create", folder, "Untitled", parent)

    def _add_choices(self) -> None:
        self.template = QComboBox()
        self.template.setAccessibleName("Template")
        for template in TEMPLATES:
            self.template.addItem(template.title, template.id)
        self.template.setCurrentIndex(max(0, self.template.findData(self._template_id)))
        self._column.addWidget(label("Template"))
        self._column.addWidget(self.template)

    def _accept_place(self, target: Path) -> None:
        self.asked.emit(str(target), str(self.template.currentData()))


class SaveCopyDialog(PlaceDialog):
    """Asks where a copy of the open project goes; `asked(folder)` is emitted."""

    asked = Signal(str)

    def __init__(self, folder: Path, name: str, parent: QWidget) -> None:
        super().__init__("Save a copy", "Save copy", folder, name, parent)

    def _accept_place(self, target: Path) -> None:
        self.asked.emit(str(target))


class BranchDialog(PlaceDialog):
    """Asks what a branch that begins with `side` is called, and where it goes; `asked(folder)` is emitted."""

    asked = Signal(str)

    def __init__(self, side: Side, folder: Path, name: str, parent: QWidget) -> None:
        title = "Start a branch" if side.is_now else f"Start a branch from {side.name}"
        super().__init__(title, "Start", folder, name, parent)

    def _accept_place(self, target: Path) -> None:
        self.asked.emit(str(target))
