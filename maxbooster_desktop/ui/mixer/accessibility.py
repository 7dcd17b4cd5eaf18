"""The mixer for assistive technology: every painted control is a child of the canvas, with a name and a value.

The value of a control that holds a number can be set as well.
Qt keeps no reference to interfaces made in Python, so they live here as long as their canvas; one whose control is
gone says that it is not valid.
"""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAccessibleValueInterface, QColor, QWindow
from PySide6.QtWidgets import QAccessibleWidget

from maxbooster_desktop.ui.mixer import slots
from maxbooster_desktop.ui.mixer.canvas import Canvas
from maxbooster_desktop.ui.mixer.inserts import title
from maxbooster_desktop.ui.mixer.parts import NUMBERS, Control, Part
from maxbooster_desktop.ui.mixer.settings import insert_of
from maxbooster_desktop.ui.widgets.decibel_scale import format_db

_SWITCHES = {Part.MUTE: "mute", Part.SOLO: "solo", Part.PFL: "pre-fader listen"}
_WORDS = {
    Part.INSERT_ADD: "add insert",
    Part.INSERT_MORE: "more inserts",
    Part.SEND_ADD: "add send",
    Part.SEND_MORE: "more sends",
}


def controls_of(canvas: Canvas) -> list[Control]:
    """Return every control in reading order: strip by strip, each with its meter behind."""
    scene = canvas.desk.scene
    return [control for track in scene.all_tracks() for control in (*scene.controls(track), Control(Part.METER, track))]


def value_text(canvas: Canvas, control: Control) -> str:
    """Return a control's value as short text: "-6.5 dB", "L 20", "on"; empty when it has none."""
    desk, track = canvas.desk, canvas.desk.track(control.track)
    setting = desk.setting(control)
    if setting is not None:
        return setting.scale.shown(desk.value(setting))
    if control.part is Part.METER:
        levels = canvas.levels.of(control.track)
        return format_db(max(bar.level_db for bar in levels.bars)) + (", clipped" if levels.has_clipped else "")
    if control.part in slots.SWITCHES:
        return slots.state_text(track.strip, control.part)
    insert = insert_of(track, control.entity)
    if insert is not None:
        return "frozen" if track.frozen is not None else "on" if insert.enabled else "off"
    return ""


def name_of(canvas: Canvas, control: Control) -> str:
    """Return what a control is called: "Drums gain, -6.5 dB", "Drums mute, on"."""
    desk, track = canvas.desk, canvas.desk.track(control.track)
    setting, insert = desk.setting(control), insert_of(track, control.entity)
    if setting is not None:
        what = setting.title
    elif insert is not None:
        what = title(insert.device)
    elif control.part in slots.WORDS:
        what = slots.WORDS[control.part]
    else:
        what = _SWITCHES.get(control.part) or _WORDS.get(control.part) or str(control.part)
    lit = {Part.MUTE: track.is_muted, Part.SOLO: track.is_soloed, Part.PFL: track.id in desk.listened}
    value = ("on" if lit[control.part] else "off") if control.part in lit else value_text(canvas, control)
    return f"{track.name} {what}" + (f", {value}" if value else "")


def _role_of(part: Part) -> QAccessible.Role:
    if part in NUMBERS:
        return QAccessible.Role.Slider
    if part is Part.METER:
        return QAccessible.Role.ProgressBar
    return QAccessible.Role.CheckBox if part in _SWITCHES else QAccessible.Role.Button


class _Value(QAccessibleValueInterface):
    def __init__(self, canvas: Canvas, control: Control) -> None:
        super().__init__()
        self._canvas, self._control = canvas, control

    def _setting(self) -> Any:
        return self._canvas.desk.setting(self._control)

    def currentValue(self) -> float:
        setting = self._setting()
        return self._canvas.desk.value(setting) if setting is not None else 0.0

    def setCurrentValue(self, value: Any) -> None:
        setting = self._setting()
        if setting is not None:
            self._canvas.desk.commit(setting, float(value))

    def minimumValue(self) -> float:
        setting = self._setting()
        return setting.scale.minimum if setting is not None else 0.0

    def maximumValue(self) -> float:
        setting = self._setting()
        return setting.scale.maximum if setting is not None else 0.0

    def minimumStepSize(self) -> float:
        setting = self._setting()
        return setting.scale.step if setting is not None else 0.0


class _Item(QAccessibleInterface):
    """One painted control; everything is read from the scene when asked."""

    def __init__(self, canvas: Canvas, control: Control) -> None:
        super().__init__()
        self._canvas, self._control = canvas, control
        self._value = _Value(canvas, control) if control.part in NUMBERS else None

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        return self._value if kind == QAccessible.InterfaceType.ValueInterface else None

    def isValid(self) -> bool:
        return self._control.track in self._canvas.desk.scene.state.tracks

    def object(self) -> QObject | None:  # type: ignore[override]
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]
        return self._canvas.window().windowHandle()

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        return QAccessible.queryAccessibleInterface(self._canvas)

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def childCount(self) -> int:
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def rect(self) -> QRect:
        rect = self._canvas.desk.scene.rect_of(self._control.track, self._control.part, self._control.entity)
        if rect is None:
            return QRect()
        corner = self._canvas.mapToGlobal(QPoint(rect.x, rect.y))
        return QRect(corner.x(), corner.y(), rect.width, rect.height)

    def role(self) -> QAccessible.Role:
        return _role_of(self._control.part)

    def state(self) -> QAccessible.State:
        state, canvas, control = QAccessible.State(), self._canvas, self._control
        state.focusable = control.part is not Part.METER
        state.focused = canvas.pointing.has_focus and canvas.pointing.focus == control
        if control.part in _SWITCHES and self.isValid():
            state.checkable = True
            state.checked = name_of(canvas, control).endswith(", on")
        return state

    def text(self, kind: QAccessible.Text) -> str:
        if not self.isValid():
            return ""
        if kind == QAccessible.Text.Name:
            return name_of(self._canvas, self._control)
        return value_text(self._canvas, self._control) if kind == QAccessible.Text.Value else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Names are changed in the window, not from outside."""

    def foregroundColor(self) -> QColor:
        return QColor()

    def backgroundColor(self) -> QColor:
        return QColor()


class _Mixer(QAccessibleWidget):
    """The canvas with its controls as children, made when first asked for."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas, QAccessible.Role.Grouping)
        self._canvas = canvas
        self._items: dict[Control, _Item] = {}

    def _item(self, control: Control) -> _Item:
        if control not in self._items:
            self._items[control] = _Item(self._canvas, control)
        return self._items[control]

    def childCount(self) -> int:
        return len(controls_of(self._canvas))

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        controls = controls_of(self._canvas)
        return self._item(controls[index]) if 0 <= index < len(controls) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        for index, control in enumerate(controls_of(self._canvas)):
            if self._items.get(control) is child:
                return index
        return -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        local = self._canvas.mapFromGlobal(QPoint(x, y))
        control = self._canvas.desk.scene.hit_test(local.x(), local.y())
        return self._item(control) if control in controls_of(self._canvas) else None


_alive: dict[int, QAccessibleInterface] = {}


def _forgetter(key: int) -> Callable[[], None]:
    def forget() -> None:
        _alive.pop(key, None)

    return forget


def _interface_for(_class_name: str, thing: QObject) -> QAccessibleInterface | None:
    if not isinstance(thing, Canvas):
        return None
    made = _Mixer(thing)
    _alive[id(thing)] = made
    thing.destroyed.connect(_forgetter(id(thing)))
    return made


_installed: list[bool] = []


def install() -> None:
    """Let the mixer speak; the first call in a process counts."""
    if not _installed:
        _installed.append(True)
        QAccessible.installFactory(_interface_for)
