"""What the pointer does in the mixer: selecting, switching, dragging numbers, hovering, the wheel."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from maxbooster_desktop.project.document.state import TrackId
from maxbooster_desktop.ui.mixer.dragging import ValueDrag
from maxbooster_desktop.ui.mixer.geometry import PITCH
from maxbooster_desktop.ui.mixer.host import Host
from maxbooster_desktop.ui.mixer.parts import HINTS, NOTHING, NUMBERS, SLOTS, Control, Part

_LEFT = Qt.MouseButton.LeftButton
_WHEEL_NOTCH = 120


class PointerTool:
    """The pointer over one canvas; at most one drag at a time."""

    def __init__(self, canvas: Host) -> None:
        self._canvas = canvas
        self._drag: ValueDrag | None = None

    @property
    def is_dragging(self) -> bool:
        """Whether a number is held."""
        return self._drag is not None

    def cancel(self) -> bool:
        """Give a drag up; return whether there was one."""
        drag, self._drag = self._drag, None
        if drag is not None:
            drag.cancel()
        return drag is not None

    def leave(self) -> None:
        """Forget what was under the pointer."""
        if self._drag is None:
            self._hover(NOTHING)

    def press(self, event: QMouseEvent) -> None:
        """Select, switch, or begin a drag."""
        x, y = event.position().x(), event.position().y()
        control = self._canvas.desk.scene.hit_test(x, y)
        if event.button() != _LEFT or control.part is Part.NOTHING:
            return
        self._canvas.desk.flush()
        self.select(control.track, event.modifiers())
        is_focusable = control in self._canvas.desk.scene.controls(control.track)
        self._canvas.focus_on(control if is_focusable else Control(Part.FADER, control.track))
        is_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        setting = self._canvas.desk.setting(control) if control.part in NUMBERS else None
        if is_alt and control.part in SLOTS:
            self._canvas.desk.toggle(control)
        elif is_alt and control.part is Part.SEND:
            self._turn_tap(control)
        elif setting is not None:
            self._drag = ValueDrag(self._canvas.desk, control, setting, x, y)
        elif control.part in (Part.CLIP, Part.METER):
            self._canvas.clear_clip(control.track)
        else:
            self._canvas.activate(control)

    def _turn_tap(self, control: Control) -> None:
        for send in self._canvas.desk.track(control.track).sends:
            if send.id == control.entity:
                tap = "post" if send.tap == "pre" else "pre"
                self._canvas.desk.do("channel.change_send", control.track, send.id, tap=tap)

    def select(self, track: TrackId, modifiers: Qt.KeyboardModifier) -> None:
        """Select a strip: with Ctrl as well, with Shift up to it, else alone unless it is among the selected."""
        selection, tracks = self._canvas.desk.studio.selection, self._canvas.desk.scene.all_tracks()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            selection.toggle_track(track)
        elif modifiers & Qt.KeyboardModifier.ShiftModifier and selection.tracks and selection.tracks[0] in tracks:
            first, last = tracks.index(selection.tracks[0]), tracks.index(track)
            step = 1 if last >= first else -1
            selection.set_tracks(tracks[index] for index in range(first, last + step, step))
        elif track not in selection.tracks:
            selection.set_tracks((track,))

    def move(self, event: QMouseEvent) -> None:
        """Follow a drag; without a button only cursor, hint and the part under the pointer change."""
        x, y = event.position().x(), event.position().y()
        if self._drag is not None:
            self._drag.move(x, y, is_fine=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            self._hover(self._canvas.desk.scene.hit_test(x, y))

    def _hover(self, control: Control) -> None:
        before, self._canvas.pointing.hot = self._canvas.pointing.hot, control
        if before == control:
            return
        for each in (before, control):
            if each.part not in (Part.NOTHING, Part.STRIP, Part.METER, Part.READ_OUT, Part.NAME):
                self._update_control(each)
        if before.part is not control.part:
            self._canvas.hint.emit(HINTS[control.part])

    def _update_control(self, control: Control) -> None:
        scene = self._canvas.desk.scene
        self._canvas.update_rect(scene.rect_of(control.track, control.part, control.entity))
        if control.part is Part.FADER:
            self._canvas.update_rect(scene.rect_of(control.track, Part.GAIN_VALUE))

    def release(self, event: QMouseEvent) -> None:
        """Finish a drag with one edit."""
        drag = self._drag
        if event.button() == _LEFT and drag is not None:
            self._drag = None
            drag.move(
                event.position().x(),
                event.position().y(),
                is_fine=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier),
            )
            drag.release()

    def double_click(self, event: QMouseEvent) -> None:
        """Restore a default, or open an editor on the value or the name."""
        control = self._canvas.desk.scene.hit_test(event.position().x(), event.position().y())
        if event.button() != _LEFT:
            return
        self._drag = None
        if control.part is Part.GAIN_VALUE:
            self._canvas.edit_value(control)
        elif control.part is Part.NAME:
            self._canvas.rename(control.track)
        elif control.part in NUMBERS:
            setting = self._canvas.desk.setting(control)
            if setting is not None:
                self._canvas.desk.commit(setting, setting.scale.default)
        else:
            self.press(event)

    def wheel(self, event: QWheelEvent) -> None:
        """Step the number under the pointer; anywhere else, and sideways everywhere, scroll."""
        delta = event.angleDelta()
        control = self._canvas.desk.scene.hit_test(event.position().x(), event.position().y())
        setting = self._canvas.desk.setting(control) if control.part in NUMBERS else None
        is_fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if setting is not None and (delta.y() or is_fine):
            self._canvas.desk.step(setting, (delta.y() or delta.x()) / _WHEEL_NOTCH, is_fine=is_fine)
        elif not event.pixelDelta().isNull():
            self._canvas.scroll_to(self._canvas.desk.scene.scroll_x - event.pixelDelta().x() - event.pixelDelta().y())
        else:
            self._canvas.scroll_to(
                self._canvas.desk.scene.scroll_x - round((delta.x() + delta.y()) * PITCH / _WHEEL_NOTCH)
            )
        event.accept()
