"""A bounded number with one set of gestures and keys, for value fields of every kind.

Vertical drag changes it (Shift: ten times finer), double-click restores the default, the wheel, arrows and
PgUp/PgDn step, Home/End go to the bounds, and typing a digit or a sign opens an editor. During a drag `moved` is
emitted, for sound without an edit; when it ends, `committed` is emitted once, so that one drag is one undo step.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QAccessible, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from maxbooster_desktop.ui.theme.fonts import mono_font
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.accessible import tell_value
from maxbooster_desktop.ui.widgets.plain_text import tip
from maxbooster_desktop.ui.widgets.wheel import takes_wheel

_FINE = 0.1
_DRAG_PX = 160.0


def _parse_number(text: str) -> float | None:
    try:
        return float(text.replace(",", ".").replace("\u2212", "-"))
    except ValueError:
        return None


@dataclass(frozen=True)
class Scale:
    """The numbers a control can have.

    `to_fraction`/`from_fraction` map a value to its place between 0 and 1, linear when None; `step` and `page` are
    in the value's unit; `shown` writes a value, `parse` reads one (None: not understood).
    """

    minimum: float
    maximum: float
    default: float = 0.0
    step: float = 1.0
    page: float = 6.0
    shown: Callable[[float], str] = "{:g}".format
    parse: Callable[[str], float | None] = _parse_number
    to_fraction: Callable[[float], float] | None = None
    from_fraction: Callable[[float], float] | None = None

    def fraction(self, value: float) -> float:
        """Return where `value` lies between the bounds, 0 to 1."""
        if self.to_fraction is not None:
            return self.to_fraction(value)
        return (value - self.minimum) / (self.maximum - self.minimum)

    def value(self, fraction: float) -> float:
        """Return the value at a place between 0 and 1."""
        fraction = min(1.0, max(0.0, fraction))
        if self.from_fraction is not None:
            return self.from_fraction(fraction)
        return self.minimum + fraction * (self.maximum - self.minimum)

    def clamped(self, value: float) -> float:
        """Return `value` inside the bounds."""
        return min(self.maximum, max(self.minimum, value))


class ValueControl(QWidget):
    """A painted number, which subclasses draw in `paintEvent`."""

    moved = Signal(float)
    committed = Signal(float)

    def __init__(self, scale: Scale, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scale = scale
        self._value = scale.default
        self._drag_from: float | None = None
        self._drag_fraction = self._pressed_fraction = 0.0
        self._editor: QLineEdit | None = None
        self.setAccessibleName(name)
        self.setToolTip(tip(name))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def value(self) -> float:
        """The number shown, in the scale's unit."""
        return self._value

    @property
    def is_dragging(self) -> bool:
        """Whether the person holds it now; views then leave it alone."""
        return self._drag_from is not None

    def set_value(self, value: float) -> None:
        """Show a value without telling anyone; ignored while the person drags."""
        if not self.is_dragging:
            self._show(value)

    def text(self) -> str:
        """Return the value as people read it."""
        return self.scale.shown(self._value)

    def accessible_role(self) -> QAccessible.Role:
        """Return the role screen readers name."""
        return QAccessible.Role.Slider

    def accessible_value(self) -> str:
        """Return the value as text."""
        return self.text()

    def change(self, value: float) -> None:
        """Set a value as the person would: shown and committed."""
        value = self.scale.clamped(value)
        self._show(value)
        self.committed.emit(value)

    def edit_text(self) -> None:
        """Open the editor on the value."""
        self._open_editor(self.text(), is_selected=True)

    def editor_rect(self) -> QRect:
        """Return where the editor opens: at least 56 px wide around the control's middle."""
        width, height = max(56, min(self.width(), 90)), 22
        middle = self.rect().center()
        return QRect(middle.x() - width // 2, middle.y() - height // 2, width, height)

    def _show(self, value: float) -> None:
        value = self.scale.clamped(value)
        if value != self._value:
            self._value = value
            self.update()
            tell_value(self, value)

    def _drag_to(self, position: QPointF, is_fine: bool) -> None:
        if self._drag_from is None:
            return
        travel = (self._drag_from - position.y()) / _DRAG_PX
        self._drag_from = position.y()
        self._drag_fraction = min(1.0, max(0.0, self._drag_fraction + travel * (_FINE if is_fine else 1.0)))
        self._show(self.scale.value(self._drag_fraction))
        self.moved.emit(self._value)

    def _open_editor(self, text: str, *, is_selected: bool) -> None:
        if self._editor is not None:
            return
        host = self.window()
        editor = QLineEdit(text, host)
        editor.setAccessibleName(self.accessibleName())
        editor.setFont(mono_font("hint"))
        rect = self.editor_rect()
        corner = self.mapTo(host, rect.topLeft())
        corner.setX(max(0, min(corner.x(), host.width() - rect.width())))
        editor.setGeometry(QRect(corner, rect.size()))
        if is_selected:
            editor.selectAll()
        editor.editingFinished.connect(self._finish_editor)
        editor.installEventFilter(self)
        self._editor = editor
        editor.show()
        editor.setFocus()

    def _finish_editor(self) -> None:
        editor, self._editor = self._editor, None
        if editor is None:
            return
        value = self.scale.parse(editor.text())
        editor.hide()
        editor.deleteLater()
        if value is not None:
            self.change(value)
        self.setFocus()

    def _draw_focus(self, painter: QPainter, radius: float = 4.0) -> None:
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme().colour("focus"), 2.0))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), radius, radius)

    # Qt's events

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Let Esc close the editor without a change."""
        editor = self._editor
        if editor is None or watched is not editor or event.type() != QEvent.Type.KeyPress:
            return False
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Escape:
            return False
        self._editor = None
        editor.hide()
        editor.deleteLater()
        self.setFocus()
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag_from = event.position().y()
            self._drag_fraction = self._pressed_fraction = self.scale.fraction(self._value)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        self._drag_to(event.position(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag with one commit if it changed anything."""
        if self._drag_from is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._drag_from = None
        if self._drag_fraction != self._pressed_fraction:
            self.committed.emit(self._value)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Restore the default."""
        self._drag_from = None
        self.change(self.scale.default)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step, or step finely with Shift; in a panel that scrolls, only with the keyboard's focus."""
        if not takes_wheel(self):
            event.ignore()
            return
        delta = event.angleDelta().y() or event.angleDelta().x()
        if delta:
            fine = _FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
            self.change(self._value + (self.scale.step if delta > 0 else -self.scale.step) * fine)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step by keys, or type a value."""
        fine = _FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        steps = {
            Qt.Key.Key_Up: self.scale.step * fine,
            Qt.Key.Key_Right: self.scale.step * fine,
            Qt.Key.Key_Down: -self.scale.step * fine,
            Qt.Key.Key_Left: -self.scale.step * fine,
            Qt.Key.Key_PageUp: self.scale.page,
            Qt.Key.Key_PageDown: -self.scale.page,
        }
        if event.key() in steps:
            self.change(self._value + steps[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Enter, Qt.Key.Key_Return):
            self.edit_text()
        elif event.text() and event.text() in "0123456789-+.,":
            self._open_editor(event.text(), is_selected=False)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep the keys this control uses from the window's shortcuts while it has the focus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
            if plain and event.text() and event.text() in "0123456789-+.,\r":
                event.accept()
                return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring."""
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus ring."""
        self.update()
        super().focusOutEvent(event)
