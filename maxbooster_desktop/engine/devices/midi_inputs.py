"""MIDI ports that are listened to. One thread reads them all, and waits for no driver (`midi_watch`).

A message is stamped by the driver's own clock: RtMidi tells how long it came after the one before,
and the earliest moment at which one of the last seconds was met says where that clock began. So a reader that wakes
late changes no stamp. Of what belongs to no channel, starts, stops and
song positions are handed on; system exclusive, clocks and active sensing are not.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from maxbooster_desktop.engine.devices.midi_driver import MidiDriver
from maxbooster_desktop.engine.devices.midi_watch import PortWatch

#: How often ports are read, in seconds.
POLL_S = 0.0015
#: For how long a meeting is believed: the driver's clock may run off.
_BELIEVED_S = 5.0
_MOST_MEETINGS = 256
#: A message that seems to have waited longer says that some were lost before it.
_LONGEST_WAIT_S = 0.25
_MOST_AT_ONCE = 512
_FIRST_SYSTEM_STATUS = 0xF0
#: Song position, start, continue, stop.
_OF_TRANSPORT = frozenset({0xF2, 0xFA, 0xFB, 0xFC})

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
                if message[0] < _FIRST_SYSTEM_STATUS or message[0] in _OF_TRANSPORT:
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
    ) -> None:
        driver = MidiDriver()
        self._take, self._gone, self._rest = take, gone, rest
        self._watch = PortWatch(driver, driver.input_names, driver.open_input, self._came, self._went, tell)
        self._open: dict[str, _Listening] = {}
        self._has_ports = threading.Event()
        self._is_closed = False
        self._thread: threading.Thread | None = None

    def names(self) -> tuple[str, ...]:
        """Return the ports that are there; raises MidiMissingError. Slow."""
        return self._watch.names()

    @property
    def open_names(self) -> frozenset[str]:
        """The ports that are listened to at this moment."""
        return frozenset(self._open)

    def choose(self, names: Iterable[str]) -> None:
        """Listen to exactly these ports from now on, those that are missing as soon as they are there."""
        self._watch.choose(names)

    def close(self) -> None:
        """Stop listening for good."""
        self._watch.close()
        self._is_closed = True
        self._has_ports.set()
        if self._thread is not None:
            self._thread.join()

    def _came(self, name: str, port: Any) -> None:
        self._open = {**self._open, name: _Listening(name, port)}
        self._has_ports.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._read, name="midi-input", daemon=True)
            self._thread.start()

    def _went(self, name: str) -> None:
        listening = self._open[name]
        self._open = {other: each for other, each in self._open.items() if other != name}
        if not self._open:
            self._has_ports.clear()
        listening.shut()
        self._gone(name)

    def _read(self) -> None:
        while not self._is_closed:
            self._has_ports.wait()
            for listening in tuple(self._open.values()):
                for message, at_s in listening.read():
                    self._take(listening.name, message, at_s)
            self._rest()
            time.sleep(POLL_S)
