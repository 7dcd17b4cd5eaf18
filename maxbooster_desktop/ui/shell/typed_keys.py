"""Keys of the window as notes, while that is switched on: keys that nobody with the keyboard's focus has taken.

A text field takes its letters before they come here. A key with a modifier stays a shortcut; what is held ends when
the window is left, because its release would go elsewhere.
"""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from maxbooster_desktop.actions.typed_notes import TypedNotes

_KEYS = {QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease}


class TypedKeys(QObject):
    """Hands the keys of a window to `notes`."""

    def __init__(self, notes: TypedNotes, window: QWidget) -> None:
        super().__init__(window)
        self._notes = notes
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is a note."""
        if event.type() == QEvent.Type.WindowDeactivate:
            self._notes.let_go()
        if event.type() not in _KEYS or not isinstance(event, QKeyEvent):
            return False
        key = chr(event.key()) if Qt.Key.Key_A <= event.key() <= Qt.Key.Key_Z else ""
        if event.modifiers() != Qt.KeyboardModifier.NoModifier or not self._notes.takes(key):
            return False
        self._take(event, key)
        return True

    def _take(self, event: QKeyEvent, key: str) -> None:
        event.accept()
        if event.isAutoRepeat():
            return
        if event.type() == QEvent.Type.KeyPress:
            self._notes.press(key)
        elif event.type() == QEvent.Type.KeyRelease:
            self._notes.release(key)
