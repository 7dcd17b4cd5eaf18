"""What waits for the cloud: edits, sounds, drafts, each with how it stands and why; pause, hurry, the last report."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.actions.sync_status import Line, lines
from maxbooster_desktop.settings.store import Settings
from maxbooster_desktop.ui.widgets.marked_rows import MarkedRows
from maxbooster_desktop.ui.widgets.panels import primary_button

_ICONS = {"Edits": "history", "Sounds": "audio-lines", "Drafts": "file", "Last merge": "layers"}


class SyncDialog(QDialog):
    """Follows what happens; `asked(action id)` is emitted for what leads elsewhere."""

    asked = Signal(str)

    def __init__(self, studio: Studio, settings: Settings, apply: Callable[[], None], parent: QWidget) -> None:
        """`apply` is called when a setting was changed."""
        super().__init__(parent)
        self._studio, self._settings, self._apply = studio, settings, apply
        self._shown: tuple[Line, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Sync")
        self._rows = MarkedRows()
        self.pauses = self._switch("Pause drafts", "drafts.is_paused")
        self.goes_metered = self._switch("Also over a connection that is paid by the byte", "drafts.goes_metered")
        self.pauses_sounds = QCheckBox("Pause sounds")
        self.pauses_sounds.setChecked(studio.company.sounds.is_paused)
        self.pauses_sounds.toggled.connect(lambda is_on: self._tell(studio.company.sounds.pause(is_paused=is_on)))
        self.now = QPushButton("Sync now")
        self.now.clicked.connect(studio.company.drafts.sync_now)
        self.report = QPushButton("Merge report…")
        self.report.clicked.connect(lambda: self.asked.emit("together.merge_report"))
        self.account = QPushButton("Account…")
        self.account.clicked.connect(lambda: self.asked.emit("together.account"))
        close = primary_button("Close")
        close.clicked.connect(self.accept)
        self._lay_out(close)
        self.resize(560, 400)
        self.refresh()

    def _switch(self, text: str, setting: str) -> QCheckBox:
        switch = QCheckBox(text)
        switch.setChecked(self._settings.get(setting))

        def keep(is_on: bool) -> None:
            self._tell(self._settings.remember(setting, is_on))
            self._apply()

        switch.toggled.connect(keep)
        return switch

    def _tell(self, sentence: str) -> None:
        if sentence:
            self._studio.notify(sentence)

    def _lay_out(self, close: QPushButton) -> None:
        end = QHBoxLayout()
        for button in (self.account, self.report, self.now, close):
            button.setAutoDefault(False)
        end.addWidget(self.account)
        end.addWidget(self.report)
        end.addStretch(1)
        end.addWidget(self.now)
        end.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(self._rows, 1)
        column.addWidget(self.pauses_sounds)
        column.addWidget(self.pauses)
        column.addWidget(self.goes_metered)
        column.addLayout(end)

    def sentences(self) -> list[str]:
        """Return what is listed, each with its reason."""
        return [
            " ".join(part for part in (line.title + ":", line.sentence, line.reason) if part) for line in self._shown
        ]

    def refresh(self) -> None:
        """Say how everything stands now."""
        company = self._studio.company
        found = lines(company)
        self.report.setEnabled(company.is_shared)
        self.now.setEnabled(company.drafts.standing is not None)
        if found == self._shown:
            return
        self._shown = found
        self._rows.clear()
        for line in found:
            text = f"{line.sentence}\n{line.reason}" if line.reason else line.sentence
            self._rows.add(_ICONS[line.title], "text.2", text, line.title)
