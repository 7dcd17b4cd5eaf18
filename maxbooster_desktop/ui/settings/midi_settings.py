"""MIDI settings: which ports are played, which get the song's clock, and whose transport is followed.

Ports are looked for in a worker, since some drivers take seconds. A chosen port that is not there stays in the list,
and chosen, until somebody takes it out.
"""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from maxbooster_desktop.actions.midi import MidiDesk
from maxbooster_desktop.ui.qtbridge.tasks import Progress, Task
from maxbooster_desktop.ui.widgets.panels import label, primary_button

_NAME = Qt.ItemDataRole.UserRole
_LOOKING = "Looking for MIDI ports…"
_NONE = "No MIDI port was found. Connect a keyboard and look again; the computer's own keyboard plays too."
_SOME = "Chosen ports play the armed instrument tracks, or the selected one while none is armed."


class PortTicks(QListWidget):
    """Ports with a tick each."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)

    def show_ports(self, found: Iterable[str], chosen: Sequence[str]) -> None:
        """Offer what was found, and what is chosen and missing."""
        there = tuple(found)
        self.clear()
        for name in dict.fromkeys((*there, *chosen)):
            item = QListWidgetItem(name if name in there else f"{name} (not connected)", self)
            item.setData(_NAME, name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if name in chosen else Qt.CheckState.Unchecked)

    def chosen(self) -> tuple[str, ...]:
        """Return the ports that are ticked."""
        items = (self.item(row) for row in range(self.count()))
        return tuple(item.data(_NAME) for item in items if item.checkState() == Qt.CheckState.Checked)


class MidiSettingsDialog(QDialog):
    """Chooses the ports that are played, and those that get the song's clock."""

    def __init__(self, desk: MidiDesk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("MIDI settings")
        self.ports, self.clocks = PortTicks("MIDI inputs"), PortTicks("Send clock to")
        self.leader = QComboBox()
        self.leader.setAccessibleName("Follow start and stop of")
        self.message = label(_LOOKING)
        self.message.setWordWrap(True)
        self.look, self.leave, self.apply = QPushButton("Look again"), QPushButton("Close"), primary_button("Apply")
        self._lay_out()
        self.look.clicked.connect(self.find_ports)
        self.leave.clicked.connect(self.reject)
        self.apply.clicked.connect(self.submit)
        self._fill((), ())
        self.find_ports()

    def find_ports(self) -> None:
        """Look for ports in a worker."""
        desk = self._desk
        self.message.setText(_LOOKING)

        def work(_progress: Progress) -> tuple[Sequence[str], Sequence[str]]:
            return desk.names(), desk.output_names()

        task = Task(work, self)
        task.done.connect(self.show_ports)
        task.failed.connect(self.message.setText)
        task.start()

    def show_ports(self, found: tuple[Sequence[str], Sequence[str]]) -> None:
        """Offer the inputs and outputs that were found, and what is chosen and missing."""
        self._fill(*found)
        self.message.setText(_SOME if found[0] else _NONE)

    def submit(self) -> None:
        """Play what is ticked, and send the clock where that is ticked, from now on."""
        chosen = self.ports.chosen()
        unkept = self._desk.choose(chosen)
        unkept = self._desk.send_clock(self.clocks.chosen()) or unkept
        unkept = self._desk.follow(self.leader.currentData()) or unkept
        count = len(chosen)
        heard = {0: "No port is played.", 1: "1 port is played."}.get(count, f"{count} ports are played.")
        self.message.setText(unkept or heard)

    def _fill(self, inputs: Sequence[str], outputs: Sequence[str]) -> None:
        self.ports.show_ports(inputs, self._desk.chosen)
        self.clocks.show_ports(outputs, self._desk.clock_outputs)
        leader = self._desk.leader
        self.leader.clear()
        self.leader.addItem("No port", "")
        for name in dict.fromkeys((*inputs, *([leader] if leader else []))):
            self.leader.addItem(name, name)
        self.leader.setCurrentIndex(max(0, self.leader.findData(leader)))

    def _lay_out(self) -> None:
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
        for ports in (self.ports, self.clocks):
            title = label(ports.accessibleName())
            title.setBuddy(ports)
            column.addWidget(title)
            column.addWidget(ports, 1)
        title = label(self.leader.accessibleName())
        title.setBuddy(self.leader)
        column.addWidget(title)
        column.addWidget(self.leader)
        column.addWidget(self.message)
        column.addLayout(buttons)
        self.setMinimumSize(480, 420)
