"""Notes played live, on their way to the callback: stamped, at a constant latency, and all of them ended in the end.

A note sounds one block of the device and `MARGIN_MS` after the moment it was played, one that comes from a port
`ALLOWANCE_MS` later. Where the callback is, is told
from its count of frames: the earliest moment at which that was seen, of the last few seconds, is right behind a block.
So a note that comes at any moment of a block lies as far into the next one; only before the first looks it may come
up to a block earlier. One thread plays at a time (writing takes a lock, the callback never does). Ends of notes have
room in the ring that nothing else takes, so that no flood of controllers can leave a note behind.

Who records hears every event again, with the place on the timeline that the callback gave it.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from dsp.instruments.notes import CHANNEL_KEYS, NOTE_OFF, NOTE_ON, NOTE_PITCH, NOTE_PRESSURE, NOTE_TIMBRE, WHOLE_CHANNEL
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.state import TrackId

MARGIN_MS = 1.0
#: What is stamped with its time comes from a port, by a thread of Python that wakes late: it sounds so much later
#: still, and at a latency that is constant as long as that is enough.
ALLOWANCE_MS = 3.0
#: For how long a look at the callback's count is believed: clocks of devices run off.
_BELIEVED_S = 5.0
_MOST_LOOKS = 256
#: Rows of the ring that only the ends of notes take.
_KEPT_FOR_ENDS = 128
#: Events that wait for a recorder which does not come; the oldest go.
_MOST_HEARD = 1 << 16


class HeardEvent(NamedTuple):
    """An event that was played: `position` is where on the timeline, in samples, None while time stood.

    It is the next frame that the callback was to fill when the event was played; what could be heard at that moment
    lies the output's latency before it. `kind` and the two values are those of `dsp.instruments.notes`.
    """

    track: TrackId
    kind: int
    key: int
    value: float
    second: float
    position: float | None


class LiveNotes:
    """Plays the instruments of one runtime's tracks.

    Args:
        runtime: the arrays of the engine.
        name_of: gives the number by which programs know a track.
        sample_rate: of the session, in Hz.
        clock: seconds of the clock by which notes are stamped.
    """

    def __init__(
        self,
        runtime: Any,
        name_of: Callable[[TrackId], int],
        sample_rate: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._runtime, self._name_of, self._clock = runtime, name_of, clock
        self._rate = sample_rate
        self._lock = threading.Lock()
        #: (when it was, where the count of frames began by that).
        self._looks: deque[tuple[float, float]] = deque(maxlen=_MOST_LOOKS)
        self._held: set[tuple[TrackId, int]] = set()
        #: What the callback has not answered yet, in the order of the ring, each with the frames it has to wait; and
        #: how many rows are answered.
        self._on_their_way: deque[tuple[HeardEvent, float]] = deque()
        self._answered = int(runtime.cells[at.LIVE_READ])
        self._heard: deque[HeardEvent] | None = None

    def hear(self, *, is_on: bool) -> None:
        """Keep what is played from now on for `take_heard`, or no longer."""
        with self._lock:
            self._settle()
            self._heard = deque(maxlen=_MOST_HEARD) if is_on else None

    def take_heard(self) -> list[HeardEvent]:
        """Return what has been played since the last call, in order."""
        with self._lock:
            self._settle()
            heard = list(self._heard or ())
            if self._heard is not None:
                self._heard.clear()
            return heard

    def look(self) -> None:
        """See how far the callback is; whoever plays calls it now and then, so that stamps are exact."""
        frames, now = int(self._runtime.cells[at.FRAMES]), self._clock()
        self._looks.append((now, now - frames / self._rate))
        while self._looks[0][0] < now - _BELIEVED_S:
            self._looks.popleft()

    def note_on(
        self, track: TrackId, pitch: int, velocity: float, *, channel: int = 0, at_s: float | None = None
    ) -> bool:
        """Begin a note; `velocity` 0..1, `at_s` when it was played. Returns False when nobody takes notes."""
        key = _key(channel, pitch)
        is_taken = self._send(track, NOTE_ON, key, (float(pitch), velocity), at_s)
        if is_taken:
            self._held.add((track, key))
        return is_taken

    def note_off(self, track: TrackId, pitch: int, *, channel: int = 0, at_s: float | None = None) -> bool:
        """End a note."""
        key = _key(channel, pitch)
        is_taken = self._send(track, NOTE_OFF, key, (0.0, 0.0), at_s)
        if is_taken:
            self._held.discard((track, key))
        return is_taken

    def bend(self, track: TrackId, pitch: int, semitones: float, *, channel: int = 0) -> bool:
        """Bend a held note away from its pitch."""
        return self._send(track, NOTE_PITCH, _key(channel, pitch), (semitones, 0.0), None)

    def press(self, track: TrackId, pitch: int, pressure: float, *, channel: int = 0) -> bool:
        """Press a held note, 0..1."""
        return self._send(track, NOTE_PRESSURE, _key(channel, pitch), (pressure, 0.0), None)

    def colour(self, track: TrackId, pitch: int, timbre: float, *, channel: int = 0) -> bool:
        """Change the timbre of a held note, 0..1."""
        return self._send(track, NOTE_TIMBRE, _key(channel, pitch), (timbre, 0.0), None)

    def change_channel(
        self, track: TrackId, kind: int, value: float, *, channel: int = 0, at_s: float | None = None
    ) -> bool:
        """Do to every note of a channel what NOTE_PITCH, NOTE_PRESSURE and so on do to one."""
        return self._send(track, WHOLE_CHANNEL + kind, _key(channel, 0), (value, 0.0), at_s)

    def change_note(
        self, track: TrackId, kind: int, pitch: int, value: float, *, channel: int = 0, at_s: float | None = None
    ) -> bool:
        """Change one held note by NOTE_PITCH, NOTE_PRESSURE, NOTE_TIMBRE or NOTE_MODULATION."""
        return self._send(track, kind, _key(channel, pitch), (value, 0.0), at_s)

    def all_off(self) -> None:
        """End every note that is held: what played them is gone. What finds no room stays for the next call."""
        for track, key in list(self._held):
            if self._send(track, NOTE_OFF, key, (0.0, 0.0), None):
                self._held.discard((track, key))

    @property
    def held(self) -> int:
        """How many notes are held."""
        return len(self._held)

    def _send(self, track: TrackId, kind: int, key: int, values: tuple[float, float], at_s: float | None) -> bool:
        with self._lock:
            self.look()
            cells = self._runtime.cells
            written = int(cells[at.LIVE_WRITTEN])
            # Before a row is written over, its answer is read.
            self._settle()
            if written - self._answered >= at.LIVE_CAPACITY - (0 if kind == NOTE_OFF else _KEPT_FOR_ENDS):
                return False
            origin = min(begun for _, begun in self._looks)
            played_s = self._clock() if at_s is None else at_s
            wait_ms = MARGIN_MS + (0.0 if at_s is None else ALLOWANCE_MS)
            due = (played_s - origin + wait_ms / 1_000) * self._rate
            row = round(due), self._name_of(track), kind, key, *values, at.NOT_ROLLING
            self._runtime.live[written % at.LIVE_CAPACITY] = row
            # As in `CommandRing`: one aligned word, stored after the row on every processor we support.
            self._on_their_way.append((HeardEvent(track, kind, key, *values, None), wait_ms / 1_000 * self._rate))
            cells[at.LIVE_WRITTEN] = written + 1
            return True

    def _settle(self) -> None:
        """Read what the callback has answered."""
        read = int(self._runtime.cells[at.LIVE_READ])
        while self._answered < read:
            place = float(self._runtime.live[self._answered % at.LIVE_CAPACITY, at.V_POSITION])
            event, waited = self._on_their_way.popleft()
            self._answered += 1
            if self._heard is not None and place != at.NOT_ROLLING:
                event = event._replace(position=place - waited)
            if self._heard is not None:
                self._heard.append(event)


def _key(channel: int, pitch: int) -> int:
    """Return the key of a live note: below 0, where no note of a clip is."""
    return -(1 + channel * CHANNEL_KEYS + pitch)
