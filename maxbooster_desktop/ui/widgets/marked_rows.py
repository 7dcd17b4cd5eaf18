"""A list of sentences that may be long: each with an icon before it, and buttons behind it if there is what to do."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from maxbooster_desktop.ui.theme.icons import icon_pixmap
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.panels import label


class MarkedRows(QScrollArea):
    """Rows from top to bottom; it scrolls when there are many."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clear()

    def clear(self) -> None:
        """Take every row away."""
        rows = QWidget()
        self._column = QVBoxLayout(rows)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(12)
        self._column.addStretch(1)
        self.setWidget(rows)

    def add(
        self, icon_name: str, role: str, text: str, title: str = "", buttons: Iterable[str] = ()
    ) -> list[QPushButton]:
        """Add a row with a text, below a title if it has one; returns its buttons."""
        mark = QLabel()
        mark.setPixmap(icon_pixmap(icon_name, 16, theme().colour(role), self.devicePixelRatioF()))
        words = QVBoxLayout()
        words.setSpacing(2)
        for line, colour, weight in ((title, "text.1", 500), (text, "text.2" if title else "text.1", 400)):
            if line:
                words.addWidget(_line(line, colour, weight))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        made = [QPushButton(each) for each in buttons]
        for button in made:
            button.setAutoDefault(False)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._column.insertLayout(self._column.count() - 1, row)
        return made


def _line(text: str, colour: str, weight: int) -> QLabel:
    made = label(text, colour, "base", weight)
    made.setWordWrap(True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
