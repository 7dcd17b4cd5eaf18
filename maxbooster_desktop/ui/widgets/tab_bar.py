"""A row of words with a line under the chosen one; arrows move inside it."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from maxbooster_desktop.ui.theme.fonts import ui_font
from maxbooster_desktop.ui.theme.tokens import theme

_GAP = 24


class TabBar(QWidget):
    """Choose one of several titles."""

    chosen = Signal(int)

    def __init__(self, titles: tuple[str, ...], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles, self._current = titles, 0
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def current(self) -> int:
        """Index of the chosen title."""
        return self._current

    def choose(self, index: int) -> None:
        """Choose a title and tell; nothing happens for the one that is chosen already."""
        if 0 <= index < len(self._titles) and index != self._current:
            self._current = index
            self.update()
            self.chosen.emit(index)

    def rect_of(self, index: int) -> QRect:
        """Return the box of a title."""
        metrics, x = QFontMetrics(ui_font("base", 500)), 12
        for title in self._titles[:index]:
            x += metrics.horizontalAdvance(title) + _GAP
        return QRect(x, 0, metrics.horizontalAdvance(self._titles[index]), self.height())

    def accessible_role(self) -> QAccessible.Role:
        """Return the role screen readers name."""
        return QAccessible.Role.PageTabList

    def accessible_value(self) -> str:
        """Return the chosen title."""
        return self._titles[self._current]

    def sizeHint(self) -> QSize:
        """Return 30 px of height."""
        last = self.rect_of(len(self._titles) - 1)
        return QSize(last.right() + 12, 30)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw titles, line and focus ring."""
        painter = QPainter(self)
        for index, title in enumerate(self._titles):
            box, is_current = self.rect_of(index), index == self._current
            painter.setFont(ui_font("base", 600 if is_current else 400))
            painter.setPen(theme().colour("text.1" if is_current else "text.2"))
            painter.drawText(box.adjusted(0, 0, 8, 0), Qt.AlignmentFlag.AlignVCenter, title)
            if is_current:
                painter.fillRect(QRect(box.left(), self.height() - 3, box.width() + 1, 2), theme().colour("accent"))
        if self.hasFocus():
            painter.setPen(QPen(theme().colour("focus"), 1.0))
            painter.drawRect(self.rect_of(self._current).adjusted(-4, 2, 6, -3))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the pointer."""
        for index in range(len(self._titles)):
            if self.rect_of(index).adjusted(-_GAP // 2, 0, _GAP // 2, 0).contains(event.position().toPoint()):
                self.choose(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with the arrows."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.choose(self._current + step)
