"""An engine without sound for tests of the window: it remembers what it was asked and moves only when told."""

from dataclasses import dataclass, field
from typing import Any

from maxbooster_desktop.engine.devices.choice import DeviceChoice
from maxbooster_desktop.engine.readings import Meters


@dataclass
class StillTransport:
    """Where it would play."""

    is_playing: bool = False
    position_tick: float = 0.0


@dataclass
class StillEngine:
    """Fits `EnginePort`. `asked` lists every call that changes something."""

    transport: StillTransport = field(default_factory=StillTransport)
    stats: tuple[float, int, int] = (0.0, 0, 0)
    sample_rate: int = 48_000
    latency_ms: float = 0.0
    inputs: int = 0
    device_problem: str = ""
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    shown: list[Any] = field(default_factory=list)
    listeners: list[Any] = field(default_factory=list)
    clock_ports: tuple[str, ...] = ()
    hosted: tuple[Any, ...] = ()

    def show(self, state: Any, pool: Any) -> None:
        """Take a state."""
        self.shown.append(state)

    def plugins(self) -> tuple[Any, ...]:
        """Have those that a test puts in."""
        return self.hosted

    def reload_plugins(self) -> None:
        """Remember."""
        self.asked.append(("reload plug-ins",))

    def play(self) -> None:
        """Roll."""
        self.transport.is_playing = True

    def stop(self) -> None:
        """Stop."""
        self.transport.is_playing = False

    def open_input(self) -> None:
        """Have two inputs."""
        self.asked.append(("open input",))
        self.inputs = 2

    def close_input(self) -> None:
        """Have none."""
        self.asked.append(("close input",))
        self.inputs = 0

    def listen(self, listeners: Any) -> None:
        """Remember who hears the input."""
        self.listeners = list(listeners)

    def count_in(self) -> None:
        """Count, which takes no time here, and roll."""
        self.asked.append(("count in",))
        self.play()

    def toggle(self) -> None:
        """Roll or stop."""
        self.transport.is_playing = not self.transport.is_playing

    def seek(self, tick: int) -> None:
        """Go there."""
        self.transport.position_tick = tick

    def set_metronome(self, on: bool, gain_db: float = -6.0, accent_db: float = 4.0) -> None:
        """Remember."""
        self.asked.append(("metronome", on, gain_db, accent_db))

    def set_metronome_output(self, left: int, right: int) -> None:
        """Remember."""
        self.asked.append(("metronome output", left, right))

    def touch(self, track_id: str, parameter: str, value: float) -> None:
        """Remember."""
        self.asked.append(("touch", track_id, parameter, value))

    def play_note(self, track_id: str, pitch: int, velocity: float) -> None:
        """Remember."""
        self.asked.append(("note", track_id, pitch))

    def end_note(self, track_id: str, pitch: int) -> None:
        """Remember."""
        self.asked.append(("end note", track_id, pitch))

    def play_midi(self, port: str, message: Any, at_s: float, tracks: Any) -> None:
        """Remember."""
        self.asked.append(("midi", port, tuple(message), tuple(tracks)))

    def let_go_of_midi(self, port: str | None = None) -> None:
        """Nothing is held."""

    def hear_of_midi(self, tell: Any) -> None:
        """Nothing is sent."""

    def send_clock(self, ports: Any) -> None:
        """Remember."""
        self.clock_ports = tuple(ports)

    def settle_midi(self) -> int:
        """Nothing is lost."""
        return 0

    def preview(self, samples: Any | None) -> None:
        """Remember the shape of what was played."""
        self.asked.append(("preview", None if samples is None else samples.shape))

    def meters(self) -> Meters:
        """Nothing is measured."""
        return Meters()

    def open_device(self, settings: DeviceChoice) -> None:
        """Remember."""
        self.asked.append(("open", settings))

    def close_device(self) -> None:
        """Remember."""
        self.asked.append(("close",))
