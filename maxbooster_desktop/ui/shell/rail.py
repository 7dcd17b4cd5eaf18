"""The rail at the left: the places of the program. It shows only what exists."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from maxbooster_desktop.ui.theme.fonts import ui_font
from maxbooster_desktop.ui.theme.icons import icon_pixmap
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.panels import filled


class RailButton(QAbstractButton):
    """An icon over a word; an accent line marks the place shown."""

    def __init__(self, icon_name: str, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self.setText(title)
        self.setAccessibleName(title)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        """Return the rail's width and 48."""
        return QSize(theme().metric("rail_width"), 48)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw mark, icon and word."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_here = self.isChecked()
        if is_here or self.underMouse() or self.hasFocus():
            painter.setPen(theme().colour("focus") if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme().colour("bg.raised"))
            painter.drawRoundedRect(self.rect().adjusted(5, 1, -5, -1), 6, 6)
        if is_here:
            painter.fillRect(QRect(0, 2, 2, self.height() - 4), theme().colour("accent"))
        size = theme().metric("icon_large")
        ink = theme().colour("accent" if is_here else "text.2")
        picture = icon_pixmap(self._icon_name, size, ink, self.devicePixelRatioF())
        painter.drawPixmap((self.width() - size) // 2, 7, picture)
        painter.setFont(ui_font("scale", 500))
        painter.setPen(theme().colour("text.1" if is_here else "text.2"))
        painter.drawText(self.rect().adjusted(0, 28, 0, -4), Qt.AlignmentFlag.AlignCenter, self.text())


class Rail(QWidget):
    """The column of places."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        filled(self, "bg.app")
        self.setFixedWidth(theme().metric("rail_width"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(4)
        studio = RailButton("audio-lines", "Studio", self)
        studio.setChecked(True)
        studio.setAutoExclusive(True)
        column.addWidget(studio)
        column.addStretch(1)
