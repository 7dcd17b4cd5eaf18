"""What keys do while the mixer has the keyboard. Space, Tab and everything with Ctrl stay the window's.

Left and right go from strip to strip, Ctrl+up and Ctrl+down from control to control within one; up, down, PgUp and
PgDn step the focused number (the fader where the focused control holds none); M, S and P switch; digits, signs and
Return type a value; Delete removes the focused insert or send.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from maxbooster_desktop.project.document.state import MASTER, TrackId
from maxbooster_desktop.ui.mixer.host import Host
from maxbooster_desktop.ui.mixer.parts import NUMBERS, Control, Part

_TYPED = "0123456789-+.,"
_STEPS = {
    Qt.Key.Key_Up: (1, False),
    Qt.Key.Key_Down: (-1, False),
    Qt.Key.Key_PageUp: (1, True),
    Qt.Key.Key_PageDown: (-1, True),
}
_SWITCHES = {Qt.Key.Key_M: Part.MUTE, Qt.Key.Key_S: Part.SOLO, Qt.Key.Key_P: Part.PFL}
_PLAIN = (*_STEPS, *_SWITCHES, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def wants(canvas: Host, event: QKeyEvent) -> bool:
    """Return whether the mixer uses this key itself, before the window's shortcuts see it."""
    key = Qt.Key(event.key())
    modifiers = event.modifiers() & ~(_SHIFT | Qt.KeyboardModifier.KeypadModifier)
    if modifiers == _CTRL:
        return key in (Qt.Key.Key_Up, Qt.Key.Key_Down)
    if modifiers:
        return False
    if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        return canvas.pointing.focus.part in (Part.INSERT, Part.SEND)
    return key in _PLAIN or (bool(event.text()) and event.text() in _TYPED)


def press(canvas: Host, event: QKeyEvent) -> bool:
    """Do what a key means; return whether it meant anything."""
    key, focus = Qt.Key(event.key()), canvas.pointing.focus
    if key == Qt.Key.Key_Escape:
        return canvas.cancel()
    if focus.part is Part.NOTHING or not wants(canvas, event):
        return False
    if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        _go_across(canvas, 1 if key == Qt.Key.Key_Right else -1, extends=bool(event.modifiers() & _SHIFT))
    elif key in _STEPS and event.modifiers() & _CTRL:
        _go_along(canvas, -_STEPS[key][0])
    elif key in _STEPS:
        _step(canvas, *_STEPS[key], is_fine=bool(event.modifiers() & _SHIFT))
    elif key in _SWITCHES:
        canvas.desk.toggle(Control(_SWITCHES[key], focus.track))
    elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        _remove(canvas, focus)
    elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        canvas.activate(focus)
    else:
        canvas.edit_value(_number(focus), event.text())
    return True


def _number(focus: Control) -> Control:
    return focus if focus.part in NUMBERS else Control(Part.FADER, focus.track)


def _step(canvas: Host, direction: int, is_page: bool, *, is_fine: bool) -> None:
    setting = canvas.desk.setting(_number(canvas.pointing.focus))
    if setting is not None:
        canvas.desk.step(setting, direction, is_fine=is_fine, is_page=is_page)


def _go_across(canvas: Host, direction: int, *, extends: bool) -> None:
    tracks, focus = canvas.desk.scene.all_tracks(), canvas.pointing.focus
    if focus.track not in tracks:
        return
    at = min(len(tracks) - 1, max(0, tracks.index(focus.track) + direction))
    part = focus.part if not focus.entity and focus.part in _KEPT else Part.FADER
    if canvas.desk.scene.rect_of(tracks[at], part) is None:
        part = Part.FADER
    canvas.focus_on(Control(part, tracks[at]))
    selection = canvas.desk.studio.selection
    selection.set_tracks((*selection.tracks, tracks[at]) if extends else (tracks[at],))


def _go_along(canvas: Host, direction: int) -> None:
    controls = canvas.desk.scene.controls(canvas.pointing.focus.track)
    focus = canvas.pointing.focus
    at = controls.index(focus) if focus in controls else controls.index(Control(Part.FADER, focus.track))
    canvas.focus_on(controls[min(len(controls) - 1, max(0, at + direction))])


def _remove(canvas: Host, focus: Control) -> None:
    verb = "channel.remove_insert" if focus.part is Part.INSERT else "channel.remove_send"
    canvas.focus_on(Control(Part.FADER, focus.track))
    canvas.desk.do(verb, focus.track, focus.entity)


def first_control(tracks: tuple[TrackId, ...], selected: tuple[TrackId, ...]) -> Control:
    """Return where the keyboard starts: the fader of the selected strip, else of the first one."""
    track = next((each for each in selected if each in tracks), tracks[0] if tracks else MASTER)
    return Control(Part.FADER, track)


_KEPT = (Part.EQ, Part.COMP, Part.PAN, Part.FADER, Part.MUTE, Part.SOLO, Part.PFL)
