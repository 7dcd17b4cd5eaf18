"""MIDI learn: the knob that is turned next moves what was moved last in the mixer, and taught knobs move their own.

Messages come on the thread that reads the ports; they are taken in on the window's. A burst of a knob is one edit, as
a burst of steps is.
"""

import importlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from maxbooster_desktop.actions.learned_controls import Knob, LearnedControls, Moved
from maxbooster_desktop.actions.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from maxbooster_desktop.project.document.state import Track
    from maxbooster_desktop.ui.mixer.desk import Desk
    from maxbooster_desktop.ui.mixer.settings import Setting


def _named(track: "Track | None", address: str) -> "Setting | None":
    """Return the number an address names; the mixer's modules are there by the time that a project is open."""
    if track is None:
        return None
    module = importlib.import_module("maxbooster_desktop.ui.mixer.settings")
    found: Setting | None = module.named_setting(track, address)
    return found


class MidiLearning(QObject):
    """Moves what knobs were taught to; `desk` returns the mixer's while a project is open."""

    turned = Signal(str, int, int, int)

    def __init__(self, workspace: Workspace, desk: "Callable[[], Desk | None]", parent: QObject) -> None:
        super().__init__(parent)
        self._studio, self._desk = workspace.studio, desk
        self._learned = LearnedControls(workspace.settings)
        self.turned.connect(self.take)
        self._stop = workspace.midi.controls.subscribe(self.turned.emit)

    def stop(self) -> None:
        """Hear of no knob any more: the window closes."""
        self._stop()

    def take(self, port: str, channel: int, controller: int, value: int) -> None:
        """Let a knob learn, or move what it has learned; `value` 0..127."""
        desk, knob = self._desk(), Knob(port, channel, controller)
        if desk is None:
            return
        if self._studio.is_learning_midi:
            self._learn(desk, knob)
        elif (moved := self._learned.moved_by(knob)) is not None:
            self._move(desk, moved, value / 127.0)

    def _learn(self, desk: "Desk", knob: Knob) -> None:
        last = desk.last
        track = None if last is None else desk.scene.state.tracks.get(last[0])
        setting = None if last is None else _named(track, last[1])
        if track is None or setting is None:
            self._studio.notify("Move a fader or a knob of the mixer first, then the knob that is to move it.")
            return
        unkept = self._learned.learn(knob, Moved(setting.track, setting.parameter))
        self._studio.learn_midi(is_on=False)
        heard = f"Controller {knob.controller} of “{knob.port}” moves {setting.title} of {track.name}."
        self._studio.notify(unkept or heard)

    def _move(self, desk: "Desk", moved: Moved, fraction: float) -> None:
        setting = _named(desk.scene.state.tracks.get(moved.track), moved.parameter)
        if setting is not None:
            desk.follow(setting, setting.scale.value(fraction))
