"""A text field over a painted value or name: Enter or leaving it takes the text, Esc leaves things as they were."""

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class InlineField(QLineEdit):
    """Opens focused, and removes itself when done. `taken` gets the text, which may be what it was."""

    def __init__(
        self,
        parent: QWidget,
        box: QRect,
        text: str,
        font: QFont,
        taken: Callable[[str], None],
        *,
        is_fresh: bool = False,
    ) -> None:
        super().__init__(text, parent)
        self._taken, self._is_done = taken, False
        self.setFont(font)
        self.setStyleSheet("padding: 0 2px; min-height: 0;")
        self.setGeometry(box)
        if not is_fresh:
            self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.returnPressed.connect(self._take)

    def _take(self) -> None:
        if not self._is_done:
            text = self.text().strip()
            self._close()
            self._taken(text)

    def _close(self) -> None:
        self._is_done = True
        self.hide()
        self.deleteLater()
        parent = self.parentWidget()
        if parent is not None:
            parent.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves things as they were."""
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving the field takes the text."""
        super().focusOutEvent(event)
        self._take()
