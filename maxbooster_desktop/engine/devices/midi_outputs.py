"""MIDI ports that are written to: messages go to those that are open, and nowhere while a port is missing."""

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from maxbooster_desktop.engine.devices.midi_driver import MidiDriver
from maxbooster_desktop.engine.devices.midi_watch import PortWatch


class MidiOutputs:
    """Writes to the chosen ports; `tell` gets sentences for the person."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        driver = MidiDriver()
        self._ports: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._watch = PortWatch(driver, driver.output_names, driver.open_output, self._came, self._went, tell)

    def names(self) -> tuple[str, ...]:
        """Return the ports that are there; raises MidiMissingError. Slow."""
        return self._watch.names()

    @property
    def open_names(self) -> frozenset[str]:
        """The ports that are open at this moment."""
        return frozenset(self._ports)

    def choose(self, names: Iterable[str]) -> None:
        """Keep exactly these ports open from now on, those that are missing as soon as they are there."""
        self._watch.choose(names)

    def send(self, name: str, message: Sequence[int]) -> None:
        """Send a message now, if the port is open."""
        with self._lock:
            port = self._ports.get(name)
            if port is not None:
                port.send_message(message)

    def close(self) -> None:
        """Close every port for good."""
        self._watch.close()

    def _came(self, name: str, port: Any) -> None:
        with self._lock:
            self._ports[name] = port

    def _went(self, name: str) -> None:
        with self._lock:
            del self._ports[name]
