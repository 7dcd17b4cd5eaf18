"""What screen readers learn of painted controls: role, name, and the value as the short text people see.

A painted control implements `accessible_role` and `accessible_value`; `install` makes Qt ask them. Qt keeps no
reference to interfaces made in Python, so they live here until their widget dies.
"""

from typing import Protocol, cast, runtime_checkable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAccessibleValueChangeEvent
from PySide6.QtWidgets import QAccessibleWidget, QWidget


@runtime_checkable
class Accessible(Protocol):
    """A painted control that can speak for itself."""

    def accessible_role(self) -> QAccessible.Role:
        """Return what kind of control it is."""
        ...

    def accessible_value(self) -> str:
        """Return its value as short text, such as "-6.0 dB"; empty when it has none."""
        ...


class _Spoken(QAccessibleWidget):
    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget, cast("Accessible", widget).accessible_role(), widget.accessibleName())

    def text(self, kind: QAccessible.Text) -> str:
        """Return the value from the control, everything else from the widget."""
        widget = self.object()
        if kind == QAccessible.Text.Value and isinstance(widget, Accessible):
            return widget.accessible_value()
        return str(super().text(kind))


_alive: dict[int, QAccessibleInterface] = {}


def _make(_class_name: str, thing: QObject) -> QAccessibleInterface | None:
    if not (isinstance(thing, QWidget) and isinstance(thing, Accessible)):
        return None
    key = id(thing)
    spoken = _Spoken(thing)
    _alive[key] = spoken
    thing.destroyed.connect(_Forget(key))
    return spoken


class _Forget:
    """Drops one interface; a class and not a closure, so that it cannot keep the widget alive."""

    def __init__(self, key: int) -> None:
        self._key = key

    def __call__(self) -> None:
        _alive.pop(self._key, None)


def install() -> None:
    """Let painted controls speak; call once a process, after QApplication is made."""
    QAccessible.installFactory(_make)


def tell_value(widget: QWidget, value: float) -> None:
    """Announce that a control's value changed, if anyone listens."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleValueChangeEvent(widget, value))
