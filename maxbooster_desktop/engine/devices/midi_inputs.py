"""MIDI ports that are listened to: opened by name, given up when they vanish, opened again when they are back.

One thread looks which ports there are, opens and closes them; another reads them, so that no slow driver is between a
key and its note. A message is stamped by the driver's own clock: RtMidi tells how long it came after the one before,
and the earliest moment at which one of the last seconds was met says where that clock began. So a reader that wakes
late changes no stamp. What belongs to no channel (system exclusive, clock, active sensing) goes no further.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from maxbooster_desktop.engine.devices.midi_driver import MidiDriver, MidiMissingError

#: How often ports are read, and how often it is looked which there are, in seconds.
POLL_S, LOOK_S = 0.0015, 1.0
#: For how long a meeting is believed: the driver's clock may run off.
_BELIEVED_S = 5.0
_MOST_MEETINGS = 256
#: A message that seems to have waited longer says that some were lost before it.
_LONGEST_WAIT_S = 0.25
_MOST_AT_ONCE = 512
_FIRST_SYSTEM_STATUS = 0xF0

Take = Callable[[str, Sequence[int], float], None]


class StampClock:
    """Tells when messages came, in seconds of our clock, from the times between them."""

    def __init__(self) -> None:
        self._elapsed_s = 0.0
        #: (when one was met, where the driver's clock began by that).
        self._meetings: deque[tuple[float, float]] = deque(maxlen=_MOST_MEETINGS)

    def stamp(self, delta_s: float, met_s: float) -> float:
        """Return when a message came that is `delta_s` behind the one before and was met at `met_s`."""
        self._elapsed_s += delta_s
        while self._meetings and self._meetings[0][0] < met_s - _BELIEVED_S:
            self._meetings.popleft()
        begun = met_s - self._elapsed_s
        stamp = min((earlier for _, earlier in self._meetings), default=begun) + self._elapsed_s
        if stamp < met_s - _LONGEST_WAIT_S:
            self._meetings.clear()
        self._meetings.append((met_s, begun))
        return min(stamp, met_s) if stamp >= met_s - _LONGEST_WAIT_S else met_s


class _Listening:
    """One open port."""

    def __init__(self, name: str, port: Any) -> None:
        self.name, self.port = name, port
        self.lock = threading.Lock()
        self.is_open = True
        self.clock = StampClock()

    def read(self) -> list[tuple[Sequence[int], float]]:
        """Return the messages that wait, (bytes, when it came)."""
        met: list[tuple[Sequence[int], float]] = []
        with self.lock:
            while self.is_open and len(met) < _MOST_AT_ONCE and (found := self.port.get_message()) is not None:
                message, delta_s = found
                at_s = self.clock.stamp(delta_s, time.monotonic())
                if message[0] < _FIRST_SYSTEM_STATUS:
                    met.append((message, at_s))
        return met

    def shut(self) -> None:
        """See that nobody reads it any more."""
        with self.lock:
            self.is_open = False


class MidiInputs:
    """Listens to the chosen ports.

    Args:
        take: gets (port, message, when it came by `time.monotonic`), on the reader's thread.
        gone: gets the name of a port that has vanished or is no longer chosen, on the watcher's thread.
        tell: gets sentences for the person.
        rest: called by the reader whenever it has read everything.
    """

    def __init__(
        self,
        take: Take,
        gone: Callable[[str], None],
        tell: Callable[[str], None],
        rest: Callable[[], None],
        driver: MidiDriver | None = None,
    ) -> None:
        self._take, self._gone, self._tell, self._rest = take, gone, tell, rest
        self._driver = driver or MidiDriver()
        self._driver_lock = threading.Lock()
        self._chosen: frozenset[str] = frozenset()
        self._open: dict[str, _Listening] = {}
        #: Ports that were told of, as missing or as refusing.
        self._told: set[str] = set()
        self._wake, self._has_ports = threading.Event(), threading.Event()
        self._is_closed = False
        self._threads: list[threading.Thread] = []

    def names(self) -> tuple[str, ...]:
        """Return the ports that are there; raises MidiMissingError. Slow."""
        with self._driver_lock:
            return self._driver.input_names()

    @property
    def open_names(self) -> frozenset[str]:
        """The ports that are listened to at this moment."""
        return frozenset(self._open)

    def choose(self, names: Iterable[str]) -> None:
        """Listen to exactly these ports from now on, those that are missing as soon as they are there."""
        self._chosen = frozenset(names)
        if self._chosen and not self._threads:
            works = (("midi-watch", self._watch), ("midi-input", self._read))
            self._threads = [threading.Thread(target=work, name=name, daemon=True) for name, work in works]
            for thread in self._threads:
                thread.start()
        self._wake.set()

    def close(self) -> None:
        """Stop listening for good."""
        self._is_closed = True
        self._wake.set()
        self._has_ports.set()
        for thread in self._threads:
            thread.join()

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
        with self._driver_lock:
            try:
                is_lost = self._driver.abandon_lost()
                present = frozenset(self._driver.input_names()) if chosen else frozenset[str]()
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
            with self._driver_lock:
                port = self._driver.open_input(name)
        except MidiMissingError as problem:
            self._tell_once(name, str(problem))
            return
        self._open = {**self._open, name: _Listening(name, port)}
        self._has_ports.set()
        if name in self._told:
            self._told.discard(name)
            self._tell(f"The MIDI port “{name}” is back.")

    def _let_go(self, name: str) -> None:
        listening = self._open[name]
        self._open = {other: each for other, each in self._open.items() if other != name}
        if not self._open and not self._is_closed:
            self._has_ports.clear()
        listening.shut()
        self._gone(name)
        with self._driver_lock:
            self._driver.close(listening.port)

    def _tell_once(self, name: str, sentence: str) -> None:
        if name not in self._told:
            self._told.add(name)
            self._tell(sentence)

    def _read(self) -> None:
        while not self._is_closed:
            self._has_ports.wait()
            for listening in tuple(self._open.values()):
                for message, at_s in listening.read():
                    self._take(listening.name, message, at_s)
            self._rest()
            time.sleep(POLL_S)
