"""Name and place of a new project; refuses at once what cannot become a folder."""

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
from maxbooster_desktop.actions.workspace import ProjectNameError, check_name
from maxbooster_desktop.ui.widgets.panels import label


def free_name(folder: Path, wanted: str) -> str:
    """Return `wanted`, or "wanted 2" and so on, whatever does not exist in `folder` yet."""
    name, number = wanted, 2
    while (folder / name).exists():
        name, number = f"{wanted} {number}", number + 1
    return name


class NewProjectDialog(QDialog):
    """Asks for a name, a folder and a template; `asked(folder, template id)` is emitted when they are good."""

    asked = Signal(str, str)

    def __init__(self, folder: Path, template_id: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("New project")
        self.setModal(True)
        self.name = QLineEdit(free_name(folder, "Untitled"))
        self.name.setAccessibleName("Name")
        self.name.selectAll()
        self.folder = QLineEdit(str(folder))
        self.folder.setAccessibleName("Folder")
        self.template = QComboBox()
        self.template.setAccessibleName("Template")
        for template in TEMPLATES:
            self.template.addItem(template.title, template.id)
        self.template.setCurrentIndex(max(0, self.template.findData(template_id)))
        self.problem = label("", "danger")
        self.problem.setWordWrap(True)
        browse = QPushButton("Choose…")
        browse.clicked.connect(self._browse)
        browse.setAutoDefault(False)
        place = QHBoxLayout()
        place.addWidget(self.folder, 1)
        place.addWidget(browse)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        create = self.buttons.addButton("Create", QDialogButtonBox.ButtonRole.AcceptRole)
        create.setProperty("primary", True)
        self.buttons.accepted.connect(self.submit)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        for title, field in (("Name", self.name), ("Template", self.template)):
            column.addWidget(label(title))
            column.addWidget(field)
        column.addWidget(label("In folder"))
        column.addLayout(place)
        column.addWidget(self.problem)
        column.addWidget(self.buttons)
        self.setMinimumWidth(480)
        # Once it belongs to the dialog; before, Return would press whichever button comes first.
        create.setDefault(True)

    def submit(self) -> None:
        """Check name and folder; emit `asked` and close, or say what is wrong."""
        target = Path(self.folder.text()).expanduser() / self.name.text()
        try:
            check_name(self.name.text())
        except ProjectNameError as error:
            self.problem.setText(str(error))
            self.name.setFocus()
            return
        if target.exists():
            self.problem.setText(f"{target} exists already; choose another name.")
            self.name.setFocus()
            return
        self.asked.emit(str(target), str(self.template.currentData()))
        self.accept()

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder for the project", self.folder.text())
        if folder:
            self.folder.setText(folder)
