"""Where a track's notes go besides its instruments: a MIDI port and its channel, or none.

Ports are looked for in a worker each time the port's list opens; the track's own stays in it when it is missing.
"""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.limits import MIDI_CHANNELS
from maxbooster_desktop.project.document.state import MidiOutput, Track
from maxbooster_desktop.ui.qtbridge.tasks import Progress, Task

_NONE = "No port"


class _PortList(QComboBox):
    """Ports; `opened` is emitted when the list is asked for."""

    opened = Signal()

    def showPopup(self) -> None:
        """Open the list, and let it be filled anew."""
        self.opened.emit()
        super().showPopup()


class MidiOutputField(QWidget):
    """Chooses port and channel of one track."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._track: Track | None = None
        self._found: tuple[str, ...] = ()
        self.port, self.channel = _PortList(), QComboBox()
        self.port.setAccessibleName("MIDI output port")
        self.channel.setAccessibleName("MIDI output channel")
        self.channel.addItems([f"Channel {channel + 1}" for channel in range(MIDI_CHANNELS)])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.port)
        column.addWidget(self.channel)
        self.setFocusProxy(self.port)
        self.port.opened.connect(self.find_ports)
        self.port.activated.connect(self._choose)
        self.channel.activated.connect(self._choose)

    def show_track(self, track: Track) -> None:
        """Show where a track's notes go."""
        self._track = track
        self._fill()

    def find_ports(self) -> None:
        """Look for ports in a worker."""
        studio = self._studio

        def work(_progress: Progress) -> Sequence[str]:
            return studio.midi_output_names()

        task = Task(work, self)
        task.done.connect(self._take)
        task.failed.connect(studio.notify)
        task.start()

    def _take(self, names: Sequence[str]) -> None:
        self._found = tuple(names)
        self._fill()

    def _fill(self) -> None:
        own = None if self._track is None else self._track.midi_output
        wanted = [_NONE, *dict.fromkeys((*self._found, *([own.port] if own is not None else [])))]
        with QSignalBlocker(self.port), QSignalBlocker(self.channel):
            if [self.port.itemText(row) for row in range(self.port.count())] != wanted:
                self.port.clear()
                self.port.addItems(wanted)
            self.port.setCurrentIndex(0 if own is None else wanted.index(own.port))
            self.channel.setCurrentIndex(0 if own is None else own.channel)
        self.channel.setVisible(own is not None)

    def _choose(self) -> None:
        if self._track is None:
            return
        is_chosen = self.port.currentIndex() > 0
        target = MidiOutput(self.port.currentText(), self.channel.currentIndex()) if is_chosen else None
        if target != self._track.midi_output:
            self._studio.do("channel.set_midi_output", [self._track.id], target)
