"""Coming into a shared project: with an invitation link, or with the link of a place in one that one is in."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from maxbooster_desktop.actions.workspace import Workspace
from maxbooster_desktop.ui.together.asking import AskingDialog
from maxbooster_desktop.ui.widgets.panels import label, primary_button


class JoinDialog(AskingDialog):
    """`joined(folder, link)` is emitted with the project that was made."""

    joined = Signal(str, str)

    def __init__(self, workspace: Workspace, parent_folder: Path, link: str, parent: QWidget) -> None:
        super().__init__("Join by link", parent)
        self._workspace, self._folder = workspace, parent_folder
        self.link = QLineEdit(link)
        self.link.setPlaceholderText("maxbooster://…")
        self.link.setAccessibleName("Invitation link, or link to a place")
        self.join = primary_button("Join")
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        self.join.clicked.connect(self._join)
        self.link.returnPressed.connect(self._join)
        end = QHBoxLayout()
        end.addStretch(1)
        for button in (cancel, self.join):
            button.setAutoDefault(False)
            end.addWidget(button)
        hint = label(f"A project that is not on this computer gets a folder of its own in {parent_folder}.")
        hint.setWordWrap(True)
        for part in (hint, self.link, self.saying, self.problem):
            self.column.addWidget(part)
        self.column.addLayout(end)
        self.resize(520, 180)

    def _join(self) -> None:
        link = self.link.text()
        self.ask(
            lambda: self._workspace.come_to(link, self._folder),
            lambda folder: self._done(folder, link),
            "Fetching the project…",
        )

    def _done(self, folder: Path, link: str) -> None:
        self.joined.emit(str(folder), link)
        self.accept()
