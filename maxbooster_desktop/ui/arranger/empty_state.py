"""What an arranger without clips says: one sentence and one primary button, for a first track or a first sound."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from maxbooster_desktop.ui.theme.fonts import ui_font
from maxbooster_desktop.ui.widgets.panels import primary_button

ADD_TRACK, IMPORT = "track.add_audio", "project.import"


class EmptyState(QWidget):
    """Centred over the empty lanes; `pressed` asks for the action that its button names."""

    pressed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._lanes, self._action = parent, ""
        column = QVBoxLayout(self)
        column.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.setSpacing(16)
        self.sentence = QLabel(self)
        self.sentence.setFont(ui_font("form"))
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = primary_button("", self)
        self.button.setFont(ui_font("form", 600))
        self.button.clicked.connect(lambda: self.pressed.emit(self._action))
        column.addWidget(self.sentence)
        column.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignCenter)
        self.offer(ADD_TRACK)

    def offer(self, action: str) -> None:
        """Offer a first track, or a first sound for the tracks there are."""
        if action == self._action:
            return
        self._action = action
        sentence, button = {
            ADD_TRACK: (self.tr("Drop audio files here, or add a track to begin."), self.tr("New audio track")),
            IMPORT: (self.tr("Drop audio files on a track, or import some to begin."), self.tr("Import audio…")),
        }[action]
        self.sentence.setText(sentence)
        self.button.setText(button)
        self.place()

    def show_if(self, *, is_wanted: bool) -> None:
        """Show or hide; the keyboard goes to the lanes when it was here."""
        if not is_wanted and self.button.hasFocus():
            self._lanes.setFocus()
        self.setVisible(is_wanted)

    def place(self) -> None:
        """Stand in the middle of the lanes."""
        self.resize(self.sizeHint())
        self.move(self._lanes.rect().center() - self.rect().center())
