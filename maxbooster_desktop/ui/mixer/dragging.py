"""Dragging a number in the mixer: it moves with the pointer, sounds at once, and is written once on release."""

from maxbooster_desktop.ui.mixer.desk import Desk
from maxbooster_desktop.ui.mixer.parts import Control, Part
from maxbooster_desktop.ui.mixer.settings import Setting

_FINE = 0.1
_KNOB_PX = 160.0
_SEND_PX = 120.0


class ValueDrag:
    """One drag, from press to release. A press without movement is no edit."""

    def __init__(self, desk: Desk, control: Control, setting: Setting, x: float, y: float) -> None:
        self.control, self.setting = control, setting
        self._desk = desk
        self._is_level = control.part is not Part.PAN
        self._fraction = setting.scale.fraction(desk.value(setting))
        self._value = desk.value(setting)
        self._place = self._place_of(x, y)
        top, bottom = desk.scene.plan.travel
        self._length = {Part.FADER: max(1.0, float(bottom - top)), Part.SEND: _SEND_PX}.get(control.part, _KNOB_PX)
        self.has_moved = False

    def _place_of(self, x: float, y: float) -> float:
        return x - y if self.control.part is Part.SEND else -y

    def move(self, x: float, y: float, *, is_fine: bool) -> None:
        """Follow the pointer."""
        place = self._place_of(x, y)
        if place == self._place:
            return
        travel = (place - self._place) / self._length
        self._place, self.has_moved = place, True
        self._fraction = min(1.0, max(0.0, self._fraction + travel * (_FINE if is_fine else 1.0)))
        digits = (2 if is_fine else 1) if self._is_level else 3 if is_fine else 2
        self._value = round(self.setting.scale.value(self._fraction), digits)
        self._desk.hold(self.setting, self._value)

    def release(self) -> None:
        """Write the value as one undo step."""
        if self.has_moved:
            self._desk.commit(self.setting, self._value)

    def cancel(self) -> None:
        """Put the value back."""
        self._desk.release(self.setting)
