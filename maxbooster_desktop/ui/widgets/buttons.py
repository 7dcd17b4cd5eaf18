"""Painted buttons: an icon, or a letter or word that lights up.

Both are QAbstractButtons, so roles and names work as everywhere; Space is left to the window, Return presses.
"""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from maxbooster_desktop.ui.theme.fonts import ui_font
from maxbooster_desktop.ui.theme.icons import icon_pixmap
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.plain_text import tip

_ARROW = 12


class _PaintedButton(QAbstractButton):
    """Background, focus ring and keys of both kinds."""

    def __init__(self, name: str, lit_role: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._lit_role = lit_role
        self.setAccessibleName(name)
        self.setToolTip(tip(name))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def _is_lit(self) -> bool:
        return self.isCheckable() and self.isChecked()

    def _ink(self) -> QColor:
        if not self.isEnabled():
            return theme().colour("text.off")
        if self._is_lit():
            return theme().colour("text.on_accent" if self._lit_role == "accent.fill" else "text.on_state")
        return theme().colour("text.1" if self.underMouse() else "text.2")

    def _draw_ground(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        role = (
            self._lit_role if self._is_lit() else "bg.hover" if self.underMouse() and self.isEnabled() else "bg.raised"
        )
        painter.setBrush(theme().colour(role))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, 4, 4)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme().colour("focus"), 2.0))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press with Return; leave Space to the transport."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            event.ignore()

    def enterEvent(self, event: object) -> None:
        """Light up under the pointer."""
        self.update()

    def leaveEvent(self, event: object) -> None:
        """Go back to rest."""
        self.update()


class IconButton(_PaintedButton):
    """A button with a Lucide icon; `lit_role` is its colour while checked."""

    def __init__(
        self, icon_name: str, name: str, parent: QWidget | None = None, *, side: int = 28, lit_role: str = "accent.fill"
    ) -> None:
        super().__init__(name, lit_role, parent)
        self._icon_name, self._side = icon_name, side

    @property
    def icon_name(self) -> str:
        """The icon shown."""
        return self._icon_name

    def sizeHint(self) -> QSize:
        """Return a square, wider in the transport."""
        return QSize(36 if self._side >= 32 else self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground and icon."""
        painter = QPainter(self)
        self._draw_ground(painter)
        size = theme().metric("icon_large") if self._side >= 32 else theme().metric("icon")
        picture = icon_pixmap(self._icon_name, size, self._ink(), self.devicePixelRatioF())
        painter.drawPixmap((self.width() - size) // 2, (self.height() - size) // 2, picture)


class ToggleButton(_PaintedButton):
    """A letter (M, S) or word (Click) that lights in a state's colour; `name` says what it is for."""

    def __init__(
        self,
        text: str,
        name: str,
        parent: QWidget | None = None,
        *,
        lit_role: str = "accent.fill",
        height: int = 18,
        is_checkable: bool = True,
        has_menu: bool = False,
    ) -> None:
        super().__init__(name, lit_role, parent)
        self.setText(text)
        self.setCheckable(is_checkable)
        self._height, self._has_menu = height, has_menu
        self._font = ui_font("base" if height >= 24 else "hint", 600 if height < 24 else 500)

    def sizeHint(self) -> QSize:
        """Return 20 px for a letter, more for a word."""
        width = QFontMetrics(self._font).horizontalAdvance(self.text())
        return QSize(20 if len(self.text()) == 1 else width + 24 + _ARROW * self._has_menu, self._height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground and text."""
        painter = QPainter(self)
        self._draw_ground(painter)
        painter.setFont(self._font)
        painter.setPen(self._ink())
        box = self.rect().adjusted(0, 0, -_ARROW * self._has_menu, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.text())
        if self._has_menu:
            arrow = icon_pixmap("chevron-down", 12, self._ink(), self.devicePixelRatioF())
            painter.drawPixmap(self.width() - _ARROW - 8, (self.height() - 12) // 2, arrow)
