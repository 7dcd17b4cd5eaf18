"""A text field over a painted name: Enter or leaving it takes the text, Esc leaves the name as it was."""

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from maxbooster_desktop.ui.theme.fonts import ui_font


class RenameField(QLineEdit):
    """Opens focused with the name selected, and removes itself when done."""

    def __init__(self, parent: QWidget, box: QRect, name: str, taken: Callable[[str], None]) -> None:
        super().__init__(name, parent)
        self._before, self._taken, self._is_done = name, taken, False
        self.setFont(ui_font("base", 500))
        self.setStyleSheet("padding: 0 2px; min-height: 0;")
        self.setGeometry(box)
        self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.returnPressed.connect(self._take)

    def _take(self) -> None:
        if self._is_done:
            return
        text = self.text().strip()
        self._close()
        if text and text != self._before:
            self._taken(text)

    def _close(self) -> None:
        self._is_done = True
        self.hide()
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the name as it was; Enter is not heard by what lies below, where it means something else."""
        if event.key() == Qt.Key.Key_Escape:
            self._close()
            return
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving the field takes the text."""
        super().focusOutEvent(event)
        self._take()
