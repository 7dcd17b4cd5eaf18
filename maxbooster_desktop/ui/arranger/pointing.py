"""Mouse events as the plain pointers that gestures take."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from maxbooster_desktop.ui.arranger.desk import Keys, Pointer


def keys_of(modifiers: Qt.KeyboardModifier) -> Keys:
    """Return the modifier keys that are held."""
    return Keys(
        bool(modifiers & Qt.KeyboardModifier.ShiftModifier),
        bool(modifiers & Qt.KeyboardModifier.ControlModifier),
        bool(modifiers & Qt.KeyboardModifier.AltModifier),
    )


def pointer_of(event: QMouseEvent) -> Pointer:
    """Return where a mouse event is."""
    return Pointer(event.position().x(), event.position().y(), keys_of(event.modifiers()))
