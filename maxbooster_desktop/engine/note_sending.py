"""Notes of tracks, and the song's clock, to MIDI ports, each when its frame is heard.

The callback puts every event with its frame into a ring (`realtime.sent_notes`). A thread reads it, tells from the
callback's count of frames when that frame leaves the device, as `LiveNotes` does, and sends the event then: as early
as the device's latency lets it know, as exactly as the system wakes a thread. Stops, jumps and edits end notes in the
callback already; what is muted, taken off its port or closed is ended here. What the ring lost is made good by ending
all notes.
"""

import heapq
import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from dsp.instruments.notes import (
    NOTE_MODULATION,
    NOTE_OFF,
    NOTE_ON,
    NOTE_PITCH,
    NOTE_PRESSURE,
    NOTE_TIMBRE,
    WHOLE_CHANNEL,
)
from maxbooster_desktop.engine.clock_sending import STOP, SongClock, Timed
from maxbooster_desktop.engine.live_notes import FrameClock
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.tempo_map import TempoMap

_POLL_S = 0.001
_ALL_NOTES_OFF = 123
#: What a port is taken to understand by its wheel, in semitones.
_BEND_RANGE = 2.0


class Ports(Protocol):
    """Where messages go (`devices.midi_outputs.MidiOutputs`)."""

    def choose(self, names: Sequence[str]) -> None:
        """Keep exactly these ports open."""

    def send(self, name: str, message: Sequence[int]) -> None:
        """Send a message now."""

    def close(self) -> None:
        """Close every port."""


class Target(NamedTuple):
    """Where a channel's notes go: a port, its MIDI channel from 0, and how much later than the timeline says."""

    port: str
    channel: int
    delay_s: float = 0.0


class NoteSender:
    """Sends what the channels of one runtime give out.

    Args:
        runtime: the arrays of the engine.
        sample_rate: of the session, in Hz.
        latency_s: returns the time from the callback's turn to the first frame that it fills being heard, in seconds.
        ports: where messages go.
        clock: seconds of a clock that never jumps.
    """

    def __init__(
        self,
        runtime: Any,
        sample_rate: int,
        latency_s: Callable[[], float],
        ports: Ports,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._runtime, self._rate, self._latency_s, self._ports, self._clock = (
            runtime,
            sample_rate,
            latency_s,
            ports,
            clock,
        )
        self._frames = FrameClock(runtime, sample_rate, clock)
        self._song_clock = SongClock(sample_rate)
        self._clock_ports: tuple[str, ...] = ()
        self._targets: Mapping[int, Target] = {}
        self._lock = threading.Lock()
        self._read = int(runtime.cells[at.SENT_WRITTEN])
        self._numbers = itertools.count()
        #: Events of notes, and messages of the clock, each with when it is due.
        self._waiting: list[tuple[float, int, tuple[float, ...] | bytes]] = []
        #: What each note that has begun is on its port, and how many sound of each.
        self._begun: dict[tuple[int, int], tuple[Target, int]] = {}
        self._sounding: Counter[tuple[str, int, int]] = Counter()
        self._used: set[str] = set()
        self._is_closed = threading.Event()
        self._thread: threading.Thread | None = None

    def show(self, targets: Mapping[int, Target]) -> None:
        """Send the notes of the channels with these numbers from now on; what others of them sound ends."""
        with self._lock:
            self._targets = dict(targets)
            for key, (target, _) in list(self._begun.items()):
                if self._targets.get(key[0]) != target:
                    self._end(key)
        self._use_ports()

    def keep_time(self, tempo_map: TempoMap) -> None:
        """Let the clock go by a tempo map from now on."""
        with self._lock:
            self._song_clock.follow(tempo_map, float(self._runtime.cells[at.FRAMES]))

    def send_clock(self, ports: Sequence[str]) -> None:
        """Send the song's clock to exactly these ports from now on; what no longer gets it is stopped."""
        with self._lock:
            for port in set(self._clock_ports) - set(ports):
                self._ports.send(port, (STOP,))
            self._clock_ports = tuple(ports)
        self._use_ports()

    def _use_ports(self) -> None:
        ports = {*self._clock_ports, *(target.port for target in self._targets.values())}
        if ports != self._used:
            self._used = ports
            self._ports.choose(sorted(ports))
        if ports and self._thread is None:
            self._thread = threading.Thread(target=self._work, name="midi-output", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End every note and close the ports."""
        self._is_closed.set()
        if self._thread is not None:
            self._thread.join()
        with self._lock:
            self._end_all()
            for port in self._clock_ports:
                self._ports.send(port, (STOP,))
        self._ports.close()

    def step(self) -> None:
        """Take in what the callback has given out, and send what is due."""
        with self._lock:
            self._frames.look()
            self._take_in()
            now = self._clock()
            while self._waiting and self._waiting[0][0] <= now:
                self._send(heapq.heappop(self._waiting)[2])

    def _work(self) -> None:
        while not self._is_closed.wait(_POLL_S if self._used else 0.05):
            self.step()

    def _take_in(self) -> None:
        # Before the rows: whatever happened until this frame has its row then.
        counted = float(self._runtime.cells[at.FRAMES])
        written = int(self._runtime.cells[at.SENT_WRITTEN])
        if written - self._read > at.SENT_CAPACITY:
            self._waiting.clear()
            self._end_all()
            self._await_clock(self._song_clock.jump(counted, 0.0, is_rolling=False), 0.0)
            self._read = written
        latency_s = self._latency_s()
        song = self._song_clock
        while self._read < written:
            row = self._runtime.sent[self._read % at.SENT_CAPACITY].tolist()
            self._read += 1
            frame, channel = row[at.V_DUE], int(row[at.V_CHANNEL])
            if channel == at.SENT_TIME:
                self._await_clock(song.clocks_until(frame), latency_s)
                self._await_clock(song.jump(frame, row[at.V_POSITION], is_rolling=row[at.V_KIND] != 0), latency_s)
                continue
            target = self._targets.get(channel)
            if target is not None:
                due = self._frames.time_of(frame) + latency_s + target.delay_s
                event = tuple(row[field] for field in (at.V_CHANNEL, at.V_KIND, at.V_KEY, at.V_VALUE, at.V_SECOND))
                heapq.heappush(self._waiting, (due, next(self._numbers), event))
        self._await_clock(song.clocks_until(counted), latency_s)

    def _await_clock(self, messages: Iterable[Timed], latency_s: float) -> None:
        for frame, message in messages:
            if self._clock_ports:
                due = self._frames.time_of(frame) + latency_s
                heapq.heappush(self._waiting, (due, next(self._numbers), bytes(message)))

    def _send(self, event: tuple[float, ...] | bytes) -> None:
        if isinstance(event, bytes):
            for port in self._clock_ports:
                self._ports.send(port, tuple(event))
            return
        name, kind, key, value, second = event
        target = self._targets.get(int(name))
        if kind == NOTE_OFF:
            self._end((int(name), int(key)))
        elif target is not None and kind == NOTE_ON:
            self._begin((int(name), int(key)), target, round(value), second)
        elif target is not None:
            message = _controller(target.channel, int(kind), value)
            if message is not None:
                self._ports.send(target.port, message)

    def _begin(self, key: tuple[int, int], target: Target, pitch: int, velocity: float) -> None:
        self._end(key)
        pitch = min(max(pitch, 0), 127)
        place = target.port, target.channel, pitch
        if self._sounding[place]:
            self._ports.send(target.port, (0x80 | target.channel, pitch, 0))
        self._begun[key] = target, pitch
        self._sounding[place] += 1
        self._ports.send(target.port, (0x90 | target.channel, pitch, min(max(round(velocity * 127), 1), 127)))

    def _end(self, key: tuple[int, int]) -> None:
        """End a note, unless another of its pitch goes on."""
        target, pitch = self._begun.pop(key, (None, 0))
        if target is None:
            return
        place = target.port, target.channel, pitch
        self._sounding[place] -= 1
        if not self._sounding[place]:
            del self._sounding[place]
            self._ports.send(target.port, (0x80 | target.channel, pitch, 0))

    def _end_all(self) -> None:
        places = {(target.port, target.channel) for target, _ in self._begun.values()}
        for key in list(self._begun):
            self._end(key)
        for port, channel in places:
            self._ports.send(port, (0xB0 | channel, _ALL_NOTES_OFF, 0))


def _controller(channel: int, kind: int, value: float) -> tuple[int, ...] | None:
    """Return the message that says something to a whole channel; None for what MIDI 1.0 cannot say."""
    level = min(max(round(value * 127), 0), 127)
    if kind == WHOLE_CHANNEL + NOTE_PITCH:
        wheel = min(max(round(8_192 + value / _BEND_RANGE * 8_192), 0), 16_383)
        return 0xE0 | channel, wheel & 127, wheel >> 7
    if kind == WHOLE_CHANNEL + NOTE_PRESSURE:
        return 0xD0 | channel, level
    controllers = {WHOLE_CHANNEL + NOTE_MODULATION: 1, WHOLE_CHANNEL + NOTE_TIMBRE: 74}
    return (0xB0 | channel, controllers[kind], level) if kind in controllers else None
