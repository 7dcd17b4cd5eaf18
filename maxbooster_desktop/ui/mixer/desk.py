"""What the mixer's gestures work with: the scene, values held but not yet written, and the edits that write them.

A value that is dragged or stepped is held: heard through `engine.touch`, shown instead of the document's value, and
written as one edit, on release or when a burst of steps has been still for a moment. It stays shown until its edit
has come back, so nothing jumps.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import MASTER, Track, TrackId
from maxbooster_desktop.ui.mixer import slots
from maxbooster_desktop.ui.mixer.parts import Control, Part
from maxbooster_desktop.ui.mixer.scene import Scene
from maxbooster_desktop.ui.mixer.settings import Setting, insert_of, send_of, setting_of

_STILL_MS = 350
_FINE = 0.1
Key = tuple[TrackId, str]


class Desk(QObject):
    """Values and edits of one mixer.

    Signals:
        touched(track): what a strip shows has changed without an edit.
        came_back(future): an edit of ours is done; emitted on any thread.
    """

    touched = Signal(str)
    came_back = Signal(object)

    def __init__(self, studio: Studio, scene: Scene, parent: QObject) -> None:
        super().__init__(parent)
        self.studio, self.scene = studio, scene
        self.listened: set[TrackId] = set()
        self._held: dict[Key, float] = {}
        self._pending: dict[Key, Future[Any]] = {}
        self._stepped: Setting | None = None
        #: What knobs outside move at this moment.
        self._followed: dict[Key, Setting] = {}
        #: What was moved last in the window.
        self.last: Key | None = None
        self._still = QTimer(self)
        self._still.setSingleShot(True)
        self._still.setInterval(_STILL_MS)
        self._still.timeout.connect(self.flush)
        self.came_back.connect(self._settle)

    def track(self, track: TrackId) -> Track:
        """Return a track of the state shown."""
        return self.scene.track(track)

    def setting(self, control: Control) -> Setting | None:
        """Return the number a control holds, or None."""
        track = self.scene.state.tracks.get(control.track)
        if track is None:
            return None
        send = send_of(track, control.entity)
        goal = self.scene.state.tracks.get(send.target) if send is not None else None
        return setting_of(track, control, goal.name if goal is not None else "")

    def value(self, setting: Setting) -> float:
        """Return what is shown: the held value, else the document's."""
        return self._held.get(setting.key, setting.value)

    def shown(self, track: TrackId, parameter: str, otherwise: float) -> float:
        """Return the held value of a parameter, else `otherwise`."""
        return self._held.get((track, parameter), otherwise)

    def held(self, track: TrackId) -> tuple[tuple[str, float], ...]:
        """Return a track's held values by parameter."""
        return tuple((key[1], value) for key, value in self._held.items() if key[0] == track)

    def hold(self, setting: Setting, value: float) -> None:
        """Show and play a value without writing it."""
        value, self.last = setting.scale.clamped(value), setting.key
        if value != self.value(setting):
            self._held[setting.key] = value
            self.studio.engine.touch(setting.track, setting.parameter, value)
            self.touched.emit(setting.track)

    def release(self, setting: Setting) -> None:
        """Let go of a held value: back to the document's, in the picture and in the ear."""
        self._pending.pop(setting.key, None)
        if self._held.pop(setting.key, None) is not None:
            self.studio.engine.touch(setting.track, setting.parameter, setting.value)
            self.touched.emit(setting.track)

    def commit(self, setting: Setting, value: float) -> None:
        """Write a value as one undo step; nothing is written when it is the document's already."""
        value = setting.scale.clamped(value)
        # While an edit of it is on its way, what is shown as the document's is about to become another.
        if value == setting.value and setting.key not in self._pending:
            self.release(setting)
            return
        self.hold(setting, value)
        verb, arguments, named = setting.edit(value)
        future = self.do(verb, *arguments, **named)
        if future is None:
            self.release(setting)
        else:
            self._pending[setting.key] = future

    def commit_held(self, settings: Sequence[Setting]) -> None:
        """Write the held values of several strip parameters of one track as one undo step."""
        changed = [setting for setting in settings if self.value(setting) != setting.value]
        for setting in settings:
            if setting not in changed:
                self.release(setting)
        if not changed:
            return
        values = {setting.parameter.rpartition(".")[2]: self.value(setting) for setting in changed}
        future = self.do("channel.set_strip", changed[0].track, values)
        for setting in changed:
            if future is None:
                self.release(setting)
            else:
                self._pending[setting.key] = future

    def step(self, setting: Setting, steps: float, *, is_fine: bool = False, is_page: bool = False) -> None:
        """Move a value by steps of its scale; a burst of steps on one value becomes one edit."""
        if self._stepped is not None and self._stepped.key != setting.key:
            self.flush()
        size = setting.scale.page if is_page else setting.scale.step
        self._stepped = setting
        self.hold(setting, round(self.value(setting) + steps * size * (_FINE if is_fine else 1.0), 6))
        self._still.start()

    def follow(self, setting: Setting, value: float) -> None:
        """Move a value as a knob outside does; where the knobs stand still becomes one edit each."""
        last = self.last
        self.hold(setting, value)
        self.last, self._followed[setting.key] = last, setting
        self._still.start()

    def flush(self) -> None:
        """Write bursts of steps and of knobs now."""
        self._still.stop()
        followed, self._followed = self._followed, {}
        for key, moved in followed.items():
            if key in self._held:
                self.commit(moved, self._held[key])
        setting, self._stepped = self._stepped, None
        if setting is not None and setting.key in self._held:
            self.commit(setting, self._held[setting.key])

    def cancel_steps(self) -> bool:
        """Give a burst of steps up; return whether there was one."""
        self._still.stop()
        setting, self._stepped = self._stepped, None
        if setting is not None:
            self.release(setting)
        return setting is not None

    def do(self, verb: str, *arguments: Any, **named: Any) -> Future[Any] | None:
        """Submit an edit; the person hears of failures."""
        future = self.studio.do(verb, *arguments, **named)
        if future is not None:
            future.add_done_callback(self.came_back.emit)
        return future

    def toggle(self, control: Control) -> None:
        """Switch what a button or slot switches: mute, solo, listen, EQ, compressor or an insert."""
        track = self.track(control.track)
        chosen = self._chosen_with(track.id)
        if control.part is Part.MUTE:
            self.do("channel.set_mute", chosen, not track.is_muted)
        elif control.part is Part.SOLO and track.id != MASTER:
            self.do("channel.set_solo", [each for each in chosen if each != MASTER], not track.is_soloed)
        elif control.part is Part.PFL and track.id != MASTER:
            self.listen(track.id, track.id not in self.listened)
        elif control.part in slots.SWITCHES:
            name = slots.SWITCHES[control.part]
            self.do("channel.set_strip", track.id, {name: 0.0 if slots.is_on(track.strip, name) else 1.0})
        elif control.part is Part.INSERT and (insert := insert_of(track, control.entity)) is not None:
            self.do("channel.enable_insert", track.id, insert.id, not insert.enabled)

    def _chosen_with(self, track: TrackId) -> tuple[TrackId, ...]:
        selected = tuple(each for each in self.studio.selection.tracks if each in self.scene.state.tracks)
        return selected if track in selected else (track,)

    def listen(self, track: TrackId, is_on: bool) -> None:
        """Hear a channel before its fader, or stop. No edit: the mix stays as it is."""
        set_pfl = getattr(self.studio.engine, "set_pfl", None)
        if set_pfl is None:
            return
        set_pfl(track, is_on)
        (self.listened.add if is_on else self.listened.discard)(track)
        self.touched.emit(track)

    def forget(self) -> None:
        """Let go of everything: the project changes or closes."""
        self._still.stop()
        self._stepped, self.last = None, None
        self._followed.clear()
        self._held.clear()
        self._pending.clear()
        self.listened.clear()

    def _settle(self, future: Future[Any]) -> None:
        """Show the document's value again, now that the edit is in it or has failed."""
        for key in [key for key, pending in self._pending.items() if pending is future]:
            del self._pending[key]
            is_stepped = self._stepped is not None and self._stepped.key == key
            if not is_stepped and key not in self._followed:
                self._held.pop(key, None)
        self.touched.emit("")
