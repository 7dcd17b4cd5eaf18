"""Notes played live while time rolls, on their way into clips: what began and ended where on the timeline.

A note lies where the song was heard when its key went down: at the place that the callback gave it, less the time
that sound takes from there to the ear. A pass ends when time stands still after it has rolled, when its count-in is
called off, or when it is asked to. A note that is held then ends there; one that is held where the loop wraps ends at
the loop's end. Rounds of a loop lie over each other.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from dsp.instruments.notes import NOTE_OFF, NOTE_ON
from maxbooster_desktop.engine.live_notes import HeardEvent, LiveNotes
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.state import TrackId

_STEP_S = 0.02


class PlayedNote(NamedTuple):
    """A note on the timeline, [start, end) in samples; pitch 0..127, velocity 0..1."""

    start: float
    end: float
    pitch: int
    velocity: float


@dataclass(frozen=True, slots=True)
class PlayedNotes:
    """What one pass left: notes by track in the order they began, and where the pass began and ended, in samples."""

    notes: dict[TrackId, tuple[PlayedNote, ...]]
    start: float
    end: float


class NoteRecorder:
    """Records one pass.

    Args:
        notes: where live notes are played.
        cells: of the engine's runtime.
        tracks: whose notes are kept.
        start: where time stands, or is, when the pass begins, in samples.
        delay_frames: from the next frame that the callback fills back to the one that is heard at that moment.
        punch: timeline positions [in, out) in samples; notes that begin outside are not kept.
        done: gets what was played when the pass is over, on the recorder's thread.
    """

    def __init__(
        self,
        notes: LiveNotes,
        cells: Any,
        tracks: Iterable[TrackId],
        *,
        start: float,
        delay_frames: float,
        punch: tuple[int, int] | None,
        done: Callable[[PlayedNotes], None],
    ) -> None:
        self._source, self._cells, self._tracks, self._done = notes, cells, frozenset(tracks), done
        self._delay, self._punch = delay_frames, punch
        self._kept: dict[TrackId, list[PlayedNote]] = {}
        self._held: dict[tuple[TrackId, int], tuple[float, int, float]] = {}
        self._start, self._end = start, start
        self._has_rolled, self._is_counted_in = False, False
        self._asked = threading.Event()
        self._source.hear(is_on=True)
        self._thread = threading.Thread(target=self._work, name="note-recorder", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """End the pass here."""
        self._asked.set()

    def join(self) -> None:
        """Wait until the pass is over and told."""
        self._thread.join()

    def _work(self) -> None:
        try:
            while not self._is_over():
                self._asked.wait(_STEP_S)
                self._carry()
        finally:  # whatever happened: who waits for the pass hears that it is over
            self._carry()
            self._source.hear(is_on=False)
            for key in tuple(self._held):
                self._close(key, self._end)
            notes = {track: tuple(sorted(notes)) for track, notes in self._kept.items()}
            self._done(PlayedNotes(notes, self._start, self._end))

    def _is_over(self) -> bool:
        cells = self._cells
        if self._asked.is_set():
            return True
        if cells[at.ROLLS_BEHIND_PREVIEW]:
            self._is_counted_in = True
            return False
        if cells[at.IS_PLAYING]:
            return False
        return self._has_rolled or self._is_counted_in

    def _carry(self) -> None:
        """Take in what was played, and how far time has come."""
        cells = self._cells
        heard, position = self._source.take_heard(), float(cells[at.POSITION])
        if cells[at.IS_PLAYING] or any(event.position is not None for event in heard):
            self._has_rolled = True
        for event in heard:
            if event.track in self._tracks and event.kind in {NOTE_ON, NOTE_OFF}:
                self._hear(event)
        if self._has_rolled:
            self._end = max(self._end, position)

    def _hear(self, event: HeardEvent) -> None:
        key = event.track, event.key
        place = self._place(event)
        if key in self._held:
            self._close(key, self._end if place is None else place)
        if event.kind == NOTE_ON and place is not None and self._is_wanted(place):
            self._held[key] = place, round(event.value), event.second

    def _place(self, event: HeardEvent) -> float | None:
        """Return where on the timeline an event was played, by ear; None while time stood."""
        if event.position is None:
            return None
        place = event.position - self._delay
        cells = self._cells
        first, last = int(cells[at.LOOP_START]), int(cells[at.LOOP_END])
        # Heard before the loop wrapped, played when the callback had wrapped already.
        if cells[at.LOOP_ON] and place < first <= event.position < last and self._end >= last - self._delay:
            return place + last - first
        # Who strikes the first beat early means the first beat.
        return max(place, min(self._start, event.position))

    def _is_wanted(self, place: float) -> bool:
        return self._punch is None or self._punch[0] <= place < self._punch[1]

    def _close(self, key: tuple[TrackId, int], end: float) -> None:
        start, pitch, velocity = self._held.pop(key)
        if end <= start:
            # The loop has wrapped, or the key was touched for less than a sample.
            end = max(float(self._cells[at.LOOP_END]) if self._cells[at.LOOP_ON] else 0.0, start + 1.0)
        self._kept.setdefault(key[0], []).append(PlayedNote(start, end, pitch, velocity))
