"""MIDI settings: which ports are played. Ports are looked for in a worker, since some drivers take seconds.

A chosen port that is not there stays in the list, and chosen, until somebody takes it out.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from maxbooster_desktop.actions.midi import MidiDesk
from maxbooster_desktop.ui.qtbridge.tasks import Progress, Task
from maxbooster_desktop.ui.widgets.panels import label, primary_button

_NAME = Qt.ItemDataRole.UserRole
_LOOKING = "Looking for MIDI ports…"
_NONE = "No MIDI port was found. Connect a keyboard and look again; the computer's own keyboard plays too."
_SOME = "Chosen ports play the armed instrument tracks, or the selected one while none is armed."


class MidiSettingsDialog(QDialog):
    """Chooses the ports that are played."""

    def __init__(self, desk: MidiDesk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("MIDI settings")
        self.ports = QListWidget()
        self.ports.setAccessibleName("MIDI inputs")
        self.message = label(_LOOKING)
        self.message.setWordWrap(True)
        self.look, self.leave, self.apply = QPushButton("Look again"), QPushButton("Close"), primary_button("Apply")
        self._lay_out()
        self.look.clicked.connect(self.find_ports)
        self.leave.clicked.connect(self.reject)
        self.apply.clicked.connect(self.submit)
        self._show(())
        self.find_ports()

    def find_ports(self) -> None:
        """Look for ports in a worker."""
        desk = self._desk
        self.message.setText(_LOOKING)

        def work(_progress: Progress) -> Sequence[str]:
            return desk.names()

        task = Task(work, self)
        task.done.connect(self.show_ports)
        task.failed.connect(self.message.setText)
        task.start()

    def show_ports(self, names: Sequence[str]) -> None:
        """Offer what was found, and what is chosen and missing."""
        self._show(names)
        self.message.setText(_SOME if names else _NONE)

    def chosen(self) -> tuple[str, ...]:
        """Return the ports that are ticked."""
        items = (self.ports.item(row) for row in range(self.ports.count()))
        return tuple(item.data(_NAME) for item in items if item.checkState() == Qt.CheckState.Checked)

    def submit(self) -> None:
        """Play what is ticked from now on."""
        chosen = self.chosen()
        unkept = self._desk.choose(chosen)
        count = len(chosen)
        heard = {0: "No port is played.", 1: "1 port is played."}.get(count, f"{count} ports are played.")
        self.message.setText(unkept or heard)

    def _show(self, names: Sequence[str]) -> None:
        chosen = set(self._desk.chosen)
        self.ports.clear()
        for name in dict.fromkeys((*names, *self._desk.chosen)):
            item = QListWidgetItem(name if name in names else f"{name} (not connected)", self.ports)
            item.setData(_NAME, name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if name in chosen else Qt.CheckState.Unchecked)

    def _lay_out(self) -> None:
        title = label("MIDI inputs")
        title.setBuddy(self.ports)
        for button in (self.look, self.leave):
            button.setAutoDefault(False)
        self.apply.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.look)
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.apply)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(title)
        column.addWidget(self.ports, 1)
        column.addWidget(self.message)
        column.addLayout(buttons)
        self.setMinimumSize(480, 320)
