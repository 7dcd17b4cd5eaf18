"""A number in a dark box: drag it, type it, step it. Monospaced, right-aligned, as in the inspector and transport."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from maxbooster_desktop.ui.theme.fonts import mono_font
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.value_control import Scale, ValueControl

_CLICK_PX = 3


class ValueField(ValueControl):
    """A value shown as text. A click without a drag opens the editor."""

    def __init__(
        self, scale: Scale, name: str, parent: QWidget | None = None, *, size: str = "base", is_flat: bool = False
    ) -> None:
        super().__init__(scale, name, parent)
        self._size, self._is_flat, self._pressed_y = size, is_flat, 0.0
        self.setCursor(Qt.CursorShape.SizeVerCursor)

    def accessible_role(self) -> QAccessible.Role:
        """Return the role screen readers name."""
        return QAccessible.Role.SpinBox

    def editor_rect(self) -> QRect:
        """Open the editor right over the field."""
        return self.rect()

    def sizeHint(self) -> QSize:
        """Return 88 x 24, or as much as the text needs when flat."""
        if self._is_flat:
            return QSize(self.fontMetrics().horizontalAdvance(self.text()) * 2, 28)
        return QSize(120, 24)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag, or a click."""
        self._pressed_y = event.position().y()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the editor when the pointer did not move."""
        was_dragging = self.is_dragging
        super().mouseReleaseEvent(event)
        if was_dragging and abs(event.position().y() - self._pressed_y) < _CLICK_PX and self.isEnabled():
            self.edit_text()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw box and text."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._is_flat:
            painter.setPen(QPen(theme().colour("line.hair"), 1.0))
            painter.setBrush(theme().colour("bg.input"))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        painter.setFont(mono_font(self._size, 500 if self._is_flat else 400))
        painter.setPen(theme().colour("text.1" if self.isEnabled() else "text.off"))
        side = Qt.AlignmentFlag.AlignHCenter if self._is_flat else Qt.AlignmentFlag.AlignRight
        painter.drawText(
            self.rect().adjusted(4, 0, -8 if not self._is_flat else -4, 0),
            side | Qt.AlignmentFlag.AlignVCenter,
            self.text(),
        )
        self._draw_focus(painter)
