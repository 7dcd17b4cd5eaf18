"""The strip panel's controls, each generated from a declared parameter and bound to one value of the desk."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from maxbooster_desktop.ui.mixer.declared import Declared, choices, is_switch, scale_of
from maxbooster_desktop.ui.mixer.desk import Desk
from maxbooster_desktop.ui.mixer.settings import Setting
from maxbooster_desktop.ui.widgets.buttons import ToggleButton
from maxbooster_desktop.ui.widgets.panels import label
from maxbooster_desktop.ui.widgets.value_control import Scale
from maxbooster_desktop.ui.widgets.value_field import ValueField

Find = Callable[[Declared, Scale], Setting | None]
_LABEL_WIDTH = 60


class NumberField(ValueField):
    """A value field that Esc lets go of in mid-drag."""

    given_up = Signal()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember the value a drag begins with."""
        self._before = self.value
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give a drag up."""
        if event.key() == Qt.Key.Key_Escape and self.is_dragging:
            self._drag_from = None
            self.set_value(self._before)
            self.given_up.emit()
        else:
            super().keyPressEvent(event)


class Bound:
    """One parameter's control. `find` looks its setting up anew each time, so it follows the selected track."""

    def __init__(self, desk: Desk, parameter: Declared, find: Find, owner: str) -> None:
        self._desk, self.parameter = desk, parameter
        self._scale = scale_of(parameter)
        self._find = find
        self.name = f"{owner} {parameter.title}".strip()
        self.widget = self._make()

    @property
    def setting(self) -> Setting | None:
        """The value in the document, or None when it is gone."""
        return self._find(self.parameter, self._scale)

    def refresh(self) -> None:
        """Show what the desk holds."""
        setting = self.setting
        self.widget.setEnabled(setting is not None)
        if setting is None:
            return
        value = self._desk.value(setting)
        if isinstance(self.widget, ValueField):
            self.widget.set_value(value)
        elif choices(self.parameter):
            self._show_choice(value)
        elif isinstance(self.widget, ToggleButton):
            self.widget.setChecked(value > 0.5)

    def _make(self) -> QWidget:
        if is_switch(self.parameter) or choices(self.parameter):
            return self._make_button()
        field = NumberField(self._scale, self.name, size="hint")
        field.setFixedHeight(22)
        field.setMinimumWidth(66)
        field.moved.connect(lambda value: self._with(lambda setting: self._desk.hold(setting, self._rounded(value))))
        field.committed.connect(
            lambda value: self._with(lambda setting: self._desk.commit(setting, self._rounded(value)))
        )
        field.given_up.connect(lambda: self._with(self._desk.release))
        return field

    def _make_button(self) -> QWidget:
        words = choices(self.parameter)
        text = words[0] if words else _SWITCH_WORDS.get(self.parameter.name, self.parameter.title)
        button = ToggleButton(text, self.name, height=22, is_checkable=not words)
        button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        button.clicked.connect(self._pressed)
        return button

    def _pressed(self) -> None:
        def turn(setting: Setting) -> None:
            options = len(choices(self.parameter)) or 2
            self._desk.commit(setting, float((round(setting.value) + 1) % options))

        self._with(turn)

    def _show_choice(self, value: float) -> None:
        words = choices(self.parameter)
        word = words[min(len(words) - 1, max(0, round(value)))]
        if isinstance(self.widget, ToggleButton) and self.widget.text() != word:
            self.widget.setText(word)
            self.widget.setAccessibleName(f"{self.name}, {word}")
            self.widget.updateGeometry()
            self.widget.update()

    def _rounded(self, value: float) -> float:
        return round(value, 0 if self.parameter.unit in ("Hz", "samples") and value > 200.0 else 2)

    def _with(self, act: Callable[[Setting], None]) -> None:
        setting = self.setting
        if setting is not None:
            act(setting)


_SWITCH_WORDS = {"hp_on": "HP", "lp_on": "LP", "eq_on": "EQ", "comp_on": "Comp", "is_inverted": "Invert"}


def labelled(text: str, widget: QWidget) -> QWidget:
    """Return a widget with a word in front of it."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    word = label(text, "text.2", "hint")
    word.setMinimumWidth(_LABEL_WIDTH)
    row.addWidget(word)
    row.addWidget(widget, 1)
    return box
