"""Whether the wheel turns a number, or scrolls what the number lies in.

Somebody who scrolls through a panel must not change what passes under the pointer: there, only the control that has
the keyboard takes the wheel.
"""

from PySide6.QtWidgets import QScrollArea, QWidget


def takes_wheel(control: QWidget) -> bool:
    """Return whether a turn over `control` is meant for it."""
    return control.hasFocus() or not _scrolls_around(control)


def _scrolls_around(control: QWidget) -> bool:
    parent = control.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea) and parent.verticalScrollBar().maximum() > 0:
            return True
        parent = parent.parentWidget()
    return False
