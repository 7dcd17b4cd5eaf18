"""Panel furniture: a title row, and what an empty panel shows (one sentence, one primary button)."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from maxbooster_desktop.ui.theme.fonts import ui_font
from maxbooster_desktop.ui.theme.icons import icon_pixmap
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.plain_text import tip


def label(text: str, role: str = "text.2", size: str = "base", weight: int = 400) -> QLabel:
    """Return a label in a token colour and type role; whatever people are called, it is no markup."""
    return dressed(QLabel(text), role, size, weight)


def dressed(made: QLabel, role: str, size: str = "base", weight: int = 400) -> QLabel:
    """Give a label a token colour and type role and return it."""
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(ui_font(size, weight))
    palette = made.palette()
    palette.setColor(made.foregroundRole(), theme().colour(role))
    made.setPalette(palette)
    return made


def filled(widget: QWidget, role: str) -> QWidget:
    """Give a widget a token colour as its background and return it."""
    palette = widget.palette()
    palette.setColor(widget.backgroundRole(), theme().colour(role))
    widget.setPalette(palette)
    widget.setAutoFillBackground(True)
    return widget


def primary_button(text: str, parent: QWidget | None = None) -> QPushButton:
    """Return the one button of a view that stands out."""
    button = QPushButton(text, parent)
    button.setProperty("primary", True)
    return button


def hair_line(parent: QWidget | None = None, *, is_vertical: bool = False) -> QFrame:
    """Return a one pixel line."""
    line = QFrame(parent)
    line.setFixedWidth(1) if is_vertical else line.setFixedHeight(1)
    filled(line, "line.hair")
    return line


class PanelHeader(QWidget):
    """A panel's title in 13/600, with room for buttons at the right."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label(title, "text.1", "form", 600)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 12, 12, 8)
        self._row.addWidget(self._title, 1)

    def set_title(self, title: str) -> None:
        """Show another title, shortened to the width by its tool-tip's help."""
        self._title.setText(title)
        self._title.setToolTip(tip(title))

    def title(self) -> str:
        """Return the title shown."""
        return self._title.text()

    def add(self, widget: QWidget) -> None:
        """Put a button at the right."""
        self._row.addWidget(widget)


class EmptyState(QWidget):
    """An icon, one sentence and at most one button, in the middle of an empty panel."""

    asked = Signal()

    def __init__(self, icon_name: str, sentence: str, button: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        picture = QLabel()
        picture.setPixmap(icon_pixmap(icon_name, 24, theme().colour("text.3"), self.devicePixelRatioF()))
        self._words = words = label(sentence, "text.3")
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(words)
        if button:
            primary = primary_button(button, self)
            primary.clicked.connect(self.asked)
            column.addWidget(primary, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def say(self, sentence: str) -> None:
        """Show another sentence."""
        self._words.setText(sentence)
