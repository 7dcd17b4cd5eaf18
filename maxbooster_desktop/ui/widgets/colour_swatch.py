"""A button that shows a track colour and offers the palette, every colour with its number as a name."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from maxbooster_desktop.ui.theme.tokens import theme

#: The names people hear for the palette's colours, in the order of the theme file.
COLOUR_NAMES = (
    "Coral",
    "Amber",
    "Yellow",
    "Lime",
    "Green",
    "Teal",
    "Sky",
    "Blue",
    "Violet",
    "Magenta",
    "Pink",
    "Sand",
)


class ColourSwatch(QAbstractButton):
    """Shows a palette index; `chosen` is emitted when another one is picked."""

    chosen = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._index = 0
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.clicked.connect(self._offer)

    def set_index(self, index: int) -> None:
        """Show a palette colour."""
        self._index = index % len(COLOUR_NAMES)
        self.setAccessibleDescription(COLOUR_NAMES[self._index])
        self.update()

    def sizeHint(self) -> QSize:
        """Return 120 x 24."""
        return QSize(120, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the colour and its name."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = theme().colour("focus") if self.hasFocus() else theme().colour("line.hair")
        painter.setPen(QPen(edge, 2.0 if self.hasFocus() else 1.0))
        painter.setBrush(theme().colour("bg.input"))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().track_colour(self._index))
        painter.drawRoundedRect(self.rect().adjusted(8, 6, 8 + 12 - self.width(), -6), 2, 2)
        painter.setPen(theme().colour("text.1"))
        painter.drawText(self.rect().adjusted(28, 0, -8, 0), Qt.AlignmentFlag.AlignVCenter, COLOUR_NAMES[self._index])

    def _offer(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for index, name in enumerate(COLOUR_NAMES):
            picture = QPixmap(12, 12)
            picture.fill(theme().track_colour(index))
            entry = QAction(QIcon(picture), name, menu)
            entry.setData(index)
            menu.addAction(entry)
        menu.triggered.connect(self._pick)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _pick(self, entry: QAction) -> None:
        index = int(entry.data())
        if index != self._index:
            self.set_index(index)
            self.chosen.emit(index)
