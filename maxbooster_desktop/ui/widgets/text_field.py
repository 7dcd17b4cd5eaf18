"""A short text that becomes editable: names, positions, signatures, keys. What cannot be read is not taken."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QWidget

from maxbooster_desktop.ui.theme.fonts import mono_font, ui_font
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.plain_text import tip


class TextField(QWidget):
    """Shows `text`; a click (or a double-click) or Return opens an editor over it.

    `committed` is emitted with the typed text when `accepts` says yes to it and it differs; else nothing changes.
    """

    committed = Signal(str)
    clicked = Signal()

    def __init__(
        self,
        name: str,
        parent: QWidget | None = None,
        *,
        accepts: Callable[[str], bool] = bool,
        size: str = "base",
        is_mono: bool = True,
        is_flat: bool = False,
        opens_on_double_click: bool = False,
    ) -> None:
        super().__init__(parent)
        self._text, self._accepts, self._is_flat = "", accepts, is_flat
        self._font = mono_font(size, 500 if is_flat else 400) if is_mono else ui_font(size, 500 if is_flat else 400)
        self._is_mono, self._opens_on_double_click = is_mono, opens_on_double_click
        self._editor: QLineEdit | None = None
        self._role = "text.1"
        self.setAccessibleName(name)
        self.setToolTip(tip(name))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor)

    def text(self) -> str:
        """Return the text shown."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show another text without telling anyone."""
        if text != self._text:
            grows = len(text) != len(self._text)
            self._text = text
            if grows and self._is_flat:
                self.updateGeometry()
            self.update()

    def set_role(self, role: str) -> None:
        """Write in another token colour."""
        self._role = role
        self.update()

    def edit(self) -> None:
        """Open the editor."""
        if self._editor is not None or not self.isEnabled():
            return
        editor = QLineEdit(self._text, self)
        editor.setFont(self._font)
        editor.setAccessibleName(self.accessibleName())
        editor.setTextMargins(0, 0, 0, 0)
        editor.setGeometry(self.rect())
        editor.selectAll()
        editor.editingFinished.connect(self._finish)
        editor.installEventFilter(self)
        self._editor = editor
        editor.show()
        editor.setFocus()

    def accessible_role(self) -> QAccessible.Role:
        """Return the role screen readers name."""
        return QAccessible.Role.EditableText

    def accessible_value(self) -> str:
        """Return the text."""
        return self._text

    def sizeHint(self) -> QSize:
        """Return as much as the text needs when flat, else 120 x 24."""
        if self._is_flat:
            return QSize(QFontMetrics(self._font).horizontalAdvance(self._text) + 16, 28)
        return QSize(120, 24)

    def _finish(self) -> None:
        editor, self._editor = self._editor, None
        if editor is None:
            return
        typed = editor.text().strip()
        editor.hide()
        editor.deleteLater()
        self.setFocus()
        if typed != self._text and self._accepts(typed):
            self.set_text(typed)
            self.committed.emit(typed)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw box, text and focus ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._is_flat:
            painter.setPen(QPen(theme().colour("line.hair"), 1.0))
            painter.setBrush(theme().colour("bg.input"))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        painter.setFont(self._font)
        painter.setPen(theme().colour(self._role if self.isEnabled() else "text.off"))
        is_right = self._is_mono and not self._is_flat
        side = Qt.AlignmentFlag.AlignRight if is_right else Qt.AlignmentFlag.AlignLeft
        box = self.rect().adjusted(8, 0, -8, 0)
        shown = QFontMetrics(self._font).elidedText(self._text, Qt.TextElideMode.ElideRight, box.width() + 1)
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, shown)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme().colour("focus"), 2.0))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the editor, or tell of the click."""
        if self._opens_on_double_click:
            self.clicked.emit()
        else:
            self.edit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the editor."""
        self.edit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the editor with Return."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Esc close the editor without a change."""
        if self._editor is None or watched is not self._editor or not isinstance(event, QKeyEvent):
            return False
        if event.type() != QEvent.Type.KeyPress or event.key() != Qt.Key.Key_Escape:
            return False
        editor, self._editor = self._editor, None
        editor.hide()
        editor.deleteLater()
        self.setFocus()
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus ring."""
        self.update()
