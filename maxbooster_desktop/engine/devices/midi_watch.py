"""Chosen MIDI ports by name: opened when they are there, given up when they vanish, opened again when they are back.

A thread looks once a second, so that whoever reads or writes a port never waits for a driver. A port that is gone, or
refuses, is told once.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from maxbooster_desktop.engine.devices.midi_driver import MidiDriver, MidiMissingError

#: How often it is looked which ports there are, in seconds.
LOOK_S = 1.0


class PortWatch:
    """Keeps the chosen ports of one direction open.

    Args:
        names: returns the ports that are there; raises MidiMissingError.
        open_port: opens one of them; raises MidiMissingError.
        came: gets the name of a port and the port when it is open.
        went: gets the name of a port that is no longer there or chosen, before it is closed.
        tell: gets sentences for the person.
    """

    def __init__(  # noqa: PLR0917 - what is watched, and who hears of it
        self,
        driver: MidiDriver,
        names: Callable[[], tuple[str, ...]],
        open_port: Callable[[str], Any],
        came: Callable[[str, Any], None],
        went: Callable[[str], None],
        tell: Callable[[str], None],
    ) -> None:
        self._driver, self._names, self._open_port = driver, names, open_port
        self._came, self._went, self._tell = came, went, tell
        self._lock = threading.Lock()
        self._chosen: frozenset[str] = frozenset()
        self._open: dict[str, Any] = {}
        #: Ports that were told of, as missing or as refusing.
        self._told: set[str] = set()
        self._wake = threading.Event()
        self._is_closed = False
        self._thread: threading.Thread | None = None

    def names(self) -> tuple[str, ...]:
        """Return the ports that are there; raises MidiMissingError. Slow."""
        with self._lock:
            return self._names()

    def choose(self, names: Iterable[str]) -> None:
        """Keep exactly these ports open from now on."""
        self._chosen = frozenset(names)
        if self._chosen and self._thread is None:
            self._thread = threading.Thread(target=self._watch, name="midi-watch", daemon=True)
            self._thread.start()
        self._wake.set()

    def close(self) -> None:
        """Close every port for good."""
        self._is_closed = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        while not self._is_closed:
            self._look()
            self._wake.wait(LOOK_S if self._chosen else None)
            self._wake.clear()
        for name in tuple(self._open):
            self._let_go(name)

    def _look(self) -> None:
        """Open what is chosen and there, let go of the rest."""
        chosen = self._chosen
        with self._lock:
            try:
                is_lost = self._driver.abandon_lost()
                present = frozenset(self._names()) if chosen else frozenset[str]()
                problem = ""
            except MidiMissingError as missing:
                is_lost, present, problem = True, frozenset(), str(missing)
        for name in tuple(self._open):
            if is_lost or name not in present or name not in chosen:
                self._let_go(name)
                if name in chosen:
                    self._tell_once(name, f"The MIDI port “{name}” is gone; it is used again when it is back.")
        if problem:
            self._tell_once("", problem)
            return
        self._told.discard("")
        for name in chosen & present - self._open.keys():
            self._begin(name)

    def _begin(self, name: str) -> None:
        try:
            with self._lock:
                port = self._open_port(name)
        except MidiMissingError as problem:
            self._tell_once(name, str(problem))
            return
        self._open[name] = port
        self._came(name, port)
        if name in self._told:
            self._told.discard(name)
            self._tell(f"The MIDI port “{name}” is back.")

    def _let_go(self, name: str) -> None:
        port = self._open.pop(name)
        self._went(name)
        with self._lock:
            self._driver.close(port)

    def _tell_once(self, name: str, sentence: str) -> None:
        if name not in self._told:
            self._told.add(name)
            self._tell(sentence)
