"""What an arranger without tracks says: one sentence and one primary button."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from maxbooster_desktop.ui.theme.fonts import ui_font


class EmptyState(QWidget):
    """Centred over the empty lanes; `pressed` asks for the first track."""

    pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.setSpacing(16)
        self.sentence = QLabel(self.tr("Drop audio files here, or add a track to begin."), self)
        self.sentence.setFont(ui_font("form"))
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = QPushButton(self.tr("Add audio track"), self)
        self.button.setProperty("primary", True)
        self.button.setFont(ui_font("form", 600))
        self.button.clicked.connect(self.pressed.emit)
        column.addWidget(self.sentence)
        column.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignCenter)
        self.resize(self.sizeHint())
