"""A layer over the lanes or the ruler: what moves on it is painted without painting what is below it anew."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget


class Layer(QWidget):
    """A transparent layer that never takes the mouse; hidden until shown. `paint(painter, event)` draws it."""

    def __init__(self, parent: QWidget, paint: Callable[[QPainter, QPaintEvent], None]) -> None:
        super().__init__(parent)
        self._paint = paint
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        self._paint(painter, event)
        painter.end()
