"""The engine before its kernels are loaded: it takes every wish, plays nothing, and hands the wishes on.

It has the whole surface of `engine.session.EngineSession`, so a window works from its first moment: Space pressed
now starts the song once it can be heard.
"""

import threading
from typing import Any

from maxbooster_desktop.engine.devices.choice import DeviceChoice
from maxbooster_desktop.engine.readings import Meters, PluginReading, Stats, Transport
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.state import ProjectState, TrackId


class EngineNotReadyError(MaxBoosterError):
    """Something needs the engine itself."""


class StandingEngine:
    """Stands in until `hand_over`. `show` may be called from any thread, the rest from the window's."""

    device_problem = "No sound yet."
    latency_ms = 0.0
    stats = Stats(0.0, 0, 0)

    def __init__(self, choice: DeviceChoice) -> None:
        self.choice = choice
        self._lock = threading.Lock()
        self._shown: tuple[ProjectState, Any] | None = None
        self._heir: Any = None
        self._is_rolling, self._tick = False, 0
        self._click: tuple[Any, ...] = ()
        self._pfl: set[TrackId] = set()
        self._midi_told: Any = None
        self._clock_ports: Any = ()

    @property
    def sample_rate(self) -> int:
        """The rate that the engine will have, in Hz."""
        return self.choice.sample_rate

    @property
    def block_frames(self) -> int:
        """The frames a block that the device will be asked for."""
        return self.choice.block_frames

    def hand_over(self, engine: Any) -> None:
        """Tell a ready engine everything that was asked for; it has the state already when `prepare` was called."""
        with self._lock:
            self._heir, shown = engine, self._shown
            self._shown = None
        if shown is not None:
            engine.show(*shown)
        if self._click:
            engine.set_metronome(*self._click)
        for track in self._pfl:
            engine.set_pfl(track, True)
        if self._midi_told is not None:
            engine.hear_of_midi(self._midi_told)
        if self._clock_ports:
            engine.send_clock(self._clock_ports)
        if self._tick:
            engine.seek(self._tick)
        if self._is_rolling:
            engine.play()

    def prepare(self, engine: Any) -> None:
        """Show `engine` what is shown here, in a worker, so that `hand_over` has little left to do."""
        with self._lock:
            shown = self._shown
        if shown is not None:
            engine.show(*shown)

    def show(self, state: ProjectState, pool: Any) -> None:
        """Remember the state to play, or give it to the engine that has taken over."""
        with self._lock:
            heir = self._heir
            if heir is None:
                self._shown = (state, pool)
        if heir is not None:
            heir.show(state, pool)

    def forget(self) -> None:
        """Let go of the state: its project closes."""
        with self._lock:
            self._shown = None
        self._is_rolling, self._tick = False, 0

    @property
    def transport(self) -> Transport:
        """Where it will play from."""
        return Transport(self._is_rolling, 0, float(self._tick))

    def play(self) -> None:
        """Roll as soon as there is an engine."""
        self._is_rolling = True

    def stop(self) -> None:
        """Do not roll."""
        self._is_rolling = False

    def toggle(self) -> None:
        """Roll as soon as there is an engine, or not."""
        self._is_rolling = not self._is_rolling

    def seek(self, tick: int) -> None:
        """Begin there."""
        self._tick = max(0, tick)

    def set_metronome(self, on: bool, gain_db: float = -6.0, accent_db: float = 4.0) -> None:
        """Remember the click."""
        self._click = (on, gain_db, accent_db)

    def set_metronome_output(self, left: int, right: int) -> None:
        """No device is open yet that could have these channels."""

    def set_pfl(self, track_id: TrackId, on: bool) -> None:
        """Remember a channel to listen to."""
        (self._pfl.add if on else self._pfl.discard)(track_id)

    def is_pfl(self, track_id: TrackId) -> bool:
        """Whether a channel will be listened to before its fader."""
        return track_id in self._pfl

    def meters(self) -> Meters:
        """Nothing sounds."""
        return Meters()

    def touch(self, track_id: TrackId, parameter: str, value: float) -> None:
        """Nothing can be heard of a fader yet."""

    def preview(self, samples: Any | None) -> None:
        """Nothing can be heard yet."""

    def play_note(self, track_id: TrackId, pitch: int, velocity: float) -> None:
        """No instrument can be heard yet."""

    def end_note(self, track_id: TrackId, pitch: int) -> None:
        """No note was begun."""

    def play_midi(self, port: str, message: Any, at_s: float, tracks: Any) -> None:
        """No instrument can be heard yet."""

    def let_go_of_midi(self, port: str | None = None) -> None:
        """No note was begun."""

    def settle_midi(self) -> int:
        """Nothing was lost."""
        return 0

    def hear_of_midi(self, tell: Any) -> None:
        """Remember who hears of MIDI ports."""
        self._midi_told = tell

    def send_clock(self, ports: Any) -> None:
        """Remember who gets the song's clock."""
        self._clock_ports = ports

    def plugins(self) -> tuple[PluginReading, ...]:
        """None is loaded yet."""
        return ()

    def reload_plugins(self) -> None:
        """None is lost."""

    def clear_clip(self, track_id: TrackId) -> None:
        """No lamp is lit yet."""

    def open_device(self, choice: DeviceChoice) -> None:
        """Remember the device to open."""
        self.choice = choice

    inputs = 0

    def open_input(self) -> None:
        """Nothing can be recorded yet; raises EngineNotReadyError."""
        raise EngineNotReadyError("The sound engine is still being loaded; record when its load shows at the right.")

    def close_input(self) -> None:
        """No input is open yet."""

    def listen(self, listeners: Any) -> None:
        """No input can be heard yet; who looks again later asks again."""

    def count_in(self) -> None:
        """Nothing can be counted in yet; raises EngineNotReadyError."""
        self.open_input()

    def record(self, *_: Any, **__: Any) -> Any:
        """Nothing can be recorded yet; raises EngineNotReadyError."""
        self.open_input()

    def record_notes(self, *_: Any, **__: Any) -> Any:
        """Nothing can be recorded yet; raises EngineNotReadyError."""
        self.open_input()

    def close_device(self) -> None:
        """No device is open yet."""

    def close(self) -> None:
        """Nothing runs."""
        self.forget()
