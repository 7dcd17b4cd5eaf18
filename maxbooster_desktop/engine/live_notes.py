"""Notes played live, on their way to the callback: stamped, at a constant latency, and all of them ended in the end.

A note sounds one block of the device and `MARGIN_MS` after the moment it was played. Where the callback is, is told
from its count of frames: the earliest moment at which that was seen, of the last few seconds, is right behind a block.
So a note that comes at any moment of a block lies as far into the next one; only before the first looks it may come
up to a block earlier. One thread plays at a time (writing takes a lock, the callback never does).
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from dsp.instruments.notes import NOTE_OFF, NOTE_ON, NOTE_PITCH, NOTE_PRESSURE, NOTE_TIMBRE
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.state import TrackId

MARGIN_MS = 1.0
#: For how long a look at the callback's count is believed: clocks of devices run off.
_BELIEVED_S = 5.0
_MOST_LOOKS = 256
_PITCHES = 128


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
            if written - int(cells[at.LIVE_READ]) >= at.LIVE_CAPACITY:
                return False
            origin = min(begun for _, begun in self._looks)
            played_s = self._clock() if at_s is None else at_s
            due = (played_s - origin + MARGIN_MS / 1_000) * self._rate
            row = round(due), self._name_of(track), kind, key, *values
            self._runtime.live[written % at.LIVE_CAPACITY] = row
            # As in `CommandRing`: one aligned word, stored after the row on every processor we support.
            cells[at.LIVE_WRITTEN] = written + 1
            return True


def _key(channel: int, pitch: int) -> int:
    """Return the key of a live note: below 0, where no note of a clip is."""
    return -(1 + channel * _PITCHES + pitch)
