"""Joining a shared project with an invitation link."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from maxbooster_desktop.actions.company import Company
from maxbooster_desktop.ui.together.asking import AskingDialog
from maxbooster_desktop.ui.widgets.panels import label, primary_button


class JoinDialog(AskingDialog):
    """`joined(folder)` is emitted with the project that was made."""

    joined = Signal(str)

    def __init__(self, company: Company, parent_folder: Path, link: str, parent: QWidget) -> None:
        super().__init__("Join by link", parent)
        self._company, self._folder = company, parent_folder
        self.link = QLineEdit(link)
        self.link.setPlaceholderText("maxbooster://join?…")
        self.link.setAccessibleName("Invitation link")
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
        hint = label(f"The project gets a folder of its own in {parent_folder}.")
        hint.setWordWrap(True)
        for part in (hint, self.link, self.saying, self.problem):
            self.column.addWidget(part)
        self.column.addLayout(end)
        self.resize(520, 180)

    def _join(self) -> None:
        link = self.link.text()
        self.ask(lambda: self._company.join(link, self._folder), self._done, "Fetching the project…")

    def _done(self, folder: Path) -> None:
        self.joined.emit(str(folder))
        self.accept()
